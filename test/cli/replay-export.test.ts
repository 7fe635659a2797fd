/** What `export --table samples` writes is read by `replay` as it was measured: by the same prompt, with the same scores. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import type { Fields } from '../../src/respond/recording/fields.ts';
import type { HorizonRow } from '../../src/score/tables/rows.ts';
import { understand } from '../server/oracle.ts';
import type { ServerOptions } from '../server/server.ts';
import { folder, measureArgv, root, run, serve } from './measuring.ts';

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
  // Requests that failed are incomplete here as there.
  expect(replayed.code).toBe(measured.code);
  expect([0, 3]).toContain(measured.code);
  return [measured.out, replayed.out].map((text) => JSON.parse(text) as MeasurementResult);
}

/** An answer in the words of a prompt of tags, one that goes on behind the answer, one with white space. */
const wrapped = (prompt: string): string | undefined =>
  ['<answer>b</answer>', 'The answer is <answer>b</answer>.', '\nb', ' b\r\n', undefined][prompt.length % 5];

/** The right answer behind and before half a character: no text in a store can hold one. */
const halves = (prompt: string): string | undefined => {
  const right = understand(prompt)?.text.trim();
  return right === undefined ? undefined : prompt.length % 2 === 0 ? ` \ud83d${right}` : ` ${right}\ude00`;
};

const bounds = ({ length, high, undecided, partlyFits }: HorizonRow): unknown => ({
  ...{ length, high, undecided, partlyFits },
});

