/** Exact binomial limits and tails. */
import type { Interval } from '../statistics/interval.ts';
import { betaQuantile, incompleteBeta } from '../statistics/special.ts';

/**
 * The interval of Clopper and Pearson (1934, Biometrika 26:404-413) for a share: two one-sided exact limits, each wrong
 * with a chance of at most (1 - confidence) / 2. [0, 1] when nothing was asked. `correct` may be a fraction, where samples
 * were asked several times: the low limit is that of the whole number below, the high one that of the whole number above.
 */
export function exactInterval(correct: number, n: number, confidence = 0.95): Interval {
  if (!(n >= 0 && correct >= 0 && correct <= n))
    throw new RangeError(`${correct} right of ${n}: not a share`);
  const side = (1 - confidence) / 2;
  const [fewest, most] = [Math.floor(correct), Math.ceil(correct)];
  return {
    low: fewest === 0 ? 0 : betaQuantile(side, fewest, n - fewest + 1),
    high: most === n ? 1 : betaQuantile(1 - side, most + 1, n - most),
  };
}

/** P(X ≤ correct) for X binomial with n trials of chance `share`: exact, by the incomplete beta function. */
export function atMost(correct: number, n: number, share: number): number {
  if (correct >= n) return 1;
  return correct < 0 ? 0 : incompleteBeta(1 - share, n - correct, correct + 1);
}
