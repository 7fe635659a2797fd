/** Studies that ask models behind addresses, from end to end, against a server that speaks the protocol. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { slowly } from '../slowly.ts';
import { commandHere } from '../command-here.ts';
import { startServer } from '../server/server.ts';
import { error } from '../servers/case.ts';
import type { HorizonRow } from '../../src/score/tables/rows.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-respondents-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

interface Run {
  readonly out: string;
  readonly said: string;
  readonly code: number | null;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly kill?: NodeJS.Signals;
  readonly killWhen?: () => boolean;
}

/**
 * Runs the command to its end: in this process, or in one of its own, with an environment of its own, or with one signal as
 * soon as `killWhen` says so.
 */
function lengthwise(argv: readonly string[], own?: RunOptions): Promise<Run> {
  if (own === undefined) return commandHere(argv);
  const { env, kill, killWhen } = own;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'bin/lengthwise.js'), ...argv], {
      cwd: scratch,
      env: { ...process.env, LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '', ...env },
    });
    const timer = setInterval(() => {
      if (!killWhen?.()) return;
      clearInterval(timer);
      child.kill(kill);
    }, 5);
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ out, said, code });
    });
  });
}

let files = 0;

/** A study file, and a folder for it. */
function study(lines: string): { file: string; folder: string } {
  const name = `study${++files}`;
  const file = path.join(scratch, `${name}.yaml`);
  writeFileSync(file, `name: ${name}\n${lines}\n`);
  return { file, folder: path.join(scratch, name) };
}

function runStudy({ file, folder }: { file: string; folder: string }, options?: RunOptions): Promise<Run> {
  return lengthwise(['study', 'run', file, '--out', folder, '--json'], options);
}

interface Result {
  readonly items: number;
  readonly done: number;
  readonly failed: readonly { readonly task: string; readonly model: string; readonly error: string }[];
  readonly incomplete: readonly {
    readonly task: string;
    readonly failures: readonly { readonly count: number }[];
  }[];
  readonly rows: readonly {
    readonly task: string;
    readonly model: string;
    readonly verdict: string | null;
    readonly horizons: readonly { readonly length: number | null }[];
    readonly cells: readonly { length: number; n: number; correct: number; failed: number }[];
  }[];
}

function resultOf({ out, said, code }: Run): Result {
  expect(out, said).not.toBe('');
  expect([0, 1, 3]).toContain(code);
  return JSON.parse(out) as Result;
}

interface Compared {
  readonly respondents: readonly {
    readonly label: string;
    readonly rows: readonly { readonly task: string }[];
  }[];
  readonly comparisons: readonly {
    readonly first: string;
    readonly task: string;
    readonly length: number | null;
  }[];
  readonly notes: readonly string[];
}

interface Exported {
  readonly results: readonly {
    readonly rows: readonly { readonly task: string }[];
    readonly samples: { readonly count: number };
    readonly settings: Readonly<Record<string, object>>;
  }[];
}

/** What `compare` says of a study's folder, and what `export --results` writes and says. */
async function comparedAndExported(folder: string) {
  const page = path.join(scratch, 'compared.html');
  const compared = await lengthwise(['compare', folder, '--out', page, '--json']);
  expect(compared.code, compared.said).toBe(0);
  const file = path.join(scratch, 'results.json');
  const { said, code } = await lengthwise(['export', folder, '--results', file]);
  expect(code, said).toBe(0);
  const { respondents, comparisons, notes } = JSON.parse(compared.out) as Compared;
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as Exported;
  const tasks = respondents.map(({ rows }) => [...new Set(rows.map(({ task }) => task))]);
  return { labels: respondents.map(({ label }) => label), tasks, comparisons, notes, results, said };
}

const OWN_TASK = `name: own
operation: UR
items: [p, q, r, s, t, u, v, w, x, y]
prompt:
  demonstration: "{source} | after {query}: {answer}"
  question: "{source} | after {query}:"
  between: "\\n"
  symbols: ", "
  stop: ["\\n"]
  shots: 2
  demonstration-length: 5
`;

const TINY = `models: [{ name: tiny, positions: ape, layers: 1, heads: 2, dim: 16 }]
train: { steps: 20, batch: 8, lengths: 3-8, evaluateEvery: 10 }`;

