/** The choices of one reply, asked over a socket or recorded: servers may list them in any order. */
import { isRecord } from '../common/json.ts';
import { numberIn } from '../common/written-number.ts';

/** By their `index`, where they have one; else as they stand. */
export function inOrder<T>(choices: readonly T[]): readonly T[] {
  return choices
    .map((choice, place) => ({ choice, index: indexOf(choice) ?? place }))
    .sort((a, b) => a.index - b.index)
    .map(({ choice }) => choice);
}

function indexOf(choice: unknown): number | null {
  return isRecord(choice) ? numberIn(choice.index) : null;
}
