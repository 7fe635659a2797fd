/**
 * Exact whole-number arithmetic, twice: in plain numbers, which stops at the first result that is not exact, and in
 * BigInts, which takes over then. Elimination is written once, over either.
 */

export interface Arithmetic<T> {
  readonly of: (value: number) => T;
  readonly isZero: (a: T) => boolean;
  readonly negative: (a: T) => T;
  readonly times: (a: T, b: T) => T;
  readonly minus: (a: T, b: T) => T;
  /** a / b where b divides a. */
  readonly over: (a: T, b: T) => T;
  /** The greatest common divisor, at least 0. */
  readonly gcd: (a: T, b: T) => T;
  readonly sign: (a: T) => number;
  readonly isOne: (a: T) => boolean;
}

/** A result left the range in which doubles are exact whole numbers. */
export class Inexact extends Error {}

export const doubles: Arithmetic<number> = {
  of: (value) => value,
  isZero: (a) => a === 0,
  negative: (a) => -a,
  times: (a, b) => exact(a * b),
  minus: (a, b) => exact(a - b),
  over: (a, b) => a / b,
  gcd: (a, b) => {
    let x = Math.abs(a);
    let y = Math.abs(b);
    while (y !== 0) [x, y] = [y, x % y];
    return x;
  },
  sign: Math.sign,
  isOne: (a) => a === 1,
};

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Inexact();
  return value;
}

export const bigInts: Arithmetic<bigint> = {
  of: BigInt,
  isZero: (a) => a === 0n,
  negative: (a) => -a,
  times: (a, b) => a * b,
  minus: (a, b) => a - b,
  over: (a, b) => a / b,
  gcd: (a, b) => {
    let x = a < 0n ? -a : a;
    let y = b < 0n ? -b : b;
    while (y !== 0n) [x, y] = [y, x % y];
    return x;
  },
  sign: (a) => (a > 0n ? 1 : a < 0n ? -1 : 0),
  isOne: (a) => a === 1n,
};

/** Runs in doubles, and again in BigInts if those were not enough. */
export function exactly<R>(compute: <T>(arithmetic: Arithmetic<T>) => R): R {
  try {
    return compute(doubles);
  } catch (error) {
    if (!(error instanceof Inexact)) throw error;
    return compute(bigInts);
  }
}
