/** A cell of which only its row is known, as a file of results has it: what can be compared without the samples. */
import type { Observations } from '../statistics/index.ts';
import type { ComparedCell } from './differences.ts';
import type { CellRow } from './rows.ts';
import type { Cluster } from './source-table.ts';

/** Samples that were asked once each, of one model: their counts are all that an unpaired comparison goes by. */
export class CountedCell implements ComparedCell {
  readonly length: number;
  readonly counts: { readonly n: number; readonly correct: number };
  readonly lost: number;
  readonly repeated = false;
  private readonly cell: CellRow;

  /** @param cell one for which `isCounted` holds; rows of older versions do not tell how many of those that failed were lost */
  constructor(cell: CellRow, correct = cell.correct) {
    const { length, n, failed = 0, tooLong = 0, lost = failed - tooLong } = cell;
    this.cell = cell;
    this.length = length;
    this.counts = { n, correct };
    this.lost = Math.max(0, Math.min(n - correct, lost));
  }

  /** Whether each sample was asked once. Rows of models with several seeds look the same: who has the row knows. */
  static isCounted({ n, correct, answers }: CellRow): boolean {
    return answers === undefined && n > 0 && Number.isInteger(correct) && correct <= n;
  }

  shares(): Observations {
    const { n, correct } = this.counts;
    return { right: correct, wrong: n - correct, shares: [] };
  }

  withLostRight(): CountedCell {
    return new CountedCell({ ...this.cell, failed: 0, lost: 0 }, this.counts.correct + this.lost);
  }

  /** Which sources were asked about, nobody knows. */
  sharedWith(): { readonly a: Cluster; readonly b: Cluster }[] {
    return [];
  }

  row(): CellRow {
    return this.cell;
  }
}
