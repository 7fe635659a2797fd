/**
 * What becomes of an output, whoever gave it: it is scored, stored, and only then counted and told of. The same for what a
 * respondent answers and for what somebody recorded.
 */
import type { Output } from '../score/output.ts';
import type { Gathered } from './gather/gathered.ts';
import { scoredNow, scoreRow } from './scoring/scoring.ts';
import type { KnownSample, ScoredRow, ScoredTask } from './scoring/scoring.ts';
import type { PlacedRow, RowStore, StoredRow } from './store/row-store.ts';

export interface KeptCounts {
  /** Answers from earlier runs; answered now; failed for good, now or, where nobody would answer otherwise, before. */
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  /** Of those that failed, those that were stored before. */
  readonly failedBefore: number;
  /** Stored outputs whose outcome is another one than when they were stored. */
  readonly moved: number;
}

export class Keeping {
  readonly gathered: Gathered;
  private readonly store: RowStore;
  private readonly onRow: (row: ScoredRow) => void;
  private readonly kept = { reused: 0, answered: 0, failed: 0, failedBefore: 0 };
  /** The places in the store of the oldest and the newest row of an earlier run that was counted; null: none was. */
  reusedPlaces: { readonly first: number; readonly last: number } | null = null;

  /** @param onRow told every row that counts, stored before or now */
  constructor(gathered: Gathered, store: RowStore, onRow: (row: ScoredRow) => void = () => undefined) {
    this.gathered = gathered;
    this.store = store;
    this.onRow = onRow;
  }

  get counts(): KeptCounts {
    return { ...this.kept, moved: this.gathered.moves.outcomes };
  }

  /** The row of an output that has just come, with its score. */
  scored(row: StoredRow, task: ScoredTask, known?: KnownSample): ScoredRow {
    return { ...row, ...scoreRow(row, task, known) };
  }

  /** Stores rows of outputs that have just come, all or none, and then counts them. */
  keep(rows: readonly ScoredRow[]): void {
    if (rows.length === 0) return;
    this.store.putAll(rows);
    for (const row of rows) {
      if (row.output.error === null) this.kept.answered += 1;
      else this.kept.failed += 1;
      this.count(row);
    }
  }

  /** Counts a row of an earlier run, by the present scoring. */
  reuse(stored: PlacedRow, task: ScoredTask): void {
    const row = scoredNow(stored, task);
    this.noteReused(stored);
    this.gathered.moves.note(stored.score, row);
    if (row.scoring !== stored.scoring) this.store.rescore([row]);
    this.count(row);
  }

  /**
   * Stores and counts what came back to the same question in another way, so that each way has all of its samples, with their own
   * right answers. Nobody was asked again.
   * @param rowFor the row of this way with an output
   */
  share(stored: PlacedRow, rowFor: (output: Output) => ScoredRow): void {
    const row = rowFor({ ...stored.output, attempts: 0 });
    this.store.putAll([row]);
    this.noteReused(stored);
    this.count(row);
  }

  private noteReused({ output, place }: PlacedRow): void {
    if (output.error === null) this.kept.reused += 1;
    else {
      this.kept.failed += 1;
      this.kept.failedBefore += 1;
    }
    const { first, last } = this.reusedPlaces ?? { first: place, last: place };
    this.reusedPlaces = { first: Math.min(first, place), last: Math.max(last, place) };
  }

  private count(row: ScoredRow): void {
    this.gathered.add(row);
    this.onRow(row);
  }
}
