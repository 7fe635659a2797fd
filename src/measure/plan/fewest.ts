/** How many samples of a length, all right, show that it holds: what is said before too few are asked. */
import { fewestAnswers, fewestInARow } from '../../score/statistics/index.ts';
import { searchOf } from './plan.ts';

/** The level of a length's interval where the lengths are given: 2.5 % at its lower end. */
const ALPHA = 0.025;

/**
 * By the exact limit where each sample is asked once, by bets where several times, and in a search by its own test, which
 * looks after every answer. At 0.9: 36, 40 and 47.
 */
export function fewestToShow(
  threshold: number,
  { searched, repeats }: { readonly searched: boolean; readonly repeats: number },
): number {
  if (searched) {
    const spec = { threshold, maxLength: 1, n: 1, seed: 0, drawnLengths: 0 };
    return searchOf({ min: 1, max: 1 }, spec).fewestAnswers();
  }
  return repeats > 1 ? fewestInARow(threshold, ALPHA) : fewestAnswers(threshold);
}