/** Everything that can differ between two runs of the same study: times, and what stands on the machine. */
function withoutTimes(report: string): string {
  return report
    .replace(/<time[^>]*>[^<]*<\/time>/g, 'TIME')
    .replace(/under 0\.1 s|\d+(\.\d+)? s\b|\d+ min \d\d s/g, 'DURATION');
}

/** Every file below a folder, whole. */
function filesIn(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => ({ name, bytes: readFileSync(name) }));
}

describe('respondents beside a trained model', () => {
  it('stand in one table with their horizons and the theory, each asked once', async () => {
    const good = await serve({ accuracy: (task) => (task === 'UL' ? 0.2 : 1) });
    const other = await serve({ accuracy: () => 0 });
    const files = study(`tasks: [UR, UL, git-revert]
${TINY}
measure: { lengths: [5, 10], n: 40 }
respondents:
  - { name: good, endpoint: "${good.url}", model: test }
  - { name: bad/one, endpoint: "${other.url}", model: test, lengths: [6], n: 10, prompt: "bare" }`);
    const { rows, items, done } = resultOf(await runStudy(files));
    expect([items, done]).toEqual([13, 13]);
    expect(rows.map(({ task, model, verdict }) => `${task} ${model} ${verdict}`)).toEqual([
      ...['UR tiny in', 'UR good in', 'UR bad/one in', 'UL tiny in', 'UL good in', 'UL bad/one in'],
      ...['git-revert good in', 'git-revert bad/one in'],
    ]);
    expect(rows[1].horizons).toMatchObject([{ length: 10 }]);
    expect(rows[1].cells).toMatchObject([
      { length: 5, n: 40, correct: 40, failed: 0 },
      { length: 10, n: 40, correct: 40 },
    ]);
    expect(rows[4].horizons).toMatchObject([{ length: null }]);
    expect(rows[2].cells).toMatchObject([{ length: 6, n: 10, correct: 0 }]);
    expect(new Set(good.seen.answered).size).toBe(good.seen.answered.length);

    const before = [good.seen.requests, other.seen.requests];
    expect(resultOf(await runStudy(files)).done).toBe(13);
    expect([good.seen.requests, other.seen.requests]).toEqual(before);

    const report = readFileSync(path.join(files.folder, 'report.html'), 'utf8');
    for (const { model } of rows) expect(report).toContain(model);
    expect(report).toContain('UR − UL');
    expect(report).toMatch(/id="asymmetries"/);

    const status = await lengthwise(['study', 'status', files.folder]);
    expect(status.out).toContain('13 of 13 items done');
    const cells = await lengthwise(['export', files.folder, '--json']);
    const asked = cells.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { model: string; failed: number | null });
    expect(asked.filter(({ model }) => model === 'good')).toHaveLength(6);
    expect(asked.filter(({ failed }) => failed === 0)).toHaveLength(13); // those of the trained model, too
    const instances = await lengthwise(['export', files.folder, '--table', 'instances']);
    expect(instances.out.split('\n').find((line) => line.startsWith('git-revert'))).toMatch(
      /^git-revert,good,,5,0,0,"\["".* .*""\]",/,
    );
    const compared = await lengthwise([
      'compare',
      files.folder,
      '--json',
      '--out',
      path.join(scratch, 'c.html'),
    ]);
    const { respondents } = JSON.parse(compared.out) as { respondents: { respondent: { kind: string } }[] };
    expect(respondents.map(({ respondent }) => respondent.kind)).toEqual(['trained', 'endpoint', 'endpoint']);
  });

  slowly('are asked by one process an address, different addresses at the same time', async () => {
    // Each is slow until the other one has answered: neither is done before the other has begun.
    const slowUntil = (other: () => TestServer): ServerOptions => ({
      delay: () => (other().seen.answered.length > 0 ? 10 : 100),
    });
    const a: TestServer = await serve(slowUntil(() => b));
    const b: TestServer = await serve(slowUntil(() => a));
    const one = (url: string, name: string): string =>
      `  - { name: ${name}, endpoint: "${url}", model: test, concurrency: 1, prompt: ${name.startsWith('x') ? 'bare' : 'simple-rule'} }`;
    const files = study(`tasks: [UR]
measure: { lengths: [6], n: 60 }
respondents:
${[one(a.url, 'x1'), one(a.url, 'y1'), one(b.url, 'x2'), one(b.url, 'y2')].join('\n')}`);
    let both = false;
    const look = (): boolean => {
      const going = [a, b].map(({ seen }) => seen.answered.length > 0 && seen.requests < 100);
      both ||= going.every((each) => each);
      return false;
    };
    const { done } = resultOf(await runStudy(files, { killWhen: look }));
    expect(done).toBe(5);
    expect([a.seen.mostAtOnce, b.seen.mostAtOnce, both]).toEqual([1, 1, true]);
  });

  it('have the study’s names of tasks in compare and in results, each one respondent in all its tasks', async () => {
    const { url } = await serve({ accuracy: (task) => (task === 'NRLast' ? 1 : 0.9) });
    writeFileSync(path.join(scratch, 'own.yaml'), OWN_TASK);
    const files = study(`tasks:
  - UR
  - { task: NRLast, name: NRL-3, occurrences: 3, alphabet: lower }
  - { task: NRLast, name: NRL-2, occurrences: 2 }
  - own.yaml
${TINY}
measure: { lengths: [6, 8], n: 20 }
respondents:
  - { name: plain, endpoint: "${url}", model: test }
  - { name: json, endpoint: "${url}", model: test, prompt: json }`);
    const plan = await lengthwise(['study', 'plan', files.file, '--out', files.folder, '--json']);
    const work = (JSON.parse(plan.out) as { items: object[] }).items.length;
    // Both respondents are asked the same about the task of one's own: one piece of work, in every count.
    const run = resultOf(await runStudy(files));
    expect([run.items, run.done]).toEqual([work, work]);
    expect((await lengthwise(['study', 'status', files.folder])).out).toContain(
      `${work} of ${work} items done`,
    );
    const report = readFileSync(path.join(files.folder, 'report.html'), 'utf8').replace(/<[^>]+>/g, '');
    expect(report).toContain(`${work} items, each named by the hash`);
    expect(report).toMatch(/Not tested: .*NRL-3 by tiny/);
    expect(report).not.toMatch(/Not decided: [^.]*NRL-3 by tiny/);
    const { labels, tasks, notes, comparisons, results } = await comparedAndExported(files.folder);
    const three = ['UR', 'NRL-3', 'NRL-2'];
    expect(labels).toEqual(['tiny', 'test · prompts pair and own', 'test · prompts json and own']);
    expect(tasks).toEqual([three, [...three, 'own'], [...three, 'own']]);
    const compared = comparisons.filter(({ length, first }) => length === 6 && first === 'tiny');
    expect(compared.map(({ task }) => task)).toEqual([...three, ...three]);
    expect(notes.join()).not.toContain('Not asked of test');
    expect(results.map(({ rows }) => [...new Set(rows.map(({ task }) => task))])).toEqual(tasks);
    expect(results.map(({ samples }) => samples.count)).toEqual([120, 160, 160]);
    expect(results[1].settings).toMatchObject({
      'NRL-3': { occurrences: 3 },
      'NRL-2': { occurrences: 2, alphabet: 'default' },
    });
    // The names are no part of what was asked: other ones hold without asking again.
    writeFileSync(
      files.file,
      readFileSync(files.file, 'utf8').replace('NRL-3', 'thrice').replace('plain', 'usual'),
    );
    resultOf(await runStudy(files));
    const renamed = await comparedAndExported(files.folder);
    expect(renamed.tasks[1]).toEqual(['UR', 'thrice', 'NRL-2', 'own']);
    expect(renamed.results[1].rows).toEqual(
      results[1].rows.map((row) => (row.task === 'NRL-3' ? { ...row, task: 'thrice' } : row)),
    );
  }, 120_000);

  it('have all samples of a task that is asked in two ways, whatever these share', async () => {
    const { url, seen } = await serve({ accuracy: () => 1 });
    const files = study(`tasks:
  - { task: NRFirst, name: few, occurrences: 2-3 }
  - { task: NRFirst, name: often }
${TINY}
measure: { lengths: [8], n: 40 }
respondents: [{ name: m, endpoint: "${url}", model: test }]`);
    const { rows } = resultOf(await runStudy(files));
    const counts = rows.flatMap(({ task, model, cells }) =>
      model === 'm' ? cells.map(({ n, correct }) => [task, n, correct]) : [],
    );
    expect(counts).toEqual([
      ['few', 40, 40],
      ['often', 40, 40],
    ]);
    expect(seen.answered.length).toBeLessThan(80); // they share some
    expect(new Set(seen.answered).size).toBe(seen.answered.length);
    const { results } = await comparedAndExported(files.folder);
    const own = results.flatMap((one) => one.rows as { task: string; n: number }[]);
    expect(own.map(({ task, n }) => [task, n]).slice(-2)).toEqual([
      ['few', 40],
      ['often', 40],
    ]);
  });

  it('have each task at its own threshold, as the study has it, in results too', async () => {
    const { url } = await serve({ accuracy: () => 0.8 });
    const files = study(`tasks:
  - { task: UR, name: strict, measure: { threshold: 0.95 } }
  - { task: UR, name: loose, measure: { threshold: 0.5 } }
${TINY}
measure: { lengths: [8], n: 40 }
respondents: [{ name: m, endpoint: "${url}", model: test }]`);
    const { rows } = resultOf(await runStudy(files));
    const { results } = await comparedAndExported(files.folder);
    const horizonsOf = (all: readonly object[]): string[] =>
      (all as readonly HorizonRow[]).map(({ task, threshold, length }) => `${task} ${threshold} ${length}`);
    const exported = results as unknown as readonly { readonly horizons: readonly object[] }[];
    expect(exported.flatMap(({ horizons }) => horizonsOf(horizons)).toSorted()).toEqual(
      rows.flatMap(({ task, horizons }) => horizonsOf(horizons.map((one) => ({ ...one, task })))).toSorted(),
    );
    expect(horizonsOf(exported[1].horizons)).toEqual(['strict 0.95 null', 'loose 0.5 8']);
  });

  it('score a task of one’s own by its rule as it is now', async () => {
    const { url } = await serve({
      says: (prompt) => {
        const source = /Input: (.*)\nOutput:$/.exec(prompt)?.[1];
        return source && ` ${source.split(' ').reverse().join(' ')}\n`;
      },
    });
    const files = study(`tasks: [back.yaml]
measure: { lengths: [6], n: 20 }
respondents: [{ name: m, endpoint: "${url}", model: test }]`);
    const right: number[] = [];
    for (const operation of ['UF', 'UB']) {
      const prompt =
        'demonstration: "Input: {source}\\nOutput: {answer}", question: "Input: {source}\\nOutput:"';
      writeFileSync(
        path.join(scratch, 'back.yaml'),
        `name: back\noperation: ${operation}\nitems: lower\nprompt: { ${prompt}, between: "\\n", symbols: " ", stop: ["\\n"], shots: 0, demonstration-length: 5 }\n`,
      );
      const { rows } = resultOf(await runStudy(files));
      right.push(...rows.flatMap(({ cells }) => cells.map(({ correct }) => correct)));
    }
    expect(right).toEqual([0, 20]);
  });

  it('are planned with the most that they would be asked, without asking', async () => {
    const { url, seen } = await serve();
    const { file, folder } = study(`tasks: [UR]
respondents:
  - { name: fixed, endpoint: "${url}", model: test, lengths: [5, 9], n: 30 }
  - { name: searched, endpoint: "${url}", model: test, max-length: 40 }`);
    const { out } = await lengthwise(['study', 'plan', file, '--out', folder]);
    expect(out).toMatch(/ask +UR +fixed .*lengths 5,9, n 30; at most 82 requests, \d+ tokens/);
    expect(out).toMatch(/ask +UR +searched .*a search up to length 40; at most \d+ requests, \d+ tokens/);
    expect(out).toMatch(/2 ask to do.*; at most \d+ requests and \d+ tokens\n$/);
    expect(seen.requests).toBe(0);
  });
});

