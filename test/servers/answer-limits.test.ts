/** What a limit on answers that the server has does to a horizon: measured by the command, over a socket. */
import { describe, expect, it } from 'vitest';
import { folder, measured, rowsIn, serve } from '../cli/measuring.ts';
import { error } from './case.ts';

const UF = ['--task', 'UF', '--lengths', '5,40', '--n', '40', '--prompt', 'paper'] as const;

/** The answer at length 40 takes 40 tokens and is asked for with more than this; that at length 5 with less. */
const MOST = 60;

describe('a server that takes no limit as large as that of a longer answer', () => {
  it.each([
    [
      'and names the largest',
      (limit: number) =>
        `max_tokens is too large: ${limit}. This model supports at most ${MOST} completion tokens`,
      MOST,
    ],
    ['and names none', () => 'max_tokens is too large for this model', MOST * 0.8],
  ] as const)('%s, is asked for it with a smaller one', async (_, says, least) => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, limit }) =>
          ours && limit > MOST ? error(400, says(limit), { param: 'max_tokens' }) : null,
      },
    });
    const out = folder();
    const { horizons, rows } = await measured(url, ...UF, '--out', out);
    expect(rows).toMatchObject([5, 40].map((length) => ({ length, n: 40, correct: 40 })));
    expect(horizons).toMatchObject([{ length: 40, contextEnds: null, refusedFrom: null }]);
    const limits = rowsIn(out).map(({ output }) => output.tokenLimit ?? 0);
    expect(Math.max(...limits)).toBeLessThanOrEqual(MOST);
    expect(Math.max(...limits)).toBeGreaterThanOrEqual(least);
  });

  it('and none that is smaller either: that is no end of the context', async () => {
    const { url } = await serve({
      behaviour: {
        answer: ({ ours, prompt }) =>
          ours && prompt.length > 200 ? error(400, 'max_tokens is too large for this model') : null,
      },
    });
    const tasks = ['--task', 'UF,UB', '--lengths', '40,5', '--n', '40', '--prompt', 'paper'] as const;
    const out = folder();
    const { horizons, rows } = await measured(url, ...tasks, '--out', out);
    for (const task of ['UF', 'UB']) {
      expect(horizons).toContainEqual(
        expect.objectContaining({ task, length: 5, contextEnds: null, refusedFrom: 40 }),
      );
      expect(rows).toContainEqual(expect.objectContaining({ task, length: 5, correct: 40 }));
    }
    // Others are asked with their own limits before, meanwhile and after that.
    const answered = rowsIn(out).filter(({ output }) => output.error === null);
    expect(answered).toHaveLength(80);
    for (const { output } of answered) expect(output.tokenLimit).toBeGreaterThanOrEqual(10);
  });
});
