import { expect, it } from 'vitest';
import { CountedCell } from './counted-cell.ts';
import type { CellRow } from './rows.ts';

const row = (more: Partial<CellRow>): CellRow => ({
  ...{
    kind: 'cell',
    task: 'UR',
    length: 5,
    n: 100,
    correct: 50,
    accuracy: 0.5,
    low: 0.4,
    high: 0.6,
    errors: {},
  },
  ...more,
});

it('of rows of older versions all that failed was lost, but for prompts that were too long', () => {
  expect(new CountedCell(row({ failed: 30, lost: 10 })).lost).toBe(10);
  expect(new CountedCell(row({ failed: 30 })).lost).toBe(30);
  expect(new CountedCell(row({ failed: 30, tooLong: 20 })).lost).toBe(10);
});

it('no more is lost than is not right, and as if all that were right nothing is lost', () => {
  expect(new CountedCell(row({ failed: 60 })).lost).toBe(50);
  const { counts, lost } = new CountedCell(row({ failed: 30 })).withLostRight();
  expect([counts, lost]).toEqual([{ n: 100, correct: 80 }, 0]);
});
