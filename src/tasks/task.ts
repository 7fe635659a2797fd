/**
 * What a task is: a family of questions with one right answer each. One file a family, one entry in one table
 * (`index.ts`). A task's `sample` and its `answer` are written apart, so that each checks the other.
 */
import type { Rng } from '../common/random.ts';

/** What a task is made of. A symbol is any non-empty text without white space; a model's tokens are another matter. */
export type Symbols = readonly string[];

/** One question of a task. */
export interface Instance {
  readonly task: string;
  /** The number of symbols in `source`. */
  readonly length: number;
  /** The context to look up in, or the string to copy. */
  readonly source: Symbols;
  /** What is asked for, or null for tasks without a query (copying). */
  readonly query: string | null;
  /** The one right answer. */
  readonly answer: Symbols;
  /** 0-based positions of the query in the source; [] without a query. */
  readonly positions: readonly number[];
}

/** How the instances of a task are drawn. Everything has a default; options a task has no use for are refused. */
export interface TaskOptions {
  /** The symbols to draw from: at least as many as the task needs at that length. */
  readonly alphabet?: Symbols;
  /** Non-unique retrieval: how often the query occurs, at least 2 (a number, or a range to draw from uniformly). */
  readonly occurrences?: number | { readonly min: number; readonly max: number };
  /** Non-unique retrieval: where all those occurrences lie. */
  readonly where?: Where;
  /** Non-unique copying: how many different symbols the source has. */
  readonly pool?: number;
  /** Look-ups and flip-flop: where the evidence lies, which is the occurrence that decides. Without it, as it comes. */
  readonly place?: Placing;
}

/** A part of a source, as shares of its length: from its beginning (included) to its end (excluded). */
export interface SourcePart {
  readonly from: number;
  readonly to: number;
}

/**
 * Where evidence is to lie: in one part of the source, or in each fifth equally often (`stratified`). Sample `index` of a
 * length and a seed lies in a fifth that these three determine (`drawInstance`); a sampler that is given `stratified`
 * without an index draws the fifth.
 */
export type Placing = SourcePart | 'stratified';

/** Where the occurrences of a query lie. The middle place of an odd length is in neither half. */
export type Where = 'anywhere' | 'first-half' | 'last-half';

/** The oracle's answer, and where the query stands in the source (0-based; [] without a query). */
export interface Answer {
  readonly answer: Symbols;
  readonly positions: readonly number[];
}

/** Why something is no instance of the task. */
export interface Refusal {
  readonly refusal: string;
}

/** What tasks have in common: a neighbour to look up, a source to say again, a bit to remember. */
export type TaskFamily = 'retrieval' | 'copying' | 'flip-flop';

/** A family of questions with one right answer each (arXiv 2505.21785, Table 1, and flip-flop). */
export interface Task {
  readonly name: string;
  readonly family: TaskFamily;
  /** A line for people: what is asked. */
  readonly title: string;
  /**
   * What is looked for occurs once: the query in its source (retrieval; other symbols may repeat), each symbol of
   * the source (copying). The theory's verdict turns on it.
   */
  readonly unique: boolean;
  /** The options that it has a use for; others are refused. */
  readonly uses: readonly (keyof TaskOptions)[];
  /**
   * The lengths that exist with these options, all from `min` to `max`, which is Infinity where there is no bound.
   * Throws UserError for options that it has no use for or that make no sense.
   */
  admits(options?: TaskOptions): { readonly min: number; readonly max: number };
  /**
   * One instance of exactly that length. Pure and closed-form: no rejection, the same stream gives the same
   * instance. Throws UserError, naming the admissible lengths or the option, where there is none.
   */
  sample(length: number, rng: Rng, options?: TaskOptions): Instance;
  /** The fifths of the source in which evidence can lie at that length; absent where nothing is looked up (copying). */
  parts?(length: number, options?: TaskOptions): readonly SourcePart[];
  /** The oracle, written apart from `sample`. Total: it answers, or says why this is no instance. */
  answer(source: Symbols, query?: string | null): Answer | Refusal;
  /** How many symbols the answer to a source of this length has. */
  answerLength(length: number): number;
}
