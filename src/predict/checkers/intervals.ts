/** Truth values that may be unknown, and intervals of whole numbers. */

/** A bound that has changed this often in one state grows without end, or may as well. */
const WIDEN_AFTER = 24;

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

export function plus(a: Interval, b: Interval): Interval {
  return { low: a.low + b.low, high: a.high + b.high };
}

export function times(factor: number, { low, high }: Interval): Interval {
  return factor >= 0
    ? { low: factor * low, high: factor * high }
    : { low: factor * high, high: factor * low };
}

/** One side of all intervals; NaN where no string has come by yet. */
export class Bounds {
  readonly at: Float64Array;
  private readonly changes: Uint32Array;
  private readonly beyond: (fresh: number, old: number) => boolean;
  private readonly limit: number;

  constructor(places: number, beyond: (fresh: number, old: number) => boolean, limit: number) {
    this.at = new Float64Array(places).fill(NaN);
    this.changes = new Uint32Array(places);
    this.beyond = beyond;
    this.limit = limit;
  }

  /** Widens the bound of a place to include a value; says whether that changed it. */
  include(place: number, value: number): boolean {
    const old = this.at[place];
    if (!Number.isNaN(old) && !this.beyond(value, old)) return false;
    this.at[place] = this.changes[place]++ < WIDEN_AFTER ? value : this.limit;
    return true;
  }
}
