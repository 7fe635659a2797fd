/** Files of results: the shape of what `export --results` writes and `compare` reads. */
import type { Ending } from '../../respond/respondent.ts';
import type { Settings } from '../../score/tables/settings.ts';
import type { AsymmetryRow, CellRow, HorizonRow, Spent } from '../../score/tables/rows.ts';

export const RESULTS_FORMAT = 'lengthwise.results';
export const RESULTS_VERSION = 1;

/** What `export --results` writes and `compare` reads. */
export interface ResultsFile {
  readonly format: typeof RESULTS_FORMAT;
  readonly version: typeof RESULTS_VERSION;
  /** Which lengthwise wrote it, and when, ISO 8601. */
  readonly lengthwise: string;
  readonly written: string;
  readonly results: readonly Results[];
}

/** One respondent that was asked in one way. */
export interface Results {
  /** Tells it from the others in the file. */
  readonly name: string;
  readonly model: string | null;
  /** Of a model here the SHA-256 of its weights; of an endpoint what it says of itself; null where nothing is known. */
  readonly revision: string | null;
  readonly respondent: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly started: string;
  /** The command of the last run; null where there was none. */
  readonly command: string | null;
  /** Of all horizons; null where tasks were measured at several, and each horizon has its own. */
  readonly threshold: number | null;
  /** Whether lengths were chosen by the answers. */
  readonly adaptive: boolean;
  /** How asking ended: only `done` is whole. Absent in files of older versions. */
  readonly ending?: Ending;
  readonly prompts: readonly PromptRecord[];
  /** With which options each task was asked. Absent in files of older versions. */
  readonly settings?: Readonly<Record<string, Settings>>;
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  readonly spent: Spent;
  readonly samples: SamplesRecord;
}

export interface PromptRecord {
  readonly task: string;
  /** The task whose rule it is. */
  readonly operation: string;
  readonly name: string;
  /** Of the template and what the command line changed about it, as canonical JSON. Absent of recordings that don't say it. */
  readonly sha256?: string;
}

/** What the numbers were counted from. */
export interface SamplesRecord {
  /** Rows of the table `samples`: with repeats one for each answer to a sample. */
  readonly count: number;
  /** Of one line of canonical JSON a sample, see `hashedLine`, in the order of the table `samples`. */
  readonly sha256: string;
}
