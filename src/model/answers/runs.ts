/** What can be asked of a model that runs here, and what comes out: in numbers, before anything is computed. */
import type { Device, Tensor } from '../../graph/index.ts';
import type { Interventions } from '../sites/edits.ts';
import type { Metric } from './pass-graph.ts';
import type { KeysValues, Prefix } from './prefix.ts';

/** How a model computes; its answers do not depend on it beyond rounding. */
export interface LocalModelOptions {
  /** Threads of one operation. Default 1. */
  readonly threads?: number;
  /** How many sessions are kept. Default 8. */
  readonly sessions?: number;
  /** Where it computes. Default cpu. Elsewhere each session has a copy of the weights that it needs. */
  readonly device?: Device;
  /** Position id of each sequence's first token, for learned positions. Default 0. */
  readonly offset?: number;
}

/** What to look at and to change in a run, and which logits to bring out. */
export interface RunOptions extends Interventions {
  /** How many positions, counted from the end, have logits. Default: all. */
  readonly rows?: number;
  /**
   * What the sequences go on from: as many of them, one after the other, from each sequence of a segment. Sites have the
   * sequences' own positions only, but for keys of attention: those of the prefix come first.
   */
  readonly after?: Prefix;
  /** Where to begin: the stream before a layer, as `hook_resid_pre` of a run of the same sequences has it. */
  readonly from?: { readonly layer: number; readonly stream: Float32Array };
}

/** What comes out of a run. */
export interface RunResult {
  /** [sequences, rows, vocabulary]. */
  readonly logits: Tensor;
  /** What was captured, by site, in the shapes that `sites` says. */
  readonly sites: ReadonlyMap<string, Tensor>;
}

/** A run of which less than all logits is wanted. */
export interface ScoreOptions extends RunOptions {
  /** Tokens whose logits come out, as many at each row: [sequences · rows][candidates]. */
  readonly candidates?: readonly (readonly number[])[];
  /** Tokens whose probabilities come out as one sum. */
  readonly counted?: readonly number[];
  /** Whether the keys and values of every layer come out. */
  readonly keep?: boolean;
}

/** S sequences, R rows of each, C candidates. A logit less the normalizer is a log-probability. */
export interface ScoreResult {
  /** log Σ exp over the vocabulary, [S·R]. */
  readonly normalizers: Float32Array;
  /** The most likely token, of equally likely ones the first, [S·R]. */
  readonly best: readonly number[];
  /** Its logit, [S·R]. */
  readonly largest: Float32Array;
  /** [S·R·C]. */
  readonly candidates: Float32Array;
  /** log Σ exp over the tokens that are counted, [S·R]; empty without any. */
  readonly counted: Float32Array;
  readonly sites: ReadonlyMap<string, Tensor>;
  /** By layer, [S, K, positions, d] each; empty unless they were kept. */
  readonly kept: readonly KeysValues[];
}

/** What is differentiated: a sum over rows. */
export interface DerivativeOptions extends RunOptions {
  readonly of: Metric;
  /** Tokens that can be said, as if there were no others. */
  readonly tokens: readonly number[];
  /** The sites by which. */
  readonly by: readonly string[];
  /** At each row the token whose logit counts, and the one whose logit is taken away (for log-probabilities: none): [S·R] each. */
  readonly plus?: readonly number[];
  readonly minus?: readonly number[];
  /** Of sets: 1 for tokens that are in a row's set, and −1 for others, [S·R·tokens]. */
  readonly signs?: readonly number[];
  /** What each row counts, [S·R]; 0 for rows that don't. */
  readonly weights: readonly number[];
}

export interface DerivativeResult {
  readonly metric: number;
  /** By site, in the site's shape. */
  readonly derivatives: ReadonlyMap<string, Tensor>;
  readonly sites: ReadonlyMap<string, Tensor>;
}
