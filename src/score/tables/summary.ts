/** What comes out of measuring, replaying and comparing: the same tables, the same JSON. */
import { asymmetriesOf } from './contrasts.ts';
import type { AsymmetryRow, CellRow, HorizonRow } from './rows.ts';
import { horizonOf } from '../statistics/index.ts';
import type { Interval } from '../statistics/index.ts';
import type { Cell } from './tally.ts';

export interface Summary {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
}

/** A search for the horizon, as far as tables need one: its intervals hold whenever it stopped. */
export interface Searched {
  interval(length: number): Interval | undefined;
}

export interface SummaryOptions {
  readonly threshold: number;
  /** The search of a task, where its lengths were chosen by the answers. */
  readonly search?: (task: string) => Searched | undefined;
  /** The length at which the model's context ended a task. */
  readonly contextEnds?: (task: string) => number | null;
}

/** The tables of some cells. */
export function summarize(cells: readonly Cell[], options: SummaryOptions): Summary {
  const rows = cells
    .map((cell) => ({ ...cell.row(), ...options.search?.(cell.task)?.interval(cell.length) }))
    .filter(({ n }) => n > 0);
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return {
    rows: byTaskAndLength(rows, tasks),
    horizons: tasks.map((task) =>
      horizonRow(
        task,
        rows.filter((row) => row.task === task),
        options,
      ),
    ),
    asymmetries: asymmetriesOf(cells),
  };
}

function horizonRow(
  task: string,
  rows: readonly CellRow[],
  { threshold, contextEnds }: SummaryOptions,
): HorizonRow {
  const ends = contextEnds?.(task) ?? null;
  const inside = rows.filter(({ length }) => ends === null || length < ends);
  return { kind: 'horizon', task, ...horizonOf(inside, threshold), contextEnds: ends };
}

function byTaskAndLength(rows: readonly CellRow[], order: readonly string[]): CellRow[] {
  return [...rows].sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task) || a.length - b.length);
}
