/**
 * What a study's store holds, as the report and the exports read it: the items of the study's current plan, in the
 * plan's order, each with its rows. Types and nothing else.
 */
import type { Json } from '../common/json.ts';
import type { ExplanationRow } from '../explain/rows.ts';
import type { FinetuneResult, LengthRange, TunedCell, TunedModel } from '../fix/finetuned/rows.ts';
import type { FixRow } from '../fix/outcome/rows.ts';
import type { Inquiry, PromptedInquiry } from '../measure/plan/inquiry.ts';
import type { AsymmetryRow, CellRow, HorizonRow, InstanceRow, MeasureRow } from '../score/tables/rows.ts';
import type { Symbols, TaskOptions } from '../tasks/task.ts';
import type { FinetuneSpec } from '../train/finetune/spec.ts';
import type { ProgressRow, TrainRow } from '../train/run/rows.ts';
import type { TrainSpec } from '../train/spec/spec.ts';

/** What the theory says of a task. `prediction` is what `lengthwise predict TASK --json` prints. */
export interface VerdictRow {
  readonly kind: 'verdict';
  readonly task: string;
  readonly prediction: PredictionJson;
}

export interface PredictionJson {
  readonly subject: Json;
  readonly fragment: string;
  readonly read: string;
  readonly verdict: 'in' | 'out' | 'unknown';
  /** Published, derived here and tested, conjectured, …: as `predict` says it. */
  readonly status: string;
  readonly argument: Json;
  readonly certificate: Json;
  readonly [more: string]: Json | undefined;
}

/** How asking a respondent about a task went, and what it took. */
export interface AskedRow {
  readonly kind: 'asked';
  readonly task: string;
  /** The API that answered, and the name of the prompt. */
  readonly api: string;
  readonly prompt: string;
  /** What was found out about the server, a line each. */
  readonly capabilities: readonly string[];
  /** Of all its questions, as the server counts. */
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the prices; null without prices. */
  readonly money: number | null;
  /** Why questions got no answer, and how many did not. */
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  /** Whether the budget was spent before everything was asked. */
  readonly budgetSpent: boolean;
}

/** One task fine-tuned from one seed, and its base, measured on the same lengths. */
export interface TunedRow {
  readonly kind: 'tuned';
  /** For people: `LoRA of rank 16, …`, `all of the model`. */
  readonly method: string;
  /** Training lengths, inclusive. */
  readonly lengths: LengthRange;
  /** Samples a length. */
  readonly n: number;
  /** Of the base, on this task. */
  readonly before: readonly TunedCell[];
  /** Of the base, where it reads text; null for symbol models. */
  readonly perplexityBefore: number | null;
  /** Its folder is relative to the study's. */
  readonly model: Omit<TunedModel, 'lengths'>;
}

/** Anything that comes out of work and is kept. */
export type Row = VerdictRow | TrainRow | MeasureRow | AskedRow | ExplanationRow | FixRow | TunedRow;

/**
 * `measure` is of a model that was trained, `ask` of a model behind an address, `finetune` of one that was pretrained or one in a file,
 * `explain` of a trained one, one in a file, or what was fine-tuned from one, `fix` of one behind an address or in a file.
 */
export type ItemKind = 'predict' | 'train' | 'measure' | 'ask' | 'finetune' | 'explain' | 'fix';

/** waiting: not yet begun, or begun and to be gone on with; running: a worker is at it, or was when it was killed. */
export type ItemState = 'waiting' | 'running' | 'done' | 'failed';

export interface PredictSpec {
  readonly task: string;
  /** `plain` is what the theory says of models without positions (nope), `pos` of all others. */
  readonly fragment: 'plain' | 'pos';
}

export interface MeasureSpec {
  /** The hash of the train item whose model is measured. */
  readonly model: string;
  readonly task: string;
  readonly taskOptions?: TaskOptions;
  readonly lengths: readonly number[];
  /** Instances per length. */
  readonly n: number;
  readonly seed: number;
  readonly threshold: number;
}

/** All that determines an explanation. */
export interface ExplainSpec {
  /** The hash of the train or finetune item whose model is explained; of a file or folder, its SHA-256 (`hashOfModel`). */
  readonly model: string;
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly ablation: 'resample' | 'mean' | 'zero';
  readonly draws: number;
  /** Of models of text, where it isn't the lower letters. */
  readonly alphabet?: Symbols;
}

/** All that determines a fine-tuning and what is measured of it. */
export interface FinetuneItemSpec {
  /** Its base is `model`: where the study trains that, its files are known only then. */
  readonly finetune: Omit<FinetuneSpec, 'base'>;
  /** The hash of the train item whose model is the base; of a file or folder, its SHA-256 (`hashOfModel`). */
  readonly model: string;
  /** Samples a length. */
  readonly n: number;
}

