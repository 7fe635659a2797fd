/** What rows say of how they were asked, of whom and about which samples: held against folders and against other files. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasureReportInput } from '../../src/measure/store/rows.ts';
import type { RecordedResult } from '../../src/measure/targets/recorded-result.ts';
import { folder, measureArgv, run, serve } from './measuring.ts';

const scratch = folder();
const at = (name: string) => path.join(scratch, name);

async function done(argv: readonly string[]): Promise<string> {
  const { code, out, err } = await run(argv);
  expect([code, err]).toEqual([0, expect.any(String)]);
  return out;
}

async function notesOf(...places: readonly string[]): Promise<readonly string[]> {
  const out = await done(['compare', ...places.map(at), '--out', at('compared.html'), '--json']);
  return (JSON.parse(out) as MeasureReportInput).notes;
}

/** Samples of `tasks export`, all with their right answers. */
async function answered(name: string, ...argv: readonly string[]): Promise<void> {
  const out = path.join(folder(), 'export');
  await done(['tasks', 'export', '--for', 'promptfoo', '--task', 'UR', ...argv, '--out', out]);
  const lines = readFileSync(path.join(out, 'samples.jsonl'), 'utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { target: string });
  writeFileSync(at(name), rows.map((row) => `${JSON.stringify({ ...row, output: row.target })}\n`).join(''));
}

const ASKED = ['--lengths', '8', '--n', '30'];

describe('rows of an export and samples of tasks export', () => {
  beforeAll(async () => {
    const { url } = await serve();
    const argvs: Readonly<Record<string, readonly string[]>> = {
      one: ['--seed', '1'],
      two: ['--seed', '2'],
      fewer: ['--seed', '1', '--shots', '3'],
    };
    for (const [name, argv] of Object.entries(argvs)) {
      await done(measureArgv(url, '--task', 'UR', ...ASKED, ...argv, '--out', at(name)));
      const file = at(`${name}.jsonl`);
      await done(['export', at(name), '--table', 'samples', '--format', 'jsonl', '--out', file]);
      await done(['replay', file, '--out', at(`${name}-kept`)]);
    }
    await answered('samples.jsonl', '--api', 'completions', ...ASKED);
    await answered('quoted.jsonl', '--api', 'completions', '--prompt', 'quoted', ...ASKED);
    await done(['replay', at('samples.jsonl'), '--out', at('samples-kept')]);
    await done(['export', at('samples-kept'), '--results', at('samples.json')]);
  }, 60_000);

  it.each([
    ['one', 'samples.jsonl'],
    ['one', 'samples-kept'],
    ['samples-kept', 'one.jsonl'],
    ['one-kept', 'samples-kept'],
    ['fewer', 'fewer.jsonl'],
    ['fewer', 'fewer-kept'],
  ])('asked in the same words are compared without a note: %s, %s', async (...places) => {
    expect(await notesOf(...places)).toEqual([]);
  });

  it('have the hash of their words in files of results', async () => {
    expect(await notesOf('samples.json', 'one')).toEqual([
      expect.stringMatching(/compared with .* by counts, not in pairs/),
    ]);
  });

  it.each([
    ['one', 'quoted.jsonl', /not asked in the same words: UR \(pair and quoted\)/],
    [
      'samples-kept',
      'fewer.jsonl',
      /not asked in the same words: UR \(pair, but other texts or demonstrations\)/,
    ],
    [
      'one.jsonl',
      'fewer.jsonl',
      /not asked in the same words: UR \(pair, but other texts or demonstrations\)/,
    ],
  ])('asked in other words are told of: %s, %s', async (one, other, note) => {
    expect(await notesOf(one, other)).toContainEqual(expect.stringMatching(note));
  });

  it('about samples of two seeds are refused together, and compared with the seeds named', async () => {
    const [one, two] = ['one.jsonl', 'two.jsonl'].map(at);
    expect(await run(['replay', one, two])).toMatchObject({
      code: 2,
      err: `lengthwise: ${two}, line 1: 'seed' is '2' here and '1' in ${one}: answers about samples of several seeds are never counted together; replay each file alone, or compare them: lengthwise compare ${one} ${two}\n`,
    });
    const both = at('both.jsonl');
    writeFileSync(both, readFileSync(one, 'utf8') + readFileSync(two, 'utf8'));
    expect(await run(['replay', both])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${both}, line 31: 'seed' is '2' here and '1' before:`) as string,
    });
    for (const places of [
      ['one.jsonl', 'two.jsonl'],
      ['one-kept', 'two-kept'],
      ['one', 'two.jsonl'],
    ]) {
      expect(await notesOf(...places)).toEqual([
        expect.stringMatching(/: asked with other options than .*: --seed \(1 and 2\)\.$/),
        expect.stringMatching(/were asked about different samples of UR \(another --seed\)/),
      ]);
    }
  });
});

describe('answers of several files, or of records of which some name a model', () => {
  const rows: Record<string, unknown>[] = [];
  beforeAll(async () => {
    await answered('right.jsonl', ...ASKED);
    const lines = readFileSync(at('right.jsonl'), 'utf8').trim().split('\n');
    rows.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
  });
  const right = (i: number) => rows[i].output;
  /** A model's log: its outputs, and its name where it has one. */
  function log(name: string, says: (i: number) => unknown, model?: string, own = rows): string {
    const lines = own.map((row, i) => ({
      ...row,
      output: says(i),
      ...(model === undefined ? {} : { model }),
    }));
    writeFileSync(at(name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return at(name);
  }
  const mixedIn = async (...files: string[]) =>
    (JSON.parse(await done(['replay', ...files, '--json'])) as RecordedResult).recording.mixed;
  const lineOf = async (...files: string[]) =>
    /^UR: (?:\d+ sample|answers).*$/m.exec(await done(['replay', ...files]))?.[0];

  it('to one sample are told of, whether one of the files names a model or none', async () => {
    const [a, b] = [log('a.jsonl', right), log('b.jsonl', () => 'x')];
    expect(await mixedIn(a, b)).toEqual([
      {
        ...{ task: 'UR', samples: 30 },
        origins: [
          { file: a, model: null },
          { file: b, model: null },
        ],
      },
    ]);
    const wayOut = (one: string, other: string) =>
      `which count as answers of one model. If they are of several, replay each file alone, or compare them: lengthwise compare ${one} ${other}`;
    expect(await lineOf(a, b)).toBe(`UR: 30 samples have answers from ${a} and ${b}, ${wayOut(a, b)}`);
    const named = log('named.jsonl', right, 'big');
    expect(await lineOf(named, b)).toBe(
      `UR: 30 samples have answers from ${named} (records of the model 'big') and ${b} (records that name no model), ${wayOut(named, b)}`,
    );
  });

  it('of one model that all name are told of where they answer the same', async () => {
    const [a, b] = [log('c.jsonl', right, 'big'), log('d.jsonl', () => 'x', 'big')];
    expect(await lineOf(a, b)).toBe(
      `UR: 30 samples have answers from ${a} and ${b}, which count as answers of one model`,
    );
  });

  it('to samples of their own are told of where one of them names a model and the other none', async () => {
    const halves = [rows.slice(0, 15), rows.slice(15)];
    const [a, b] = [log('e.jsonl', right, 'big', halves[0]), log('f.jsonl', () => 'x', undefined, halves[1])];
    expect(await mixedIn(a, b)).toMatchObject([{ samples: 0 }]);
    expect(await lineOf(a, b)).toMatch(/^UR: answers come from .*'big'\) and .*no model\), which count as/);
    const parts = [log('g.jsonl', right, 'big', halves[0]), log('h.jsonl', () => 'x', 'big', halves[1])];
    expect(await mixedIn(...parts)).toEqual([]);
  });

  it('in one file, too: compare says so in a note', async () => {
    const both = at('mixed.jsonl');
    const [a, b] = [log('i.jsonl', right, 'big'), log('j.jsonl', () => 'x')];
    writeFileSync(both, readFileSync(a, 'utf8') + readFileSync(b, 'utf8'));
    const line =
      "UR: 30 samples have answers from records of the model 'big' and records that name no model, which count as answers of one model. If they are of several, write those of each to a file of its own";
    expect(await lineOf(both)).toBe(line);
    expect(await notesOf('mixed.jsonl', 'j.jsonl')).toContain(`${line}.`);
    // Several answers of one model are no news.
    const twice = at('twice.jsonl');
    writeFileSync(
      twice,
      readFileSync(a, 'utf8') +
        readFileSync(
          log('k.jsonl', () => 'x', 'big'),
          'utf8',
        ),
    );
    expect(await mixedIn(twice)).toEqual([]);
  });

  it('in a copy under another name count once: the copy is refused, in whatever order its rows are', async () => {
    const file = log('l.jsonl', right);
    const copy = at('copy.json');
    const reversed = readFileSync(file, 'utf8').trim().split('\n').toReversed();
    writeFileSync(copy, `[${reversed.join(',')}]`);
    expect(await run(['replay', file, copy])).toMatchObject({
      code: 2,
      err: `lengthwise: ${copy} has the same rows as ${file}: name one of them\n`,
    });
    expect((await run(['compare', file, copy, '--out', at('compared.html')])).code).toBe(0);
  });
});

describe('what separates symbols in a file that somebody wrote', () => {
  const write = (name: string, lines: readonly object[]): string => {
    writeFileSync(at(name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return at(name);
  };

  it('is said in a line with the option where it was not read so', async () => {
    const slashes = {
      source: 'red / blue / green',
      gold: 'green / blue / red',
      output: 'green / blue / red',
    };
    const file = write('slashes.jsonl', [slashes]);
    expect(await done(['replay', file, '--task', 'UB'])).toContain(
      "sources have '/' between words or characters, which is read as a symbol or as part of one; if it separates symbols: --symbols '/'\n",
    );
    const named = await done(['replay', file, '--task', 'UB', '--symbols', '/']);
    expect(named).toContain("are read as lists such as 'a / b / c'");
    expect(named).toMatch(/^UB +3 +1 +1 +100 %/mu);
    const lines = { source: 'New York\nRome', output: 'Rome\nNew York' };
    const ofLines = await done(['replay', write('lines.jsonl', [lines]), '--task', 'UB']);
    expect(ofLines).toContain('if each line is one symbol: --symbols lines\n');
  });

  it('is said where no record can be read for it', async () => {
    const file = write('letters.jsonl', [{ source: 'green/red', output: 'red/green' }]);
    const { code, err } = await run(['replay', file, '--task', 'UB']);
    expect([code, err]).toEqual([2, expect.stringMatching(/; if it separates symbols: --symbols '\/'\n$/)]);
  });

  it('outputs that have the right symbols in order in another form are counted in a line', async () => {
    const records = ['a, b, c', "['a', 'b', 'c']", 'a b d'].map((output) => ({ source: 'a b c', output }));
    expect(await done(['replay', write('other.jsonl', records), '--task', 'UF'])).toContain(
      '2 outputs have the right symbols in order, but in another form than the samples (other marks between them, or 3.0 for 3), and count as wrong. If the prompt asked for them so, name it: --prompt FILE\n',
    );
  });

  it('is one of four names, or a mark', async () => {
    const { code, err } = await run(['replay', 'any.jsonl', '--task', 'UF', '--symbols', 'tabs']);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(
        "--symbols tabs: expected characters, blanks, lines, commas, or the mark that stands between symbols, such as '/'",
      ),
    ]);
  });
});
