/** Samples of `tasks export` with outputs beside them, and other rows that name their task: read by what they say themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasureReportInput } from '../../src/measure/store/rows.ts';
import type { MeasurementResult } from '../../src/measure/result.ts';
import type { RecordedResult } from '../../src/measure/targets/recorded-result.ts';
import { folder, measureArgv, root, rowsIn, run, serve } from './measuring.ts';

interface Sample extends Record<string, unknown> {
  readonly task: string;
  readonly target: string;
}

function fileOf(rows: readonly object[]): string {
  const file = path.join(folder(), 'recorded.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

/** @param argv `--for`, tasks, lengths, … */
async function exported(...argv: string[]): Promise<Sample[]> {
  const out = path.join(folder(), 'export');
  expect((await run(['tasks', 'export', ...argv, '--out', out])).code).toBe(0);
  const lines = readFileSync(path.join(out, 'samples.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sample);
}

async function rowsOf(...argv: string[]) {
  const { out, err } = await run([...argv, '--json']);
  if (out === '') throw new Error(err);
  const { rows } = JSON.parse(out) as MeasurementResult;
  return rows.map(({ task, length, n, correct }) => [task, length, n, correct]);
}

const TWO_TASKS = ['--for', 'promptfoo', '--task', 'UR,UF', '--lengths', '10,20', '--n', '40'];

describe('rows that name their task', () => {
  it('and lines that are no records: these are of no task, and counted once', async () => {
    const rows = (
      await exported('--for', 'promptfoo', '--task', 'UR,UF,UL', '--lengths', '10', '--n', '4')
    ).map((row) => JSON.stringify({ ...row, output: row.target }));
    const ofUF = rows.map((row) => JSON.parse(row) as Sample).find(({ task }) => task === 'UF');
    const { reading, prompt_name, way } = ofUF as Sample;
    const noSource = JSON.stringify({ task: 'UF', reading, prompt_name, way, output: 'x' });
    const broken = path.join(folder(), 'broken.jsonl');
    writeFileSync(broken, [...rows.slice(0, 5), '{"task": "UR', ...rows.slice(5), noSource, ''].join('\n'));
    const all = await run(['replay', broken]);
    expect(all.out.match(/.*not counted:\n.*/g)).toEqual([
      expect.stringMatching(
        new RegExp(`^${broken}, UF: 1 line is no record and is not counted:\n +line 14: `),
      ),
      expect.stringMatching(
        new RegExp(`^${broken}: 1 line is no record and is not counted:\n +line 6: no JSON`),
      ),
    ]);
    const { recording } = JSON.parse((await run(['replay', broken, '--json'])).out) as RecordedResult;
    expect(recording.files.map(({ task, bad }) => [task, bad])).toEqual([
      ['UL', 0],
      ['UR', 0],
      ['UF', 1],
    ]);
    expect(recording.ofNoTask).toMatchObject([{ file: broken, bad: 1, badLines: [{ line: 6 }] }]);
    const alone = await run(['replay', broken, '--task', 'UR']);
    expect(alone.out.match(/.*not counted:\n.*/g)).toEqual([
      expect.stringMatching(/^1 line is no record and is not counted:\n +line 6: no JSON/),
    ]);
    const compared = await run([
      'compare',
      broken,
      fileOf(rows.map((row) => JSON.parse(row) as object)),
      '--out',
      path.join(folder(), 'c.html'),
    ]);
    expect(compared.out.match(/^note: .*not counted.*$/gm)).toEqual([
      expect.stringMatching(
        new RegExp(`^note: ${broken}, UF: 1 line is no record and is not counted \\(line 14: .*\\)\\.$`),
      ),
      expect.stringMatching(
        new RegExp(`^note: ${broken}: 1 line is no record and is not counted \\(line 6: no JSON: .*\\)\\.$`),
      ),
    ]);
  });

  it('are told apart, and --task chooses among them', async () => {
    const rows = (await exported(...TWO_TASKS)).map((row) => ({
      ...row,
      output: row.task === 'UR' ? row.target : 'x',
    }));
    const file = fileOf(rows);
    const [ur, uf] = [10, 20].reduce(
      ([a, b], length) => [
        [...a, ['UR', length, 40, 40]],
        [...b, ['UF', length, 40, 0]],
      ],
      [[], []] as unknown[][][],
    );
    expect(await rowsOf('replay', file)).toEqual([...ur, ...uf]);
    expect(await rowsOf('replay', file, '--task', 'UR,UF')).toEqual([...ur, ...uf]);
    expect(await rowsOf('replay', file, '--task', 'UF')).toEqual(uf);
    const gate = (task: string) => run(['replay', file, '--task', task, '--at-least', `${task}=20`]);
    expect([(await gate('UR')).code, (await gate('UF')).code]).toEqual([0, 4]);
    for (const named of ['UB', 'UR,UB']) {
      expect(await run(['replay', file, '--task', named])).toMatchObject({
        code: 2,
        err: `lengthwise: ${file} has no rows of UB; it has rows of UR, UF\n`,
      });
    }
  });

  it('whoever wrote them: those of tasks sample', async () => {
    const drawn = (task: string) => run(['tasks', 'sample', task, '--length', '8', '--n', '5', '--json']);
    const rows = [await drawn('UL'), await drawn('NB')].flatMap(({ out }) =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { answer: string[] })
        .map((row) => ({ ...row, output: row.answer.join(' ') })),
    );
    expect(await rowsOf('replay', fileOf(rows))).toEqual([
      ['UL', 8, 5, 5],
      ['NB', 8, 5, 5],
    ]);
  });

  it('and their number are samples of their own, alike or not; of one number they are answers to one', async () => {
    const { out } = await run(['tasks', 'sample', 'flip-flop', '--length', '8', '--n', '30', '--json']);
    const drawn = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample & { source: string[]; answer: string[]; index: number })
      .map(({ ...row }) => ({ ...row, output: row.answer.join(' ') }));
    const different = new Set(drawn.map(({ source }) => source.join(' '))).size;
    expect(different).toBeLessThan(30);
    const stored = folder();
    expect(await rowsOf('replay', fileOf(drawn), '--out', stored)).toEqual([['flip-flop', 8, 30, 30]]);
    expect(await rowsOf('report', stored)).toEqual([['flip-flop', 8, 30, 30]]);
    const repeated = drawn.flatMap((row) => [row, { ...row, output: 'x' }]);
    expect(await rowsOf('replay', fileOf(repeated))).toEqual([['flip-flop', 8, 30, 15]]);
    const named = drawn.map(({ index, ...row }) => ({ ...row, index: undefined, id: `q${index}` }));
    expect(await rowsOf('replay', fileOf(named))).toEqual([['flip-flop', 8, 30, 30]]);
    // Without a number, a sample is what was asked.
    const unnamed = drawn.map((row) => ({ ...row, index: undefined }));
    expect(await rowsOf('replay', fileOf(unnamed))).toEqual([['flip-flop', 8, different, different]]);
  });

  it('have numbers or not, each for itself: in whichever order they come, also when they were stored and exported', async () => {
    const drawn = (
      await exported('--for', 'lm-eval', '--task', 'flip-flop', '--lengths', '8', '--n', '30')
    ).map((row) => ({ ...row, id: undefined, output: row.target }));
    const [first, ...others] = drawn;
    const last = drawn.at(-1);
    for (const rows of [
      [{ ...first, index: undefined }, ...others],
      [...others, { ...first, index: undefined }],
      [...drawn.slice(0, -1), { ...last, index: undefined }],
      [{ ...last, index: undefined }, ...drawn.slice(0, -1)],
    ]) {
      const out = folder();
      expect(await rowsOf('replay', fileOf(rows), '--out', out)).toEqual([['flip-flop', 8, 30, 30]]);
      expect(await rowsOf('report', out)).toEqual([['flip-flop', 8, 30, 30]]);
      const again = path.join(out, 'again.jsonl');
      writeFileSync(again, (await run(['export', out, '--table', 'samples', '--json'])).out);
      expect(await rowsOf('replay', again)).toEqual([['flip-flop', 8, 30, 30]]);
    }
    const unnamed = drawn.map((row) => ({ ...row, index: undefined }));
    const out = folder();
    const [[, , n]] = await rowsOf('replay', fileOf(unnamed), '--out', out);
    expect(n).toBeLessThan(30);
    const again = path.join(out, 'again.jsonl');
    writeFileSync(again, (await run(['export', out, '--table', 'samples', '--json'])).out);
    expect(await rowsOf('replay', again)).toEqual([['flip-flop', 8, n, n]]);
  });

  it('of samples of two seeds are refused, in one file or two: one number is another sample in each', async () => {
    const [one, two] = await Promise.all(
      ['1', '2'].map(async (seed) => {
        const rows = await exported(
          ...['--for', 'lm-eval', '--task', 'flip-flop', '--lengths', '6', '--n', '40', '--seed', seed],
        );
        return rows.map((row) => ({ ...row, output: row.target }));
      }),
    );
    const why = /'seed' is '2' here and '1' .*: answers about samples of several seeds are never counted/;
    for (const files of [[fileOf([...one, ...two])], [fileOf(one), fileOf(two)]]) {
      const { code, err } = await run(['replay', ...files]);
      expect([code, err]).toEqual([2, expect.stringMatching(why)]);
    }
  });

  it('and their model are answers of one, in all files together', async () => {
    const rows = (await exported(...TWO_TASKS)).map((row) => ({ ...row, output: row.target }));
    const by = (model: string, task?: string): object[] =>
      rows.filter((row) => task === undefined || row.task === task).map((row) => ({ ...row, model }));
    const [small, large] = [fileOf(by('small', 'UR')), fileOf(by('large', 'UF'))];
    expect(await run(['replay', small, large])).toMatchObject({
      code: 2,
      err: `lengthwise: ${large}, line 1: 'model' is 'large' here and 'small' in ${small}: answers of several models are never counted together; replay each file alone, or compare them: lengthwise compare ${small} ${large}\n`,
    });
    expect((await run(['replay', small, fileOf(by('small', 'UF'))])).code).toBe(0);
  });

  it('are samples of their own also where they no longer say how they are read', async () => {
    const rows = await exported(
      ...['--for', 'lm-eval', '--task', 'UR', '--alphabet', 'a,b,c', '--lengths', '3', '--n', '40'],
    );
    const bare = rows.map(({ reading, ...row }) => ({ ...row, output: reading === null ? '' : row.target }));
    expect(await rowsOf('replay', fileOf(bare))).toEqual([['UR', 3, 40, 40]]);
  });

  it('are of the task that is meant, whatever letters are capital', async () => {
    const rows = (await exported(...TWO_TASKS)).map((row) => ({ ...row, output: row.target }));
    const small = fileOf(rows.map((row) => ({ ...row, task: row.task.toLowerCase() })));
    const bare = fileOf([{ task: 'ur', source: 'a b c', query: 'a', output: 'b' }]);
    expect(await rowsOf('replay', bare)).toEqual([['UR', 3, 1, 1]]);
    expect(await rowsOf('replay', small)).toEqual(await rowsOf('replay', fileOf(rows)));
    expect((await run(['replay', small, '--task', 'UR', '--at-least', 'UR=10'])).code).toBe(0);
    const { out } = await run(['compare', fileOf(rows), small, '--json']);
    expect(out).not.toContain('Not asked of');
  });

  it('are not another’s because a file beside theirs names no task', async () => {
    const named = fileOf([{ task: 'UF', source: 'a b c', output: 'a b c' }]);
    const unnamed = fileOf([{ input: 'a b c d|b', output: 'c' }]);
    expect(await rowsOf('replay', unnamed, named, '--task', 'UR,UF')).toEqual([
      ['UR', 4, 1, 1],
      ['UF', 3, 1, 1],
    ]);
    expect((await run(['replay', unnamed, named, '--task', 'UR'])).err).toBe(
      `lengthwise: ${named} has no rows of UR; it has rows of UF\n`,
    );
  });

  const [plain, ofUR, ofUF] = [undefined, 'UR', 'UF'].map((task) => ({
    ...(task === undefined ? {} : { task }),
    ...{ source: 'a b c d', query: task === 'UF' ? null : 'b', output: 'c' },
  }));

  it.each<[string, object[], RegExp]>([
    [
      'later',
      [ofUR, ofUF, plain],
      /line 3: it does not say of which task it is, as .* \('UR', 'UF'\): write/,
    ],
    ['earlier', [plain, ofUR], /line 2: 'task' is 'UR' here, and records before it do not say/],
    ['another name', [ofUR, { ...ofUR, task: 'mine' }], /line 2: 'mine' is no task of lengthwise, as/],
  ])('beside a row without one that comes %s are refused', async (_, rows, message) => {
    const { code, err } = await run(['replay', fileOf(rows), '--task', 'UR']);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it('that nobody knows here are of the task that --task names', async () => {
    const rows = [{ task: 'next symbol', input: 'a b c d|b', output: 'c' }];
    expect(await rowsOf('replay', fileOf(rows), '--task', 'UR')).toEqual([['UR', 4, 1, 1]]);
  });
});

describe('rows that say how their answers are read', () => {
  /** A server without stop marks: a model goes on as the prompt's lines do. */
  const goesOn = ({ target }: Sample): string => ` ${target}", "x`;
  const ofPair = () => exported('--for', 'lm-eval', '--task', 'UR', '--lengths', '5', '--n', '20');

  it('are read so, also when they were stored; --prompt names another way', async () => {
    const file = fileOf((await ofPair()).map((row) => ({ ...row, output: goesOn(row) })));
    const out = folder();
    expect(await rowsOf('replay', file, '--out', out)).toEqual([['UR', 5, 20, 20]]);
    expect(await rowsOf('report', out)).toEqual([['UR', 5, 20, 20]]);
    expect((await run(['measure', '--rescore', '--out', out, '--json'])).out).toContain('"correct":20');
    expect(await rowsOf('replay', file, '--prompt', 'paper')).toEqual([['UR', 5, 20, 0]]);
  });

  it('the prompt is named, and the rows keep what was asked', async () => {
    const file = fileOf((await ofPair()).map((row) => ({ ...row, output: goesOn(row) })));
    expect((await run(['replay', file])).out).toContain(
      `UR: outputs are read as those of the prompt 'pair', up to "," or "\\"" or "\\n"\n`,
    );
    const out = folder();
    await run(['replay', file, '--out', out]);
    const [first] = (await run(['export', out, '--table', 'samples', '--json'])).out.split('\n');
    expect(JSON.parse(first)).toMatchObject({
      prompt: expect.stringMatching(/" -> "\S,$/) as string,
      template: { name: 'pair' },
    });
  });

  it.each([
    ['lm-eval', 'quoted', 'UF,NF'],
    ['lm-eval', 'paper', 'UR,UF,flip-flop,git-revert,text-copy'],
    ['lm-eval', 'question', 'table-lookup-first'],
    ['inspect', 'instruct', 'UR,UF,git-revert,table-lookup-last'],
    ['promptfoo', 'turns', 'NRFirst,NB,text-copy-backward'],
  ])('of %s, asked with %s: the right answer is right', async (harness, prompt, tasks) => {
    const argv = ['--for', harness, '--prompt', prompt, '--task', tasks, '--lengths', '8', '--n', '5'];
    const rows = await exported(...argv);
    const said = rows.map(({ reading, target, ...row }) => {
      const { lead, trail, tags } = reading as { lead: string; trail: string; tags: [string, string] | null };
      const [open, close] = tags ?? ['', ''];
      return { ...row, reading, target, output: lead + open + target + close + trail };
    });
    const all = tasks.split(',').map((task) => [task, 8, 5, 5]);
    expect(await rowsOf('replay', fileOf(said))).toEqual(all);
  });

  it('a model that is always right is none whose right answers stand beside its outputs', async () => {
    const argv = ['--task', 'UR', '--alphabet', '0,1,2,3', '--lengths', '3', '--n', '20'];
    const rows = await exported('--for', 'lm-eval', ...argv);
    const said = rows.map((row) => ({ ...row, output: row.target }));
    expect(await rowsOf('replay', fileOf(said))).toEqual([['UR', 3, 20, 20]]);
  });

  it('in the log of lm-evaluation-harness', async () => {
    const rows = (await ofPair()).map(({ ...row }, i) => ({
      doc_id: i,
      doc: { id: row.id, prompt: row.prompt, system: '', target: row.target, sample: JSON.stringify(row) },
      target: row.target,
      resps: [[goesOn(row)]],
      filtered_resps: [goesOn(row)],
      filter: 'none',
    }));
    expect(await rowsOf('replay', fileOf(rows))).toEqual([['UR', 5, 20, 20]]);
    // Two filters: each sample twice, of which its output was given once.
    const filtered = rows.flatMap((row) => [
      row,
      { ...row, filter: 'strict-match', filtered_resps: ['[invalid]'] },
    ]);
    const one = JSON.parse((await run(['replay', fileOf(rows), '--json'])).out) as { rows: object[] };
    const two = JSON.parse((await run(['replay', fileOf(filtered), '--json'])).out) as { rows: object[] };
    expect(two.rows).toEqual(one.rows);
  });

  it('in the log of Inspect', async () => {
    const samples = (await exported(...TWO_TASKS)).map((row) => ({
      input: row.prompt,
      target: row.target,
      metadata: { cell: row.id, row },
      output: { choices: [{ message: { role: 'assistant', content: row.target }, stop_reason: 'stop' }] },
    }));
    const file = path.join(folder(), 'log.json');
    writeFileSync(file, JSON.stringify({ version: 2, samples }));
    expect(await rowsOf('replay', file, '--task', 'UF')).toEqual([
      ['UF', 10, 40, 40],
      ['UF', 20, 40, 40],
    ]);
  });

  it('in the results of promptfoo, which has what it asked beside what came back', async () => {
    const out = folder();
    const argv = [
      'tasks',
      'export',
      '--for',
      'promptfoo',
      '--task',
      'UR',
      '--lengths',
      '5',
      '--n',
      '20',
      '--out',
      out,
    ];
    expect((await run(argv)).code).toBe(0);
    const lines = readFileSync(path.join(out, 'tests.jsonl'), 'utf8').trim().split('\n');
    const tests = lines.map(
      (line) => JSON.parse(line) as { metadata: { row: { target: string } }; vars: object },
    );
    const results = tests.map(({ vars, metadata }, i) => ({
      ...{ promptIdx: 0, vars, metadata, provider: { id: 'openai:chat:test' } },
      response: {
        output: i < 15 ? metadata.row.target : '?',
        tokenUsage: { total: 9, prompt: 7, completion: 2 },
      },
      // So it tells of an assertion that failed.
      ...{
        success: i < 15,
        ...(i < 15 ? {} : { error: 'Custom function returned false', failureReason: 1 }),
      },
    }));
    const file = path.join(folder(), 'results.json');
    writeFileSync(file, JSON.stringify({ evalId: 'e', results: { version: 3, results }, config: { tests } }));
    expect(await rowsOf('replay', file)).toEqual([['UR', 5, 20, 15]]);
  });

  it('were asked in several ways where their sources were drawn otherwise, or from other items', async () => {
    const asked = async (...argv: string[]): Promise<string> => {
      const rows = await exported('--for', 'lm-eval', '--lengths', '5', '--n', '4', ...argv);
      return fileOf(rows.map((row) => ({ ...row, output: row.target })));
    };
    const own = (items: string): string => {
      const file = path.join(folder(), 'mine.yaml');
      writeFileSync(file, `name: mine\noperation: UR\nitems: ${items}\nprompt: pair\n`);
      return file;
    };
    const refused: [string, string, string][] = [
      ['UR', await asked('--task', 'UR'), await asked('--task', 'UR', '--alphabet', 'lower')],
      ['mine', await asked('--task', own('words:40')), await asked('--task', own('words:60'))],
    ];
    for (const [task, one, other] of refused) {
      const names = [one, other].map((file) => {
        const { prompt_name, way } = JSON.parse(readFileSync(file, 'utf8').split('\n')[0]) as Sample;
        return `'${String(prompt_name)} (way ${String(way).slice(0, 8)})'`;
      });
      expect(await run(['replay', one, other])).toMatchObject({
        code: 2,
        err: `lengthwise: ${one}, ${other}: answers to ${task} were asked for in several ways (${names.join(', ')}), and these are never counted together: replay each file alone, or compare them: lengthwise compare ${one} ${other}\n`,
      });
    }
    // An option that changes nothing makes no other way.
    const [, same] = refused[0];
    const named = await asked('--task', 'UR', '--alphabet', 'characters', '--lengths', '6');
    expect((await run(['replay', same, named])).code).toBe(0);
  });

  it('name the way as a measurement of them does', async () => {
    const { url } = await serve();
    const out = folder();
    await run(
      measureArgv(url, '--task', 'UR', '--lengths', '5', '--n', '1', '--alphabet', 'lower', '--out', out),
    );
    const [{ way }] = rowsIn(out);
    const [sample] = await exported(
      ...['--for', 'lm-eval', '--task', 'UR', '--lengths', '5', '--n', '1', '--alphabet', 'lower'],
    );
    expect(sample.way).toBe(way);
  });

  it.each([
    ['NRFirst', ['--occurrences', '3'], '3'],
    ['NRFirst', ['--occurrences', '3-3'], '3'],
    ['NLLast', ['--occurrences', '2-2', '--where', 'first-half'], '2'],
    ['NLLast', ['--occurrences', '2-3'], '2-3'],
    ['NB', ['--pool', '3'], undefined],
  ])('are those that a measurement asks, by the same way: %s %j', async (task, options, occurrences) => {
    const { url } = await serve();
    const out = folder();
    const asked = ['--task', task, '--lengths', '12', '--n', '20', ...options];
    await run(measureArgv(url, ...asked, '--out', out));
    const same = occurrences === undefined ? asked : [...asked, '--occurrences', occurrences];
    const samples = await exported('--for', 'lm-eval', ...same);
    const told = (all: readonly { readonly index?: unknown }[]): unknown[] =>
      all.toSorted((a, b) => Number(a.index) - Number(b.index));
    const of = ({ index, source, query, answer, prompt, way }: Record<string, unknown>) => {
      return { index, source, query, answer, prompt, way };
    };
    expect(told(rowsIn(out).map((row) => of({ ...row })))).toEqual(told(samples.map(of)));
  });

  it('of a task of the user’s own are named by it, or by its file; a file named twice is refused', async () => {
    const yaml = path.join(root, 'examples/tasks/next-stop.yaml');
    const rows = await exported('--for', 'lm-eval', '--task', yaml, '--lengths', '5', '--n', '4');
    const file = fileOf(rows.map((row) => ({ ...row, output: row.target })));
    for (const argv of [[], ['--task', 'next-stop'], ['--task', yaml]])
      expect(await rowsOf('replay', file, ...argv)).toEqual([['next-stop', 5, 4, 4]]);
    const bare = fileOf([{ source: ['a', 'b'], query: 'a', output: 'b' }]);
    expect(await run(['replay', bare, '--task', yaml])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`--task ${yaml}: recorded outputs are scored by the rule`) as string,
    });
    expect(await run(['replay', file, file])).toMatchObject({
      code: 2,
      err: `lengthwise: ${file} is named twice: name each file once\n`,
    });
  });

  it('of one of ours are named in any letters; a task of the user’s own by that name where there are no rows of ours', async () => {
    const yaml = path.join(root, 'examples/tasks/next-stop.yaml');
    const argv = ['--for', 'lm-eval', '--task', `UR,UL,${yaml}`, '--lengths', '5', '--n', '4'];
    const rows = (await exported(...argv)).map((row) => ({ ...row, output: row.target }));
    const file = fileOf(rows);
    expect(await rowsOf('replay', file, '--task', 'UR')).toEqual([['UR', 5, 4, 4]]);
    expect(await rowsOf('replay', file, '--task', 'ur,next-stop')).toEqual([
      ['UR', 5, 4, 4],
      ['next-stop', 5, 4, 4],
    ]);
    const own = fileOf(rows.filter(({ task }) => task === 'next-stop'));
    expect(await rowsOf('replay', own, '--task', 'ur')).toEqual([['next-stop', 5, 4, 4]]);
    const bare = [{ source: ['a', 'b'], query: 'a', output: 'b' }];
    expect(await rowsOf('replay', fileOf(bare), '--task', 'ur')).toEqual([['UR', 2, 1, 1]]);
    const compared = ['compare', fileOf(bare), file, '--task', 'Ur', '--out', path.join(folder(), 'c.html')];
    expect((await run(compared)).code).toBe(0);
    const both = ['compare', file, file, '--task', 'ur', '--out', path.join(folder(), 'c.html'), '--json'];
    const { comparisons } = JSON.parse((await run(both)).out) as MeasureReportInput;
    expect(comparisons.map(({ task, length }) => [task, length])).toEqual([['UR', 5]]);
  });

  it('in several ways are refused, and so is what is no reading', async () => {
    const [one, other] = await ofPair();
    const row = { ...one, output: 'x' };
    const twoWays = fileOf([row, { ...other, output: 'x', prompt_name: 'json' }]);
    expect((await run(['replay', twoWays])).err).toMatch(
      /asked for in several ways \('pair', 'json'\).*keep the rows of one \(prompt_name, reading, way\)\n$/,
    );
    const broken = fileOf([{ ...row, reading: { filters: ['stop'], stop: ',' } }]);
    expect(await run(['replay', broken])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/line 1: 'reading' is not how an answer is read/) as string,
    });
  });
});

