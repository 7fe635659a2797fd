/**
 * Refusals of the limit on an answer: the server allows fewer tokens than are asked for, whatever the prompt is. Servers say so in
 * words of their own, and nearly all name the largest limit that they take.
 */
import type { SaidError } from './errors.ts';
import { wantsStream } from './stream-refusals.ts';

/** The limit, as OpenAI, Anthropic, Google, TGI, Bedrock and others call it: `max_new_tokens`, `maxTokenCount`, `max-tokens-to-sample`. */
const OF_LIMIT =
  /max[_ -]?((completion|output|new|gen|generated|generation|response)[_ -]?)?tokens?([_-]?(to[_-]?(sample|generate)|count|limit))?\b|(completion|output|generated|new) tokens|maximum tokens|max_?gen_?len|\bn(um)?_?predict|generation length/i;

const TOO_LARGE =
  /too (large|high|big|many)|at most|above|maximum|<=|≤|\d\s*>\s*\d|(less|lower|smaller) than|less or equal|(is|are|was) (larger|greater|higher|more) than|(not|n't) be (larger|greater|higher|more) than|larger than|\b(under|below) \d|upper bound|exceed|\brange\b|\bbetween\b|limited|no more than|up to|limit (is|of)|超|最大|范围/i;

/** Of the prompt, or of both together: how much there is left for the answer depends on the prompt. */
const OF_PROMPT =
  /context|\binputs?`? (tokens?|length|text)|\b(your|the) (input|messages)\b|your request(?! (has|had|sets|with) [`'"]?max)|\bprompts?\b|\bin the messages\b|\btotal\b|sequence length|max_model_len|n_ctx/i;

/** Asides on what has nothing to do with the prompt: Groq's, Bedrock's, Cloudflare's, and how large the context is besides. */
const ASIDES =
  /\bis less than the `?context_window`? for this model|please reformat your input|required properties at '[^']*' are '[^']*'|\(context (?:window|length)[^)]*\)/gi;

/** Gateways pass the refusal of another server on as an error of their own. */
const STATUSES = [400, 413, 416, 422, 500];

/** So many characters are looked at: a refusal may be of any length. */
const LOOKED_AT = 2000;

/** More numbers than this are no refusal, and what says of one that it is the limit stands no further from it. */
const MOST_NUMBERS = 50;
const BESIDE = 120;

/**
 * The numbers that a refusal of the limit on the answer gives for the largest that is taken; perhaps the one that was sent is among
 * them, and other numbers are not: statuses, years. Null where it isn't the limit that is refused.
 */
export function limitsNamed(
  status: number,
  { words, field }: Pick<SaidError, 'words' | 'field'>,
): readonly number[] | null {
  if (!STATUSES.includes(status)) return null;
  // Some write the words where others name the field.
  const said = `${field ?? ''} ${words}`.slice(0, LOOKED_AT).replace(ASIDES, '');
  return OF_LIMIT.test(said) && isTooLarge(said) && !OF_PROMPT.test(said) ? limitsIn(said) : null;
}

/** Answers as long may be had as a stream only: in one piece, the limit is too large. */
function isTooLarge(said: string): boolean {
  return TOO_LARGE.test(said) || (/\d/.test(said) && wantsStream(said));
}

