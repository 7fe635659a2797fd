/** Tasks of one's own, from files: two of one name, options that they have no use for, and their ways of being asked. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasureReportInput } from '../../src/measure/store/rows.ts';
import type { RecordedResult } from '../../src/measure/targets/recorded-result.ts';
import { folder, measureArgv, root, run, serve } from './measuring.ts';

const scratch = folder();

/** A file of the task next-stop. */
function fileOf(
  name: string,
  operation: string,
  head = 'Stops.',
  items = '[a, b, c, d, e, f, g, h]',
): string {
  const file = path.join(scratch, name);
  const prompt = `{head: "${head}", demonstration: "{source} | {query}: {answer}", question: "{source} | {query}:", between: "\\n", symbols: ", ", stop: ["\\n"], shots: 2, demonstration-length: 4}`;
  writeFileSync(file, `name: next-stop\noperation: ${operation}\nitems: ${items}\nprompt: ${prompt}\n`);
  return file;
}

const right = fileOf('right.yaml', 'UR');
const left = fileOf('left.yaml', 'UL');

const exporting = (...more: string[]) =>
  run(['tasks', 'export', '--for', 'lm-eval', '--lengths', '5', '--out', path.join(folder(), 'x'), ...more]);

describe('two tasks of one name in a command', () => {
  const refusal = `lengthwise: ${right} and ${left} are both called 'next-stop', and tasks of one name would be counted as one: change 'name' in one of them, or ask them in two commands\n`;

  it('are refused where models are asked, before anything is', async () => {
    const { url, seen } = await serve();
    const { code, err } = await run(measureArgv(url, '--task', `${right},UR,${left}`, '--lengths', '5'));
    expect([code, err, seen.requests]).toEqual([2, refusal, 0]);
  });

  it('are refused where samples are exported', async () => {
    expect(await exporting('--task', `${right},${left}`)).toMatchObject({ code: 2, err: refusal });
  });
});

describe('options that none of the tasks has a use for', () => {
  it.each([
    [
      ['--task', right, '--prompt', 'pair'],
      `--prompt pair has no use for tasks from files (${right}), which have prompts of their own: leave it out, or change 'prompt' in the file`,
    ],
    [
      ['--task', right, '--alphabet', 'lower'],
      "next-stop has no use for the option 'alphabet', which is for every task but flip-flop",
    ],
    [
      ['--task', `UR,${right}`, '--pool', '3'],
      "UR, next-stop have no use for the option 'pool', which is for non-unique copying (NF, NB)",
    ],
  ])('are refused in an export: %j', async (argv, message) => {
    expect(await exporting(...argv)).toMatchObject({ code: 2, err: `lengthwise: ${message}\n` });
  });

  it('are taken where one of the tasks has', async () => {
    expect(await exporting('--task', `UR,${right}`, '--alphabet', 'lower', '--prompt', 'pair')).toMatchObject(
      {
        code: 0,
      },
    );
  });
});

/** What `compare --json` says. */
type Compared = Pick<MeasureReportInput, 'respondents' | 'comparisons' | 'notes'>;

