/** What `export --table samples` writes is read by `replay` as it was measured: by the same prompt, with the same scores. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import type { ServerOptions } from '../server/server.ts';
import { folder, measureArgv, run, serve } from './measuring.ts';

const byPlace = (a: { task: string; length: number }, b: typeof a): number =>
  a.task.localeCompare(b.task) || a.length - b.length;

/** Tables of a measurement, and of a replay of its exported rows. */
async function both(options: ServerOptions, ...argv: string[]): Promise<readonly MeasurementResult[]> {
  const { url } = await serve(options);
  const out = folder();
  const measured = await run(measureArgv(url, '--json', '--max-retries', '0', '--out', out, ...argv));
  const rows = await run(['export', out, '--table', 'samples', '--json']);
  const file = path.join(out, 'samples.jsonl');
  writeFileSync(file, rows.out);
  const replayed = await run(['replay', file, '--json']);
  expect(replayed.err).not.toMatch(/lengthwise:/);
  return [measured.out, replayed.out].map((text) => JSON.parse(text) as MeasurementResult);
}

/** An answer in the words of a prompt of tags, one that goes on behind the answer, one with white space. */
const wrapped = (prompt: string): string | undefined =>
  ['<answer>b</answer>', 'The answer is <answer>b</answer>.', '\nb', ' b\r\n', undefined][prompt.length % 5];

describe('rows of an export, replayed', () => {
  it.each<[string, ServerOptions, string[]]>([
    ['several tasks', { accuracy: () => 0.7 }, ['--task', 'UR,UF,flip-flop', '--lengths', '5,10']],
    [
      'another prompt, with tags',
      { says: wrapped },
      ['--task', 'UR,UL', '--prompt', 'instruct', '--api', 'chat', '--lengths', '5'],
    ],
    ['white space', { says: wrapped }, ['--task', 'UR', '--prompt', 'paper', '--lengths', '5']],
    [
      'requests that failed',
      { fault: (n) => (n % 7 === 3 ? '500' : null) },
      ['--task', 'UF', '--lengths', '5,10'],
    ],
    ['repeats', { accuracy: () => 0.6 }, ['--task', 'UR', '--lengths', '5', '--repeat', '3']],
    ['short sources, which repeat', {}, ['--task', 'flip-flop', '--lengths', '2,4']],
    ['a task of one’s own', {}, ['--task', path.resolve('examples/tasks/next-stop.yaml'), '--lengths', '5']],
  ])('%s', async (_, options, argv) => {
    const [measured, replayed] = await both(options, '--n', '25', ...argv);
    expect(replayed.rows.toSorted(byPlace)).toEqual(measured.rows.toSorted(byPlace));
    expect(replayed.prompts).toEqual(measured.prompts);
  });

  it('of one of its tasks', async () => {
    const { url } = await serve();
    const out = folder();
    await run(measureArgv(url, '--task', 'UR,UL', '--lengths', '5', '--n', '4', '--out', out));
    const file = path.join(out, 'samples.jsonl');
    writeFileSync(file, (await run(['export', out, '--table', 'samples', '--json'])).out);
    const one = JSON.parse((await run(['replay', file, '--task', 'UL', '--json'])).out) as MeasurementResult;
    expect(one.rows.map(({ task, n }) => [task, n])).toEqual([['UL', 4]]);
    const none = await run(['replay', file, '--task', 'UF']);
    expect([none.code, none.err]).toEqual([
      2,
      `lengthwise: ${file} has no rows of UF; it has rows of UL, UR\n`,
    ]);
  });

  it('that were asked for in two ways are refused', async () => {
    const { url } = await serve();
    const out = folder();
    for (const prompt of ['pair', 'json']) {
      const argv = ['--task', 'UR', '--lengths', '5', '--n', '2', '--prompt', prompt, '--out', out];
      await run(measureArgv(url, ...argv));
    }
    const file = path.join(out, 'samples.jsonl');
    writeFileSync(file, (await run(['export', out, '--table', 'samples', '--json'])).out);
    const { code, err } = await run(['replay', file]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /answers to UR that were asked for in several ways \('\w+', '\w+'\).*keep the rows of one/,
    );
  });
});
