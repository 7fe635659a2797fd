/** What `fix` finds, as data: the JSON of the command, and what the pages are made of. Types and nothing else. */
import type { Theory } from '../mitigations/mitigation.ts';
import type { Comparison, LengthRow } from './compared.ts';

/** A way of asking at the length that is wanted, with all lengths that were asked. */
export interface WayResult extends Pick<
  LengthRow,
  'length' | 'n' | 'right' | 'accuracy' | 'abstained' | 'accuracyOfAnswers' | 'tokens' | 'seconds'
> {
  /** The largest length asked up to which accuracy is shown to reach the threshold; null: not even the shortest. */
  readonly horizon: number | null;
  /** Whether it is shown to be the length that was wanted; of mitigations, corrected for how many were tried. */
  readonly holds: boolean;
  /** In order; accuracy with its exact limits at 95 %. */
  readonly lengths: readonly LengthRow[];
}

export interface MitigationResult extends WayResult {
  readonly name: string;
  readonly title: string;
  readonly identity: string;
  readonly theory: Theory;
  /** The mitigation whose placebo it is; null. */
  readonly placeboOf: string | null;
  /** Names of the prompts of what is asked. */
  readonly prompts: readonly string[];
  /** Right answers on samples that serve for nothing but the order in which it is tested who holds; null where none were asked. */
  readonly before: { readonly n: number; readonly right: number } | null;
  /** The comparison with the plain prompt at the length that is wanted. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly pAdjusted: number;
  /** At each length at which both were asked, the shortest first. */
  readonly comparisons: readonly Comparison[];
  /** Whether it is shown to be better than the plain prompt at a length at which that is not shown to hold. */
  readonly helps: boolean;
  /** That length: the one that is wanted, or else the one with the largest difference; null: none. */
  readonly helpsAt: number | null;
}

export interface FixResult {
  readonly format: 'lengthwise fix 1';
  readonly target: string;
  readonly task: string;
  readonly threshold: number;
  readonly seed: number;
  /** Samples a length that were to be asked. */
  readonly n: number;
  readonly plain: WayResult;
  /** The lengths at which the plain prompt is not shown to hold, in order: a mitigation has to be better at one of them. */
  readonly toMend: readonly number[];
  /** In the order of the table of mitigations. */
  readonly mitigations: readonly MitigationResult[];
  /** The cheapest that holds and helps; null: none does, or nothing has to be mended. */
  readonly recommended: string | null;
  /** How the longest part that sources are cut into was chosen; null where nothing is to be cut. */
  readonly chunk: ChunkChoice | null;
  /** The fresh samples of each length, in order: how many were drawn, each of which counts, and how many different ones these are. */
  readonly samples: readonly {
    readonly length: number;
    readonly drawn: number;
    readonly different: number;
  }[];
  /** Why not all was asked; null: all was. */
  readonly incomplete: string | null;
  /** What was handed over: of which mitigation, and the SHA-256 of each file; null: nothing. */
  readonly handedOver: { readonly name: string; readonly files: Readonly<Record<string, string>> } | null;
  /** In a folder, the SHA-256 of its page, and of this as one line of JSON without this field; absent elsewhere. */
  readonly written?: Readonly<Record<string, string>>;
}

/** A result as a study stores it. */
export interface FixRow extends FixResult {
  readonly kind: 'fix';
}

/** Copies by length on samples of their own, and the longest part that comes of it; null: not even the shortest is copied. */
export interface ChunkChoice {
  readonly size: number | null;
  readonly tried: readonly { readonly length: number; readonly n: number; readonly right: number }[];
}
