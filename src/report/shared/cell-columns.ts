/** What every table of accuracy says of a length: the same columns, in the same words, in both reports. */
import { definitions } from '../../score/tables/definitions.ts';
import { percent, percentGuessed, percentLevel, percentRange } from '../../score/tables/percent.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import type { Column } from './figure.ts';
import { count } from './format.ts';
import { decimalCount } from './horizon.ts';
import type { Content } from './html.ts';

/** What a table needs of a cell; a study's cells over several seeds have it, too. */
export type Counted = Omit<CellRow, 'kind' | 'task'>;

/** Where a row does not say: Wilson's or Clopper and Pearson's, at the usual level. */
const USUAL_CONFIDENCE = 0.95;

interface CellColumn extends Column {
  readonly of: (cell: Counted) => Content;
}

/** Those at which anything was asked. */
export function askedCells<Cell extends { readonly n: number }>(cells: readonly Cell[]): Cell[] {
  return cells.filter(({ n }) => n > 0);
}

/** Wrong answers: what is neither right nor without an answer. */
export function wrongOf({ n, correct, truncated, withheld, refused, failed }: Counted): number {
  const none = [truncated, withheld, refused, failed].reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return Math.max(0, n - correct - none);
}

/** The level of the cell's interval. */
export function confidenceOf({ confidence = USUAL_CONFIDENCE }: Pick<Counted, 'confidence'>): number {
  return confidence;
}

/** `95 % interval`; where levels differ, each stands beside its interval. */
export function intervalHeading(cells: readonly Pick<Counted, 'confidence'>[]): string {
  const levels = new Set(cells.map(confidenceOf));
  return levels.size === 1 ? `${percentLevel([...levels][0])} interval` : 'interval (at its level)';
}

/** The interval of a cell, with its level where the heading can't say it for all. */
export function intervalText(cell: Counted, cells: readonly Counted[]): string {
  if (cell.n === 0) return '–';
  const several = new Set(cells.map(confidenceOf)).size > 1;
  return `${percentRange(cell.low, cell.high)}${several ? ` (${percentLevel(confidenceOf(cell))})` : ''}`;
}

/**
 * The columns for these cells, after those that say which cell it is: what happened to none of them has no column.
 */
export function cellColumns(cells: readonly Counted[]): readonly CellColumn[] {
  const happened = (of: (cell: Counted) => number | undefined): boolean =>
    cells.some((cell) => (of(cell) ?? 0) > 0);
  const known = (of: (cell: Counted) => unknown): boolean =>
    cells.some((cell) => of(cell) !== undefined && of(cell) !== null);
  const number = (label: string, of: (cell: Counted) => Content): CellColumn => ({
    label,
    numeric: true,
    of,
  });
  const outcomes = (['truncated', 'withheld', 'refused', 'failed'] as const).filter((name) =>
    happened((cell) => cell[name]),
  );
  return [
    number(definitions.n.term, ({ n }) => count(n)),
    ...(known((cell) => cell.answers) ? [number('answers', ({ answers }) => numberOr(answers))] : []),
    number(definitions.right.term, ({ correct }) => decimalCount(correct)),
    ...(outcomes.length > 0 ? [number(definitions.wrong.term, (cell) => decimalCount(wrongOf(cell)))] : []),
    ...outcomes.map((name) => number(definitions[name].term, (cell) => decimalCount(cell[name] ?? 0))),
    number(definitions.accuracy.term, ({ n, accuracy }) => (n === 0 ? '–' : percent(accuracy))),
    number(intervalHeading(cells), (cell) => intervalText(cell, cells)),
    ...(known((cell) => cell.answered)
      ? [
          number(definitions.answered.term, ({ answered }) =>
            answered === undefined || answered.n === 0
              ? '–'
              : `${percent(answered.accuracy)} (${percentRange(answered.low, answered.high)})`,
          ),
        ]
      : []),
    ...(cells.some(({ exact, correct }) => exact !== undefined && exact !== correct)
      ? [number(definitions.exact.term, ({ exact }) => numberOr(exact))]
      : []),
    ...(cells.some(({ retrieved, correct }) => retrieved !== undefined && retrieved !== correct)
      ? [number(definitions.retrieved.term, ({ retrieved }) => numberOr(retrieved))]
      : []),
    ...(known((cell) => cell.logProbability)
      ? [number(definitions.logProbability.term, ({ logProbability }) => logProbability?.toFixed(2) ?? '–')]
      : []),
    ...(happened((cell) => cell.extra)
      ? [number(definitions.extra.term, ({ extra }) => numberOr(extra))]
      : []),
    ...(known((cell) => cell.chance)
      ? [
          number(definitions.chance.term, ({ chance }) =>
            typeof chance === 'number' ? percentGuessed(chance) : '–',
          ),
        ]
      : []),
    ...(known((cell) => cell.promptTokens)
      ? [
          number('tokens of the prompt', ({ promptTokens }) =>
            typeof promptTokens === 'number' ? count(promptTokens) : '–',
          ),
        ]
      : []),
  ];
}

function numberOr(value: number | null | undefined): string {
  return typeof value === 'number' ? decimalCount(value) : '–';
}
