/** The right answers that a recording states, held against the task's oracle. */
import type { Askable } from '../../prompt/askable.ts';
import type { ScoredRow } from '../scoring/scoring.ts';

/** A record whose right answer is not what the task's oracle says. */
export interface Contradiction {
  readonly line: number;
  readonly gold: string;
  /** What the oracle answers, or null where it says that this is no sample of the task. */
  readonly oracle: string | null;
  readonly reason: string;
}

/** What there is to check of one record. */
export interface GoldRecord {
  readonly line: number;
  /** The right answer that it is scored by, and what stands between its symbols. */
  readonly gold: readonly string[];
  readonly joiner: string;
  readonly oracle: ReturnType<Askable['answer']>;
  readonly row: ScoredRow;
}

export class GoldCheck {
  /** Records that contradict the oracle, and the first of them. */
  contradicting = 0;
  readonly contradictions: Contradiction[] = [];
  /** Outputs that are right by the oracle. */
  correctByOracle = 0;
  private readonly task: string;
  private readonly kept: number;
  private readonly rescored: (row: ScoredRow, joiner: string) => ScoredRow;

  /**
   * @param kept how many contradictions are kept
   * @param rescored scores a row whose right answer was replaced
   */
  constructor(task: string, kept: number, rescored: (row: ScoredRow, joiner: string) => ScoredRow) {
    this.task = task;
    this.kept = kept;
    this.rescored = rescored;
  }

  add({ line, gold, joiner, oracle, row }: GoldRecord): void {
    const recorded = gold.join(joiner);
    const said = 'refusal' in oracle ? null : oracle.answer.join(joiner);
    const agrees = said === recorded;
    const byOracle =
      'refusal' in oracle ? null : agrees ? row : this.rescored({ ...row, answer: oracle.answer }, joiner);
    this.correctByOracle += Number(byOracle?.score.outcome === 'right');
    if (agrees) return;
    this.contradicting += 1;
    if (this.contradictions.length >= this.kept) return;
    const reason = 'refusal' in oracle ? oracle.refusal : `${this.task} answers ${said ?? ''}`;
    this.contradictions.push({ line, gold: recorded, oracle: said, reason });
  }
}