describe('a study of respondents only', () => {
  slowly('searches for horizons where it names no lengths', async () => {
    const { url } = await serve({ accuracy: (_, length) => (length <= 24 ? 1 : 0.2) });
    const files = study(`tasks: [UR, table-lookup]
respondents: [{ endpoint: "${url}", model: test, max-length: 60 }]`);
    const { rows } = resultOf(await runStudy(files));
    expect(rows.map(({ task }) => task)).toEqual([
      'UR',
      ...['after', 'before', 'first', 'last'].map((which) => `table-lookup-${which}`),
    ]);
    const [{ length }] = rows[0].horizons;
    expect(length).toBeGreaterThanOrEqual(20);
    expect(length).toBeLessThanOrEqual(24);
    const report = readFileSync(path.join(files.folder, 'report.html'), 'utf8');
    expect(report).not.toMatch(/Transformers were trained|Training runs|training range/);
  });

  slowly('asks about a task of one’s own and lines of one’s own, named relative to the file', async () => {
    const { url } = await serve();
    writeFileSync(path.join(scratch, 'table.csv'), 'key,word\nA1,oak\nA2,elm\nA3,ash\nA4,fir\nA5,yew\n');
    const own = readFileSync(path.join(root, 'examples/tasks/next-stop.yaml'), 'utf8');
    writeFileSync(path.join(scratch, 'own.yaml'), own);
    const files = study(`tasks: [own.yaml, table-lookup-after]
measure: { lengths: [4], n: 5 }
respondents: [{ name: m, endpoint: "${url}", model: test, csv: table.csv }]`);
    const { rows, done, items } = resultOf(await runStudy(files));
    expect(done).toBe(items);
    expect(rows.map(({ task, verdict }) => [task, verdict])).toEqual([
      ['next-stop', 'in'],
      ['table-lookup-after', null],
    ]);
    const exported = await lengthwise(['export', files.folder, '--table', 'instances', '--json']);
    expect(exported.out).toContain('A3,ash');
    // Other lines are other questions.
    writeFileSync(path.join(scratch, 'table.csv'), 'key,word\nB1,oak\nB2,elm\nB3,ash\nB4,fir\nB5,yew\n');
    await runStudy(files);
    const again = await lengthwise(['export', files.folder, '--table', 'instances', '--json']);
    expect(again.out).toContain('B3,ash');
  });

  it('asks nothing twice when a task is added, or when it is to be asked faster', async () => {
    const { url, seen } = await serve();
    const { file, folder } = study('');
    const write = (tasks: string, more = ''): void =>
      writeFileSync(
        file,
        `name: grows\ntasks: ${tasks}\nmeasure: { lengths: [6], n: 20 }\nrespondents: [{ endpoint: "${url}", model: test${more} }]\n`,
      );
    write('[UR]');
    await runStudy({ file, folder });
    const first = seen.answered.length;
    write('[UR, UL]', ', concurrency: 2, timeout: 30, budget: 1e9tokens');
    await runStudy({ file, folder });
    expect([first, seen.answered.length]).toEqual([20, 40]);
    write('[UR]', ', n: 25');
    const { rows } = resultOf(await runStudy({ file, folder }));
    expect(rows[0].cells).toMatchObject([{ n: 25 }]);
    expect(seen.answered.length).toBe(45);
  });
});

