/** Comparing two ways of asking about the same sources: each source is a pair of answers. */
import { wilson } from './interval.ts';
import { logGamma, studentQuantile, studentTwoSided } from './special.ts';

/** How often each pair of outcomes happened. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

export interface Difference {
  /** First share minus second share. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** Counts the pairs of two lists of verdicts about the same sources, in the same order. */
export function pairedCounts(first: readonly boolean[], second: readonly boolean[]): PairedCounts {
  if (first.length !== second.length) {
    throw new RangeError(`pairs of ${first.length} and ${second.length} answers`);
  }
  const count = (wanted: boolean, secondWanted: boolean): number =>
    first.filter((right, i) => right === wanted && second[i] === secondWanted).length;
  return {
    both: count(true, true),
    onlyFirst: count(true, false),
    onlySecond: count(false, true),
    neither: count(false, false),
  };
}

/**
 * The exact two-sided test of McNemar (1947): under the null hypothesis each pair that differs is a fair coin. The
 * p-value is twice the smaller tail of Binomial(pairs that differ, 1/2), at most 1 (as R's mcnemar.exact and
 * statsmodels' mcnemar(exact=True)).
 */
export function mcnemar(onlyFirst: number, onlySecond: number): { readonly p: number } {
  const n = onlyFirst + onlySecond;
  const smaller = Math.min(onlyFirst, onlySecond);
  let tail = 0;
  for (let k = 0; k <= smaller; k++) tail += Math.exp(logChoose(n, k) - n * Math.LN2);
  return { p: Math.min(1, 2 * tail) };
}

/**
 * The difference of two paired shares with an interval: Newcombe 1998 (Statistics in Medicine 17:2635-2650),
 * method 10, from Wilson's intervals and the correlation of the pairs with a continuity correction.
 */
export function pairedDifference(counts: PairedCounts, confidence = 0.95): Difference {
  const { both: a, onlyFirst: b, onlySecond: c, neither: d } = counts;
  const n = a + b + c + d;
  if (n === 0) return { difference: 0, low: -1, high: 1 };
  const first = { share: (a + b) / n, ...wilson(a + b, n, confidence) };
  const second = { share: (a + c) / n, ...wilson(a + c, n, confidence) };
  const phi = pairCorrelation(a, b, c, d);
  const [lowFirst, highFirst] = [first.share - first.low, first.high - first.share];
  const [lowSecond, highSecond] = [second.share - second.low, second.high - second.share];
  const difference = (b - c) / n;
  const root = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  return {
    difference,
    low: Math.max(-1, difference - root(lowFirst, highSecond)),
    high: Math.min(1, difference + root(highFirst, lowSecond)),
  };
}

/** The difference of two shares measured on different sources: Newcombe 1998 (17:873-890), method 10. */
export function unpairedDifference(
  first: { readonly correct: number; readonly n: number },
  second: { readonly correct: number; readonly n: number },
  confidence = 0.95,
): Difference {
  if (first.n === 0 || second.n === 0) return { difference: 0, low: -1, high: 1 };
  const [p, q] = [first.correct / first.n, second.correct / second.n];
  const one = wilson(first.correct, first.n, confidence);
  const two = wilson(second.correct, second.n, confidence);
  return {
    difference: p - q,
    low: p - q - Math.hypot(p - one.low, two.high - q),
    high: p - q + Math.hypot(one.high - p, q - two.low),
  };
}

/**
 * The mean difference of pairs that were asked several times each, one number a pair (the difference of its two shares):
 * the interval and the two-sided test of the paired t (Miller 2024, arXiv 2411.00640, §4, on clusters).
 */
export function clusteredDifference(
  shares: readonly number[],
  confidence = 0.95,
): Difference & { readonly p: number } {
  const n = shares.length;
  const mean = shares.reduce((sum, share) => sum + share, 0) / n;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  if (n < 2) return { difference: mean, low: -1, high: 1, p: 1 };
  const error = Math.sqrt(squares / (n - 1) / n);
  const half = studentQuantile(1 - (1 - confidence) / 2, n - 1) * error;
  const p = error === 0 ? (mean === 0 ? 1 : 2 ** (1 - n)) : studentTwoSided(mean / error, n - 1);
  return { difference: mean, low: Math.max(-1, mean - half), high: Math.min(1, mean + half), p };
}

/** Newcombe's phi: the correlation of the pairs, a positive one made smaller by n/2 in the numerator. */
function pairCorrelation(a: number, b: number, c: number, d: number): number {
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins === 0) return 0;
  const product = a * d - b * c;
  const corrected = product > 0 ? Math.max(0, product - (a + b + c + d) / 2) : product;
  return corrected / Math.sqrt(margins);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
