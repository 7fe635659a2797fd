/** Comparing two ways of asking about the same sources: each source is a pair of answers. */
import { wilson } from './interval.ts';
import { Bets, betsOn } from './sequential.ts';
import { logGamma } from './special.ts';

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

/** Counts the pairs of two lists that say which answers were right, about the same sources in the same order. */
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
 * The mean difference of pairs that were asked several times each, one number in [-1, 1] a pair (the difference of its
 * two shares). The interval and the two-sided p-value are those of bets on the differences (`sequential.ts`): valid at any
 * number of pairs and whenever one stops, and never of width zero. (The paired t of Miller 2024 has width zero where
 * all pairs agree, also where there are two of them.) The interval leaves 0 out exactly where p is at most 1 - confidence.
 *
 * @throws RangeError for a number outside [-1, 1]
 */
export function clusteredDifference(
  shares: readonly number[],
  confidence = 0.95,
): Difference & { readonly p: number } {
  return differenceFrom(betsOn(shares.map((share) => (1 + share) / 2)), confidence);
}

/**
 * The difference of two paired shares, with an interval and a p-value that stay valid where the answers decided how many
 * pairs there are, as after a search: what `pairedDifference` and `mcnemar` are for a number of pairs fixed beforehand.
 * Pairs that agree count for the interval and not for p. Over several lengths the interval is one of their common
 * difference.
 */
export function sequentialDifference(
  { both, onlyFirst, onlySecond, neither }: PairedCounts,
  confidence = 0.95,
): Difference & { readonly p: number } {
  const evidence = new Bets()
    .add(1, onlyFirst)
    .add(0, onlySecond)
    .add(0.5, both + neither);
  return differenceFrom(evidence, confidence);
}

/**
 * The two-sided sign test that stays valid whenever one stops: under the null hypothesis each pair that differs is a fair
 * coin, and p is twice the inverse of the larger evidence against a mean of at most, or at least, 1/2.
 */
export function sequentialSignTest(onlyFirst: number, onlySecond: number): { readonly p: number } {
  return { p: twoSidedP(new Bets().add(1, onlyFirst).add(0, onlySecond)) };
}

/** Of evidence about (1 + difference) / 2. */
function differenceFrom(evidence: Bets, confidence: number): Difference & { readonly p: number } {
  const { n, sum } = evidence;
  const { low, high } = evidence.interval((1 - confidence) / 2);
  return {
    difference: n === 0 ? 0 : (2 * sum) / n - 1,
    low: 2 * low - 1,
    high: 2 * high - 1,
    p: twoSidedP(evidence),
  };
}

function twoSidedP(evidence: Bets): number {
  return Math.min(1, 2 * Math.exp(-Math.max(evidence.logAbove(0.5), evidence.logBelow(0.5))));
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
