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
  /** Of n, those whose answer or prompt was cut off by a limit; absent where nothing can be. */
  readonly truncated?: number;
  /** Questions that got no answer because the request failed: not in n; absent where nothing can fail. */
  readonly failed?: number;
  /** Of n, those right to the character, white space included; absent where there is no text. */
  readonly exact?: number;
  /** Of n, those with text before or after the answer; absent where there is no text. */
  readonly extra?: number;
  /** Mean similarity with the right answer, 0 to 1, from order-aware alignments; absent where there is no text. */
  readonly similarity?: { readonly symbol: number; readonly word: number; readonly character: number };
  /** Mean number of tokens of the prompts, as the server counts; null when it doesn't say, absent without a server. */
  readonly promptTokens?: number | null;
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

/** How much better one operation is done than another on the same sources. */
export interface AsymmetryRow {
  readonly kind: 'asymmetry';
  /** What differs: `right - left`, `forward - backward`, `first - last`, `unique - repeated`. */
  readonly contrast: string;
  readonly first: string;
  readonly second: string;
  /** null: all lengths that both were measured at. */
  readonly length: number | null;
  /** Pairs, or the smaller number of answers where the sources are not the same. */
  readonly n: number;
  readonly paired: boolean;
  /** Accuracy of the first minus that of the second, with a 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** McNemar's exact test, and the same corrected for all comparisons in the table (Holm); null where unpaired. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

export type MeasureRow = InstanceRow | CellRow | HorizonRow;
