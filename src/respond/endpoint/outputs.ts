/** What became of a request, as an output. */
import type { Output } from '../../score/output.ts';
import { finishMeaning } from '../../score/reading/finish.ts';
import type { Fault } from './reply/faults.ts';
import type { Answered } from './reply/read.ts';

/** An answer. `tokenLimit`: the most tokens that it was allowed; null where none was generated. */
export function outputOf(
  answered: Answered,
  tokenLimit: number | null,
  latencyMs: number | null,
  attempts: number,
): Output {
  // Half a character, which JSON can hold, is stored as U+FFFD: it is scored as that, too.
  return {
    text: answered.text?.toWellFormed() ?? null,
    thoughts: answered.thoughts?.toWellFormed() ?? null,
    refusal: answered.refusal?.toWellFormed() ?? null,
    finishReason: answered.finishReason,
    promptTokens: answered.usage.promptTokens,
    completionTokens: answered.usage.completionTokens,
    tokenLimit,
    promptIds: answered.promptIds,
    outputIds: answered.outputIds,
    latencyMs,
    attempts,
    error: null,
    failure: null,
  };
}

/** No answer. */
export function failedOutput(
  { reason, failure }: Fault,
  tokenLimit: number | null,
  latencyMs: number | null,
  attempts: number,
): Output {
  return { ...outputOf(NOTHING, tokenLimit, latencyMs, attempts), error: reason, failure };
}

/** Whether an output is an empty text that nothing has cut or kept back, of which the server does not say that it wrote a token. */
export function isEmptyOutput({
  text,
  thoughts,
  refusal,
  finishReason,
  completionTokens,
  error,
}: Output): boolean {
  if (error !== null || (completionTokens ?? 0) > 0 || text || thoughts || refusal) return false;
  return finishReason === null || finishMeaning(finishReason) === 'ended';
}

const NOTHING: Answered = {
  text: null,
  thoughts: null,
  refusal: null,
  finishReason: null,
  usage: { promptTokens: null, completionTokens: null },
  reasoningTokens: 0,
  promptIds: null,
  outputIds: null,
  model: null,
  fingerprint: null,
};

/** What a model says whose thoughts used up all tokens that it was allowed: nothing, and it was cut off. */
export const NO_ROOM_LEFT: Answered = { ...NOTHING, finishReason: 'length' };
