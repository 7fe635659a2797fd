/**
 * What a refusal means, by its status and its words: is it us who are refused (the key, the account), or this prompt, for
 * what it says, its length or its form? Servers use the same status for several of these.
 */
import type { FailureKind } from '../../../score/output.ts';
import type { SaidError } from './errors.ts';
import { limitsNamed } from './limit-refusals.ts';

/** The prompt, or the prompt with the room for an answer, does not fit. In the words of vLLM, TGI, llama.cpp, OpenAI, Google, … */
const TOO_LONG = [
  /context[ _-]?(length|size|window|limit|overflow)/i,
  /maximum (allowed |supported )?(context |input |prompt |sequence |model )?(length|tokens|size)/i,
  /\b(prompt|input|sequence|total) (length|size|tokens?( count)?)\b.{0,100}\b(exceeds?|exceeded|(greater|larger|longer|higher|more) than)\b/i,
  /(prompt|input|request|message|sequence|text|payload)s? (is |are |was )?(too long|too large|exceeds)/i,
  /(exceed|greater|longer|larger|more)\w* (than )?(the |its )?(\w+ ){0,3}(max_model_len|context|n_ctx|max_input|max_total_tokens)/i,
  /inputs?`? (tokens|must have less than|token count)/i,
  /string_above_max_length|reduce the length/i,
  /range of input length|model token limit|max_seq_len|splited_prompt_len|超长|过长/i,
  /exceeds? the (available|maximum|allowed) /i,
];

/** Codes of nothing else, at whatever status: OpenAI's, and llama.cpp's behind gateways. */
const TOO_LONG_CODE = /context_length_exceeded|exceed_context_size|string_above_max_length/i;

/** Of a prompt, or of a minute: only what stands beside it tells. */
const TOO_MANY_TOKENS = /too many (input )?tokens(?! (per|in a))/i;
const LATER =
  /please wait|\b(try|trying|retry|retrying) (again|later|after|in \d)|\brates?\b|throttl|per (second|minute|hour|day)/i;
const SHORTER = /\b(reduce|shorten|shorter|truncate|fewer|trim)/i;

/** Whether words say that a prompt does not fit; those of a throttle speak of tokens, too (Bedrock's). */
function saysTooMuchText(said: string): boolean {
  return TOO_LONG.some((those) => those.test(said)) || (TOO_MANY_TOKENS.test(said) && !saysLater(said));
}

function saysLater(said: string): boolean {
  return LATER.test(said) && !SHORTER.test(said);
}

/**
 * A filter has looked at what is asked. Machines have violations, unsafe states, inspections and circuit breakers, too: such words
 * count beside what a filter judges, or by.
 */
const CONTENT = new RegExp(
  [
    String.raw`\bflagged\b|\bmoderat(?:ion|ed|or)|content.?(?:filter|polic|management|safety|moderation|violation)|responsible.?ai|usage polic|guardrail`,
    String.raw`\b(?:inappropriate|harmful|prohibited)\b|content exists risk|data.?inspection|敏感|不安全|违规`,
    String.raw`\bviolat\w*[^.]{0,60}\b(?:polic|terms|guideline|rules?\b|content|safety|community|standard)`,
    String.raw`\b(?:polic\w*|terms|guidelines?|content|safety)[^.]{0,40}\bviolat`,
    String.raw`\b(?:safety|unsafe|sensitive)\b[^.]{0,40}\b(?:content|prompt|input|output|request|text|words?|information|data|topic|system|filter|check|reasons?|settings?|polic\w*)\b`,
    String.raw`\b(?:content|prompt|input|output|response|text|new|for|by)[ _](?:(?:is|was|were|as|the|a|our|your|considered|deemed|potentially|new)[ _])*(?:safety|unsafe|sensitive)\b`,
    String.raw`\b(?:content|prompt|input|output|response|text)\b[^.]{0,30}\bblocked\b|\bblocked by[^.]{0,40}(?:filter|polic|safety|moderat|guard|content|provider)`,
  ].join('|'),
  'i',
);

/** That the key is refused, in words that are of nothing else, whatever the status. */
const OF_KEY = [
  /(api|access|secret|subscription)[ _-]?key\b.{0,40}(invalid|not valid|expired|missing|incorrect|revoked|disabled|required|renew)/i,
  /(invalid|expired|incorrect|missing|revoked|valid|no)[ _](\w{1,20} )?(api|access|secret|subscription)[ _-]?key\b/i,
  /\b(access|auth(entication|orization)?|bearer|security|session|refresh|oauth)[ _-]?token\b.{0,60}(invalid|not valid|expired|missing|revoked)/i,
  /(invalid|expired|missing|revoked)[ _]?(access|auth(entication|orization)?|bearer|security|session|refresh|oauth)[ _-]?token\b/i,
  /\bJWT\b|\btoken[ _](has |is |was )?(been )?(expired|revoked)|(expired|revoked)[ _]?token/i,
  /authentication (failed|error|required)|unauthori[sz]ed|unauthenticated|not authenticated/i,
];

/** Likewise that there is nothing left to pay with, and that what may be spent is spent. */
const OF_MONEY = [
  /credit balance|balance (is |has )?(been )?(too low|insufficient|not enough|exhausted)|insufficient[ _](\w{1,20}[ _])?(credit|balance|fund)|(more|no|out of|enough) credits|can only afford|arrear|余额不足|欠费/i,
];
const OF_ALLOWANCE = [
  /insufficient[ _](\w{1,20}[ _])?quota|billing[_ ](\w{1,20}[_ ])?limit|budget_exceeded|budget has been exceeded|spend(ing)? limit/i,
];

/** Likewise that it is somebody, or somewhere, that is not served: no key helps. */
const OF_ACCOUNT = [
  /in good standing|billing[_ ](\w{1,20}[_ ])?(account|details|disabled|not)/i,
  /account[^.]{0,40}(suspended|deactivated|disabled|terminated|not active|closed|banned)/i,
  /location is not supported|not (supported|available) in your (country|region)|(country|region)[^.]{0,40}not (supported|available)/i,
];

const OF_ACCESS = [...OF_KEY, ...OF_MONEY, ...OF_ALLOWANCE, ...OF_ACCOUNT];

/** Words that are about who asks where access is what is refused: the key, what it may do, what is paid for. */
const ABOUT_US =
  /api.?key|\bkey\b|quota|credit|billing|payment|balance|permission|unauthori[sz]ed|access|not allowed to|subscription|account|organi[sz]ation|limit exceeded|region|country|token (is )?(invalid|expired)/i;

/** Of those words the ones that are about what is paid for, or may be used. */
const ABOUT_MONEY = /credit|payment|balance/i;
const ABOUT_ALLOWANCE = /quota|limit exceeded/i;

/** Asked too much or too soon, at whatever status, in the words of AWS, Azure, OpenAI, Baidu, MiniMax, … */
const THROTTLED =
  /throttl|too many (concurrent |parallel )?requests|rate.?limit|requests? limit (exceeded|reached)|REQUEST_LIMIT_EXCEEDED|limit (reached|exceeded) for [rt]p[ms]|\b(RPM|TPM|QPS)\b|(requests|tokens) per (second|minute|hour|day)|slow down|please wait before/i;

/** A limit on the tokens of a period, which is the account's. */
const OF_A_PERIOD = /\bTP[MD]\b|tokens per (min|minute|hour|day)\b|rate_?limit_exceeded/i;

/** One request alone is more than that: Groq's and OpenAI's words, which name no wait. */
const ALONE_TOO_LARGE =
  /request (is )?too large|tokens must be reduced|reduce your message size|requested tokens exceed/i;

/** A limit on the tokens of one request that is the account's, not the model's: GitHub Models' for its free use. */
const OF_ONE_REQUEST =
  /tokens_limit_reached|request body too large for .{1,80} model\W.{0,10}max size: [\d,]+ tokens/i;

/**
 * Whether the account may not use as many tokens in one request, a minute or a day as this one request takes, whatever is waited
 * for. The model's context has nothing to do with it.
 */
export function exceedsAllowance(error: SaidError): boolean {
  const { words } = error;
  if (OF_ONE_REQUEST.test(saidIn(error))) return true;
  if (!OF_A_PERIOD.test(saidIn(error)) || !ALONE_TOO_LARGE.test(words)) return false;
  const [, limit, requested] = /limit:? ~?([\d,]+)\D{1,40}requested:? ~?([\d,]+)/i.exec(words) ?? [];
  return limit === undefined || tokensIn(requested) > tokensIn(limit);
}

/** All that an error says, but for addresses: what these are called (`…/docs/rate-limits`) says nothing of this refusal. */
function saidIn({ kinds, words }: Pick<SaidError, 'kinds' | 'words'>): string {
  return withoutAddresses(`${kinds} ${words}`);
}

function withoutAddresses(words: string): string {
  return words.replace(/https?:\/\/\S*/gi, ' ');
}

function tokensIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}

/** What serves the model has let it go: the next request has it loaded again. */
const UNLOADED = /model (is |was |has been )?unloaded\b/i;

/** What serves the model is loading it, or has too much to do: it is there again in a while. */
const NOT_READY =
  /model (is |was |has been )?(un|re)?load(ed|ing)\b|(un|re)?loading (the )?model|model is not (yet )?(loaded|ready)|(server|service) is (busy|overloaded|starting)|overloaded/i;

/** A rate limit says so by a code of its own, whatever its words say of plans and payments. */
const LIMIT_CODE = /rate_?limit(_exceeded|ed)?\b|\bThrottling/i;

const SPENT =
  /insufficient_quota|billing|exceeded your current quota|insufficient (credit|balance|funds)|out of credits/i;

/**
 * Whether a refusal is for who asks, so that every further request would be refused, too. `waits`: it says when to ask
 * again, which is no end (Google speaks of the quota and of billing where a minute is used up). Servers say so by any status of
 * the 400s (Google's and Anthropic's by 400); a 403 may mean the prompt, too.
 */
export function refusesUs(
  status: number,
  error: Pick<SaidError, 'kinds' | 'words' | 'flagged'>,
  waits: boolean,
): 'yes' | 'perhaps' | 'no' {
  const said = saidIn(error);
  if (status === 401 || status === 402 || status === 407) return 'yes';
  if (status === 429) {
    const paced = waits || (LIMIT_CODE.test(error.kinds) && !/insufficient/i.test(said));
    return SPENT.test(said) && !paced ? 'yes' : 'no';
  }
  if (status < 400 || status >= 500 || error.flagged) return 'no';
  if (OF_ACCESS.some((those) => those.test(said))) return 'yes';
  if (status !== 403 || (CONTENT.test(said) && !/\bkey\b/i.test(said))) return 'no';
  return ABOUT_US.test(said) ? 'yes' : 'perhaps';
}

/** For what somebody is refused: each has another way in. */
export type RefusedFor = 'key' | 'money' | 'allowance' | 'other';

/** For what a refusal of who asks (`refusesUs`) is. `other`: for nothing that a key or money helps with, or that is said. */
export function refusedFor(status: number, error: Pick<SaidError, 'kinds' | 'words'>): RefusedFor {
  const said = saidIn(error);
  const says = (those: readonly RegExp[]): boolean => those.some((one) => one.test(said));
  if (status === 402 || says(OF_MONEY)) return 'money';
  if (status === 429 || says(OF_ALLOWANCE)) return 'allowance';
  if (says(OF_KEY)) return 'key';
  if (says(OF_ACCOUNT)) return 'other';
  if (status === 401 || status === 407) return 'key';
  if (ABOUT_ALLOWANCE.test(said)) return 'allowance';
  return ABOUT_MONEY.test(said) ? 'money' : 'key';
}

/**
 * The status that an error means, whatever status it has: 429 where it says that too much is asked of the account, 503 where the model
 * is not ready, 502 where it was let go, which is no reason to ask less.
 */
export function statusMeant(status: number, error: SaidError): number {
  if (![400, 403, 413, 422, 424, 500].includes(status)) return status;
  const said = saidIn({ ...error, words: error.words.slice(0, 2000) });
  if (exceedsAllowance(error)) return 429;
  // A filter's or a context's refusal may speak of limits, too.
  if (saysTooMuchText(said) && !/throttl|too many requests|per minute/i.test(said)) return status;
  if (THROTTLED.test(said) || (TOO_MANY_TOKENS.test(said) && saysLater(said)))
    return SPENT.test(said) ? status : 429;
  if (status === 403) return status;
  if (UNLOADED.test(said)) return 502;
  return NOT_READY.test(said) ? 503 : status;
}

/** An error without a number that says that what was asked will never do (LM Studio's for a path that isn't there). */
const NEVER =
  /unexpected endpoint|not found|no such|unknown (url|path|endpoint|route|model)|invalid.?request|not supported|unsupported/i;

/** The status that an error would have had, were it not inside a success; trouble that may pass where it doesn't say. */
export function statusWithin(error: SaidError): number {
  const said = saidIn({ ...error, words: error.words.slice(0, 1000) });
  if (OF_ACCESS.some((those) => those.test(said))) return 403;
  return NEVER.test(said) || error.flagged || CONTENT.test(said) ? 400 : 500;
}

/** Statuses of the 400s that mean trouble of a server, or of what stands before it; Groq's and nginx's own among them. */
const PASSING = new Set([408, 409, 423, 424, 425, 429, 444, 460, 498, 499]);

/** What is not there will not be there later: a method, a version of HTTP, a network that wants a login. */
const LASTING = new Set([501, 505, 511]);

/** Whether the same request may succeed later: timeouts, rate limits, servers and proxies in trouble. */
export function isPassing(status: number): boolean {
  return PASSING.has(status) || (status >= 500 && !LASTING.has(status));
}

/** Fields that a prompt, or the room for its answer, stands in. */
const OF_SIZE =
  /^(messages?|prompts?|inputs?|contents?|text|context\w*|\w+_ctx|max_?\w+|n(um)?_?predict|\w*tokens)\b/i;

/** Whether a refusal names a field that has nothing to do with how long a prompt is. */
export function isOfOtherField(field: string | null): field is string {
  return field !== null && !OF_SIZE.test(field.replace(/^body\W/, ''));
}

/** What kind of failure a status and its words are. `refused`: whether it is who asks that is refused (`refusesUs`). */
export function kindOfRefusal(
  status: number,
  error: SaidError,
  refused: ReturnType<typeof refusesUs>,
): FailureKind {
  if (refused !== 'no') return 'access';
  if (!error.flagged && limitsNamed(status, error) !== null) return 'form';
  const said = saidIn(error);
  const ofPrompt = status === 400 || status === 422;
  const isTooLong =
    !isOfOtherField(error.field) && (saysTooLong(status, said) || TOO_LONG_CODE.test(error.kinds));
  if (error.flagged || (ofPrompt && CONTENT.test(said) && !isTooLong)) return 'content';
  if (isTooLong) return 'too-long';
  if (status === 403 || status === 451) return 'content';
  return status >= 400 && status < 500 && !isPassing(status) ? 'form' : 'server';
}

/** Rate limits speak of tokens, too: they are not asked. */
function saysTooLong(status: number, said: string): boolean {
  if (status === 413) return true;
  return [400, 422, 500].includes(status) && saysTooMuchText(said);
}

/** Refusals of a size in words that are of other things, too: they say so only where shorter prompts were taken. */
const SIZE =
  /context|length|\btokens\b|token (limit|count|length|window|size)|too (long|large|big)|max_seq|exceed|超长|过长|上限/i;
const PACE =
  /\brates?\b|rate_?limit|throttl|per (second|minute|hour|day)|too many requests|quota|concurren|\b(at|over|out of|no) capacity|\b[trq]p[msd]\b/i;

/** What is missing is no prompt: a model, an address. */
const NOT_THERE = /not found|does not exist|no such|unknown (url|path|endpoint|route|model)/i;

/** Whether a refusal says that the model, or the address, is not there: it may be again, where it was. */
export function saysNotThere({
  status,
  reason,
}: {
  readonly status: number | null;
  readonly reason: string;
}): boolean {
  return status === 404 && (NOT_THERE.test(reason) || /^status 404(: a page of HTML)?$/.test(reason));
}

/** A refusal as faults say it (see `faults.ts`): its status, the field that it names, its words. */
const REASON = /^status (\d+)( \(about '[^']*'\))?:? ?([\s\S]*)$/;

/** What the reason of a failed request says of the prompt; a reason without a status is of an error inside of a success. */
export interface RefusedPrompt {
  /** Whether it is the prompt that is refused, for its form or its size. */
  readonly ofPrompt: boolean;
  /** Whether that speaks of how much was sent; not of how fast it was, of who pays for it, or of the limit on the answer. */
  readonly ofSize: boolean;
}

/** Whether a request that failed for its form, for this reason, was refused for its prompt, and for the prompt's size. */
export function refusedPrompt(reason: string): RefusedPrompt {
  const [, number, field, words] = REASON.exec(reason) ?? [null, null, undefined, reason];
  const said = withoutAddresses(words);
  if (refusesAccess(reason)) return { ofPrompt: false, ofSize: false };
  const status = number === null ? null : Number(number);
  const sized = status === null || [400, 404, 406, 413, 414, 416, 422].includes(status);
  return {
    ofPrompt: status === 400 || status === 413 || status === 422,
    ofSize:
      sized &&
      field === undefined &&
      SIZE.test(said) &&
      !PACE.test(said) &&
      !NOT_THERE.test(said) &&
      limitsNamed(status ?? 400, { words: said, field: null }) === null,
  };
}

/** Whether the reason of a failed request is, or may be, a refusal of who asks: rows of older stores call it something else. */
export function refusesAccess(reason: string): boolean {
  const [, status, , words] = REASON.exec(reason) ?? [];
  if (status === undefined) return false;
  return refusesUs(Number(status), { kinds: '', words, flagged: false }, false) !== 'no';
}

/** Whether a model that thinks used up all the room that it had: OpenAI's say so by a refusal. */
export function saysNoRoomLeft(fault: { readonly status: number | null; readonly reason: string }): boolean {
  return (
    fault.status === 400 && /could not finish the message|model output limit was reached/i.test(fault.reason)
  );
}
