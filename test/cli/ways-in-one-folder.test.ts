/** Ways of asking that send some of the same texts, kept in one folder: each has all of its samples, wherever it is counted. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { STORE_FILE } from '../../src/measure/store/store.node.ts';
import { withOneRowAKey } from '../older-store.ts';
import { folder, measured, rowsIn, run, serve } from './measuring.ts';
import type { Result } from './measuring.ts';

/** Reads the last line of a prompt `Input: …` backwards, whatever is asked for. */
const backwards = (prompt: string): string | undefined => {
  const source = /Input: (.*)\nOutput:$/.exec(prompt)?.[1];
  return source === undefined ? undefined : ` ${source.split(' ').reverse().join(' ')}\n`;
};

async function ran(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out;
}

/** Right answers of all samples. */
const countsOf = (rows: readonly Pick<Result['rows'][number], 'n' | 'correct'>[]): string[] =>
  rows.map(({ n, correct }) => `${correct} of ${n}`);

interface Measurements {
  readonly measurements: readonly Pick<Result, 'rows'>[];
}

interface Compared {
  readonly respondents: readonly (Pick<Result, 'rows'> & { readonly label: string })[];
  readonly notes: readonly string[];
}

const compared = async (...files: readonly string[]): Promise<Compared> =>
  JSON.parse(await ran('compare', ...files, '--out', path.join(folder(), 'c.html'), '--json')) as Compared;

/** What every reader of a folder counts for each way, in the order in which the ways were first asked. */
async function counted(out: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const results = path.join(folder(), 'results.json');
  await ran('export', out, '--results', results);
  const samples = path.join(folder(), 'samples.jsonl');
  await ran('export', out, '--table', 'samples', '--format', 'jsonl', '--out', samples);
  const rows = readFileSync(samples, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly respondent: string; readonly outcome: string });
  const { measurements } = JSON.parse(await ran('report', out, '--json')) as Measurements;
  const all = async (file: string) => (await compared(file)).respondents.flatMap((one) => countsOf(one.rows));
  return {
    report: measurements.flatMap((one) => countsOf(one.rows)),
    compare: await all(out),
    results: await all(results),
    samples: [...Map.groupBy(rows, ({ respondent }) => respondent).values()].map(
      (own) => `${own.filter(({ outcome }) => outcome === 'right').length} of ${own.length}`,
    ),
  };
}

const everywhere = (...counts: readonly string[]) => ({
  ...{ report: counts, compare: counts, results: counts, samples: counts },
});

describe('ways that share some of their samples', () => {
  const out = folder();
  const asked = ['--task', 'NRFirst', '--lengths', '10', '--n', '40', '--out', out];
  const few = [...asked, '--occurrences', '2-3'];
  let url = '';
  let second: Result;
  let sent: readonly string[];

  beforeAll(async () => {
    const server = await serve({ accuracy: () => 1 });
    ({ url } = server);
    await measured(url, ...few);
    second = await measured(url, ...asked);
    sent = [...server.seen.answered];
  });

  it('have all of them for every reader of the folder', async () => {
    expect(countsOf(second.rows)).toEqual(['40 of 40']);
    expect(await counted(out)).toEqual(everywhere('40 of 40', '40 of 40'));
  });

  it('are asked for what they share once, which the second took nothing for', async () => {
    const { answered, reused, spent } = second.run;
    expect(reused).toBeGreaterThan(0);
    expect([answered + reused, spent.requests]).toEqual([40, answered]);
    expect(new Set(sent).size).toBe(sent.length);
    expect(sent).toHaveLength(40 + answered);
    const rows = rowsIn(out);
    expect(rows.filter(({ output }) => output.attempts === 0)).toHaveLength(reused);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(40 + answered);
  });

  it('asked again are there whole, and nothing is sent', async () => {
    for (const again of [few, asked])
      expect((await measured(url, ...again)).run).toMatchObject({ answered: 0, reused: 40 });
    expect(await counted(out)).toEqual(everywhere('40 of 40', '40 of 40'));
  });

  it('are named with their options the right way round, wherever they stand', async () => {
    const file = path.join(folder(), 'few.json');
    writeFileSync(file, await ran('measure', url, '--model', 'test', ...few, '--json'));
    const own = folder();
    await measured(url, ...few.slice(0, -3), own, '--occurrences', '2-3');
    const { notes } = await compared(file, own);
    expect(notes.join('\n')).not.toContain('other options');
    const { respondents } = await compared(out);
    expect(respondents.map(({ label }) => label)).toEqual([
      'test · occurrences 2-3',
      'test · default occurrences',
    ]);
  });
});

it('of a copy, too: other pools with no demonstrations', async () => {
  const { url } = await serve({ says: backwards });
  const out = folder();
  const asked = ['--task', 'NB', '--shots', '0', '--lengths', '3', '--n', '60', '--out', out];
  await measured(url, ...asked, '--alphabet', 'a b c d e f');
  await measured(url, ...asked, '--alphabet', 'a b c d e f', '--pool', '2');
  expect(await counted(out)).toEqual(everywhere('60 of 60', '60 of 60'));
});

