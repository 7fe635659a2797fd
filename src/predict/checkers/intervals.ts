/** Truth values that may be unknown, and intervals of whole numbers. */

/** A bound that has changed this often in one state grows without end, or may as well. */
export const WIDEN_AFTER = 24;

/** Truth values; MAYBE is not known. */
export const NO = 0;
export const YES = 1;
export const MAYBE = 2;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Many intervals, side by side. */
export interface Intervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export function exactly(value: number): Interval {
  return { low: value, high: value };
}

/** The count of one truth value. */
export function oneIf(truth: number): Interval {
  return truth === MAYBE ? { low: 0, high: 1 } : exactly(truth);
}

export function times(factor: number, { low, high }: Interval): Interval {
  return factor >= 0
    ? { low: factor * low, high: factor * high }
    : { low: factor * high, high: factor * low };
}
