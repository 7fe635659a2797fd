/**
 * Intervals for means of bounded observations, valid at any number of them: no normal approximation, so no width of zero
 * where all observations happen to agree. They are the bets of `sequential.ts`, so they also survive stopping early.
 */
import type { Interval } from './interval.ts';
import type { Difference } from './paired.ts';
import { exactInterval } from './exact.ts';
import { Bets, betsOn } from './sequential.ts';

/**
 * An interval for the mean of independent observations in [0, 1], such as the share of right answers of each sample that
 * was asked several times. Never narrower than `exactInterval` where all are 0 or 1: that one is for samples asked
 * once. (Markov's inequality: where the bets' capital reaches 1/α, the exact tail is at most α.) Narrower than it where
 * the observations vary less than single answers do.
 *
 * @throws RangeError for a value outside [0, 1]
 */
export function boundedInterval(values: Iterable<number>, confidence = 0.95): Interval {
  return betsOn(values).interval((1 - confidence) / 2);
}

/** Observations in [0, 1]: how many are 1, how many 0, and all others. */
export interface Observations {
  readonly right: number;
  readonly wrong: number;
  readonly shares: readonly number[];
}

/** What an interval promises. */
export interface Level {
  /** 0.95 where it is absent. */
  readonly confidence?: number;
  /** Whether it has to hold although the answers decided how many samples were asked. */
  readonly sequential?: boolean;
}

/**
 * The interval of their mean: exact where all are right or wrong, else the bounded one, which is also the one that holds
 * where the answers decided how many there are.
 */
export function meanInterval(
  { right, wrong, shares }: Observations,
  { confidence = 0.95, sequential = false }: Level = {},
): Interval {
  if (shares.length === 0 && !sequential) return exactInterval(right, right + wrong, confidence);
  const evidence = new Bets().add(1, right).add(0, wrong);
  for (const share of shares) evidence.add(share);
  return evidence.interval((1 - confidence) / 2);
}

/**
 * The mean of the first minus the mean of the second, of observations in [0, 1] that are not paired. The interval is made
 * of the ends of two, each of which may be wrong with half the chance (Bonferroni): wider than need be, valid always, also
 * where a search decided how many observations there are.
 */
export function boundedDifference(first: Observations, second: Observations, confidence = 0.95): Difference {
  const [p, q] = [meanOf(first), meanOf(second)];
  if (p === null || q === null) return { difference: 0, low: -1, high: 1 };
  const level = { confidence: (1 + confidence) / 2, sequential: true };
  const [one, two] = [meanInterval(first, level), meanInterval(second, level)];
  return { difference: p - q, low: one.low - two.high, high: one.high - two.low };
}

function meanOf({ right, wrong, shares }: Observations): number | null {
  const n = right + wrong + shares.length;
  return n === 0 ? null : shares.reduce((sum, share) => sum + share, right) / n;
}
