/** What `fix` is asked for, as data. Types and nothing else. */
import type { PlainTask } from './asking/asked.ts';

export interface FixSpec {
  /** Who is asked, for the reader. */
  readonly target: string;
  readonly plain: PlainTask;
  /** The horizon that is wanted. */
  readonly length: number;
  readonly threshold: number;
  /** Fresh samples a length, at most: what 100 of them decide needs no more. */
  readonly n: number;
  readonly seed: number;
  /** Names of mitigations; null: all that the task has. */
  readonly only: readonly string[] | null;
}

/** Told what is done next. */
export type Telling = (line: string) => void;
