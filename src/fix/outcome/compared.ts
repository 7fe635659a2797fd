/**
 * What the outcomes show: of each mitigation the difference to the plain prompt on the same samples, its horizon, and whether it
 * holds. Pure.
 */
import { holm } from '../../score/statistics/correction.ts';
import { exactInterval } from '../../score/statistics/exact.ts';
import { horizonOf } from '../../score/statistics/horizon.ts';
import type { Horizon } from '../../score/statistics/horizon.ts';
import { mcnemar, pairedCounts, pairedDifference } from '../../score/statistics/paired.ts';
import type { SampleOutcome } from '../asking/answers.ts';

/** The chance that one of the mitigations is said to help that does not. */
export const ERROR = 0.05;

/** Of the limits at each length that are shown, as in `measure`. */
const CONFIDENCE = 0.95;

/** What was measured at one length. */
export interface LengthRow {
  readonly length: number;
  /** Samples that reached the model. */
  readonly n: number;
  readonly right: number;
  readonly accuracy: number;
  /** Exact limits, at 95 % where they are shown. */
  readonly low: number;
  readonly high: number;
  /** Samples without an answer: they count as not right. */
  readonly abstained: number;
  /** Of these, samples with a prompt that does not fit the model's context. */
  readonly tooLong: number;
  /** Of those with one; null where there is none. */
  readonly accuracyOfAnswers: number | null;
  /** Means of a sample; null where not all were told. */
  readonly tokens: number | null;
  readonly seconds: number | null;
}

/** Outcomes of one way of asking, over all lengths. */
export interface Measured {
  readonly lengths: readonly LengthRow[];
  readonly horizon: Horizon;
}

export function measuredOf(
  outcomes: readonly SampleOutcome[],
  threshold: number,
  confidence = CONFIDENCE,
): Measured {
  const lengths = [...new Set(outcomes.map(({ length }) => length))].sort((a, b) => a - b);
  const rows = lengths.map((length) =>
    rowOf(
      length,
      outcomes.filter((one) => one.length === length),
      confidence,
    ),
  );
  const cells = rows.map(({ length, n, right, low, high }) => ({ length, n, correct: right, low, high }));
  return { lengths: rows, horizon: horizonOf(cells, threshold) };
}

function rowOf(length: number, all: readonly SampleOutcome[], confidence: number): LengthRow {
  const outcomes = all.filter(({ lost }) => !lost);
  const n = outcomes.length;
  const right = outcomes.filter((one) => one.right).length;
  const answered = outcomes.filter((one) => one.answered).length;
  return {
    ...{ length, n, right, accuracy: n === 0 ? 0 : right / n, abstained: n - answered },
    ...exactInterval(right, n, confidence),
    tooLong: outcomes.filter((one) => one.tooLong).length,
    accuracyOfAnswers: answered === 0 ? null : right / answered,
    tokens: meanOf(outcomes.map(({ tokens }) => tokens)),
    seconds: meanOf(outcomes.map(({ latencyMs }) => (latencyMs === null ? null : latencyMs / 1000))),
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}

/** A mitigation beside the plain prompt on the same samples of one length. */
export interface Comparison {
  readonly length: number;
  /** Samples that reached the model in both ways. */
  readonly n: number;
  /** Accuracy of the mitigation minus that of the plain prompt, with limits at 95 % (of this comparison alone). */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Of McNemar's exact test, corrected for all mitigations that were tried, at all lengths (Holm). */
  readonly pAdjusted: number;
}

/**
 * Every mitigation beside the plain prompt, at each length at which both were asked. p is corrected for all mitigations at all of the
 * plain prompt's lengths, asked or not: which of them are asked at a length is decided by their answers.
 * @returns of each mitigation its comparisons, the shortest length first
 */
export function comparisonsOf(
  plain: readonly SampleOutcome[],
  tried: readonly (readonly SampleOutcome[])[],
): Comparison[][] {
  const lengths = [...new Set(plain.map(({ length }) => length))].sort((a, b) => a - b);
  const compared = tried.map((outcomes) => lengths.map((length) => comparedAt(length, outcomes, plain)));
  const adjusted = holm(compared.flat().map(({ p }) => p));
  return compared.map((own, i) =>
    own.flatMap(({ length, n, difference, low, high }, j) =>
      n === 0 ? [] : [{ length, n, difference, low, high, pAdjusted: adjusted[i * lengths.length + j] }],
    ),
  );
}

/** Samples that did not reach the model in one of the two are no pairs. */
function comparedAt(length: number, first: readonly SampleOutcome[], second: readonly SampleOutcome[]) {
  const others = new Map(
    second.filter((one) => one.length === length && !one.lost).map((one) => [one.index, one.right]),
  );
  const pairs = first.flatMap((one) => {
    const other = others.get(one.index);
    return one.length !== length || one.lost || other === undefined ? [] : [{ one: one.right, other }];
  });
  const counts = pairedCounts(
    pairs.map(({ one }) => one),
    pairs.map(({ other }) => other),
  );
  const { p } = mcnemar(counts.onlyFirst, counts.onlySecond);
  return { length, n: pairs.length, ...pairedDifference(counts), p };
}
