/**
 * What measuring brings out: rows that the store keeps and the report reads. Types, and the words for the kinds of
 * errors.
 */

export { errorKinds } from './anatomy/kinds.ts';
export type { ErrorKind, ErrorKindWords } from './anatomy/kinds.ts';

/** One question asked and what came back. */
export interface InstanceRow {
  readonly kind: 'instance';
  readonly task: string;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answer: readonly string[];
  readonly output: readonly string[];
  readonly correct: boolean;
  /** What kind of error it is (a key of `CellRow.errors`), or null when correct. */
  readonly error: string | null;
}

/** All instances of one task at one length. */
export interface CellRow {
  readonly kind: 'cell';
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  /** correct / n. */
  readonly accuracy: number;
  /** Wilson interval, 95 %. */
  readonly low: number;
  readonly high: number;
  /** How often each kind of error happened. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of n, those whose answer was cut off by a limit on its length; absent where nothing can be. */
  readonly truncated?: number;
  /** Of n, those without an answer because the request failed; absent where nothing can. */
  readonly failed?: number;
}

/** The largest measured length up to which accuracy is at or above the threshold, by the interval's lower end. */
export interface HorizonRow {
  readonly kind: 'horizon';
  readonly task: string;
  readonly threshold: number;
  /** null: not even at the smallest measured length. */
  readonly length: number | null;
  /** Whether the horizon is the largest length that was measured (so the true one may be larger). */
  readonly censored: boolean;
}

export type MeasureRow = InstanceRow | CellRow | HorizonRow;