/** `4096`, `4,096`, `4 096`, `4k`; those of names (`gpt-4-1106-preview`) and dates are none. */
const NUMBER =
  /(?<![\w/-]|(?<!\.)\.)(?:(?<!\[)(\d{1,3}(?:[,_]\d{3})+|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+)|(\d+))(k)?(?![\w/-]|\.\d)/gi;

/** A range that is written with a hyphen. */
const HYPHEN = /(?<![\w./-])(\d+)-(\d+)(?![\w/-]|\.\d)/g;

/** What may stand between a number and the words that make it the limit. Each alternative begins in its own way. */
const BETWEEN = String.raw`(?:[\s:=,'"\x60(*~\[]|[\u3000-\u9fff\uff00-\uffef]|\bfor\s+\S{1,60}(?=\s)|\b(?:is|are|was|be|it|its|of|the|this|that|your|models?|values?|tokens?|number|output|completion|new|generated|generation|length|max\w*|limit|bound|allowed|supported|permitted|valid|should|must|inclusive|or|equal|to|than|only|currently|set|at|most|from|can)\b)*`;

/** The number after such words is the largest that is taken; those of a lower bound (`at least`, `>=`) are others. */
const LARGEST = new RegExp(
  String.raw`(?:\b(?:at most|up to|no more than|(?:less|lower|smaller|fewer) than|less or equal|(?<!\b(?:must|should|to) be )(?:greater|larger|higher|more) than(?! or equal)|not be greater than or equal to|exceed\w*|above|below|under|over|beyond|max(?:imum)?|limit(?:ed)?|upper bound|allows?|supports?)\b|<|>(?!=)|≤|超过|最大|上限|大于|小于)${BETWEEN}$`,
  'iu',
);

/** Where a range begins, and what stands between its two ends. */
const RANGE = new RegExp(String.raw`(?:\b(?:range|between|from)\b|范围|[\[(])${BETWEEN}$`, 'iu');
const TO_ITS_END = /^\s*(?:\((?:inclusive|exclusive)\)\s*)?(?:,|and|to|-|–|—|~|～|至|到|\.{2,3}|…)\s*\d/i;

/** The same as `LARGEST` behind the number: `4096 tokens allowed`, `64000, which is the maximum`. */
const LARGEST_BEHIND =
  /^,?\s*(?:(?:\w+ )?tokens? )?(?:which )?(?:is |are )?(?:the )?(?:max|maximum|limit|largest|allowed|supported)\b/i;

/** A number that is the status of a reply: `<400>`, `HTTP 422`, `400 Bad Request`. */
const STATUS_BEFORE = /(?:\b(?:status|code|http|error)\w*['"]?\W{0,4}|<)$/i;
const STATUS_BEHIND = /^(?:>|\s*(?:bad request|unprocessable|internal server|payload|content))/i;

function limitsIn(text: string): number[] {
  const said = text.replace(HYPHEN, '$1 to $2');
  const found: number[] = [];
  let numbers = 0;
  /** Where the upper end of a range begins, once its lower end was looked at. */
  let endsAt: number | null = null;
  for (const { 0: written, 1: grouped, 2: plain, 3: thousands, index } of said.matchAll(NUMBER)) {
    if (++numbers > MOST_NUMBERS) break;
    const end = index + written.length;
    const before = said.slice(Math.max(0, index - BESIDE), index);
    const behind = said.slice(end, end + BESIDE);
    const number = Number((grouped ?? plain).replace(/\D/g, '')) * (thousands === undefined ? 1 : 1000);
    const isEnd: boolean = endsAt === index;
    const toItsEnd: RegExpExecArray | null = isEnd || !RANGE.test(before) ? null : TO_ITS_END.exec(behind);
    endsAt = toItsEnd === null ? null : end + toItsEnd[0].length - 1;
    const isStatus =
      number >= 400 && number < 600 && (STATUS_BEFORE.test(before) || STATUS_BEHIND.test(behind));
    if (endsAt !== null || isStatus || !Number.isSafeInteger(number)) continue;
    if (isEnd || LARGEST.test(before) || LARGEST_BEHIND.test(behind)) {
      found.push(isExclusive(before, behind) ? number - 1 : number);
    }
  }
  return found;
}

/** Whether the number itself is one too many: `less than 4096`, `4097 (exclusive)`, `[1, 4097)`. */
function isExclusive(before: string, behind: string): boolean {
  return (
    /(?:(?:less|lower|smaller|fewer) than|under|below|not be greater than or equal to) [`'"]?$|<\s?[`'"]?$/i.test(
      before,
    ) ||
    /^\s?\(exclusive\)/i.test(behind) ||
    (behind.startsWith(')') && /\[\s?\d+\s?,\s?$/.test(before))
  );
}
