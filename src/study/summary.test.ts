import { expect, it } from 'vitest';
import { overSeeds } from '../score/tables/over-seeds.ts';
import { summaryTable } from './summary.ts';

const cells = (right: readonly number[]) => {
  const own = right.map((correct) => ({
    ...{ kind: 'cell' as const, task: 'UR', length: 10, n: 100, correct, accuracy: correct / 100 },
    ...{ low: 0, high: 1, errors: {} },
  }));
  return overSeeds(own).map((cell) => ({
    ...cell,
    bySeed: own.map(({ n, correct, accuracy, low, high }, i) => ({
      seed: i + 1,
      n,
      correct,
      accuracy,
      low,
      high,
    })),
  }));
};

const table = (right: readonly number[]): string =>
  summaryTable([
    { task: 'UR', model: 'ape', verdict: 'in', horizons: [], cells: cells(right), seeds: right.length },
  ]);

it('of several seeds an accuracy has its interval over seeds and their range; where it is all there is, a line says so', () => {
  expect(table([100, 100, 100])).toContain('100 (24.2–100; seeds 100–100)');
  expect(table([100, 100, 100])).not.toContain('say nothing');
  expect(table([100, 0])).toContain('50 (0.1–99.9; seeds 0–100)');
  expect(table([100, 0])).toContain(
    'Where the interval is nearly 0–100, so few seeds say nothing about others.',
  );
});
