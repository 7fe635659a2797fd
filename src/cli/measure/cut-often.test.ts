import { describe, expect, it } from 'vitest';
import type { CellRow } from '../../score/tables/rows.ts';
import { recordedCutOff, textModelCutOff } from './cut-often.ts';

/** Cells of 40 samples, of which so many were cut off. */
const rows = (...cuts: readonly number[]): CellRow[] =>
  cuts.map((truncated, i) => ({
    ...{ kind: 'cell', task: 'UR', length: 5 * (i + 1), n: 40, correct: 40 - truncated, truncated },
    ...{ accuracy: 1 - truncated / 40, low: 0, high: 1, errors: {} },
  }));
const NONE = { limit: 0, server: null, ended: 0, prompt: 0, noRoom: null };

describe('recorded and local answers that were cut off', () => {
  it.each([
    ['one in twenty of all', rows(4, 0), 1],
    ['half of those of one length', rows(...Array.from({ length: 19 }, () => 0), 20), 1],
    ['fewer', rows(3, 0), 0],
    ['none', rows(0), 0],
  ] as const)('are told of as those of an endpoint are: %s', async (_, cut, lines) => {
    expect(await recordedCutOff(cut, { ...NONE, limit: 4 })).toHaveLength(lines);
    expect(await textModelCutOff(cut)).toHaveLength(lines);
  });

  it('have a line for each cause, without options that only an endpoint has', async () => {
    const server = { count: 7, at: 16, withPrompt: false, asked: 64 };
    const lines = await recordedCutOff(rows(30), {
      limit: 6,
      server,
      ended: 14,
      prompt: 3,
      noRoom: { count: 2, from: 260 },
    });
    expect(lines).toEqual([
      expect.stringMatching(/^WARNING: 6 of 40 answers .* record them again with a larger limit/),
      expect.stringMatching(/^WARNING: 7 of 40 answers .* at 16 tokens, though up to 64 were asked/),
      expect.stringMatching(/^WARNING: 14 of 40 answers are thoughts without an answer/),
      expect.stringMatching(/^WARNING: 3 of 40 answers .* the server cut their prompts/),
      expect.stringMatching(/^WARNING: 2 of 40 answers .* behind prompts of 260 tokens and more/),
    ]);
    for (const line of [...lines, ...(await textModelCutOff(rows(30)))])
      expect(line).not.toMatch(/--think-tokens|--body/);
  });
});
