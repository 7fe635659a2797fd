/**
 * Recordings may have as many lengths as records. Neighbouring lengths are then shown together, so that a table can
 * be read. Horizons are of single lengths: one right answer at each of fifty lengths shows nothing about any of them.
 */
import { fewestAnswers } from '../statistics/index.ts';
import { Cell } from './tally.ts';
import { thresholdFor } from './threshold.ts';
import type { Threshold } from './threshold.ts';

export interface LengthGroup {
  readonly from: number;
  readonly to: number;
  /** All answers at these lengths, under the largest of them. */
  readonly cell: Cell;
}

/** More lengths than this of one task are grouped. */
const MOST_LENGTHS = 20;

/** Into at most this many groups. */
const MOST_GROUPS = 12;

/** The cells by task and length; each by itself where a task has few lengths. */
export function byLengthGroup(cells: readonly Cell[], threshold: Threshold): LengthGroup[] {
  const tasks = [...new Set(cells.map(({ task }) => task))];
  return tasks.flatMap((task) => {
    const own = cells.filter((cell) => cell.task === task).sort((a, b) => a.length - b.length);
    if (own.length <= MOST_LENGTHS) return own.map(alone);
    const answers = own.reduce((sum, { counts }) => sum + counts.n, 0);
    return grouped(
      own,
      Math.max(fewestAnswers(thresholdFor(threshold, task)), Math.ceil(answers / MOST_GROUPS)),
    );
  });
}

/** Groups of at least `least` answers, from the shortest length on; what is left over joins the last one. */
function grouped(cells: readonly Cell[], least: number): LengthGroup[] {
  const groups: Cell[][] = [];
  let current: Cell[] = [];
  for (const cell of cells) {
    current.push(cell);
    if (current.reduce((sum, { counts }) => sum + counts.n, 0) < least) continue;
    groups.push(current);
    current = [];
  }
  const last = groups.at(-1);
  if (last === undefined) groups.push(current);
  else last.push(...current);
  return groups.map(together);
}

function together(cells: readonly Cell[]): LengthGroup {
  const [from, to] = [cells[0].length, cells[cells.length - 1].length];
  return { from, to, cell: Cell.together(cells[0].task, to, cells) };
}

function alone(cell: Cell): LengthGroup {
  return { from: cell.length, to: cell.length, cell };
}
