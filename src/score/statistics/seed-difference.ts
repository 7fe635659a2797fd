/** The difference of two tasks that models of several seeds have all learned, as far as these few seeds can tell it. */
import { unpairedDifference } from './paired.ts';
import type { Difference } from './paired.ts';
import { betaQuantile } from './special.ts';

/** Right answers of one seed to both. */
export interface SeedShares {
  readonly first: { readonly correct: number; readonly n: number };
  readonly second: { readonly correct: number; readonly n: number };
}

/**
 * The mean over seeds of the first share less the second, with the wider of two intervals on each side: Student's t over the
 * seeds' differences, a seed being one observation, and Newcombe's over all answers, without which seeds that happen to agree
 * would seem to leave nothing open.
 *
 * Student's t takes for granted that the differences are about normal. They are not where some seeds learn a task and others
 * don't (`seedSummary` is for those, and knows nothing from three seeds): it is for tasks that every seed has learned.
 *
 * @throws RangeError for fewer than two seeds, or one without answers
 */
export function seedDifference(seeds: readonly SeedShares[], confidence = 0.95): Difference {
  if (seeds.length < 2 || seeds.some(({ first, second }) => first.n === 0 || second.n === 0))
    throw new RangeError(`${seeds.length} seeds: at least two, each with answers, were expected`);
  const differences = seeds.map(({ first, second }) => first.correct / first.n - second.correct / second.n);
  const difference = differences.reduce((sum, one) => sum + one, 0) / seeds.length;
  const squares = differences.reduce((sum, one) => sum + (one - difference) ** 2, 0);
  const error = Math.sqrt(squares / (seeds.length - 1) / seeds.length);
  const reach = studentQuantile(1 - (1 - confidence) / 2, seeds.length - 1) * error;
  const pooled = unpairedDifference(sumOf(seeds, 'first'), sumOf(seeds, 'second'), confidence);
  return {
    difference,
    low: Math.max(-1, Math.min(difference - reach, pooled.low)),
    high: Math.min(1, Math.max(difference + reach, pooled.high)),
  };
}

/** The quantile of Student's t with `freedom` degrees of freedom, for p in [1/2, 1). */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p >= 0.5 && p < 1)) throw new RangeError(`studentQuantile(${p}): not in [1/2, 1)`);
  const x = betaQuantile(2 * (1 - p), freedom / 2, 0.5);
  return Math.sqrt(freedom * (1 / x - 1));
}

function sumOf(seeds: readonly SeedShares[], which: keyof SeedShares) {
  return seeds.reduce(
    (sum, { [which]: { correct, n } }) => ({ correct: sum.correct + correct, n: sum.n + n }),
    { correct: 0, n: 0 },
  );
}