describe('rows of an export, replayed', () => {
  it.each<[string, ServerOptions, string[]]>([
    ['several tasks', { accuracy: () => 0.7 }, ['--task', 'UR,UF,flip-flop', '--lengths', '5,10']],
    [
      'another prompt, with tags',
      { says: wrapped },
      ['--task', 'UR,UL', '--prompt', 'instruct', '--api', 'chat', '--lengths', '5'],
    ],
    ['halves of characters', { says: halves }, ['--task', 'UR', '--prompt', 'paper', '--lengths', '5,6']],
    ['white space', { says: wrapped }, ['--task', 'UR', '--prompt', 'paper', '--lengths', '5']],
    [
      'requests that failed',
      { fault: (n) => (n % 7 === 3 ? '500' : null) },
      ['--task', 'UF', '--lengths', '5,10'],
    ],
    [
      'prompts that do not fit the context',
      {
        behaviour: {
          answer: ({ prompt, ours, n }) => {
            const message = "This model's maximum context length is 120 tokens";
            const tooLong = ours && /(\S+ ){35}/.test(prompt) && n % 3 === 0; // others just fit
            return tooLong
              ? { status: 400, body: { error: { message, code: 'context_length_exceeded' } } }
              : null;
          },
        },
      },
      ['--task', 'UR', '--lengths', '10,40', '--concurrency', '1'],
    ],
    ['repeats', { accuracy: () => 0.6 }, ['--task', 'UR', '--lengths', '5', '--repeat', '3']],
    ['short sources, which repeat', {}, ['--task', 'flip-flop', '--lengths', '2,4']],
    [
      'a task of one’s own',
      {},
      ['--task', path.join(root, 'examples/tasks/next-stop.yaml'), '--lengths', '5'],
    ],
  ])('%s', async (_, options, argv) => {
    const [measured, replayed] = await both(options, '--n', '25', ...argv);
    expect(replayed.rows.toSorted(byPlace)).toEqual(measured.rows.toSorted(byPlace));
    expect(replayed.prompts).toEqual(measured.prompts);
    expect(replayed.horizons.map(bounds)).toEqual(measured.horizons.map(bounds));
  });

  /** To twelve digits: a search adds its evidence up sample by sample, a table by how many there are of each. */
  const fields = ({ rows, horizons, asymmetries }: MeasurementResult): unknown => {
    // A recording has no lengths that were drawn for a promise.
    const bare = horizons.map((horizon) => ({ ...horizon, promise: null }));
    const all = [rows.toSorted(byPlace), bare.toSorted((a, b) => (a.task < b.task ? -1 : 1)), asymmetries];
    const digits = (_: string, value: unknown): unknown =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : value;
    return JSON.parse(JSON.stringify(all, digits));
  };
  const samplesOf = async (out: string): Promise<string> => {
    const file = path.join(out, 'samples.jsonl');
    writeFileSync(file, (await run(['export', out, '--table', 'samples', '--json'])).out);
    return file;
  };

  it('are of the model that they name, and of one file, whatever number of tasks they are of; again, too', async () => {
    const { url } = await serve({});
    const out = folder();
    await run(measureArgv(url, '--task', 'UR,UF,UB', '--lengths', '5', '--out', out));
    const file = path.join(out, 'exported.jsonl');
    writeFileSync(file, (await run(['export', out, '--table', 'samples', '--json'])).out);
    const again = folder();
    for (const reopened of [false, true]) {
      expect(existsSync(path.join(again, 'measure.sqlite'))).toBe(reopened);
      const replayed = await run(['replay', file, '--json', '--out', again]);
      expect([replayed.code, replayed.err]).toMatchObject([0, expect.not.stringContaining('another')]);
      const { respondent } = JSON.parse(replayed.out) as MeasurementResult;
      expect(respondent).toEqual({ kind: 'recording', files: [file], model: 'test' });
    }
  });

  it('of a search have its intervals, its horizons and its tests, also when they were stored', async () => {
    const { url } = await serve({ accuracy: (task, length) => (length > 12 && task === 'UL' ? 0.5 : 1) });
    const out = folder();
    const argv = ['--task', 'UR,UL', '--max-length', '30', '--n', '80', '--out', out];
    const measured = await run(measureArgv(url, '--json', ...argv));
    const file = await samplesOf(out);
    const kept = folder();
    const replayed = await run(['replay', file, '--json', '--out', kept]);
    const reported = await run(['report', kept, '--json']);
    const [own, ...others] = [measured, replayed, reported].map(
      ({ out: text }) => JSON.parse(text) as MeasurementResult,
    );
    expect(own.rows.some(({ confidence = 0 }) => confidence > 0.975)).toBe(true);
    for (const other of others) expect(fields(other)).toEqual(fields(own));
    const { out: text } = await run(['replay', file]);
    expect(text).toMatch(
      /^UL, UR: lengths were chosen by a search, so the intervals are ones that hold whenever one stops\.$/m,
    );
    expect(text).toMatch(/\(97\.5 %\)|97\.5 % interval/);
  }, 60_000);

  it('of lengths that were asked again with more samples have the intervals of that', async () => {
    const { url } = await serve({ accuracy: () => 0.9 });
    const out = folder();
    const argv = (n: string) => ['--task', 'UR,UL', '--lengths', '5', '--n', n, '--out', out];
    await run(measureArgv(url, ...argv('30')));
    const measured = await run(measureArgv(url, '--json', ...argv('60')));
    const file = await samplesOf(out);
    const replayed = await run(['replay', file, '--json']);
    const [own, other] = [measured, replayed].map(({ out: text }) => JSON.parse(text) as MeasurementResult);
    expect(own.rows[0]).toMatchObject({ n: 60, confidence: 0.975, lookedAgain: true });
    expect(fields(other)).toEqual(fields(own));
    expect((await run(['replay', file])).out).toMatch(
      /^UR: the number of samples at 5 was decided after answers had come there, .* whenever one stops, at 97\.5 %\.$/m,
    );
  });

  it('of given lengths and a search say which are whose, and take no exact interval back', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const out = folder();
    const ask = (...argv: string[]) =>
      run(measureArgv(url, '--task', 'UR', '--threshold', '0.8', ...argv, '--out', out));
    const shown = ['--lengths', '7', '--n', '20', '--at-least', 'UR=7'];
    const first = await ask(...shown);
    await ask('--max-length', '10', '--n', '60');
    const [again, after] = [await ask(...shown), await ask('--lengths', '12', '--n', '40', '--json')];
    expect([first.code, again.code, again.out]).toEqual([0, 0, first.out]);
    const { rows } = JSON.parse(after.out) as MeasurementResult;
    expect(rows).toMatchObject([{ length: 12, n: 40, confidence: 0.975, lookedAgain: true }]);
    const file = await samplesOf(out);
    const [kept, replayed] = [await run(['report', out, '--json']), await run(['replay', file, '--json'])];
    const [own, other] = [kept, replayed].map(({ out: text }) => JSON.parse(text) as MeasurementResult);
    expect(own.rows.map(({ length, confidence }) => [length, confidence])).toEqual([
      [5, 0.975],
      [7, 0.95],
      [10, 0.975],
      [12, 0.975],
    ]);
    const intervals = ({ rows: all }: MeasurementResult): unknown =>
      all.map(({ length, n, low, high, confidence, lookedAgain }) => [
        ...[length, n, low.toFixed(10), high.toFixed(10), confidence, lookedAgain],
      ]);
    expect(intervals(other)).toEqual(intervals(own));
    const { out: text } = await run(['replay', file]);
    expect(text).toMatch(/^UR: 5, 10 were chosen by a search, so the intervals there are ones/m);
    expect(text).toMatch(
      /^UR: the number of samples at 12 was decided after answers had come there, or from/m,
    );
  });

  it('are respondents for compare, by their own prompts; rows of several ways are refused there, too', async () => {
    const { url } = await serve({ accuracy: () => 0.7 });
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '5', '--n', '20', '--out', out];
    const measured = await run(measureArgv(url, '--json', ...argv));
    const file = await samplesOf(out);
    const both = await run(['compare', out, file, '--json']);
    const { respondents, comparisons } = JSON.parse(both.out) as {
      respondents: MeasurementResult[];
      comparisons: object[];
    };
    expect(respondents[1].rows).toEqual((JSON.parse(measured.out) as MeasurementResult).rows);
    expect(comparisons).toMatchObject([{ task: 'UR', n: 20, paired: true, difference: 0 }]);
    await run(measureArgv(url, ...argv, '--prompt', 'json'));
    const ways = await run(['compare', out, await samplesOf(out)]);
    expect([ways.code, ways.err]).toEqual([2, expect.stringContaining('are never counted together')]);
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

  it('without a row: that is said, whatever is asked of it', async () => {
    const file = path.join(folder(), 'samples.jsonl');
    writeFileSync(file, '');
    const said = `lengthwise: ${file} is empty: it holds no record\n`;
    for (const argv of [
      ['replay', file],
      ['replay', file, '--task', 'UL'],
      ['compare', file, file],
    ]) {
      expect(await run(argv)).toMatchObject({ code: 2, err: said });
    }
  });

  it('that were asked for in several ways are refused, which are named as in the export; a task that was not is counted', async () => {
    const { url } = await serve();
    const out = folder();
    const ways = [
      ['--prompt', 'pair'],
      ['--prompt', 'json'],
      ['--alphabet', 'lower'],
      ['--place', '0-0.5'],
    ];
    for (const way of ways) {
      await run(measureArgv(url, '--task', 'UR', '--lengths', '5', '--n', '2', '--out', out, ...way));
    }
    await run(measureArgv(url, '--task', 'UF', '--lengths', '5', '--n', '2', '--out', out));
    const file = await samplesOf(out);
    const rows = readFileSync(file, 'utf8').trim().split('\n');
    const labels = rows.flatMap((row) => {
      const { task, respondent } = JSON.parse(row) as { task: string; respondent: string };
      return task === 'UR' ? [respondent] : [];
    });
    const names = [...new Set(labels)];
    expect(names).toHaveLength(4);
    const { code, err } = await run(['replay', file]);
    expect(code).toBe(2);
    expect(err).toContain(
      `${file}: answers to UR were asked for in several ways (${names.map((name) => `'${name}'`).join(', ')})`,
    );
    expect(err).toContain(', and these are never counted together: keep the rows of one (column way)\n');
    expect(await run(['replay', file, '--task', 'UF'])).toMatchObject({ code: 0 });
  });

  it('are counted together by one rule, whether they are in one file or in several', async () => {
    const { url } = await serve();
    const exportOf = async (model: string, ...argv: string[]): Promise<string> => {
      const out = folder();
      const asked = ['--task', 'UR', '--lengths', '5', '--n', '4', '--out', out, ...argv];
      await run(['measure', '--endpoint', url, '--model', model, ...asked]);
      return samplesOf(out);
    };
    const [pair, json, large, longer] = [
      await exportOf('small', '--prompt', 'pair'),
      await exportOf('small', '--prompt', 'json'),
      await exportOf('large', '--prompt', 'pair'),
      await exportOf('small', '--prompt', 'pair', '--lengths', '10'),
    ];
    const plain = path.join(folder(), 'plain.jsonl');
    const { task, source, query, output } = JSON.parse(readFileSync(pair, 'utf8').split('\n')[0]) as Fields;
    writeFileSync(plain, `${JSON.stringify({ task, source, query, output })}\n`);
    const refusals: [string, string, RegExp][] = [
      [pair, json, /answers to UR were asked for in several ways \('pair', 'json'\)/],
      [plain, pair, /in several ways \('no prompt named', 'pair'\)/],
      [pair, plain, /in several ways \('pair', 'no prompt named'\)/],
      [pair, large, /'respondent' is 'large' here and 'small' .* answers of several models are never/],
    ];
    for (const [one, other, why] of refusals) {
      const both = path.join(folder(), 'both.jsonl');
      writeFileSync(both, readFileSync(one, 'utf8') + readFileSync(other, 'utf8'));
      const kept = path.join(folder(), 'kept');
      for (const files of [[both], [one, other]]) {
        const { code, err } = await run(['replay', ...files, '--out', kept]);
        expect([code, err]).toEqual([2, expect.stringMatching(why)]);
        expect(err).toContain(
          files.length === 1 ? both : `or compare them: lengthwise compare ${one} ${other}`,
        );
      }
      expect(existsSync(kept)).toBe(false);
    }
    const { out } = await run(['replay', pair, longer, '--json']);
    expect((JSON.parse(out) as MeasurementResult).rows).toMatchObject([
      { length: 5, n: 4, correct: 4 },
      { length: 10, n: 4, correct: 4 },
    ]);
  });
});