/** All that determines what is found to make a task hold. */
export type FixItemSpec = {
  /** Names of mitigations that the task has; null: all of them. */
  readonly only: readonly string[] | null;
} & (
  | {
      readonly model: null;
      /** How the task is asked plainly: one task, at the one length up to which it is to hold; `n` is the most samples of a length. */
      readonly inquiry: Inquiry;
    }
  | {
      /** Of a model of text in a file or folder, its SHA-256 (`hashOfModel`). */
      readonly model: string;
      readonly inquiry: PromptedInquiry;
    }
);

/** What all items have. `task` and `model` are the names that the study file gives them. */
interface ItemFacts {
  /** SHA-256 of all that determines the result. */
  readonly hash: string;
  /** Hashes of the items whose results this one needs. */
  readonly needs: readonly string[];
  readonly task: string;
  /** null for what concerns the task and no model. */
  readonly model: string | null;
  readonly seed: number | null;
  readonly state: ItemState;
  /** Seconds of work, all sittings that ended together; null before the first has ended. */
  readonly seconds: number | null;
  /** Why it failed; null otherwise. */
  readonly error: string | null;
}

export interface PredictItem extends ItemFacts {
  readonly kind: 'predict';
  readonly spec: PredictSpec;
  /** One verdict when done, else none. */
  readonly rows: readonly VerdictRow[];
}

export interface TrainItem extends ItemFacts {
  readonly kind: 'train';
  readonly spec: TrainSpec;
  /** The model's Hugging Face folder, relative to the study's. */
  readonly folder: string;
  /** The learning curve by increasing step (there while it runs, too), then how it ended. */
  readonly rows: readonly TrainRow[];
}

export interface MeasureItem extends ItemFacts {
  readonly kind: 'measure';
  readonly spec: MeasureSpec;
  /** Cells by length, and the horizon; [] unless done. */
  readonly rows: readonly (CellRow | HorizonRow)[];
  /** Of each kind of error the first few instances, for the report. (All instances: `lengthwise export`.) */
  readonly examples: readonly InstanceRow[];
}

/** One respondent and one task; `model` is the respondent's name. */
export interface AskItem extends ItemFacts {
  readonly kind: 'ask';
  /** With one task. */
  readonly spec: Inquiry;
  /** Cells by length, the horizon, and how asking went. Also there while questions without an answer are asked again. */
  readonly rows: readonly (CellRow | HorizonRow | AskedRow)[];
  /** As for a model that was trained. */
  readonly examples: readonly InstanceRow[];
}

/** Which heads and edges one task of one model depends on. */
export interface ExplainItem extends ItemFacts {
  readonly kind: 'explain';
  readonly spec: ExplainSpec;
  /** One explanation when done, else none. */
  readonly rows: readonly ExplanationRow[];
}

/**
 * One task fine-tuned from one base; `model` is the base's name, `seed` that of the fine-tuning and, of a base that the study trains, of its
 * training.
 */
export interface FinetuneItem extends ItemFacts {
  readonly kind: 'finetune';
  readonly spec: FinetuneItemSpec;
  /** Where the adapter, or the model, lies, relative to the study's folder. */
  readonly folder: string;
  /** The learning curve by increasing step (there while it runs, too), then what was measured. */
  readonly rows: readonly (ProgressRow | TunedRow)[];
}

/** What makes one task of one model hold up to a length; `model` is the name of the respondent or of the file. */
export interface FixItem extends ItemFacts {
  readonly kind: 'fix';
  readonly spec: FixItemSpec;
  /** Where what is handed over lies, relative to the study's folder. */
  readonly folder: string;
  /** What was found, and what theory says of the tasks that are asked instead. Also there while questions without an answer are asked again. */
  readonly rows: readonly (FixRow | VerdictRow)[];
}

export type StudyItem =
  PredictItem | TrainItem | MeasureItem | AskItem | FinetuneItem | ExplainItem | FixItem;

/** How much better a model or a respondent does one task of the study than another, under the names that these have. */
export interface StudyAsymmetry extends AsymmetryRow {
  readonly model: string;
}

/**
 * All that was fine-tuned from one base (or from the bases of all seeds, which are one model of the study), with the gaps between its tasks:
 * as `lengthwise finetune --json` has it. `target` is the base's name, tasks are what the study calls them.
 */
export type StudyTuned = FinetuneResult;

/** The machine and the software that did the work. */
export interface Environment {
  readonly lengthwise: string;
  readonly node: string;
  readonly onnxruntime: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

/** Everything in a study's store that a report needs. */
export interface StudyRows {
  readonly name: string;
  /** The study file that the plan was made from: its base name and its text. */
  readonly file: { readonly name: string; readonly text: string };
  /** When the study was first run, ISO 8601. */
  readonly created: string;
  /** Each environment that worked on it, once, in order of first use. */
  readonly environments: readonly Environment[];
  readonly items: readonly StudyItem[];
  /** Between tasks that differ in one thing only; absent where nobody asked for them. */
  readonly asymmetries?: readonly StudyAsymmetry[];
  /** What was fine-tuned, a base at a time, as far as it is done; absent where nobody asked for it. */
  readonly tuned?: readonly StudyTuned[];
}

/** What `renderReport` takes. */
export type ReportInput = StudyRows;