describe('a task of one’s own whose rule was corrected', () => {
  const file = path.join(folder(), 'stops.yaml');
  const task = (operation: string, title = 'stops'): void => {
    const prompt = `{demonstration: "Input: {source}\\nOutput: {answer}", question: "Input: {source}\\nOutput:", between: "\\n", symbols: " ", stop: ["\\n"], shots: 0, demonstration-length: 5}`;
    writeFileSync(
      file,
      `name: stops\ntitle: ${title}\noperation: ${operation}\nitems: words:300\nprompt: ${prompt}\n`,
    );
  };

  it('is scored by the right answers of its rule, without a request for what was answered before', async () => {
    const { url, seen } = await serve({ says: backwards });
    const out = folder();
    const asked = ['--task', file, '--lengths', '5,10', '--out', out];
    task('UF');
    expect(countsOf((await measured(url, ...asked, '--n', '40')).rows)).toEqual(['0 of 40', '0 of 40']);
    task('UB');
    const { rows, run: again } = await measured(url, ...asked, '--n', '40');
    expect(countsOf(rows)).toEqual(['40 of 40', '40 of 40']);
    expect(again).toMatchObject({ answered: 0, reused: 80, spent: { requests: 0, tokens: 0 } });
    expect(countsOf((await measured(url, ...asked, '--n', '50')).rows)).toEqual(['50 of 50', '50 of 50']);
    expect(seen.answered).toHaveLength(100);
    const counts = ['0 of 40', '0 of 40', '50 of 50', '50 of 50'];
    expect(await counted(out)).toEqual({ ...everywhere(...counts), samples: ['0 of 80', '100 of 100'] });
    await ran('measure', '--rescore', '--out', out);
    expect(await counted(out)).toEqual({ ...everywhere(...counts), samples: ['0 of 80', '100 of 100'] });
  });

  it('is the same one under another title', async () => {
    const { url, seen } = await serve({ says: backwards });
    const out = folder();
    for (const title of ['stops', 'the stops of a bus']) {
      task('UB', title);
      await measured(url, '--task', file, '--lengths', '5', '--n', '40', '--out', out);
    }
    expect(seen.answered).toHaveLength(40);
    const reported = JSON.parse(await ran('report', out, '--json')) as Result;
    expect(countsOf(reported.rows)).toEqual(['40 of 40']);
  });
});

it('a folder of an earlier version, whose rows each stand in one way alone, is read, and made whole by the same command', async () => {
  const { url, seen } = await serve({ accuracy: () => 1 });
  const out = folder();
  const asked = ['--task', 'NRFirst', '--lengths', '10', '--n', '40', '--out', out];
  await measured(url, ...asked, '--occurrences', '2-3');
  await measured(url, ...asked);
  const shared = rowsIn(out).filter(({ output }) => output.attempts === 0).length;
  const database = new DatabaseSync(path.join(out, STORE_FILE));
  database.exec(
    "DELETE FROM answers WHERE attempts = 0; UPDATE facts SET value = '3' WHERE name = 'version'",
  );
  withOneRowAKey(database);
  database.close();
  const before = `${40 - shared} of ${40 - shared}`;
  expect(await counted(out)).toEqual(everywhere('40 of 40', before));
  const lacking = `${40 - shared} of 40 samples of NRFirst at 10 are here, since an earlier lengthwise kept what two ways of asking share in one of them; the same command (lengthwise measure --endpoint ${url} --model test --task NRFirst`;
  const readers = [
    ['report', out, '--json'],
    ['export', out, '--out', path.join(folder(), 'cells.csv')],
    ['export', out, '--table', 'asked', '--out', path.join(folder(), 'asked.csv')],
    ['export', out, '--results', path.join(folder(), 'results.json')],
    ['measure', '--rescore', '--out', out], // makes the store one of this version, with the same rows
    ['report', out],
  ];
  const linesOf = (err: string): string[] => err.split('\n').filter((line) => line.includes('incomplete'));
  for (const argv of readers) {
    const lines = linesOf((await run(argv)).err);
    expect([argv[0], lines.length]).toEqual([argv[0], 1]);
    expect(lines[0]).toContain(`incomplete: ${lacking}`);
  }
  expect((await compared(out)).notes[0]).toContain(`test · default occurrences: incomplete: ${lacking}`);
  const sent = seen.answered.length;
  expect((await measured(url, ...asked)).run).toMatchObject({ answered: 0, reused: 40 });
  expect(seen.answered).toHaveLength(sent);
  expect(await counted(out)).toEqual(everywhere('40 of 40', '40 of 40'));
  for (const argv of readers) expect(linesOf((await run(argv)).err)).toEqual([]);
});