describe('tasks of one name, asked one after the other', () => {
  const out = (name: string) => path.join(scratch, name);

  beforeAll(async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const asked = async (file: string, ...folders: readonly string[]) => {
      for (const one of folders) {
        const argv = measureArgv(url, '--task', file, '--lengths', '5', '--n', '40', '--out', out(one));
        const { code, err } = await run(argv);
        expect([code, err]).toEqual([0, expect.any(String)]);
      }
    };
    await asked(right, 'both', 'right', 'reworded', 'items');
    await asked(left, 'both', 'left');
    await asked(fileOf('words.yaml', 'UR', 'Which stop?'), 'reworded');
    await asked(fileOf('items.yaml', 'UR', 'Stops.', '[m, n, o, p, q, r]'), 'items');
  }, 60_000);

  const compared = async (...folders: readonly string[]): Promise<Compared> => {
    const argv = ['compare', ...folders, '--out', path.join(scratch, 'compared.html'), '--json'];
    return JSON.parse((await run(argv)).out) as Compared;
  };
  const tasksOf = ({ respondents }: Compared) =>
    respondents.map(({ label, rows }) => [label, ...rows.map(({ task, n }) => `${task}: ${n}`)]);
  const NOTE = (one: string, other: string) =>
    `next-stop is UR for ${one} and UL for ${other}: these are two tasks, and not compared.`;
  const APART = [
    ['test · operation UR', 'next-stop (UR): 40'],
    ['test · operation UL', 'next-stop (UL): 40'],
  ];

  it.each([['both'], ['right', 'left']])(
    'by another operation are two tasks, never compared: %s',
    async (...names) => {
      const found = await compared(...names.map(out));
      expect(tasksOf(found)).toEqual(APART);
      expect(found.comparisons).toEqual([]);
      expect(found.notes).toContainEqual(NOTE('test · operation UR', 'test · operation UL'));
      const table = (await run(['compare', ...names.map(out), '--out', path.join(scratch, 'c.html')])).out;
      expect(table.match(/^next-stop \(U[RL]\)/gm)).toEqual(['next-stop (UR)', 'next-stop (UL)']);
    },
  );

  it('are so in files of results, and where rows are replayed', async () => {
    const files = await Promise.all(
      ['right', 'left'].map(async (name) => {
        await run(['export', out(name), '--results', out(`${name}.json`)]);
        const rows = out(`${name}.jsonl`);
        await run(['export', out(name), '--table', 'samples', '--format', 'jsonl', '--out', rows]);
        return { results: out(`${name}.json`), rows };
      }),
    );
    for (const kind of ['results', 'rows'] as const) {
      const found = await compared(...files.map((file) => file[kind]));
      expect(tasksOf(found).map(([, rows]) => rows)).toEqual(['next-stop (UR): 40', 'next-stop (UL): 40']);
      expect(found.comparisons).toEqual([]);
    }
    const { code, err } = await run(['replay', ...files.map(({ rows }) => rows)]);
    expect([code, err]).toEqual([
      2,
      `lengthwise: ${files.map(({ rows }) => rows).join(', ')}: rows of two tasks are called 'next-stop' (by 'operation', UR and UL): change the name of one of them, or read them by two commands\n`,
    ]);
  });

  it('are named by what differs in the report of their folder', async () => {
    const page = path.join(scratch, 'both.html');
    await run(['report', out('both'), '--out', page]);
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('operation UL');
    expect(text).toContain('next-stop (UL)');
    expect(text).toContain('(operation)');
  });

  it('in other words, or about other items, are ways of one task', async () => {
    const words = await compared(out('reworded'));
    expect(tasksOf(words).map(([, rows]) => rows)).toEqual(['next-stop: 40', 'next-stop: 40']);
    expect(words.respondents.map(({ label }) => label)).toEqual([
      expect.stringMatching(/^test · prompt next-stop \(text [0-9a-f]{8}\)$/),
      expect.stringMatching(/^test · prompt next-stop \(text [0-9a-f]{8}\)$/),
    ]);
    expect(words.comparisons).toMatchObject([{ task: 'next-stop', paired: true }]);
    expect(words.notes.join()).toContain('not asked in the same words');
    expect(words.notes.at(-1)).toMatch(
      /^First asked: test · prompt next-stop \(text [0-9a-f]{8}\): .*; test · /,
    );
    const items = await compared(out('items'));
    expect(items.respondents.map(({ label }) => label)).toEqual([
      expect.stringMatching(/^test · items 8 \([0-9a-f]{8}\)$/),
      expect.stringMatching(/^test · items 6 \([0-9a-f]{8}\)$/),
    ]);
    expect(items.notes.join()).toMatch(/asked with other options than .*: items \(8 .* and 6 /);
  });
});

describe('items with blanks in them, recorded', () => {
  /** 20 samples of the example, as they are exported, with outputs that are right but for the first. */
  async function samples(): Promise<readonly Record<string, unknown>[]> {
    const out = path.join(folder(), 'export');
    const task = path.join(root, 'examples/tasks/next-stop.yaml');
    const argv = ['--task', task, '--lengths', '5', '--n', '20', '--out', out];
    expect((await run(['tasks', 'export', '--for', 'lm-eval', ...argv])).code).toBe(0);
    const lines = readFileSync(path.join(out, 'samples.jsonl'), 'utf8').trim().split('\n');
    return lines.map((line, i) => {
      const row = JSON.parse(line) as Record<string, unknown>;
      return { ...row, output: i === 0 ? ' Nowhere Lane' : ` ${String(row.target)}` };
    });
  }
  const replayed = async (rows: readonly object[], ...argv: string[]) => {
    const file = path.join(folder(), 'rows.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const { recording } = JSON.parse((await run(['replay', file, '--json', ...argv])).out) as RecordedResult;
    const [{ records, contradicting, contradictions, correctByOracle }] = recording.files;
    return { records, contradicting, contradictions, correctByOracle };
  };
  const NONE = { records: 20, contradicting: 0, contradictions: [], correctByOracle: 19 };

  it('are no contradiction of the oracle, whether rows name their task or not', async () => {
    const rows = await samples();
    expect(await replayed(rows)).toEqual(NONE);
    const bare = rows.map(({ source, query, answer, output }) => ({ source, query, answer, output }));
    expect(await replayed(bare, '--task', 'UR')).toEqual(NONE);
  });

  it('contradict it where they are other items of the source', async () => {
    const rows = (await samples()).map((row, i) => (i === 3 ? { ...row, answer: [row.query] } : row));
    const { source, query } = rows[3] as { source: string[]; query: string };
    const right = source[source.indexOf(query) + 1];
    const reason = `next-stop answers ${right}`;
    expect(await replayed(rows)).toMatchObject({
      ...{ contradicting: 1, correctByOracle: 19 },
      contradictions: [{ line: 4, gold: query, oracle: right, reason }],
    });
  });
});
