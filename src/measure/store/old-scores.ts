/** Scores in stores of versions 1 and 2, which called them verdicts: read so that a rescoring can say what moved. */
import type { AnswerScore } from '../../score/tables/answer-score.ts';

export interface OldScore {
  readonly correct: boolean;
  readonly exact: boolean;
  readonly extra: boolean;
  readonly truncated: boolean;
  readonly error: string | null;
  readonly similarity: AnswerScore['similarity'];
  readonly copy?: AnswerScore['copy'];
}

export function scoreFromOld(old: OldScore): AnswerScore {
  const { correct, exact, extra, truncated, error, similarity, copy } = old;
  const outcome = correct ? 'right' : truncated ? 'truncated' : 'wrong';
  return {
    outcome,
    exact,
    retrieved: correct, // was not kept apart
    extra,
    error: outcome === 'wrong' ? error : null,
    similarity,
    changed: [],
    ...(copy === undefined ? {} : { copy }),
  };
}
