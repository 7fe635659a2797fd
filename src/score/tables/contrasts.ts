/** By how much one of two operations that differ in one thing only is done better than the other. */
import { correctedRows } from '../statistics/index.ts';
import { contrasts } from './contrast-pairs.ts';
import { differencesOf } from './differences.ts';
import type { DifferenceOptions, SeedCells } from './differences.ts';
import type { AsymmetryRow } from './rows.ts';
import type { Cell } from './tally.ts';

export { contrasts } from './contrast-pairs.ts';
export type { Contrast } from './contrast-pairs.ts';

/**
 * The asymmetries among the cells of a respondent: for each contrast one row a length and one over all lengths, p corrected
 * on exactly these rows.
 */
export function asymmetriesOf(cells: readonly Cell[], options: ContrastOptions = {}): AsymmetryRow[] {
  return correctedRows(asymmetriesOfSeeds([{ seed: null, cells }], options));
}

export interface ContrastOptions extends Pick<DifferenceOptions, 'rowOf'> {
  /** Whether the answers decided how many samples of a task were asked. */
  readonly sequential?: (task: string) => boolean;
}

/** The same of models of one kind with one seed each, and not yet corrected. */
export function asymmetriesOfSeeds(
  models: readonly SeedCells[],
  { sequential, rowOf }: ContrastOptions = {},
): AsymmetryRow[] {
  const of = (task: string): SeedCells[] =>
    models.map(({ seed, cells }) => ({ seed, cells: cells.filter((cell) => cell.task === task) }));
  return contrasts.flatMap((contrast) => {
    const { first, second } = contrast;
    const options = { rowOf, sequential: [first, second].some((task) => sequential?.(task) ?? false) };
    return differencesOf(of(first), of(second), options).map((row): AsymmetryRow => ({
      kind: 'asymmetry',
      ...contrast,
      ...row,
      pAdjusted: null,
    }));
  });
}
