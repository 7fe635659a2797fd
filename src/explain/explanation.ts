/** What an explanation says of one task at one length: a typed result of each experiment. `docs/explain.md` describes them. */
import type { Head } from './ablation/ablate.ts';
import type { HeadEffect, JointAblation, MissedHeads } from './ablation/ablations.ts';
import type { CircuitSize, Faithfulness } from './circuit/circuit.ts';
import type { ExplainedExample } from './example/example.ts';
import type { Behaviour, SymbolBehaviour } from './behaviour/behaviour.ts';
import type { EdgesOfLayer, ExplainedEdges } from './edges/explained.ts';
import type { ExplainedPath } from './paths/paths.ts';
import type { ScoreOfHead } from './heads/nulls.ts';
import type { RepeatedScore, RepeatedTokens } from './heads/repeated.ts';
import type { HeadScore } from './heads/scores.ts';
import type { AblationKind } from './settings/defaults.ts';

export interface Explanation {
  readonly target: string;
  /** The model's (docs/model.md), where it was loaded from a file. */
  readonly checksum?: number;
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly prompt: string;
  readonly behaviour: Behaviour;
  /** Every head; its scores where they were asked for, and what was found of its effect. */
  readonly heads: readonly ExplainedHead[];
  /** The 95 % point of the largest head under permuted matches; null where heads were not scored, or sources are too short. */
  readonly nullMaximum: number | null;
  /** Of the retrieval score and of OV copying; null where there is none. */
  readonly retrieval: CountedScore | null;
  readonly copying: CountedScore | null;
  /** What heads were scored on beside the task; null where they were not. */
  readonly repeated: ExplainedRepeated | null;
  /** How heads were ablated and ranked; null where nothing was. */
  readonly ranking: RankingOfHeads | null;
  /** The heads of the largest estimated effects together, beside as many others of the same layers. */
  readonly ablations: readonly JointAblation[] | null;
  /** Null where they were not asked for, and where there are none: one layer, or sources of fewer than three symbols. */
  readonly edges: readonly ExplainedEdges[] | null;
  /** The same, cut in one layer at a time. */
  readonly edgesByLayer: readonly EdgesOfLayer[] | null;
  /** How little is enough, in one number, and by size. */
  readonly faithfulness: Faithfulness | null;
  readonly circuit: readonly CircuitSize[] | null;
  /** What reaches heads that follow the source from heads that look at the token before. */
  readonly paths: readonly ExplainedPath[] | null;
  /** Where marked heads look in one sample; null where heads were not scored. */
  readonly example: ExplainedExample | null;
  /** What the numbers say, for people. */
  readonly words: readonly string[];
}

export interface ExplainedHead extends Head {
  readonly scores: Readonly<Partial<Record<HeadScore, ScoreOfHead>>>;
  /** The same on random tokens that stand there twice. */
  readonly repeated: Readonly<Partial<Record<RepeatedScore, ScoreOfHead>>>;
  /**
   * Mean attention to the symbols of the source by their distance from the one that the answer goes on from, −10 to 10; null
   * where no symbol stands. Null where heads were not scored.
   */
  readonly lags: readonly (number | null)[] | null;
  /** Null where ablations were not asked for. */
  readonly effect: HeadEffect | null;
}

/** A score that is a share. */
export interface CountedScore {
  /** Of so many: answer tokens, or symbols. */
  readonly n: number;
  /** The 95 % point of the largest head of the null. */
  readonly nullMaximum: number | null;
}

/** Sequences of random tokens. */
export interface ExplainedRepeated extends RepeatedTokens {
  readonly n: number;
  readonly nullMaximum: number | null;
}

export interface RankingOfHeads {
  readonly kind: AblationKind;
  /** How many gradients the estimates are averaged over. */
  readonly gradients: number;
  /** What is estimated and ranked by. */
  readonly metric: 'rightMinusLeft' | 'crossEntropy';
  /** The samples as they are. */
  readonly base: SymbolBehaviour;
  /** Null where no head was ablated by itself. */
  readonly missed: MissedHeads | null;
}
