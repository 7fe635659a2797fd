/** What scoring stored outputs again has moved: which outcomes became which, at which length of which task. */
import { canonicalJson } from '../../common/json.ts';
import type { Outcome } from '../../score/output.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import type { StoredRow } from '../store/row-store.ts';
import type { ScoredRow } from './scoring.ts';

/** So many answers went from one outcome to another; where both are the same, their error or similarity is another one. */
export interface Move {
  readonly task: string;
  readonly length: number;
  readonly from: Outcome;
  readonly to: Outcome;
  readonly count: number;
}

export class Moves {
  private readonly moves = new Map<string, Move>();

  /** @param before null: was never scored */
  note(before: StoredRow['score'], { task, length, score }: ScoredRow): void {
    if (before === null || before === score || numbersOf(before) === numbersOf(score)) return;
    const [from, to] = [before.outcome, score.outcome];
    const name = canonicalJson([task, length, from, to]);
    this.moves.set(name, { task, length, from, to, count: (this.moves.get(name)?.count ?? 0) + 1 });
  }

  /** Answers whose outcome is another one than it was. */
  get outcomes(): number {
    return this.list().reduce((sum, { from, to, count }) => sum + (from === to ? 0 : count), 0);
  }

  /** In the order in which they came up first. */
  list(): readonly Move[] {
    return [...this.moves.values()];
  }
}

/** What tables count of a score. */
function numbersOf({ outcome, exact, retrieved, extra, error, similarity }: AnswerScore): string {
  return canonicalJson({ outcome, exact, retrieved, extra, error, similarity: { ...similarity } });
}
