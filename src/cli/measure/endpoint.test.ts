import { expect, it } from 'vitest';
import type { CellRow } from '../../score/tables/rows.ts';
import { inSentences } from './endpoint.ts';

const cell = (correct: number, retrieved: number): CellRow => ({
  kind: 'cell',
  task: 'UR',
  length: 5,
  n: 40,
  correct,
  retrieved,
  accuracy: correct / 40,
  low: 0,
  high: 1,
  errors: {},
});

it('suggests tags where a chat model writes a sentence around the right answer', () => {
  const of = (row: CellRow, prompt: string, api = 'chat') =>
    inSentences({ rows: [row], prompts: { UR: prompt }, respondent: { api } });
  expect(of(cell(0, 40), 'turns')).toEqual([expect.stringMatching(/40 of 40 outputs .*--prompt instruct/)]);
  expect(of(cell(38, 40), 'turns')).toEqual([]);
  expect(of(cell(0, 40), 'instruct')).toEqual([]);
  expect(of(cell(0, 40), 'pair', 'completions')).toEqual([]);
});
