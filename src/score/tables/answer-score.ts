/** What an output is worth, as it is stored beside it and counted: a function of the output and of how it is read. */
import type { EvidencePlace } from '../places/index.ts';
import type { CopyPlace } from '../errors/index.ts';
import type { Outcome } from '../output.ts';
import type { FilterName } from '../reading/reading.ts';
import type { Similarities } from '../similarity.ts';

export interface AnswerScore {
  /**
   * Of a teacher-forced answer, the log-probability of the right answer and its end; absent where it was generated. What was read of
   * a forced answer tells `outcome` and `exact`, and nothing else.
   */
  readonly logProbability?: number;
  readonly outcome: Outcome;
  /** Right to the character (see `Score.exact`). */
  readonly exact: boolean;
  /** The right answer stands in the output, whatever stands around it. */
  readonly retrieved: boolean;
  /** Whether text stands before or after the answer. */
  readonly extra: boolean;
  /** The kind of error; null unless the outcome is `wrong`. */
  readonly error: string | null;
  readonly similarity: Similarities;
  /** The filters that changed something. */
  readonly changed: readonly FilterName[];
  /** Whether the server cut the prompt, by its own count of tokens: the outcome is then `truncated`. */
  readonly promptCut?: boolean;
  /** What guessing would give for this sample, as a share; absent where that is not known. */
  readonly chance?: number;
  /** Of copies: how hard, and where they went wrong. */
  readonly copy?: CopyPlace;
  /** Of copies: the place of the first error as a share of the right answer; null for a right one. */
  readonly firstError?: number | null;
  /** Of look-ups: where in the source the evidence stands. */
  readonly evidence?: EvidencePlace;
}
