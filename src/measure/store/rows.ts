/** What is known of a measurement beside its numbers: how tasks were asked, by which runs, and of whom. Types and nothing else. */
import type { Json } from '../../common/json.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { OracleCheck } from '../../score/tables/contradicting.ts';
import type { Settings } from '../../score/tables/settings.ts';
import type { SpreadRow } from '../../score/tables/rows.ts';
import type {
  AnswerExample,
  AsymmetryRow,
  CellRow,
  ComparisonRow,
  HorizonRow,
  Spent,
} from '../../score/tables/rows.ts';
import type { TaskFamily } from '../../tasks/task.ts';
import type { Taken } from './spending.ts';

/** A task as it was asked. */
export interface AskedTask {
  readonly task: string;
  /** The name that it was asked by, where a study has another one for it, which `task` is then. */
  readonly askedAs?: string;
  readonly title: string;
  /** The task whose rule it is: its own name, but for tasks of the user's own. */
  readonly operation: string;
  /** Absent in what older stores noted. */
  readonly family?: TaskFamily;
  /** Of a task of the user's own, its items by their number and a hash: `8 (1a2b3c4d)`. Absent in older stores, and of recordings. */
  readonly items?: string;
  /** What stands between two symbols. */
  readonly joiner: string;
  /** The lengths that it has; null: there is no longest. */
  readonly min: number;
  readonly max: number | null;
  readonly prompt: PromptTemplate;
  /** What was changed about the prompt on the command line: shots, demonstrationLength, separator. */
  readonly rendering: Json;
  /** Names the prompt but for its filters, the rendering and the sources: what rows carry. Absent in older stores. */
  readonly way?: string;
  /** A pilot chose its prompt by answers of another model than was asked, and is asked again: its rows are no longer counted. */
  readonly discarded?: true;
  /** Of a recording: the rows' numbers are those of samples, and of what has none, negative ones, of lines. Absent in older stores whose rows' numbers are all those of lines. */
  readonly numbered?: true;
  /** Of a recording: what its rows say of how they were asked. Absent where `prompt` and the runs tell. */
  readonly told?: ToldOfTask;
  /** Of a recording whose rows say so: lengths at which the answers decided how many samples were asked. */
  readonly chosen?: readonly ChosenLength[];
  /** Of a recording: how many of its right answers contradict the oracle, by file and length. Absent in older stores. */
  readonly oracle?: readonly OracleCheck[];
}

/** What rows of a recording say of how their task was asked; null where they don't say it. */
export interface ToldOfTask {
  /** The hash of all that the prompt sends for the task. */
  readonly promptSha256: string | null;
  /** Which samples they are. */
  readonly seed: number | null;
}

/** A length at which the answers decided how many samples were asked: by a search, or because somebody asked for more. */
export interface ChosenLength {
  readonly length: number;
  /** The level of its interval, which holds whenever one stops. */
  readonly confidence: number;
  readonly why: 'search' | 'more';
}

/** The fact that lists the runs, by the name that stores of version 1 gave it. */
export const RUNS_FACT = 'sittings';

/** One run of a measurement: from the command's start to its end, or its death. */
export interface Run {
  /** The number that the first row of it has, or would have had, in the store. */
  readonly firstRow: number;
  /** ISO 8601. `ended` is null while it runs, and for one that was killed. */
  readonly started: string;
  readonly ended: string | null;
  readonly ending: string | null;
  /** Why it was stopped, where it was. */
  readonly reason?: string;
  /** What a pilot had chosen, and what the other prompts reached in it. */
  readonly pilot?: readonly PilotChoice[];
  readonly lengthwise: string;
  readonly node: string;
  readonly platform: string;
  /** Which of a server's interfaces answered; null where there is none. */
  readonly api: string | null;
  /** null: found by a search. */
  readonly lengths: readonly number[] | null;
  /** Questions a length; with a search, the most. */
  readonly n: number;
  readonly maxLength: number;
  readonly repeats: number;
  readonly threshold: number;
  /** With a search, the chance that its horizon is too long. */
  readonly alpha: number;
  /** Names the samples, and the lengths that a search draws; absent in older stores. */
  readonly seed?: number;
  /** With a search, how many lengths may be drawn inside the horizon; absent in older stores: none. */
  readonly drawnLengths?: number;
  /** The most questions that it would ask. */
  readonly most: number;
  readonly prices: { readonly prompt: number; readonly completion: number } | null;
  /** What it took, its probe and pilot included; while it runs, what these took. Absent in older stores, and where nobody is sent requests. */
  readonly taken?: Taken;
  /** What it took in all where it did not note that itself, as its rows told when the next run began: they may be replaced since. */
  readonly takenInAll?: Taken;
  /** The command's options as they were given, but for the values of headers. */
  readonly options: Readonly<Record<string, Json>>;
  readonly asked: readonly AskedTask[];
}

/** Everything that is known of one respondent that was asked in one way. */
export interface RespondentRows {
  /** Its name among those shown: no two have the same. */
  readonly label: string;
  readonly folder: string;
  /** What it is: an endpoint's address, model, api, seed, …; a model trained here. Nothing secret. */
  readonly respondent: Readonly<Record<string, Json>>;
  /** What the probe found, a line each. */
  readonly capabilities: readonly string[];
  /** When it was first asked, ISO 8601. */
  readonly started: string;
  readonly runs: readonly Run[];
  /** How each task was last asked. Empty for a model trained here. */
  readonly asked: readonly AskedTask[];
  /** With which options each task was last asked; tasks of which nobody knows are absent. */
  readonly settings?: Readonly<Record<string, Settings>>;
  /** Whether lengths were chosen by the answers, so that intervals hold whenever one stopped and are wider than exact ones. */
  readonly adaptive: boolean;
  /** Why these are not the numbers of all that was asked for, in a few words; null where they are. */
  readonly missing: string | null;
  /** Of all horizons; null where they have several. */
  readonly threshold: number | null;
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
  readonly examples: readonly AnswerExample[];
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  readonly spent: Spent;
}

/** What the report of measurements takes. */
export interface MeasureReportInput {
  readonly name: string;
  readonly respondents: readonly RespondentRows[];
  /** Of every respondent but the first with the first. */
  readonly comparisons: readonly ComparisonRow[];
  /** What makes the comparison less than like with like, a sentence each. */
  readonly notes: readonly string[];
  /** What tells the respondents apart where they are one model: its prompts, or the ways in which it was asked; absent: models. */
  readonly apart?: 'prompt' | 'way';
  /** Where one respondent was asked with several prompts: how much the prompt decides. */
  readonly spread?: readonly SpreadRow[];
}
