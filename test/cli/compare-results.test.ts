/** What files of results keep of how a measurement went, and what `compare` and the report say of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import type { Results, ResultsFile } from '../../src/measure/results/results.ts';
import type { ComparisonRow } from '../../src/score/tables/rows.ts';
import { slowly } from '../slowly.ts';
import { error } from '../servers/case.ts';
import { folder, incomplete, measureArgv, measured, run, serve } from './measuring.ts';
import type { TestServer } from '../server/server.ts';

interface Compared {
  readonly respondents: readonly { readonly label: string; readonly missing: string | null }[];
  readonly comparisons: readonly ComparisonRow[];
  readonly notes: readonly string[];
}

const UR = ['--task', 'UR', '--lengths', '5,10', '--n', '40'];

/** The file of results of a folder. */
async function results(of: string): Promise<string> {
  const file = path.join(of, 'results.json');
  const { code, err } = await run(['export', of, '--results', file]);
  expect([code, err]).toEqual([0, '']);
  return file;
}

function resultsIn(file: string): Results {
  return (JSON.parse(readFileSync(file, 'utf8')) as ResultsFile).results[0];
}

async function compare(...places: string[]): Promise<Compared> {
  const { out, err, code } = await run(['compare', ...places, '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Compared;
}

const lead = async (of: string): Promise<string> => {
  const { out } = await run(['report', of, '--json']);
  const { report } = JSON.parse(out) as { report: string };
  const { document } = parseHTML(readFileSync(report, 'utf8'));
  return document.querySelector('.lead')?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
};

let server: TestServer;
const whole = folder();

beforeAll(async () => {
  server = await serve({ accuracy: () => 1 });
  await measured(server.url, ...UR, '--out', whole);
}, 60_000);

describe('a measurement that did not come to its end', () => {
  const budget = folder();
  beforeAll(async () => {
    await incomplete(server.url, ...UR, '--budget', '60requests', '--out', budget);
  }, 60_000);

  it('says so in its file of results, in the words of the JSON', async () => {
    expect(resultsIn(await results(whole)).ending).toEqual({ kind: 'done' });
    expect(resultsIn(await results(budget)).ending).toEqual({ kind: 'budget' });
  });

  it.each(['folders', 'files of results', 'a folder and a file'])(
    'is noted where %s are compared',
    async (what) => {
      const first = what === 'files of results' ? await results(whole) : whole;
      const second = what === 'folders' ? budget : await results(budget);
      const { notes, respondents } = await compare(first, second);
      expect(respondents.map(({ missing }) => missing)).toEqual([null, 'the budget is spent']);
      const { label } = respondents[1];
      expect(notes[0]).toBe(`${label}: incomplete: the budget is spent. The numbers are those so far.`);
    },
  );

  it('says so in the first sentence of its report', async () => {
    expect(await lead(budget)).toMatch(/^test \(incomplete: the budget is spent\): /);
    expect(await lead(whole)).toMatch(/^test: shown to reach 90 %/);
  });

  it('by Ctrl-C, too; and it stays so for the tasks that a later run left out', async () => {
    const slow = await serve({ accuracy: () => 1, delay: 20 });
    const out = folder();
    const asked = ['--lengths', '5', '--n', '300', '--concurrency', '2', '--out', out];
    const argv = measureArgv(slow.url, '--task', 'UR,UL', ...asked);
    const { code } = await run(argv, { kill: 'SIGINT', killWhen: () => slow.seen.answered.length > 20 });
    expect(code).toBe(130);
    expect(resultsIn(await results(out)).ending).toEqual({ kind: 'interrupted' });
    await measured(slow.url, '--task', 'UR', ...asked, '--n', '20');
    expect(resultsIn(await results(out)).ending).toEqual({ kind: 'interrupted' });
    expect(await lead(out)).toMatch(/^test \(incomplete: interrupted\): /);
  }, 60_000);

  it('is not known of a file that an older version wrote: it is read as before', async () => {
    const file = await results(budget);
    const content = JSON.parse(readFileSync(file, 'utf8')) as { results: Record<string, unknown>[] };
    delete content.results[0].ending;
    writeFileSync(file, JSON.stringify(content));
    const { notes, respondents } = await compare(await results(whole), file);
    expect([respondents[1].missing, notes.join(' ')]).toEqual([
      null,
      expect.not.stringContaining('incomplete'),
    ]);
  });

  it('has failed questions in its file of results', async () => {
    const failing = await serve({ accuracy: () => 1, fault: (n) => (n % 5 === 4 ? '500' : null) });
    const out = folder();
    await incomplete(failing.url, ...UR, '--max-retries', '0', '--out', out);
    const { respondents } = await compare(await results(whole), await results(out));
    expect(respondents[1].missing).toMatch(/^\d+ questions failed$/);
  });
});

describe('two models that get nothing right, where a third would be by guessing', () => {
  const [first, second] = [folder(), folder()];
  let table: string;
  beforeAll(async () => {
    const silent = await serve({ says: () => 'nothing that can be read' });
    const asked = ['--task', 'UR,UL', '--lengths', '5', '--n', '40'];
    await measured(silent.url, ...asked, '--out', first);
    const { out } = await run(measureArgv(silent.url, ...asked, '--out', second));
    table = out;
  }, 60_000);

  it('are not compared by a p-value: in measure, in compare of folders, and of files of results', async () => {
    expect(table).toMatch(/^right - left +UR - UL +5 +40 +0 % .* neither above chance +–$/m);
    for (const places of [
      [first, second],
      [await results(first), await results(second)],
    ]) {
      const { comparisons } = await compare(...places);
      expect(comparisons).toMatchObject([
        { task: 'UR', near: 'chance', p: null, pAdjusted: null },
        { task: 'UL', near: 'chance', p: null, pAdjusted: null },
      ]);
      const { out } = await run(['compare', ...places]);
      expect(out.match(/neither above chance +–$/gm)).toHaveLength(2);
    }
  });

  it('count as no tests: Holm’s correction is of the others alone', async () => {
    const [good, bad] = [folder(), folder()];
    const asked = ['--task', 'UR,UF', '--lengths', '5', '--n', '40'];
    for (const [out, accuracy] of [
      [good, 0.9],
      [bad, 0.5],
    ] as const) {
      const { url } = await serve({ accuracy: (task) => (task === 'UF' ? 0 : accuracy) });
      await measured(url, ...asked, '--out', out);
    }
    const { comparisons } = await compare(good, bad);
    const [look, copy] = ['UR', 'UF'].map((task) => comparisons.find((row) => row.task === task));
    expect(copy).toMatchObject({ near: 'chance', p: null });
    expect(look?.p).toBeLessThan(0.05);
    expect(look?.pAdjusted).toBe(look?.p);
  });
});

describe('files of results of a model whose context ended', () => {
  it('say so at every threshold, as folders do', async () => {
    const tooLong = error(400, "This model's maximum context length is 120 tokens", {
      code: 'context_length_exceeded',
    });
    const { url } = await serve({
      accuracy: () => 1,
      behaviour: { answer: ({ prompt }) => (prompt.split(/\s+/).length > 160 ? tooLong : null) },
    });
    const out = folder();
    const asked = ['--task', 'UR', '--prompt', 'paper', '--lengths', '20,40,200', '--n', '40'];
    await measured(url, ...asked, '--out', out);
    const file = await results(out);
    for (const place of [out, file])
      for (const threshold of [[], ['--threshold', '0.8']]) {
        const { out: text } = await run(['compare', place, await results(whole), ...threshold]);
        expect(text).toMatch(/^UR +≥ 40 \(200 no longer fits the context\)/m);
      }
  });
});

describe('files of results whose lengths were searched, or asked again with more samples', () => {
  it('are compared by intervals that hold whenever one stops, and a note says so as it does of folders', async () => {
    const out = folder();
    await measured(server.url, '--task', 'UR', '--max-length', '20', '--out', out);
    const file = await results(out);
    const folders = await compare(whole, out);
    const files = await compare(await results(whole), file);
    const note = /^Lengths were chosen by the answers, for .* or for .*: the differences have intervals/;
    for (const { notes, comparisons } of [folders, files]) {
      expect(notes).toContainEqual(expect.stringMatching(note));
      expect(comparisons.map(({ sequential }) => sequential)).toEqual(comparisons.map(() => true));
    }
    // Older files have no level: such a cell is none of a fixed number of samples, and gives no interval.
    const content = JSON.parse(readFileSync(file, 'utf8')) as {
      results: { rows: Record<string, unknown>[] }[];
    };
    for (const row of content.results[0].rows) delete row.confidence;
    writeFileSync(file, JSON.stringify(content));
    expect((await compare(await results(whole), file)).comparisons).toEqual([]);
  });

  it('with more samples', async () => {
    const out = folder();
    for (const n of ['40', '60'])
      await measured(server.url, '--task', 'UR', '--lengths', '5', '--n', n, '--out', out);
    const { notes, comparisons } = await compare(await results(whole), await results(out));
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^UR: at some lengths it was decided after answers of .* had come how many samples to ask;/,
      ),
    );
    expect(comparisons).toMatchObject([{ task: 'UR', length: 5, sequential: true }]);
  });

  it('with repeats say that the counts are not enough, and not that nothing was asked of both', async () => {
    const [one, repeated] = [folder(), folder()];
    const asked = ['--task', 'UR', '--lengths', '5', '--n', '40'];
    await measured(server.url, ...asked, '--out', one);
    await measured(server.url, ...asked, '--repeat', '3', '--out', repeated);
    const files = [await results(one), await results(repeated)];
    const { out } = await run(['compare', ...files, '--out', path.join(folder(), 'page.html')]);
    expect(out).toContain('no difference has an interval: the notes say why');
    expect(out).toMatch(
      /have no difference with an interval: \S+ · repeat 3 was asked each question several times, and a file of results has no single answers\. Compare their folders\./,
    );
    expect(out).not.toContain('by counts');
    const other = folder();
    await measured(server.url, '--task', 'UL', '--lengths', '5', '--n', '40', '--out', other);
    const page = path.join(folder(), 'page.html');
    const apart = await run(['compare', files[0], await results(other), '--out', page]);
    expect(apart.out).toContain('nothing was asked of both at the same length');
  });

  it('say at which lengths there is no difference, and why, where there is one at others', async () => {
    const [first, second] = [folder(), folder()];
    for (const out of [first, second]) {
      const asked = ['--task', 'UR', '--repeat', '2', '--out', out];
      await measured(server.url, ...asked, '--lengths', '5,10', '--n', '30');
      await measured(server.url, ...asked, '--lengths', '10,20', '--n', '40');
    }
    const { comparisons, notes } = await compare(await results(first), await results(second));
    expect(comparisons.map(({ length }) => length)).toEqual([10]); // where it was decided to ask more, by its own intervals
    expect(notes).toContainEqual(
      expect.stringMatching(
        /have no difference with an interval for UR at 5, 20 and over all: .* was asked each question several times, and a file of results has no single answers\. Compare their folders\.$/,
      ),
    );
    const folders = await compare(first, second);
    expect(folders.notes.join(' ')).not.toContain('no difference with an interval');
  });

  it('say what was asked of one alone, as folders do', async () => {
    const out = folder();
    await measured(server.url, '--task', 'UR,UL', '--lengths', '5,20', '--n', '40', '--out', out);
    const { notes } = await compare(await results(whole), await results(out));
    expect(notes).toContainEqual(expect.stringMatching(/^Not asked of .*: UL\.$/));
    expect(notes).toContainEqual(
      expect.stringMatching(/^UR: asked of .*, but not of .*, at 10; asked of .*, but not of .*, at 20\.$/),
    );
  });
});

