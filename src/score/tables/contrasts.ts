/** Pairs of operations that differ in one thing only, and by how much one is done better than the other. */
import { correctedRows } from '../statistics/index.ts';
import { differencesOf } from './differences.ts';
import type { DifferenceOptions, SeedCells } from './differences.ts';
import type { AsymmetryRow } from './rows.ts';
import type { Cell } from './tally.ts';

export interface Contrast {
  readonly contrast: string;
  readonly first: string;
  readonly second: string;
}

export const contrasts: readonly Contrast[] = [
  { contrast: 'right - left', first: 'UR', second: 'UL' },
  { contrast: 'right - left', first: 'NRFirst', second: 'NLFirst' },
  { contrast: 'right - left', first: 'NRLast', second: 'NLLast' },
  { contrast: 'first - last', first: 'NLFirst', second: 'NLLast' },
  { contrast: 'first - last', first: 'NRFirst', second: 'NRLast' },
  { contrast: 'forward - backward', first: 'UF', second: 'UB' },
  { contrast: 'forward - backward', first: 'NF', second: 'NB' },
  { contrast: 'forward - backward', first: 'git-revert', second: 'git-cherrypick' },
  { contrast: 'forward - backward', first: 'text-copy', second: 'text-copy-backward' },
  { contrast: 'right - left', first: 'table-lookup-after', second: 'table-lookup-before' },
  { contrast: 'first - last', first: 'table-lookup-first', second: 'table-lookup-last' },
  { contrast: 'unique - repeated', first: 'UF', second: 'NF' },
  { contrast: 'unique - repeated', first: 'UB', second: 'NB' },
];

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
