import { expect, it } from 'vitest';
import type { CellRow } from '../../score/tables/rows.ts';
import { notGrowing } from './cut-prompts.ts';

/** Cells of a task with the tokens of their prompts, by length. */
const cells = (task: string, tokens: Readonly<Record<number, number>>): CellRow[] =>
  Object.entries(tokens).map(([length, promptTokens]) => ({
    ...{ kind: 'cell', task, length: Number(length), promptTokens },
    ...{ n: 40, correct: 40, accuracy: 1, low: 0, high: 1, errors: {} },
  }));

it('prompts that count no more tokens are told of for every task, with the length from which on', () => {
  const rows = [
    ...cells('UR', { 60: 86, 5: 86, 10: 86, 20: 86, 40: 86 }),
    ...cells('UF', { 5: 30, 10: 40, 20: 60, 30: 80, 40: 86, 50: 86, 60: 86 }),
    ...cells('UL', { 5: 30, 60: 140 }),
    ...cells('UB', { 5: 0, 60: 0 }),
  ];
  expect(notGrowing(rows)).toEqual([
    expect.stringContaining(
      'grow, UR from 5 symbols on (86 tokens at 5, 86 at 60), UF from 40 symbols on (86 tokens at 40, 86 at 60): ',
    ),
  ]);
});

it('a few symbols more need not be tokens more, and prompts that grow are not told of', () => {
  expect(notGrowing([...cells('UR', { 5: 30, 8: 30 }), ...cells('UF', { 5: 30, 20: 60, 30: 80 })])).toEqual(
    [],
  );
});
