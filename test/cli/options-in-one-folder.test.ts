/** Tasks that were asked in one folder by commands with other options: each is read back as its own command counted it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, measured, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

type Rows = Pick<Result, 'rows' | 'horizons'>;

async function ran(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out;
}

async function table<T>(out: string, name: string): Promise<T[]> {
  const text = await ran('export', out, '--table', name, '--format', 'jsonl');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Without the names of respondents, and what a table has in another form. */
const numbersOf = ({ rows, horizons }: Rows) => ({
  cells: rows.map(({ task, length, n, correct, accuracy, low, high, confidence, lookedAgain }) =>
    JSON.stringify([task, length, n, correct, accuracy, low, high, confidence, lookedAgain ?? false]),
  ),
  horizons: horizons.map(({ task, threshold, length, censored, low, high, undecided, promise }) =>
    JSON.stringify([task, threshold, length, censored, low, high, undecided, promise]),
  ),
});

/** What every reader of a folder says of all tasks in it. */
async function read(out: string): Promise<Readonly<Record<string, ReturnType<typeof numbersOf>>>> {
  const file = path.join(folder(), 'results.json');
  await ran('export', out, '--results', file);
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { readonly results: readonly Rows[] };
  const reported = JSON.parse(await ran('report', out, '--json')) as Result;
  const page = path.join(folder(), 'c.html');
  const compared = JSON.parse(await ran('compare', out, file, '--out', page, '--json')) as {
    readonly respondents: readonly Rows[];
  };
  const rescored = JSON.parse(await ran('measure', '--rescore', '--out', out, '--json')) as Result;
  expect([results.length, compared.respondents.length]).toEqual([1, 2]);
  return {
    report: numbersOf(reported),
    rescored: numbersOf(rescored),
    results: numbersOf(results[0]),
    compared: numbersOf(compared.respondents[0]),
    'compared by its results': numbersOf(compared.respondents[1]),
    export: numbersOf({
      rows: await table<Rows['rows'][number]>(out, 'cells'),
      horizons: await table<Rows['horizons'][number]>(out, 'horizons'),
    }),
  };
}

const SEARCH = ['--max-length', '15'];

describe.each<[string, readonly (readonly [task: string, ...options: string[]])[]]>([
  [
    'repeats, then a search without',
    [
      ['UR', '--lengths', '5', '--n', '20', '--repeat', '3'],
      ['UL', ...SEARCH],
    ],
  ],
  [
    'a search with repeats after none',
    [
      ['UR', '--lengths', '5', '--n', '20'],
      ['UL', ...SEARCH, '--repeat', '2', '--n', '60'],
    ],
  ],
  [
    'another threshold',
    [
      ['UR', '--lengths', '5,10,20', '--n', '60'],
      ['UL', ...SEARCH, '--threshold', '0.7'],
    ],
  ],
  [
    'searches up to other lengths, with other numbers of samples',
    [
      ['UR', '--max-length', '10', '--n', '60'],
      ['UL', '--max-length', '20', '--n', '100', '--threshold', '0.6', '--drawn-lengths', '3'],
      ['NRFirst', '--lengths', '6,12', '--n', '30', '--repeat', '2'],
      ['UF', '--lengths', '5,10', '--n', '2'],
    ],
  ],
  [
    'a search at another threshold, then lengths',
    [
      ['UL', ...SEARCH, '--threshold', '0.7'],
      ['UR', '--lengths', '5,10,20', '--n', '60'],
    ],
  ],
])('%s', (_, given) => {
  it('is counted by every reader as its own commands counted it', async () => {
    let long = 0;
    // Wrong in a quarter of all long prompts, and not always the same to the same one.
    const says = (prompt: string): string | undefined =>
      (prompt.split('\n').at(-1) ?? '').length > 24 && ++long % 4 === 0 ? ' none\n' : undefined;
    const { url } = await serve({ says });
    const out = folder();
    const all: Result[] = [];
    for (const [task, ...options] of given)
      all.push(await measured(url, '--task', task, ...options, '--out', out));
    const own = numbersOf({
      rows: all.flatMap(({ rows }) => rows),
      horizons: all.flatMap(({ horizons }) => horizons),
    });
    expect(own.horizons).toHaveLength(given.length);
    const names = ['report', 'rescored', 'results', 'compared', 'compared by its results', 'export'];
    expect(await read(out)).toEqual(Object.fromEntries(names.map((name) => [name, own])));
  });
});
