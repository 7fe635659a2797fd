/** What an explanation says of one task at one length: a typed result of each experiment. `docs/explain.md` describes them. */
import type { AblationKind, Head } from './ablation/ablate.ts';
import type { Behaviour, SymbolBehaviour } from './behaviour/behaviour.ts';
import type { HeadScore, ScoreOfHead } from './heads/scores.ts';

/** The experiments, in the order in which they are made. */
export const experiments = ['behaviour', 'heads', 'ablations', 'edges'] as const;
export type Experiment = (typeof experiments)[number];

export interface Explanation {
  readonly target: string;
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly prompt: string;
  readonly behaviour: Behaviour;
  /** Every head; its scores where they were asked for, and what was found of its effect. */
  readonly heads: readonly ExplainedHead[];
  /** The 95 % point of the largest head under permuted matches; null where heads were not scored, or sources are too short. */
  readonly nullMaximum: number | null;
  readonly ablations: AblationResults | null;
  /** Null where they were not asked for, and where there are none: one layer, or sources of fewer than three symbols. */
  readonly edges: readonly ExplainedEdges[] | null;
  /** What the numbers say, for people. */
  readonly words: readonly string[];
}

export interface ExplainedHead extends Head {
  readonly scores: Readonly<Partial<Record<HeadScore, ScoreOfHead>>>;
  /** Null where ablations were not asked for. */
  readonly effect: HeadEffect | null;
}

/** What a head's ablation does: changes of means over samples. */
export interface HeadEffect {
  /** Estimated for every head, by one gradient; null where there are no neighbours to compare. */
  readonly estimated: { readonly rightMinusLeft: number | null; readonly crossEntropy: number };
  /** Of heads that were really ablated. */
  readonly exact: {
    readonly rightMinusLeft: number | null;
    readonly crossEntropy: number;
    readonly accuracy: number;
  } | null;
}

export interface AblationResults {
  readonly kind: AblationKind;
  /** What is estimated and ranked by. */
  readonly metric: 'rightMinusLeft' | 'crossEntropy';
  /** The samples as they are. */
  readonly base: SymbolBehaviour;
  /** The heads of the largest estimated effects together, beside as many others of the same layers. */
  readonly joint: readonly JointAblation[];
  /** How many of the heads that were not among the largest estimates turned out to be as large. */
  readonly missed: { readonly tried: number; readonly asLarge: number };
}

export interface JointAblation {
  readonly kind: AblationKind;
  readonly heads: readonly string[];
  readonly n: number;
  readonly accuracy: number;
  readonly crossEntropy: number;
  readonly rightMinusLeft: number | null;
  readonly controls: {
    /** How many such sets there are, and how many were tried: all, or a sample. */
    readonly possible: number;
    readonly tried: number;
    /** Means over the sets; null where there is none. */
    readonly accuracy: number | null;
    readonly crossEntropy: number | null;
    readonly rightMinusLeft: number | null;
  };
  /** The share of control sets that hurt less (a smaller cross-entropy), in percent; null where there is none. */
  readonly percentile: number | null;
}

export interface ExplainedEdges {
  readonly condition: string;
  readonly n: number;
  readonly accuracy: number;
  readonly tokenAccuracy: number;
  readonly crossEntropy: number;
  readonly rightMinusLeft: number | null;
}
