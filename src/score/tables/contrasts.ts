/** Pairs of operations that differ in one thing only, and by how much one is done better than the other. */
import type { AsymmetryRow } from './rows.ts';
import type { Cell } from './tally.ts';
import {
  clusteredDifference,
  holm,
  mcnemar,
  pairedDifference,
  unpairedDifference,
} from '../statistics/index.ts';

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

/** The asymmetries among the cells: for each contrast one row a length and one over all lengths, corrected together. */
export function asymmetriesOf(cells: readonly Cell[]): AsymmetryRow[] {
  return corrected(contrasts.flatMap((contrast) => rowsOf(contrast, cells)));
}

/** With p corrected for all rows of a single length together (Holm). */
export function corrected(rows: readonly AsymmetryRow[]): AsymmetryRow[] {
  const tested = rows.filter((row) => row.p !== null && row.length !== null);
  const adjusted = holm(tested.map((row) => row.p ?? 1));
  const byRow = new Map(tested.map((row, i) => [row, adjusted[i]]));
  return rows.map((row) => ({ ...row, pAdjusted: byRow.get(row) ?? row.p }));
}

function rowsOf(contrast: Contrast, cells: readonly Cell[]): AsymmetryRow[] {
  const of = (task: string): Cell[] => cells.filter((cell) => cell.task === task && cell.counts.n > 0);
  const seconds = new Map(of(contrast.second).map((cell) => [cell.length, cell]));
  const pairs = of(contrast.first)
    .flatMap((first) => {
      const second = seconds.get(first.length);
      return second === undefined ? [] : [{ first, second }];
    })
    .sort((a, b) => a.first.length - b.first.length);
  if (pairs.length === 0) return [];
  const single = pairs.map((pair) => difference(contrast, pair.first.length, [pair]));
  return pairs.length === 1 ? single : [...single, difference(contrast, null, pairs)];
}

/** Two cells to compare: of two tasks, or of two respondents, at the same length. */
export interface CellPair {
  readonly first: Cell;
  readonly second: Cell;
}

export interface CellDifference {
  /** Pairs, or the smaller number of answers where the sources are not the same. */
  readonly n: number;
  readonly paired: boolean;
  /** Accuracy of the first minus that of the second, with a 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** null where unpaired. */
  readonly p: number | null;
}

function difference(contrast: Contrast, length: number | null, pairs: readonly CellPair[]): AsymmetryRow {
  return { kind: 'asymmetry', ...contrast, length, pAdjusted: null, ...differenceOf(pairs) };
}

/** The difference on the sources that both were asked about; on all answers where they share none. */
export function differenceOf(pairs: readonly CellPair[]): CellDifference {
  const shared = pairs.flatMap(({ first, second }) => first.sharedWith(second));
  if (shared.length === 0) {
    const total = (which: 'first' | 'second'): { correct: number; n: number } => ({
      correct: pairs.reduce((sum, pair) => sum + pair[which].counts.correct, 0),
      n: pairs.reduce((sum, pair) => sum + pair[which].counts.n, 0),
    });
    const [first, second] = [total('first'), total('second')];
    const n = Math.min(first.n, second.n);
    return { n, paired: false, ...unpairedDifference(first, second), p: null };
  }
  if (shared.some(({ a, b }) => a.n > 1 || b.n > 1)) {
    const shares = shared.map(({ a, b }) => a.correct / a.n - b.correct / b.n);
    return { n: shared.length, paired: true, ...clusteredDifference(shares) };
  }
  const count = (right: number, other: number): number =>
    shared.filter(({ a, b }) => a.correct === right && b.correct === other).length;
  const [onlyFirst, onlySecond] = [count(1, 0), count(0, 1)];
  const interval = pairedDifference({ both: count(1, 1), onlyFirst, onlySecond, neither: count(0, 0) });
  return { n: shared.length, paired: true, ...interval, p: mcnemar(onlyFirst, onlySecond).p };
}
