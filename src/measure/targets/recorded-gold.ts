/** The right answers that a recording states, held against the task's oracle. */
import type { Askable } from '../../prompt/askable.ts';
import type { RecordedSymbols } from '../../respond/recording/written.ts';
import type { OracleCheck } from '../../score/tables/contradicting.ts';
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
  /** The right answer that it is scored by, and what stands between and around its symbols. */
  readonly gold: readonly string[];
  /** Whether the record states it. */
  readonly stated: boolean;
  readonly written: RecordedSymbols;
  readonly oracle: ReturnType<Askable['answer']>;
  readonly row: ScoredRow;
}

export class GoldCheck {
  /** Records that contradict the oracle, and the first of them. */
  contradicting = 0;
  readonly contradictions: Contradiction[] = [];
  /** Outputs that are right by the oracle. */
  correctByOracle = 0;
  /** Records that state a right answer, and those that contradict the oracle, by length. */
  private readonly byLength = new Map<number, { of: number; records: number }>();
  private readonly task: string;
  private readonly kept: number;
  private readonly rescored: (row: ScoredRow, written: RecordedSymbols) => ScoredRow;

  /**
   * @param kept how many contradictions are kept
   * @param rescored scores a row whose right answer was replaced
   */
  constructor(task: string, kept: number, rescored: (row: ScoredRow, written: RecordedSymbols) => ScoredRow) {
    this.task = task;
    this.kept = kept;
    this.rescored = rescored;
  }

  add({ line, gold, stated, written, oracle, row }: GoldRecord): void {
    const recorded = asText(gold, written);
    const said = 'refusal' in oracle ? null : asText(oracle.answer, written);
    const agrees = said === recorded;
    const byOracle =
      'refusal' in oracle
        ? null
        : agrees
          ? row
          : this.rescored({ ...row, answer: oracle.answer, scoring: '' }, written);
    this.correctByOracle += Number(byOracle?.score.outcome === 'right');
    const { of, records } = this.byLength.get(row.length) ?? { of: 0, records: 0 };
    this.byLength.set(row.length, { of: of + Number(stated), records: records + Number(!agrees) });
    if (agrees) return;
    this.contradicting += 1;
    if (this.contradictions.length >= this.kept) return;
    const reason = 'refusal' in oracle ? oracle.refusal : `${this.task} answers ${said ?? ''}`;
    this.contradictions.push({ line, gold: recorded, oracle: said, reason });
  }

  get checks(): OracleCheck[] {
    return [...this.byLength].map(([length, check]) => ({ length, ...check }));
  }
}

function asText(symbols: readonly string[], { joiner, lead, trail }: RecordedSymbols): string {
  return lead + symbols.join(joiner) + trail;
}