describe('respondents without samples in common', () => {
  const SYMBOLS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

  /** A folder of recorded look-ups: by length, how many are right of how many. */
  async function recorded(
    name: string,
    counts: Readonly<Record<number, readonly [number, number]>>,
  ): Promise<string> {
    const random = rng(name);
    const lines = Object.entries(counts).flatMap(([length, [right, n]]) =>
      Array.from({ length: n }, (_, i) => {
        const source = random.distinct(SYMBOLS.length, Number(length)).map((number) => SYMBOLS[number]);
        const gold = source[1];
        return JSON.stringify({
          input: `${source.join('')}|${source[0]}`,
          gold_ans_char: gold,
          full_output: i < right ? gold : source[0],
        });
      }),
    );
    const file = path.join(folder(), `${name}.jsonl`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const out = folder();
    expect((await run(['replay', file, '--task', 'UR', '--out', out])).code).toBe(0);
    return out;
  }

  const numbers = ({ comparisons }: Compared): object[] =>
    comparisons.map((row) => ({ ...row, first: '', second: '' }));

  it('have the mean of the lengths’ differences over all lengths: better at each is better over all', async () => {
    const x = await recorded('X', { 10: [190, 200], 40: [24, 40] });
    const y = await recorded('Y', { 10: [40, 40], 40: [140, 200] });
    const folders = await compare(x, y);
    expect(folders.comparisons).toMatchObject([
      { length: 10, n: 40, answers: [200, 40], difference: expect.closeTo(0.05) },
      { length: 40, n: 40, answers: [40, 200], difference: expect.closeTo(0.1) },
      { length: null, n: 80, paired: false, answers: [240, 240], difference: expect.closeTo(0.075), p: null },
    ]);
    const files = await compare(await results(x), await results(y));
    expect(numbers(files)).toEqual(numbers(folders));
    // Zou and Donner (2008) by hand: Newcombe's intervals of the lengths, each weighed by a half.
    expect(files.comparisons[2]).toMatchObject({
      low: expect.closeTo(-0.0134, 4),
      high: expect.closeTo(0.1599, 4),
    });
  }, 60_000);

  slowly.each([
    ['a fixed number of samples', []],
    ['questions that failed', ['--max-retries', '0', '--concurrency', '1']],
    ['a search', ['--max-length', '20']],
  ])(
    'are compared as their folders are: %s',
    async (what, options) => {
      const fixed = what === 'a search' ? [] : ['--lengths', '5,10,20', '--n', '40'];
      const [first, second] = [folder(), folder()];
      for (const [out, accuracy, seed] of [
        [first, 0.95, '1'],
        [second, 0.7, '7'],
      ] as const) {
        const fault = (n: number) =>
          what === 'questions that failed' && n % 8 === 3 ? ('500' as const) : null;
        const { url } = await serve({ accuracy: () => accuracy, fault });
        await run(measureArgv(url, '--task', 'UR,UL', ...fixed, ...options, '--seed', seed, '--out', out));
      }
      const folders = await compare(first, second);
      expect(folders.comparisons.length).toBeGreaterThan(1);
      expect(numbers(await compare(await results(first), await results(second)))).toEqual(numbers(folders));
    },
    60_000,
  );
});

describe('labels', () => {
  it('say which part is a prompt, in folders and in files of results', async () => {
    const out = folder();
    for (const prompt of ['pair,input-output', 'paper']) {
      await measured(
        server.url,
        '--task',
        'UR,UF',
        '--lengths',
        '5',
        '--n',
        '5',
        '--prompt',
        prompt,
        '--out',
        out,
      );
    }
    const labels = ['test · prompts pair and input-output', 'test · prompt paper'];
    expect((await compare(out)).respondents.map(({ label }) => label)).toEqual(labels);
    expect((await compare(await results(out))).respondents.map(({ label }) => label)).toEqual(labels);
  });
});
