/**
 * Refusals in words that do not say what is too much. It may be the limit on the answer, alone or together with the prompt: a prompt
 * that is answered under a smaller limit is not what was refused.
 */
import { mostAnsweredWith } from './due.ts';
import type { Due, RequestPlan } from './due.ts';
import type { Fault } from './reply/faults.ts';
import { isOfOtherField } from './reply/refusals.ts';

/** Statuses of refusals that may be for the limit; others are for an address, a method, who asks. */
const OF_FORM = [400, 413, 422];

/** Whether a refusal may be for the limit on the answer, though it doesn't say so. */
export function mayBeForLimit({ failure, status, field }: Fault): boolean {
  return failure === 'form' && status !== null && OF_FORM.includes(status) && !isOfOtherField(field);
}

/** Whether the prompt was answered with fewer tokens than it is refused with. */
export function wasAnsweredBelow(
  due: Due<unknown>,
  { tokenLimit }: Pick<RequestPlan, 'tokenLimit'>,
): boolean {
  const limit = mostAnsweredWith(due);
  return limit > 0 && tokenLimit !== null && limit < tokenLimit;
}
