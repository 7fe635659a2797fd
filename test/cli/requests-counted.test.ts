/** Requests and tokens of all runs of a folder: none is left out or counted twice where rows were replaced or forgotten. */
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Result } from './measuring.ts';
import { folder, measureArgv, rowsIn, run, serve } from './measuring.ts';

interface Counted {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

async function counted(out: string, name: 'runs' | 'asked'): Promise<Counted[]> {
  const { out: lines } = await run(['export', out, '--table', name, '--format', 'jsonl']);
  const rows = lines.trim().split('\n');
  return rows.map((line) => {
    const { requests, promptTokens, completionTokens } = JSON.parse(line) as Counted;
    return { requests, promptTokens, completionTokens };
  });
}

function sumOf(rows: readonly Counted[]): Counted {
  return rows.reduce((a, b) => ({
    requests: a.requests + b.requests,
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
  }));
}

it.each([1, 2, 3])(
  'are all counted where a server was in trouble %i times and turned out to be another respondent since, whose rows alone stay',
  async (times) => {
    let isDown = true;
    const { url, seen } = await serve({
      behaviour: {
        answer: () => (isDown ? { status: 500, body: { error: { message: 'no memory' } } } : null),
        refuses: [{ field: 'stop', says: "unknown field 'stop'" }],
      },
    });
    const out = path.join(folder(), 'out');
    const argv = measureArgv(url, '--task', 'UR,UL', '--lengths', '5', '--prompt', 'paper', '--out', out);
    const ask = (...more: string[]) => run([...argv, '--max-retries', '0', '--concurrency', '1', ...more]);
    for (let i = 0; i < times; i++) await ask('--n', '6');
    const failed = rowsIn(out).length;
    expect(failed).toBeGreaterThan(0);
    isDown = false;
    for (const n of ['20', '25']) {
      expect((await ask('--n', n)).code).toBe(0);
      const runs = await counted(out, 'runs');
      const all = sumOf(runs);
      expect(all.requests).toBe(seen.requests);
      expect(sumOf(await counted(out, 'asked'))).toEqual(all);
      expect(all.promptTokens).toBeGreaterThan(0);
    }
    expect(rowsIn(out)).toHaveLength(50);
  },
  60_000,
);

it('of a run that was killed stay counted where its questions are asked again', async () => {
  let [questions, isBroken] = [0, true];
  const { url, seen } = await serve({
    delay: () => (isBroken && questions > 40 ? 60_000 : 0),
    behaviour: {
      answer: ({ ours }) =>
        ours && isBroken && questions++ % 3 === 0 && questions < 40
          ? { status: 500, body: { error: { message: 'no memory' } } }
          : null,
    },
  });
  const out = path.join(folder(), 'out');
  const argv = measureArgv(url, '--task', 'UR', '--lengths', '5', '--n', '60', '--out', out);
  const ask = [...argv, '--prompt', 'paper', '--max-retries', '0', '--concurrency', '1'];
  await run(ask, { kill: 'SIGKILL', killWhen: () => questions > 40 });
  const failed = rowsIn(out).filter(({ output }) => output.error !== null);
  expect(failed.length).toBeGreaterThan(10);
  const [killed] = await counted(out, 'runs');
  isBroken = false;
  const before = seen.requests;
  const again = await run([...ask, '--json']);
  expect([again.code, rowsIn(out).length]).toEqual([0, 60]);
  const { requests } = (JSON.parse(again.out) as Result).run.spent;
  expect(requests).toBe(seen.requests - before);
  const runs = await counted(out, 'runs');
  expect(runs[0]).toEqual(killed);
  expect(sumOf(runs).requests).toBe(killed.requests + requests);
  expect(sumOf(await counted(out, 'asked'))).toEqual(sumOf(runs));
}, 60_000);
