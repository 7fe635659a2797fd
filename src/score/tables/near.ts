/** Where no difference could be seen: cells that do no better than guessing, and cells that are all right nearly always. */
import { FEWEST_SEEDS } from '../statistics/seeds.ts';
import type { CellRow, Near } from './rows.ts';

/** A cell is at the ceiling where its interval reaches up to here and hardly anything was wrong. */
const CEILING = 0.99;
const HARDLY_WRONG = 0.9;

/** What is to be known of a cell. */
export type EdgeCell = Pick<CellRow, 'length' | 'accuracy' | 'low' | 'high' | 'chance'>;

/**
 * What cells have in common that leaves no room for a difference, at each of their lengths; null where any length has room.
 * Cells are at chance where none is shown to do better than guessing: those that get nothing right are, too.
 */
export function nearOf(rows: readonly EdgeCell[]): Near | null {
  const lengths = [...new Set(rows.map(({ length }) => length))];
  const found = new Set(lengths.map((length) => nearAt(rows.filter((row) => row.length === length))));
  if (found.size === 0 || found.has(null)) return null;
  return found.size === 1 ? [...found][0] : 'mixed';
}

function nearAt(rows: readonly EdgeCell[]): Near | null {
  if (rows.every(isAtChance)) return 'chance';
  return rows.every(({ accuracy, high }) => accuracy >= HARDLY_WRONG && high >= CEILING) ? 'ceiling' : null;
}

/** Where nobody knows what guessing gives, it is taken to give nothing. */
function isAtChance({ chance, accuracy, low }: EdgeCell): boolean {
  return chance === undefined ? accuracy === 0 : low <= chance;
}

/** The same of a difference between cells: one that its interval shows has room, wherever they are. */
export function nearWhereOpen(
  { low, high }: { readonly low: number; readonly high: number },
  rows: readonly EdgeCell[],
): Near | null {
  return low > 0 || high < 0 ? null : nearOf(rows);
}

const TEXTS: Readonly<Record<Near, string>> = {
  chance: 'neither above chance',
  ceiling: 'both at the ceiling',
  mixed: 'at chance or at the ceiling',
};

/**
 * `3 seeds say too little about others`: of a difference that is not shown, where fewer models were trained than a test over
 * seeds takes; null: there were enough, or the models have no seeds.
 */
export function fewSeedsText({ seeds = [] }: { readonly seeds?: readonly unknown[] }): string | null {
  return seeds.length < 2 || seeds.length >= FEWEST_SEEDS
    ? null
    : `${seeds.length} seeds say too little about others`;
}

/** `; 67 samples failed`: why an interval is as wide as it is. */
export function lostText({ lost = 0 }: { readonly lost?: number }): string {
  return lost === 0 ? '' : `; ${lost} of the samples failed, which may hide a difference or make one`;
}

/** What is printed instead of a p-value. */
export function nearText(near: Near): string {
  return TEXTS[near];
}
