/** The one shape in which a measurement is handed on: by `--json` of every command, by `export --results`, to `compare`. */
import type { Ending } from '../respond/respondent.ts';
import type { AsymmetryRow, CellRow, HorizonRow } from '../score/tables/rows.ts';
import type { Gathered } from './gather/gathered.ts';
import { modelNameOf } from './gather/model-name.ts';
import type { Measured, ReusedFrom } from './measured.ts';
import type { Move } from './scoring/moves.ts';
import type { SpreadRow } from '../score/tables/rows.ts';
import type { Settings } from '../score/tables/settings.ts';
import { pilotChoices } from './store/pilots.ts';

/** The format's name and version: a change after which a reader would misread it counts the version up. */
export const RESULT_FORMAT = 'lengthwise.measurement';
export const RESULT_VERSION = 1;
export const REPORTED_FORMAT = 'lengthwise.measurements';

/** What `docs/schema/measurement.json` describes. */
export interface MeasurementResult {
  readonly format: typeof RESULT_FORMAT;
  readonly version: typeof RESULT_VERSION;
  /** Who answered: `kind` is `endpoint`, `model`, `recording` or `trained`. Nothing secret. */
  readonly respondent: Readonly<Record<string, unknown>>;
  /** Of all horizons; null where tasks were measured at several, and each horizon has its own. */
  readonly threshold: number | null;
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
  /** Prompts by task: the names of those that were asked. */
  readonly prompts: Readonly<Record<string, string>>;
  /** With which options each task was asked. Absent in what older versions printed. */
  readonly settings?: Readonly<Record<string, Settings>>;
  readonly ending: Ending;
  readonly run: RunCounts;
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  /** Of `report --json`: where the report was written. */
  readonly report?: string;
}

/** The same of a folder in which a task was asked in several ways: one for each. */
export interface SeveralResults {
  readonly format: typeof REPORTED_FORMAT;
  readonly version: typeof RESULT_VERSION;
  readonly measurements: readonly MeasurementResult[];
  /** How much the prompt decides, by task and length. */
  readonly spread: readonly SpreadRow[];
  readonly report?: string;
}

export interface RunCounts {
  /** Where the rows are kept; null where they are not. */
  readonly folder: string | null;
  /** Outputs that were stored before; that came now, or were read from a recording; questions or records that failed. */
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  /** Of those that failed, those that were stored before: refused for what they say, they are not asked again. Absent where there are none. */
  readonly failedBefore?: number;
  /** When the runs began that brought the oldest and the newest of the stored outputs; absent where none was counted, and where a folder is read. */
  readonly reusedFrom?: ReusedFrom;
  readonly retries: number;
  /** Stored outputs whose outcome is another one by the present scoring. */
  readonly moved: number;
  /** Which ones, where there are any; those whose outcome is the same have another error or similarity. */
  readonly moves?: readonly Move[];
  readonly spent: { readonly requests: number; readonly tokens: number; readonly money: number | null };
}

/** Of a run that reads what is stored or recorded. */
export const NOTHING_SPENT: RunCounts['spent'] = { requests: 0, tokens: 0, money: null };

/** What a measurement brought out. `facts` is what else is known of the respondent. */
export function resultOf(
  { gathered, ending, reused, reusedFrom, answered, failed, failedBefore, moved, state }: Measured,
  facts: Readonly<Record<string, unknown>> = {},
): MeasurementResult {
  const run: RunCounts = {
    folder: gathered.facts.folder,
    ...{ reused, answered, failed, moved },
    ...(failedBefore === 0 ? {} : { failedBefore }),
    ...(reusedFrom === null ? {} : { reusedFrom }),
    ...movesOf(gathered),
    retries: state?.retries ?? 0,
    spent: {
      requests: state?.requests ?? answered + failed - failedBefore,
      tokens: state?.tokens ?? 0,
      money: state?.money ?? null,
    },
  };
  return gatheredResult(gathered, { ending, run, facts });
}

/** The same for answers that were read from a store or a recording. */
export function gatheredResult(
  gathered: Gathered,
  more: {
    readonly ending: Ending;
    readonly run: RunCounts;
    readonly facts?: Readonly<Record<string, unknown>>;
  },
): MeasurementResult {
  const { ending, run, facts = {} } = more;
  const model = modelNameOf(gathered.facts);
  const respondent: Record<string, unknown> = {
    ...gathered.facts.respondent,
    ...(model === null ? {} : { model }),
    ...facts,
  };
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    respondent,
    threshold: gathered.threshold,
    ...gathered.summary(),
    prompts: Object.fromEntries([...gathered.asked].map(([task, { prompt }]) => [task, prompt.name])),
    settings: gathered.settings(),
    ending,
    run,
    failures: gathered.failures(),
  };
}

/** The same for a folder that was read: nothing was asked now. */
export function storedResult(gathered: Gathered): MeasurementResult {
  const { answers, failed } = gathered.totals();
  const run: RunCounts = {
    folder: gathered.facts.folder,
    reused: answers - failed,
    answered: 0,
    failed,
    retries: 0,
    moved: gathered.moves.outcomes,
    ...movesOf(gathered),
    spent: NOTHING_SPENT,
  };
  const pilot = pilotChoices(gathered.facts.runs, [...gathered.asked.values()]);
  const facts = pilot.length === 0 ? {} : { pilot };
  return gatheredResult(gathered, { ending: gathered.ending(), run, facts });
}

function movesOf({ moves }: Gathered): Pick<RunCounts, 'moves'> {
  const list = moves.list();
  return list.length === 0 ? {} : { moves: list };
}

/** The prompts that were asked, each once: `pair+input-output`. */
export function promptNames(names: Iterable<string>): string {
  return [...new Set(names)].join('+');
}
