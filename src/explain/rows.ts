/** Explanations as they are kept, and as reports read them. Types and nothing else. */
import type { Json } from '../common/json.ts';
import type { Explanation } from './explanation.ts';

export type { ExampleHead, ExplainedExample } from './example/example.ts';
export type { EdgesOfLayer, ExplainedEdges } from './edges/explained.ts';
export type { ExplainedHead, Explanation } from './explanation.ts';
export type { HeadScore } from './heads/scores.ts';
export type { RepeatedScore } from './heads/repeated.ts';
export type { ScoreOfHead } from './heads/nulls.ts';
export type { JointAblation } from './ablation/ablations.ts';

/** What a study's store keeps: an explanation is one row. */
export interface ExplanationRow extends Explanation {
  readonly kind: 'explanation';
}

/** One run of the command that left something in a folder. */
export interface ExplainRun {
  readonly lengthwise: string;
  readonly node: string;
  readonly platform: string;
  /** ISO 8601. */
  readonly started: string;
  /** Words that were given to `lengthwise explain`, for a shell. */
  readonly command: string;
}

/** The file `explanation.json` of a folder: one model, one set of options, an explanation for each task and length. */
export interface ExplanationFile {
  readonly kind: 'explanation';
  /** Goes up when the same options give other results. */
  readonly format: number;
  /** The model's name. */
  readonly target: string;
  /** SHA-256 of the model's files. */
  readonly model: string;
  /** All that was said of samples and experiments, the seed among them. */
  readonly options: Readonly<Record<string, Json>>;
  readonly runs: readonly ExplainRun[];
  readonly explanations: readonly Explanation[];
}

/** What the report is made from. */
export interface ExplainReportInput extends ExplanationFile {
  /** Where it lies; '' where nobody keeps it. */
  readonly folder: string;
}
