/** What comes out of measuring, replaying and comparing: the same tables, the same JSON. */
import { asymmetriesOf } from './contrasts.ts';
import type { AsymmetryRow, CellRow, HorizonRow } from './rows.ts';
import { horizonOf } from '../statistics/index.ts';
import type { Interval } from '../statistics/index.ts';
import type { Cell } from './tally.ts';

export interface HorizonSummary extends HorizonRow {
  /** Bounds among the measured lengths; `high` is null where none was surely unreliable. */
  readonly low: number;
  readonly high: number | null;
}

export interface Summary {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonSummary[];
  readonly asymmetries: readonly AsymmetryRow[];
}

/**
 * The tables of some cells. `intervalOf` gives another interval than Wilson's where answers were asked for until a
 * verdict was sure, which Wilson's does not survive.
 */
export function summarize(
  cells: readonly Cell[],
  threshold: number,
  intervalOf?: (cell: Cell) => Interval | undefined,
): Summary {
  const rows = cells
    .map((cell) => ({ ...cell.row(), ...intervalOf?.(cell) }))
    .filter((row) => row.n + (row.failed ?? 0) > 0);
  return {
    rows: byTaskAndLength(rows),
    horizons: [...new Set(rows.map(({ task }) => task))].map((task) => ({
      kind: 'horizon',
      task,
      ...horizonOf(
        rows.filter((row) => row.task === task),
        threshold,
      ),
    })),
    asymmetries: asymmetriesOf(cells),
  };
}

function byTaskAndLength(rows: readonly CellRow[]): CellRow[] {
  const order = [...new Set(rows.map(({ task }) => task))];
  return [...rows].sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task) || a.length - b.length);
}
