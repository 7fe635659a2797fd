/** What a fine-tuning brought out, measured: rows that the report reads. Types and nothing else. */

/** How samples were written. */
export type TunedFormat =
  /** As in training. */
  | 'trained'
  /** By the prompt that `measure` asks with. */
  | 'usual'
  /** As in training, each sample from a random position on: of symbol models with learned positions that were trained so. */
  | 'shifted';

/** Where the evidence was. */
export type TunedSources =
  | 'anywhere'
  /** All occurrences of the query stand in the first half of the source. */
  | 'first-half';

/** Samples of one length, asked of one model in one way. */
export interface TunedCell {
  readonly task: string;
  readonly format: TunedFormat;
  readonly sources: TunedSources;
  readonly length: number;
  /** The length as a multiple of the longest training length; null within the training range. */
  readonly multiple: number | null;
  readonly n: number;
  readonly right: number;
}

/** Samples of a base. Where each seed has a base of its own (a study's, which it trained once a seed), with that seed. */
export interface BaseCell extends TunedCell {
  readonly seed?: number;
}

/** Lengths from `min` to `max`, inclusive. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** One task fine-tuned from one seed: what it came to. */
export interface TunedModel {
  readonly task: string;
  readonly seed: number;
  /** Training lengths, inclusive: those wanted, as far as the task has them. */
  readonly lengths: LengthRange;
  /** The folder of the adapter, or of the model. */
  readonly folder: string;
  readonly steps: number;
  readonly seconds: number;
  /** Numbers that were trained. */
  readonly parameters: number;
  readonly cells: readonly TunedCell[];
  /** Of a text model: per token of a bundled English text; null for symbol models. */
  readonly perplexity: number | null;
}

/** Whether a task was learned on the training range: at least 99 % of at least 1,000 samples in the trained format. */
export interface LearnedInRange {
  readonly n: number;
  readonly right: number;
  /** null: too few samples to tell. */
  readonly learned: boolean | null;
}

/** The difference of two tasks at one length, over seeds. Accuracies, so differences are in [-1, 1]. */
export interface GapAtLength {
  readonly length: number;
  readonly multiple: number;
  readonly seeds: number;
  /** Mean over seeds of the first task's accuracy less the second's. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/**
 * What became of a gap between two tasks: removed where the interval of their difference lies within ± 5 % at 1, 1.5 and 2
 * times the longest training length; remains where it lies outside at one of them; else undecided. Tasks are compared only
 * where both were learned in range by every seed, over at least three seeds.
 */
export type GapVerdict =
  'removed' | 'remains' | 'undecided' | 'not learned in range' | 'too few samples' | 'too few seeds';

export interface Gap {
  readonly first: string;
  readonly second: string;
  readonly verdict: GapVerdict;
  /** Why it can't be said: the tasks that were not learned, or how many seeds there are; null where it can. */
  readonly reason: string | null;
  readonly sources: TunedSources;
  /**
   * Before, of the base: the same difference at the longest training length, asked with the usual prompt, or, of a symbol model, as
   * trained; null where it wasn't asked.
   */
  readonly before: GapBefore | null;
  readonly lengths: readonly GapAtLength[];
}

/** The difference before fine-tuning. */
export interface GapBefore extends Omit<GapAtLength, 'seeds' | 'multiple'> {
  /** Seeds that have a base of their own each, over which the interval is; null: of one base, which all seeds begin with. */
  readonly seeds: number | null;
}

/** The whole of it, as `finetune.json` has it and the page shows it. */
export interface FinetuneResult {
  readonly format: 'lengthwise.finetune';
  readonly version: 1;
  readonly target: string;
  readonly method: string;
  /** Training lengths of all models, from the shortest to the longest; each model has its own. */
  readonly lengths: LengthRange;
  /** Samples a length. */
  readonly n: number;
  /** Of the base, or of the bases of all seeds, by task. */
  readonly before: readonly BaseCell[];
  readonly perplexity: number | null;
  readonly models: readonly TunedModel[];
  readonly gaps: readonly Gap[];
}