describe('what goes wrong', () => {
  const KILLED = (url: string): string => `tasks: [UR, UL]
measure: { lengths: [5, 9], n: 60 }
respondents: [{ name: m, endpoint: "${url}", model: test, concurrency: 4 }]`;

  slowly('killed in the middle, the same command asks what is left, and the report is the same', async () => {
    const { url, seen, idle } = await serve({ delay: 5, accuracy: (_, length) => (length < 7 ? 1 : 0.6) });
    const files = study(KILLED(url));
    const killed = await runStudy(files, { kill: 'SIGKILL', killWhen: () => seen.answered.length >= 60 });
    expect(killed.code).toBeNull();
    await idle(); // what is under way is answered still
    const asked = seen.answered.length;
    const { out } = await lengthwise(['study', 'status', files.folder, '--json']);
    const { items } = JSON.parse(out) as { items: { kind: string; state: string; asked: number | null }[] };
    const soFar = items
      .filter(({ kind, state }) => kind === 'ask' && state !== 'done')
      .map((item) => item.asked);
    expect(soFar.length).toBeGreaterThan(0);
    expect(soFar.every((count) => count !== null && count <= 120)).toBe(true);
    const text = (await lengthwise(['study', 'status', files.folder])).out;
    for (const count of soFar) if (count !== 0) expect(text).toContain(`begun: ${count} asked so far`);
    expect(Math.max(...soFar.map(Number))).toBeGreaterThan(0);
    const { rows } = resultOf(await runStudy(files));
    expect(rows.map(({ cells }) => cells.map(({ n }) => n))).toEqual([
      [60, 60],
      [60, 60],
    ]);
    // What was under way when the run died was kept, too.
    expect(seen.answered).toHaveLength(240);
    expect(new Set(seen.answered).size).toBe(240);
    expect(asked).toBeLessThan(200);

    const whole = { ...files, folder: `${files.folder}-whole` };
    await runStudy(whole);
    const [a, b] = [files, whole].map(({ folder }) =>
      withoutTimes(readFileSync(path.join(folder, 'report.html'), 'utf8')),
    );
    expect(a).toBe(b);
  });

  slowly('Ctrl-C waits for what is under way, and the same command goes on', async () => {
    let told = false;
    const { url, seen } = await serve({ delay: () => (told ? 500 : 20) }); // it must not be done before it hears of it
    const files = study(KILLED(url));
    const stopped = await runStudy(files, {
      kill: 'SIGINT',
      killWhen: () => (told = seen.answered.length > 20),
    });
    expect(stopped.code).toBe(130);
    told = false;
    resultOf(await runStudy(files));
    expect(seen.answered).toHaveLength(240);
    expect(new Set(seen.answered).size).toBe(240);
  });

  slowly(
    'a server that is down is a failed item with its cause; the others go on, and the same command tries again',
    async () => {
      const gone = await serve();
      const port = Number(new URL(gone.url).port);
      await gone.close();
      const { url } = await serve();
      const files = study(`tasks: [UR, UL]
${TINY}
measure: { lengths: [6], n: 10 }
respondents:
  - { name: down, endpoint: "${gone.url}", model: test, max-retries: 0 }
  - { name: up, endpoint: "${url}", model: test }`);
      const run = await runStudy(files);
      expect(run.code).toBe(1);
      const { failed, done } = resultOf(run);
      // The second task is not even tried: it is known by then that nobody is there.
      expect(failed.map(({ task, model }) => `${task} ${model}`)).toEqual(['UR down', 'UL down']);
      for (const { error } of failed) expect(error).toContain('the connection was refused');
      expect(failed[0].error).not.toContain('\n');
      expect(done).toBe(8);
      expect(run.said).toContain('ask UR down failed: ');
      expect(readFileSync(path.join(files.folder, 'report.html'), 'utf8')).toContain('Asking failed.');
      await serve({ port });
      const again = await runStudy(files);
      expect(again.code).toBe(0);
      expect(resultOf(again)).toMatchObject({ done: 10, failed: [] });
    },
  );

  it('questions without an answer are counted, and asked again by the next run', async () => {
    let broken = true;
    const { url, seen } = await serve({ fault: (n) => (broken && n % 10 === 3 ? '500' : null) });
    const files = study(`tasks: [UR]
measure: { lengths: [6], n: 40 }
respondents: [{ endpoint: "${url}", model: test, max-retries: 0, concurrency: 1 }]`);
    const run = await runStudy(files);
    expect([run.code, run.said]).toEqual([
      3,
      expect.stringContaining('lengthwise: incomplete: 4 questions failed; '),
    ]);
    const { rows, incomplete } = resultOf(run);
    expect(rows[0].cells).toMatchObject([{ n: 40, correct: 36, failed: 4, accuracy: 0.9 }]);
    expect(incomplete).toMatchObject([{ task: 'UR', failures: [{ count: 4 }] }]);
    expect(run.said).toContain('4 questions got no answer (status 500');
    expect(readFileSync(path.join(files.folder, 'report.html'), 'utf8')).toContain(
      'Of all samples, 4 failed.',
    );
    broken = false;
    const whole = await runStudy(files);
    expect(whole.code).toBe(0);
    expect(resultOf(whole).rows[0].cells).toMatchObject([{ n: 40, failed: 0 }]);
    expect(seen.answered).toHaveLength(40);
  });

  it('where prompts no longer fit the context nothing is left to ask: the run is complete', async () => {
    const tooLong = error(400, "This model's maximum context length is 120 tokens");
    const { url, seen } = await serve({
      accuracy: () => 1,
      behaviour: { answer: ({ prompt }) => (prompt.split(/\s+/).length > 160 ? tooLong : null) },
    });
    const files = study(`tasks: [UR]
measure: { lengths: [6, 200], n: 40 }
respondents: [{ endpoint: "${url}", model: test, prompt: paper }]`);
    const run = await runStudy(files);
    expect([run.code, run.said]).toEqual([0, expect.not.stringContaining('incomplete')]);
    const { rows, incomplete } = resultOf(run);
    expect([rows[0].horizons, incomplete]).toMatchObject([[{ length: 6, contextEnds: 200 }], []]);
    const before = seen.requests;
    await runStudy(files);
    expect(seen.requests).toBe(before);
  });

  it('a budget is for all tasks of a respondent together; with more of it the same command goes on', async () => {
    const { url, seen } = await serve();
    const files = study(`tasks: [UR, UL]
measure: { lengths: [6], n: 40 }
respondents: [{ endpoint: "${url}", model: test, budget: 60requests }]`);
    const run = await runStudy(files);
    expect(seen.requests).toBeLessThanOrEqual(60); // those of the probe included
    expect(seen.answered.length).toBeGreaterThan(40); // of both tasks
    expect(run.code).toBe(3);
    expect(run.said).toContain(
      'lengthwise: incomplete: the budget is spent in 1 of 2 measurements that ask an endpoint; the same command',
    );
    const text = readFileSync(files.file, 'utf8');
    writeFileSync(files.file, text.replace('60requests', '200requests'));
    const { rows } = resultOf(await runStudy(files));
    expect(rows.map(({ cells }) => cells[0].n)).toEqual([40, 40]);
    expect(seen.answered).toHaveLength(80);
  });

  it.each(['30requests', '3requests'])(
    'a task that a budget of %s does not begin is incomplete, not failed',
    async (budget) => {
      const { url, seen } = await serve();
      const files = study(`tasks: [UR, UL]
measure: { lengths: [6], n: 40 }
respondents: [{ endpoint: "${url}", model: test, budget: ${budget} }]`);
      const run = await runStudy(files);
      expect([run.code, run.said]).toEqual([3, expect.not.stringContaining('failed')]);
      expect(run.said).toContain(
        'ask UL test: the budget is spent; with more of it the same command goes on',
      );
      const { incomplete } = resultOf(run);
      expect(incomplete).toMatchObject([{ budgetSpent: true }, { budgetSpent: true }]);
      const text = readFileSync(files.file, 'utf8');
      writeFileSync(files.file, text.replace(budget, '200requests'));
      const more = await runStudy(files);
      expect(more.code).toBe(0);
      expect(resultOf(more).rows.map(({ cells }) => cells[0].n)).toEqual([40, 40]);
      expect(seen.answered).toHaveLength(80);
    },
  );

  it('respondents that are one model asked in one way are measured apart, each with its own budget', async () => {
    const { url, seen } = await serve({ accuracy: () => 1 });
    const files = study(`tasks: [UR]
measure: { lengths: [5, 10], n: 10 }
respondents:
  - { name: few, endpoint: "${url}", model: test }
  - { name: many, endpoint: "${url}", model: test, n: 40, budget: 110requests }
  - { name: twice, endpoint: "${url}", model: test, repeat: 2 }`);
    const run = await runStudy(files);
    expect(run.code).toBe(0);
    const fixed = { confidence: 0.95 };
    const { rows } = resultOf(run);
    expect(rows.map(({ model, cells }) => [model, cells])).toMatchObject([
      ['few', [fixed, fixed]],
      ['many', [fixed, fixed]],
      ['twice', [fixed, fixed]],
    ]);
    for (const { cells } of rows) for (const cell of cells) expect(cell).not.toHaveProperty('lookedAgain');
    expect(rows.map(({ cells }) => cells.map(({ n }) => n))).toEqual([
      [10, 10],
      [40, 40],
      [10, 10],
    ]);
    expect(seen.answered).toHaveLength(20 + 80 + 40);
    const results = path.join(scratch, 'apart.json');
    expect((await lengthwise(['export', files.folder, '--results', results])).code).toBe(0);
    const written = JSON.parse(readFileSync(results, 'utf8')) as {
      results: { name: string; rows: { n: number; answers?: number }[] }[];
    };
    const byName = written.results.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(byName.map(({ name, rows: [{ n, answers }] }) => [name, n, answers])).toEqual([
      ['test · few', 10, undefined],
      ['test · many', 40, undefined],
      ['test · twice', 10, 20],
    ]);
    // The same command asks nothing again.
    const before = seen.requests;
    expect((await runStudy(files)).code).toBe(0);
    expect(seen.requests).toBe(before);
  });

  it('one that never answered leaves the numbers of the others: compare and export --results name it', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const gone = await startServer({});
    await gone.close();
    const files = study(`tasks: [UR, UL]
measure: { lengths: [5], n: 10 }
respondents:
  - { name: good, endpoint: "${url}", model: test }
  - { name: few, endpoint: "${url}", model: test, n: 5 }
  - { name: dead, endpoint: "${gone.url}", model: test, max-retries: 0 }
  - { name: poor, endpoint: "${url}", model: test, n: 7, budget: 3requests }`);
    expect((await runStudy(files)).code).toBe(1);
    const silent = [
      expect.stringMatching(/^dead has no answers: .*the connection was refused/),
      'poor has no answers: the budget is spent',
    ];
    const { said, notes, labels } = await comparedAndExported(files.folder);
    expect(labels).toEqual(['test · good', 'test · few']);
    expect(notes.filter((note) => note.includes('has no answers'))).toEqual(silent);
    expect(said.trim().split('\n')).toEqual(silent);

    const text = readFileSync(files.file, 'utf8');
    writeFileSync(files.file, text.replace(/.*dead.*\n.*poor.*/, ''));
    expect((await runStudy(files)).code).toBe(0);
    const without = await comparedAndExported(files.folder);
    expect([without.labels, without.said, without.notes]).toEqual([labels, '', []]);
  });

  it('one that did not come to the last of its tasks is incomplete', async () => {
    const { url } = await serve({ accuracy: () => 1 });
    const files = study(`tasks: [UR, UL]
measure: { lengths: [5], n: 10 }
respondents:
  - { name: good, endpoint: "${url}", model: test }
  - { name: few, endpoint: "${url}", model: test, n: 5, tasks: [UR] }`);
    expect((await runStudy(files)).code).toBe(0);
    // As if it had been killed before that task.
    for (const name of readdirSync(path.join(files.folder, 'respondents'))) {
      const kept = new DatabaseSync(path.join(files.folder, 'respondents', name, 'measure.sqlite'));
      kept.exec("UPDATE facts SET value = json_remove(value, '$[1]') WHERE name = 'sittings'");
      kept.exec("DELETE FROM answers WHERE task = 'UL'");
      kept.close();
    }
    const store = new DatabaseSync(path.join(files.folder, 'study.sqlite'));
    store.exec("UPDATE items SET state = 'waiting' WHERE kind = 'ask' AND spec LIKE '%\"task\":\"UL\"%'");
    store.close();
    const { tasks, notes } = await comparedAndExported(files.folder);
    expect(tasks).toEqual([['UR'], ['UR']]);
    expect(notes[0]).toBe(
      'test · good: incomplete: stopped: UL is not done: not asked yet. The numbers are those so far.',
    );
  });

  it('no key and no header is in the store, the report or what is said', async () => {
    const [key, header] = ['sk-very-secret-0123456789', 'other-secret-9876543210'];
    const { url } = await serve({ key, quirks: { leaksKey: true } });
    const files = study(`tasks: [UR]
measure: { lengths: [6], n: 10 }
respondents:
  - { name: m, endpoint: "${url}", model: test, headers: { X-Other: "env:OTHER_SECRET" } }`);
    const right = await runStudy(files, { env: { LENGTHWISE_API_KEY: key, OTHER_SECRET: header } });
    expect(right.code).toBe(0);
    const wrong = { ...files, folder: `${files.folder}-wrong` };
    const bad = 'sk-not-the-right-one-55555';
    const refused = await runStudy(wrong, { env: { OPENAI_API_KEY: bad, OTHER_SECRET: header } });
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('bad key');
    for (const { name, bytes } of [files, wrong].flatMap(({ folder }) => filesIn(folder))) {
      for (const secret of [key, header, bad]) expect(bytes.includes(secret), name).toBe(false);
    }
    for (const { out, said } of [right, refused]) expect(out + said).not.toMatch(/sk-|other-secret/);
    const unset = await runStudy(files, { env: { LENGTHWISE_API_KEY: key } });
    expect(unset).toMatchObject({ code: 2, said: expect.stringContaining('OTHER_SECRET is not set') });
  });
});
