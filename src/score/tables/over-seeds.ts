/**
 * Several trainings of one architecture: the seed is the unit. Answers of different models are not answers of one model,
 * so they are never counted together for an interval.
 */
import { seedSummary } from '../statistics/seeds.ts';
import type { Interval } from '../statistics/interval.ts';
import type { CellRow, HorizonRow } from './rows.ts';

/**
 * 95 % interval of the mean accuracy over seeds (2 or more), the same that comparisons have. Samples about which a model was
 * not asked are wrong at its lower end and right at its upper end, as in the interval of one model.
 */
export function seedInterval(cells: readonly Pick<CellRow, 'n' | 'correct' | 'lost'>[]): Interval {
  const asked = cells.filter(({ n }) => n > 0);
  const over = (right: (cell: (typeof asked)[number]) => number): Interval => {
    const accuracies = asked.map((cell) => Math.min(1, right(cell) / cell.n));
    return seedSummary(accuracies, 'accuracy').interval ?? { low: 0, high: 1 };
  };
  return {
    low: over(({ correct }) => correct).low,
    high: over(({ correct, lost = 0 }) => correct + lost).high,
  };
}

/** A length over all seeds of a model; with one seed, that seed's own cell. */
export interface SeedCell extends Omit<CellRow, 'kind' | 'task'> {
  /** How many seeds were measured at this length. */
  readonly seeds: number;
}

/** Each length over the seeds: counts are sums, accuracy is the mean of the seeds' accuracies. */
export function overSeeds(cells: readonly CellRow[]): SeedCell[] {
  const lengths = [...new Set(cells.map(({ length }) => length))].toSorted((a, b) => a - b);
  return lengths.map((length) => {
    const same = cells.filter((cell) => cell.length === length);
    return same.length === 1 ? { ...same[0], seeds: 1 } : together(length, same);
  });
}

function together(length: number, cells: readonly CellRow[]): SeedCell {
  const answered = cells.filter(({ n }) => n > 0);
  return {
    length,
    seeds: answered.length,
    n: sum(cells, ({ n }) => n),
    correct: sum(cells, ({ correct }) => correct),
    accuracy: answered.length === 0 ? 0 : meanOf(answered.map(({ accuracy }) => accuracy)),
    ...(answered.length === 0 ? { low: 0, high: 1 } : ofSeveral(answered)),
    errors: errorsOf(cells),
    truncated: sum(cells, ({ truncated = 0 }) => truncated),
    withheld: sum(cells, ({ withheld = 0 }) => withheld),
    refused: sum(cells, ({ refused = 0 }) => refused),
    failed: sum(cells, ({ failed = 0 }) => failed),
    ...(cells[0].chance === undefined ? {} : { chance: cells[0].chance }),
  };
}

function ofSeveral(cells: readonly CellRow[]): Interval {
  return cells.length === 1 ? { low: cells[0].low, high: cells[0].high } : seedInterval(cells);
}

function errorsOf(cells: readonly CellRow[]): Readonly<Record<string, number>> {
  const errors = Object.create(null) as Record<string, number>; // a kind may have any name
  for (const cell of cells) {
    for (const [kind, times] of Object.entries(cell.errors)) errors[kind] = (errors[kind] ?? 0) + times;
  }
  return errors;
}

function sum(cells: readonly CellRow[], of: (cell: CellRow) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}

/** The lower median of the measured models' horizons: a horizon below all lengths is the shortest. */
export function medianHorizon(horizons: readonly (HorizonRow | undefined)[]): HorizonRow | undefined {
  const sorted = horizons
    .filter((horizon) => horizon !== undefined)
    .toSorted((a, b) => (a.length ?? -1) - (b.length ?? -1));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
