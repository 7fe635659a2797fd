/** How many samples of a length, all right, show that it holds: what is said before too few are asked. */
import type { Askable } from '../../prompt/askable.ts';
import { fewestAnswers, fewestInARow } from '../../score/statistics/index.ts';
import { searchOf } from './plan.ts';
import type { MeasureSpec } from './spec.ts';

/** The level of a length's interval where the lengths are given: 2.5 % at its lower end. */
const ALPHA = 0.025;

/** What decides how many samples a length takes. */
export type FewestSpec = Pick<
  MeasureSpec,
  'threshold' | 'lengths' | 'n' | 'maxLength' | 'repeats' | 'seed' | 'drawnLengths'
> & { readonly tasks: readonly Pick<Askable, 'admits'>[] };

/** Samples of a length: as many at the first one that is asked, and at the most as many at a later one. */
export interface Fewest {
  readonly first: number;
  readonly most: number;
}

/**
 * By the exact limit where each sample is asked once, by bets where several times, and in a search by its own tests, which
 * look after every answer and become stricter with every length that does not hold. At 0.9: 36, 40, and 47 at first.
 */
export function fewestToShow(spec: FewestSpec): Fewest {
  const { threshold, lengths, repeats, tasks } = spec;
  if (lengths !== null) {
    const fewest = repeats > 1 ? fewestInARow(threshold, ALPHA) : fewestAnswers(threshold);
    return { first: fewest, most: fewest };
  }
  const searches = tasks.map((task) => searchOf(task.admits(), spec));
  return {
    first: Math.max(...searches.map((search) => search.fewestAnswers())),
    most: Math.max(...searches.map((search) => search.mostFewestAnswers())),
  };
}
