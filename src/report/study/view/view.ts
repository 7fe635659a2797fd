/**
 * What the report shows, arranged as it is read: a study has tasks, a task has one outcome per model, an outcome has
 * one run per seed. `digest.ts` makes this from the store's rows; sections and figures read nothing else.
 */
import type { CellRow, HorizonRow, InstanceRow } from '../../../score/tables/rows.ts';
import type {
  AskedRow,
  AskItem,
  ExplainItem,
  FinetuneItem,
  FixItem,
  ItemState,
  MeasureItem,
  PredictionJson,
  ReportInput,
  StudyItem,
  StudyTuned,
  TrainItem,
} from '../../../study/rows.ts';
import type { ProgressRow, TrainedRow } from '../../../train/run/rows.ts';
import type { ChangedHeads } from '../../shared/explanation/changed.ts';
import type { Range } from '../../shared/figures/marks.ts';
import type { ModelView } from '../../shared/ink.ts';
import type { TaskWords } from '../../shared/words.ts';
import type { SeedCell } from '../../../score/tables/over-seeds.ts';

/** One seed, a training run and its measurement; or what a respondent was asked. */
export interface RunView {
  readonly seed: number;
  readonly training: TrainItem | null;
  readonly measurement: MeasureItem | AskItem | null;
  readonly curve: readonly ProgressRow[];
  readonly trained: TrainedRow | null;
  /** Sorted by length. */
  readonly cells: readonly CellRow[];
  /** The lengths that the plan asks for. */
  readonly asked: readonly number[];
  /** undefined: not measured (yet). */
  readonly horizon: HorizonRow | undefined;
  readonly mistakes: readonly InstanceRow[];
}

/** How a run, or most runs of a model, came out. */
export type Standing =
  /** Nothing was measured: not yet, or training failed. */
  | 'unmeasured'
  /** Surely below the threshold within the lengths it was trained on. */
  | 'unlearned'
  /** Not reliable by the threshold, nor surely unreliable anywhere: too few answers. */
  | 'undecided'
  /** Holds on the trained lengths; no longer ones were asked. */
  | 'untested'
  /** Surely below the threshold at a length longer than it was trained on, or at any if it was not trained here. */
  | 'fades'
  /** Holds at every length that was asked, longer ones than trained among them. */
  | 'holds';

/** What theory says about the task: see docs/predict.md. */
export type Verdict = 'in' | 'out' | 'unknown';

/** Measurement beside theory. */
export type Agreement =
  | 'agrees'
  | 'disagrees'
  | 'undecided'
  | 'not-tested'
  /** It was not trained on the task, or not here: no theorem covers it. */
  | 'not-covered'
  | 'no-claim';

/** One task and one model: a row of the summary. */
export interface Outcome {
  readonly model: ModelView;
  /** null for a model that was not trained here, and one that was trained on text. */
  readonly trainedOn: Range | null;
  readonly positions: string | null;
  /** What a respondent is asked; null for a model that is trained here. */
  readonly asking: AskItem['spec'] | null;
  /** How asking it went; null before it has ended. */
  readonly asked: AskedRow | null;
  /** All that the plan holds, measured or not. */
  readonly runs: readonly RunView[];
  /** Over all seeds, sorted by length. */
  readonly cells: readonly SeedCell[];
  readonly threshold: number;
  /** The lower median of the measured runs' horizons; undefined: not measured. */
  readonly horizon: HorizonRow | undefined;
  readonly standing: Standing;
  /** How many of the measured runs came out as `standing` says. */
  readonly alike: number;
  /** What theory says of models with these positions, where it was asked. */
  readonly prediction: PredictionJson | null;
  /** How far asking it is; null where the plan doesn't. */
  readonly predicting: ItemState | null;
  readonly agreement: Agreement;
}

export interface TaskView {
  /** What the study calls it. */
  readonly name: string;
  /** What there is to be said of it, its own name or what the study calls it; null for tasks of somebody's own. */
  readonly words: TaskWords | null;
  /** What whoever made a task of their own calls it; null for all others. */
  readonly title: string | null;
  /** The anchor of its section. */
  readonly anchor: string;
  readonly outcomes: readonly Outcome[];
  /** One for each fragment of the theory that was asked about. */
  readonly predictions: readonly PredictionJson[];
  /** What is explained of it, ended or not. */
  readonly explanations: readonly ExplainItem[];
  /** What makes it hold, of each model, ended or not. */
  readonly fixes: readonly FixItem[];
}

/** A model that was fine-tuned, with all that came of it. */
export interface BaseView {
  readonly name: string;
  /** Of its part of the page. */
  readonly anchor: string;
  /** What theory speaks of: models without positions, or with. */
  readonly fragment: 'plain' | 'pos';
  /** Its trainings on text, one a seed; none of a model in a file. */
  readonly pretraining: readonly TrainItem[];
  /** One a task and seed, ended or not. */
  readonly items: readonly FinetuneItem[];
  /** As far as it is done; null: nothing is. */
  readonly result: StudyTuned | null;
  /** Explanations before and after, where there are both. */
  readonly heads: readonly ChangedHeads[];
}

export interface StudyView {
  readonly input: ReportInput;
  readonly tasks: readonly TaskView[];
  readonly models: readonly ModelView[];
  readonly bases: readonly BaseView[];
  /** Whether models are trained on tasks, whether any are pretrained on text, and whether models behind an address are asked. */
  readonly trains: boolean;
  readonly pretrains: boolean;
  readonly asks: boolean;
  /** The longest length that was trained on or asked anywhere: every figure's axis ends there. */
  readonly longest: number;
  /** The items of the input, those that the plan has in several places once. */
  readonly work: readonly StudyItem[];
  readonly failed: readonly StudyItem[];
  /** Items that have not ended. */
  readonly pending: readonly StudyItem[];
}
