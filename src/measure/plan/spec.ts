/** What a measurement asks, as data. Types and nothing else. */
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { Asked } from './question.ts';

/** What is asked, of whomever. */
export interface MeasureSpec {
  readonly asked: readonly Asked[];
  readonly rendering: RenderOptions;
  /** By task, what determines its sources beside length, seed and index: alphabet, occurrences, own lines … */
  readonly sources: Readonly<Record<string, unknown>>;
  /** null: found by a search. */
  readonly lengths: readonly number[] | null;
  /** Samples a length; with a search, the most. */
  readonly n: number;
  readonly maxLength: number;
  /** With a search, how many lengths are drawn at random inside the horizon; 0 without. */
  readonly drawnLengths?: number;
  readonly repeats: number;
  readonly seed: number;
  readonly threshold: number;
}
