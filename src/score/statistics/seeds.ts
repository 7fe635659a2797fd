/**
 * Models of one kind that differ in their seed only. The seed is the unit: thousands of answers of three models say what
 * those three do, and three numbers say what the next one will do.
 */
import { boundedInterval } from './bounded.ts';
import type { Interval } from './interval.ts';

/** The fewest seeds at which a sign-flip test can fall below .05 (its smallest two-sided p is 2^(1 - seeds): .03125). */
export const FEWEST_SEEDS = 6;

/** Up to here all 2^seeds flips are gone through. Nobody trains more models of one kind for one row of a table. */
const MOST_SEEDS = 20;

export interface SeedSummary {
  readonly seeds: number;
  readonly mean: number;
  /** The smallest and the largest value: the range that a table shows. */
  readonly lowest: number;
  readonly highest: number;
  /** An interval for the mean over seeds, not over answers; null with fewer than two seeds. */
  readonly interval: (Interval & { readonly confidence: number }) | null;
  /** Of differences: the exact two-sided sign-flip test. null for accuracies, and with fewer than six seeds. */
  readonly p: number | null;
}

/**
 * What values of one number a seed say: accuracies in [0, 1], or differences of them in [-1, 1]. The interval is
 * `boundedInterval`'s, with a seed as one observation: it takes the seeds as independent draws and nothing else for granted.
 * Many tasks are learned by some seeds and not by others, and Student's t, which takes normal values for granted, is far too
 * narrow there: of three seeds that all learned it, it knows nothing of the tenth that does not.
 *
 * @throws RangeError for no values, or one that is out of its range
 */
export function seedSummary(
  values: readonly number[],
  kind: 'accuracy' | 'difference',
  confidence = 0.95,
): SeedSummary {
  const least = kind === 'accuracy' ? 0 : -1;
  if (values.length === 0 || values.some((value) => !(value >= least && value <= 1))) {
    throw new RangeError(`${kind} of each seed: [${values.join(', ')}], expected numbers in [${least}, 1]`);
  }
  return {
    seeds: values.length,
    mean: meanOf(values),
    lowest: Math.min(...values),
    highest: Math.max(...values),
    interval: values.length < 2 ? null : { ...intervalOf(values, least, confidence), confidence },
    p: kind === 'difference' && values.length >= FEWEST_SEEDS ? signFlip(values) : null,
  };
}

/**
 * The exact two-sided sign-flip test (Fisher 1935, The Design of Experiments, §21) that values are symmetric about 0: the
 * share of all 2^n ways to flip their signs whose mean is as far from 0 as the one there is. Its smallest value is
 * 2^(1 - n): .25 at three values, .03125 at six.
 *
 * @throws RangeError beyond 20 values
 */
export function signFlip(values: readonly number[]): number {
  if (values.length > MOST_SEEDS) throw new RangeError(`${values.length} seeds: at most ${MOST_SEEDS}`);
  const sizes = values.map(Math.abs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
  const tied = observed - 1e-12 * total; // sums of the same numbers in another order
  const all = 2 ** values.length;
  let asFar = 0;
  for (let flips = 0; flips < all; flips++) {
    let sum = total;
    for (let i = 0; i < sizes.length; i++) if ((flips >> i) & 1) sum -= 2 * sizes[i];
    if (Math.abs(sum) >= tied) asFar += 1;
  }
  return asFar / all;
}

function intervalOf(values: readonly number[], least: number, confidence: number): Interval {
  const width = 1 - least;
  const { low, high } = boundedInterval(
    values.map((value) => (value - least) / width),
    confidence,
  );
  return { low: least + width * low, high: least + width * high };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
