/**
 * What a refusal means, by its status and its words: is it us who are refused (the key, the account), or this prompt, for
 * what it says, its length or its form? Servers use the same status for several of these.
 */
import type { FailureKind } from '../../../score/output.ts';
import type { SaidError } from './errors.ts';

/** The prompt, or the prompt with the room for an answer, does not fit. In the words of vLLM, TGI, llama.cpp, OpenAI, Google, … */
const TOO_LONG = [
  /context[ _-]?(length|size|window|limit|overflow)/i,
  /maximum (allowed )?(context |input |prompt |sequence |model )?(length|tokens|size)/i,
  /(prompt|input|request|message|sequence|text|payload)s? (is |are |was )?(too long|too large|exceeds)/i,
  /(exceed|greater|longer|larger|more)\w* (than )?(the |its )?(\w+ ){0,3}(max_model_len|context|n_ctx|max_input|max_total_tokens)/i,
  /inputs?`? (tokens|must have less than|token count)/i,
  /too many (input )?tokens|string_above_max_length|reduce the length/i,
  /exceeds? the (available|maximum|allowed) /i,
];

/** A filter has looked at what is asked. */
const CONTENT =
  /flagged|moderat|content.?(filter|polic|management|safety)|responsible.?ai|usage polic|safety|guardrail|violat|inappropriate|harmful|sensitive|prohibited|blocked by/i;

/** Words about who asks: the key, what it may do, what is paid for. */
const ABOUT_US =
  /api.?key|\bkey\b|quota|credit|billing|payment|balance|permission|unauthori[sz]ed|access|not allowed to|subscription|account|organi[sz]ation|limit exceeded|region|country|location is not supported|token (is )?(invalid|expired)/i;

const SPENT =
  /insufficient_quota|billing|exceeded your current quota|insufficient (credit|balance|funds)|out of credits/i;

/**
 * Whether a refusal is for who asks, so that every further request would be refused, too. `waits`: it says when to ask
 * again, which is no end (Google speaks of the quota and of billing where a minute is used up).
 */
export function refusesUs(status: number, error: SaidError, waits: boolean): 'yes' | 'perhaps' | 'no' {
  const said = `${error.kinds} ${error.words}`;
  if (status === 401 || status === 402 || status === 407) return 'yes';
  if (status === 429) return SPENT.test(said) && !waits ? 'yes' : 'no';
  if (status !== 403) return 'no';
  if (error.flagged || (CONTENT.test(said) && !/\bkey\b/i.test(said))) return 'no';
  return ABOUT_US.test(said) ? 'yes' : 'perhaps';
}

/** What kind of failure a status and its words are. */
export function kindOfRefusal(status: number, error: SaidError): FailureKind {
  const said = `${error.kinds} ${error.words}`;
  const refused = status === 400 || status === 403 || status === 422 || status === 451;
  if (error.flagged || (refused && status !== 403 && CONTENT.test(said) && !saysTooLong(status, said)))
    return 'content';
  if (saysTooLong(status, said)) return 'too-long';
  if (status === 403 || status === 451) return 'content';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'form' : 'server';
}

/** Rate limits speak of tokens, too: they are not asked. */
function saysTooLong(status: number, said: string): boolean {
  if (status === 413) return true;
  return [400, 422, 500].includes(status) && TOO_LONG.some((words) => words.test(said));
}

/** Whether a model that thinks used up all the room that it had: OpenAI's say so by a refusal. */
export function saysNoRoomLeft(fault: { readonly status: number | null; readonly reason: string }): boolean {
  return (
    fault.status === 400 && /could not finish the message|model output limit was reached/i.test(fault.reason)
  );
}
