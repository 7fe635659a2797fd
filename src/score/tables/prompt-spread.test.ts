import { expect, it } from 'vitest';
import { promptSpread } from './prompt-spread.ts';
import { promptCountText, promptsText, samplesText } from './spread-text.ts';
import type { AskedWay } from './prompt-spread.ts';
import type { CellRow } from './rows.ts';

const cell = (task: string, length: number, correct: number, n = 40): CellRow => ({
  kind: 'cell',
  ...{ task, length, n, correct, accuracy: n === 0 ? 0 : correct / n, low: 0, high: 1, errors: {} },
});
const way = (prompt: string, ...rows: CellRow[]): AskedWay => ({
  rows,
  prompts: Object.fromEntries(rows.map(({ task }) => [task, prompt])),
});

it('names all that are best or worst, and counts many', () => {
  const [row] = promptSpread([
    way('pair', cell('UR', 5, 40)),
    way('json', cell('UR', 5, 40)),
    ...['a', 'b', 'c'].map((name) => way(name, cell('UR', 5, 4))),
    way('paper', cell('UR', 5, 20)),
  ]);
  expect([promptsText(row, row.best), promptsText(row, row.worst)]).toEqual(['pair, json', '3 of 6 prompts']);
  expect(row.spread).toBeCloseTo(0.9);
});

it('says so where all are alike', () => {
  const ways = ['a', 'b', 'c'].map((name) => way(name, cell('UR', 5, 40)));
  const text = (some: readonly AskedWay[]): string[] =>
    promptSpread(some).map((row) => promptsText(row, row.best));
  expect([text(ways), text(ways.slice(1))]).toEqual([['all 3'], ['both']]);
});

it('tells how many samples each prompt got, which differ after a search', () => {
  const rows = promptSpread([
    way('pair', cell('UR', 5, 47, 47), cell('UR', 10, 40)),
    way('json', cell('UR', 5, 0, 6), cell('UR', 10, 0)),
  ]);
  expect(rows.map(samplesText)).toEqual(['6–47', '40']);
});

it('counts prompts task by task', () => {
  const lookUps = ['pair', 'json', 'paper'].map((name) => way(name, cell('UR', 5, 40)));
  const copies = ['input-output', 'paper'].map((name) => way(name, cell('UF', 5, 40)));
  expect(promptCountText(promptSpread([...lookUps, ...copies]))).toBe('2 to 3');
  expect(promptCountText(promptSpread(lookUps))).toBe('3');
});

it('has nothing where sources differ and not only prompts, or where nothing was answered', () => {
  expect(promptSpread([way('pair', cell('UR', 5, 40)), way('pair', cell('UR', 5, 20))])).toEqual([]);
  expect(promptSpread([way('pair', cell('UR', 5, 40)), way('json', cell('UR', 5, 0, 0))])).toEqual([]);
});
