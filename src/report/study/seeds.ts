/**
 * Several trainings of one architecture: the seed is the unit. Answers of different models are not answers of one model,
 * so they are never counted together for an interval.
 */
import type { CellRow } from '../../score/tables/rows.ts';
import { seedInterval } from '../../score/tables/over-seeds.ts';
import type { Counted } from '../shared/cell-columns.ts';

/** A length over all seeds of a model; with one seed, that seed's own cell. */
export interface SeedCell extends Counted {
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

function ofSeveral(cells: readonly CellRow[]): { readonly low: number; readonly high: number } {
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

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
