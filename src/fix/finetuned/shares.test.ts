import { expect, it } from 'vitest';
import { wilson } from '../../score/statistics/index.ts';
import type { TunedCell } from './rows.ts';
import { cellsAt, shareOver } from './shares.ts';

const cell = (right: number, n = 100, more: Partial<TunedCell> = {}): TunedCell => ({
  ...{ task: 'UR', format: 'trained', sources: 'anywhere', length: 20, multiple: 1, right, n },
  ...more,
});

it('is one model’s share with Wilson’s interval', () => {
  expect(shareOver([cell(90)])).toEqual({
    ...{ share: 0.9, ...wilson(90, 100), least: 0.9, most: 0.9, models: 1, n: 100, right: 90 },
  });
});

it('takes each model as one observation, however many samples it had', () => {
  const over = shareOver([cell(100), cell(50, 50), cell(0, 10)])!;
  expect(over).toMatchObject({ least: 0, most: 1, models: 3, n: 160, right: 150 });
  expect(over.share).toBeCloseTo(2 / 3, 12);
  // Three models say little of the next one.
  expect(over.low).toBeLessThan(0.3);
  expect(over.high).toBeGreaterThan(0.9);
});

it('is nothing where nothing was asked', () => {
  expect(shareOver([])).toBeNull();
  expect(shareOver([cell(0, 0)])).toBeNull();
});

it('keeps ways of asking apart', () => {
  const cells = [
    cell(1),
    cell(2, 100, { format: 'usual' }),
    cell(3, 100, { sources: 'first-half' }),
    cell(4, 100, { length: 40 }),
  ];
  const at = { task: 'UR', format: 'trained', sources: 'anywhere', length: 20 } as const;
  expect(cellsAt(cells, at).map(({ right }) => right)).toEqual([1]);
});
