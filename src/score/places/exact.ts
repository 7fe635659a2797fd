/** Exact binomial tails. */
import { incompleteBeta } from '../statistics/special.ts';

/** P(X ≤ correct) for X binomial with n trials of chance `share`: exact, by the incomplete beta function. */
export function atMost(correct: number, n: number, share: number): number {
  if (correct >= n) return 1;
  return correct < 0 ? 0 : incompleteBeta(1 - share, n - correct, correct + 1);
}
