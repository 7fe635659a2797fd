import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { promptSpread } from './prompt-spread.ts';
import { promptCountText, promptsText, samplesText, spreadCaption, spreadText } from './spread-text.ts';
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

describe('an outage', () => {
  const lost = (length: number, correct: number, failed: number, n = 40): CellRow => ({
    ...cell('UR', length, correct, n),
    ...{ failed, lost: failed },
  });

  it('is not the prompt’s doing: what was lost is left out, and a prompt with nothing else', () => {
    const rows = promptSpread([
      way('turns', cell('UR', 5, 40), cell('UR', 8, 40)),
      way('instruct', lost(5, 20, 20), lost(8, 0, 40)),
    ]);
    expect(rows).toMatchObject([
      {
        length: 5,
        spread: 0,
        shown: false,
        prompts: [{ n: 40 }, { prompt: 'instruct', accuracy: 1, n: 20 }],
      },
    ]);
    expect(spreadCaption(rows)).toBe('Best and worst prompt, of the samples that each was asked (n)');
  });

  it('hides a difference unless all that was lost could have been right', () => {
    const shown = (row: CellRow) =>
      promptSpread([way('turns', cell('UR', 5, 40)), way('instruct', row)]).map((one) => one.shown);
    expect([shown(lost(5, 0, 36)), shown(lost(5, 0, 5))]).toEqual([[false], [true]]);
  });
});

describe('a difference', () => {
  it('of two prompts that both guess is not shown', () => {
    const rows = promptSpread([
      way('turns', cell('UR', 5, 10), cell('UR', 8, 5)),
      way('instruct', cell('UR', 5, 9), cell('UR', 8, 3)),
    ]);
    expect(rows.map(spreadText)).toEqual(['2.5 % (not shown)', '5 % (not shown)']);
  });

  it('is shown where it is too large for luck', () => {
    const rows = promptSpread([way('turns', cell('UR', 5, 39)), way('instruct', cell('UR', 5, 8))]);
    expect(rows.map(spreadText)).toEqual(['77.5 %']);
  });

  it('is shown by luck, of any prompts at any lengths, in at most 5 % of runs', () => {
    const random = rng('prompts that guess');
    const guessed = (length: number): CellRow =>
      cell('UR', length, Array.from({ length: 40 }, () => random.float() < 0.3).filter(Boolean).length);
    const runs = Array.from({ length: 400 }, () =>
      promptSpread('abcdefghi'.split('').map((name) => way(name, guessed(5), guessed(8), guessed(10)))),
    );
    expect(runs.filter((rows) => rows.some(({ shown }) => shown)).length).toBeLessThanOrEqual(20);
  });

  it('after a search is shown by the intervals that hold whenever one stops', () => {
    const searched = (correct: number, n: number, low: number, high: number): CellRow => ({
      ...cell('UR', 5, correct, n),
      ...{ low, high, confidence: 0.975 },
    });
    const shown = (row: CellRow) =>
      promptSpread([way('turns', searched(47, 47, 0.9, 1)), way('instruct', row)]).map((one) => one.shown);
    expect([shown(searched(0, 14, 0, 0.4)), shown(searched(12, 14, 0.4, 0.95))]).toEqual([[true], [false]]);
    expect(shown(searched(8, 14, 0.3, 0.9))).toEqual([false]); // both may be 90 %
  });
});

it('counts prompts task by task', () => {
  const lookUps = ['pair', 'json', 'paper'].map((name) => way(name, cell('UR', 5, 40)));
  const copies = ['input-output', 'paper'].map((name) => way(name, cell('UF', 5, 40)));
  expect(promptCountText(promptSpread([...lookUps, ...copies]))).toBe('2 to 3');
  expect(promptCountText(promptSpread(lookUps))).toBe('3');
});

describe('prompts under other options', () => {
  const under = (alphabet: string, one: AskedWay): AskedWay => ({ ...one, settings: { UR: { alphabet } } });
  const [pair, json] = [way('pair', cell('UR', 5, 40)), way('json', cell('UR', 5, 8))];

  it('are not compared: what differs may be the alphabet', () => {
    expect(promptSpread([under('default', pair), under('lower', json)])).toEqual([]);
  });

  it('are compared under the options that they share', () => {
    const rows = promptSpread([under('default', pair), under('default', json), under('lower', pair)]);
    expect(rows).toMatchObject([
      { task: 'UR', length: 5, best: { prompt: 'pair' }, worst: { prompt: 'json' } },
    ]);
    expect(rows[0].prompts).toHaveLength(2);
  });
});

it('has nothing where sources differ and not only prompts, or where nothing was answered', () => {
  expect(promptSpread([way('pair', cell('UR', 5, 40)), way('pair', cell('UR', 5, 20))])).toEqual([]);
  expect(promptSpread([way('pair', cell('UR', 5, 40)), way('json', cell('UR', 5, 0, 0))])).toEqual([]);
});
