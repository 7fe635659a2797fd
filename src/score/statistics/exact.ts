/** Exact intervals for a share of right answers, and how many answers a threshold takes. */
import type { Interval } from './interval.ts';
import { betaQuantile } from './special.ts';

/**
 * The interval of Clopper and Pearson (1934, Biometrika 26:404-413): two one-sided exact limits, each wrong with a chance
 * of at most (1 - confidence) / 2 for every n and every true share. [0, 1] when nothing was asked. Wilson's interval
 * keeps such a level on average only: its lower end errs in 6 % of cases where 2.5 % is meant, at 4 answers and 0.5.
 *
 * @throws RangeError for what is no count of right answers; shares of repeats have `boundedInterval`
 */
export function exactInterval(correct: number, n: number, confidence = 0.95): Interval {
  if (!(Number.isInteger(correct) && Number.isInteger(n) && correct >= 0 && correct <= n)) {
    throw new RangeError(`${correct} right of ${n}: not a count of right answers`);
  }
  const alpha = sideOf(confidence);
  return {
    low: correct === 0 ? 0 : betaQuantile(alpha, correct, n - correct + 1),
    high: correct === n ? 1 : 1 - betaQuantile(alpha, n - correct, correct + 1),
  };
}

/**
 * How many right answers in a row show that accuracy is at least `threshold`: the smallest n whose exact lower limit,
 * ((1 - confidence) / 2)^(1/n), reaches it. 36 at 0.9, 7,377 at 0.9995.
 *
 * @throws RangeError for a threshold that no number of answers shows (`thresholdFault`)
 */
export function fewestAnswers(threshold: number, confidence = 0.95): number {
  const fault = thresholdFault(threshold);
  if (fault !== null) throw new RangeError(fault);
  return Math.max(1, Math.ceil(Math.log(sideOf(confidence)) / Math.log(threshold) - 1e-9));
}

/** Why a threshold can't be used, in one line with the way out; null: it can. */
export function thresholdFault(threshold: number): string | null {
  if (threshold > 0 && threshold < 1) return null;
  const given = `threshold ${threshold}`;
  if (threshold === 1) {
    return `${given}: no number of right answers shows that every answer is right; give a share below 1, such as 0.99 (takes ${fewestAnswers(0.99)} right answers)`;
  }
  if (threshold === 0) {
    return `${given}: every model reaches it; give a share above 0 and below 1, such as 0.9`;
  }
  return `${given}: not a share; give a number above 0 and below 1, such as 0.9`;
}

function sideOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence}: not in (0, 1)`);
  return (1 - confidence) / 2;
}