describe('files of other kinds', () => {
  it.each([
    ['csv', 'task,length,index,source,output\nUR,5,0,a b c d e,d\n'],
    ['csv', 'run;respondent\n1;m\n'],
  ])('%s %j is refused with what to write instead', async (ending, text) => {
    const file = path.join(folder(), `samples.${ending}`);
    writeFileSync(file, text);
    expect(await run(['replay', file, '--task', 'UR'])).toMatchObject({
      code: 2,
      err: `lengthwise: ${file} is CSV, which is not read: write its rows as JSON lines, one object a line (of a measurement: lengthwise export FOLDER --table samples --format jsonl)\n`,
    });
  });

  it('a page is no recording', async () => {
    const file = path.join(folder(), 'report.html');
    writeFileSync(file, '<!doctype html>\n<html lang="en">\n');
    expect((await run(['replay', file, '--task', 'UR'])).err).toBe(
      `lengthwise: ${file} is a web page, such as a report, and no file of records: name the file that holds the outputs\n`,
    );
    expect(await run(['compare', file, file])).toMatchObject({
      code: 2,
      err: `lengthwise: ${file} is a web page, such as a report: compare takes folders of measurements or studies, files of results (lengthwise export FOLDER --results FILE) and files of recorded outputs\n`,
    });
  });

  it('tasks of one’s own are exported, and read back', async () => {
    const own = path.join(root, 'examples/tasks/next-stop.yaml');
    const rows = await exported('--for', 'lm-eval', '--task', `${own},UR`, '--lengths', '5', '--n', '3');
    const said = rows.map((row) => ({ ...row, output: ` ${row.target}\nand so on` }));
    const all = await rowsOf('replay', fileOf(said));
    expect(new Set(all.map(String))).toEqual(new Set(['next-stop,5,3,3', 'UR,5,3,3']));
  });
});
