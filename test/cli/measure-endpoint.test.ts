import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MeasureStore } from '../../src/measure/asking/store.node.ts';
import type { StoredRow } from '../../src/measure/asking/store.node.ts';
import { FAULTS, startServer } from '../server/server.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const KEY = 'sk-very-secret-0123456789';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Result {
  readonly respondent: Record<string, unknown> & { readonly capabilities: Record<string, unknown> };
  readonly rows: readonly {
    readonly task: string;
    readonly length: number;
    readonly n: number;
    readonly correct: number;
    readonly failed: number;
    readonly truncated: number;
    readonly errors: Record<string, number>;
  }[];
  readonly horizons: readonly { readonly task: string; readonly length: number | null }[];
  readonly asymmetries: readonly { readonly n: number; readonly difference: number; readonly p: number }[];
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  readonly run: {
    readonly answered: number;
    readonly reused: number;
    readonly failed: number;
    readonly spent: { readonly requests: number; readonly tokens: number };
  };
  readonly ending: { readonly kind: string };
}

let server: TestServer | undefined;
afterEach(() => server?.close());

async function serve(options: ServerOptions = {}): Promise<TestServer> {
  server = await startServer(options);
  return server;
}

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'lengthwise-measure-'));
}

/** Runs the command to its end, or kills it as soon as `killWhen` says so. */
function run(
  argv: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly kill?: NodeJS.Signals;
    readonly killWhen?: () => boolean;
  } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const node = path.join(root, 'bin/lengthwise.js');
    const child = spawn(process.execPath, [node, ...argv], {
      cwd: folder(),
      env: { ...process.env, LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '', ...options.env },
    });
    const timer = setInterval(() => {
      if (options.killWhen?.()) child.kill(options.kill);
    }, 5);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ code, signal, out, err });
    });
  });
}

function measureArgv(url: string, ...more: string[]): string[] {
  return ['measure', '--endpoint', url, '--model', 'test', ...more];
}

async function measured(url: string, ...more: string[]): Promise<Result> {
  const { code, out, err } = await run(measureArgv(url, '--json', ...more));
  expect(err).not.toMatch(/lengthwise: /);
  expect(code).toBe(0);
  return JSON.parse(out) as Result;
}

function rowsIn(out: string): StoredRow[] {
  const store = MeasureStore.read(out);
  const rows = [...store.rows()];
  store.close();
  return rows;
}

describe('a server that answers', () => {
  it('gives rows, horizons and asymmetries, and UL and UR are asked about the same sources', async () => {
    const { url, seen } = await serve({ accuracy: (task, length) => (task === 'UL' && length > 10 ? 0 : 1) });
    const result = await measured(url, '--task', 'UR,UL', '--lengths', '10,20', '--n', '40');
    expect(result.rows.map(({ task, length, n, correct }) => [task, length, n, correct])).toEqual([
      ['UR', 10, 40, 40],
      ['UR', 20, 40, 40],
      ['UL', 10, 40, 40],
      ['UL', 20, 40, 0],
    ]);
    expect(result.rows[3].errors).toEqual({ 'not-in-source': 40 });
    expect(result.horizons.map(({ task, length }) => [task, length])).toEqual([
      ['UR', 20],
      ['UL', 10],
    ]);
    expect(result.asymmetries[1]).toMatchObject({ n: 40, difference: 1 });
    expect(result.asymmetries[1].p).toBeLessThan(1e-10);
    expect(seen.answered).toHaveLength(160);
    expect(new Set(seen.answered).size).toBe(160); // the demonstrations of UL and UR have different answers
  });

  it('searches for the horizon when no lengths are given, with fewer questions than the grid', async () => {
    const { url, seen } = await serve({ accuracy: (_, length) => (length <= 24 ? 1 : 0.2) });
    const { horizons, rows } = await measured(url, '--task', 'UR', '--max-length', '80');
    expect(horizons[0].length).toBeGreaterThanOrEqual(20);
    expect(horizons[0].length).toBeLessThanOrEqual(24);
    expect(rows.map(({ length }) => length)).toEqual(expect.arrayContaining([5, 10, 20, 40]));
    expect(seen.answered.length).toBeLessThan(400);
  });

  it('chat: the prompt is the user’s message; every repeat is really asked', async () => {
    const { url, seen } = await serve({ apis: ['chat'] });
    const out = folder();
    const result = await measured(
      url,
      '--task',
      'UF',
      '--lengths',
      '6',
      '--n',
      '5',
      '--repeat',
      '3',
      '--out',
      out,
    );
    expect(result.respondent).toMatchObject({ api: 'chat' });
    expect(result.rows).toMatchObject([{ n: 15, correct: 15 }]);
    expect(seen.answered).toHaveLength(15);
    expect(new Set(seen.answered).size).toBe(5);
    expect(
      rowsIn(out)
        .map(({ repeat }) => repeat)
        .sort(),
    ).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  });

  it('keeps every row whole', async () => {
    const { url, seen } = await serve();
    const out = folder();
    await measured(url, '--task', 'UR', '--lengths', '8', '--n', '3', '--out', out);
    const rows = rowsIn(out);
    expect(rows.map(({ prompt }) => prompt).sort()).toEqual([...seen.answered].sort());
    expect(rows[0]).toMatchObject({ task: 'UR', length: 8, finishReason: 'stop', error: null, attempts: 1 });
    expect(rows[0].output).toBe(` ${rows[0].answer[0]}`);
    expect(rows[0].promptTokens).toBeGreaterThan(8);
    expect(rows[0].latencyMs).toBeGreaterThan(0);
  });

  it.each<[string, ServerOptions['quirks']]>([
    ['echo', { echo: 'given' }],
    ['prompt_logprobs', { echo: 'refused', promptLogprobs: true }],
  ])(
    'likelihood by %s gives the verdicts of generation, with one request for a right answer',
    async (_, quirks) => {
      const { url, seen } = await serve({ accuracy: () => 0.6, ...(quirks === undefined ? {} : { quirks }) });
      const argv = ['--task', 'UR,UB', '--lengths', '9', '--n', '40'];
      const [generated, told] = [folder(), folder()];
      await measured(url, ...argv, '--out', generated);
      const before = seen.requests;
      const result = await measured(url, ...argv, '--out', told, '--decide', 'likelihood');
      const verdicts = (out: string) =>
        rowsIn(out).map(({ task, index, verdict }) => [task, index, verdict?.correct, verdict?.error]);
      expect(verdicts(told)).toEqual(verdicts(generated));
      const wrong = result.rows.reduce((sum, { n, correct }) => sum + n - correct, 0);
      expect(wrong).toBeGreaterThan(10);
      expect(seen.requests - before).toBeLessThanOrEqual(80 + wrong + 10);
    },
  );

  it('asks about a task of one’s own, and about one’s own lines', async () => {
    const { url, seen } = await serve();
    const own = path.join(root, 'examples/tasks/next-stop.yaml');
    const result = await measured(
      url,
      '--task',
      `${own},git-revert`,
      '--git',
      root,
      '--lengths',
      '5',
      '--n',
      '4',
    );
    expect(result.rows.map(({ task, n }) => [task, n])).toEqual([
      ['git-revert', 4],
      ['next-stop', 4],
    ]);
    expect(seen.bodies.some(({ prompt }) => String(prompt).includes('| after '))).toBe(true);
  });

  it('a preview asks nothing', async () => {
    const { url, seen } = await serve();
    const { out } = await run(
      measureArgv(url, '--task', 'UR', '--lengths', '8,9', '--n', '3', '--preview', '--json'),
    );
    expect(JSON.parse(out)).toMatchObject({ preview: { requests: 6 } });
    expect(seen.requests).toBe(0);
  });
});

describe('what servers differ in, found by the probe', () => {
  it.each<[string, ServerOptions, Record<string, unknown>]>([
    [
      'a server that does all',
      {},
      {
        completions: true,
        chat: true,
        stop: 'honoured',
        seed: true,
        promptLogprobs: 'echo',
        promptLists: true,
      },
    ],
    [
      'echo is ignored silently',
      { quirks: { echo: 'ignored' } },
      { echo: 'ignored', promptLogprobs: 'none' },
    ],
    ['echo is refused', { quirks: { echo: 'refused' } }, { echo: 'refused', promptLogprobs: 'none' }],
    [
      'vLLM’s prompt_logprobs',
      { quirks: { echo: 'refused', promptLogprobs: true } },
      { promptLogprobs: 'prompt_logprobs' },
    ],
    [
      'the other format of log-probabilities',
      { quirks: { echo: 'ignored', contentLogprobs: true } },
      { logprobs: 'content' },
    ],
    ['a list of prompts is a 500', { quirks: { listsRefused: true } }, { promptLists: false }],
    ['seed is refused', { quirks: { seedRefused: true } }, { seed: false, completions: true }],
    ['stop is ignored', { quirks: { stopIgnored: true } }, { stop: 'ignored' }],
    [
      'only max_completion_tokens',
      { apis: ['chat'], quirks: { onlyMaxCompletionTokens: true } },
      { limitField: 'max_completion_tokens', completions: false },
    ],
    [
      'it calls the model by another name',
      { quirks: { namesItself: '/models/test.gguf' } },
      { answersAs: ['test', '/models/test.gguf'] },
    ],
    [
      'no list of models, no count of tokens',
      { quirks: { noModels: true, noUsage: true } },
      { models: null, usage: false },
    ],
  ])('%s', async (_, options, found) => {
    const { url, seen } = await serve(options);
    const result = await measured(url, '--task', 'UR', '--lengths', '6', '--n', '10');
    expect(result.respondent.capabilities).toMatchObject(found);
    expect(result.rows).toMatchObject([{ n: 10, correct: 10, failed: 0 }]);
    for (const body of seen.bodies) expect(body.max_tokens).not.toBe(0); // no limit at all, on some servers
  });

  it.each<[string, ServerOptions['quirks'], Record<string, unknown>, string]>([
    [
      'ids in replies',
      { tokenIds: true, marks: 1 },
      { ids: 'return_token_ids', before: 1, doubled: false },
      'token ids: of prompts and answers, cuts texts into tokens: no, before a prompt: 1 token',
    ],
    [
      'llama.cpp’s /tokenize',
      { tokenizer: 'content', marks: 1 },
      { tokenizes: true, beginning: [1], before: 1 },
      'before a prompt: 1 token (1)',
    ],
    [
      'vLLM’s /tokenize',
      { tokenizer: 'prompt' },
      { tokenizes: true, beginning: [], before: 0 },
      'before a prompt: nothing',
    ],
    [
      'a tokenizer that puts its mark twice',
      { tokenizer: 'content', marks: 2 },
      { beginning: [1, 1] },
      'WARNING: prompts begin with the same mark twice: a doubled BOS',
    ],
    [
      'ids that begin with the same mark twice',
      { tokenIds: true, marks: 2 },
      { doubled: true },
      'WARNING: prompts begin with the same mark twice: a doubled BOS',
    ],
    [
      'a server that adds the mark that its tokenizer has added',
      { tokenizer: 'content', marks: 1, around: 1 },
      { beginning: [1], before: 2 },
      'WARNING: 2 tokens before a prompt where 1 is expected: a doubled BOS?',
    ],
    [
      'a chat template around completions',
      { around: 14 },
      { before: 14 },
      'WARNING: 14 tokens before the prompt of a completion: the server puts a chat template or a system prompt around it',
    ],
  ])('how a prompt begins: %s', async (_, quirks, tokens, line) => {
    const { url } = await serve(quirks === undefined ? {} : { quirks });
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '6', '--n', '3', '--out', out];
    const { code, out: text, err } = await run(measureArgv(url, '--json', ...argv));
    expect(code).toBe(0);
    expect(err).toContain(line);
    expect(JSON.parse(text)).toMatchObject({ respondent: { capabilities: { tokens } } });
    for (const row of rowsIn(out)) {
      expect(row.promptIds?.length ?? null).toBe(quirks?.tokenIds ? row.promptTokens : null);
      if (quirks?.tokenIds) expect(row.outputIds).toHaveLength(row.completionTokens ?? 0);
    }
  });

  it('a prompt whose own beginning is read as the mark: a doubled BOS, said before the first question', async () => {
    const { url } = await serve({ quirks: { tokenizer: 'content', marks: 1, readsMark: true } });
    const argv = measureArgv(url, '--task', 'UF,UR', '--lengths', '6', '--n', '3');
    const { err } = await run([...argv, '--json']);
    expect(err).toMatch(/WARNING: UF: this model reads the prompt's first characters as the mark/);
    const lines = err.split('\n');
    const [warning, asking] = ['WARNING', 'asking by'].map((word) =>
      lines.findIndex((line) => line.includes(word)),
    );
    expect(warning).toBeLessThan(asking);
  });

  it('prompts that the server cuts silently are a column, not a score', async () => {
    const { url } = await serve({ context: 150 });
    const { rows } = await measured(url, '--task', 'UR', '--lengths', '6,200', '--n', '10');
    expect(rows).toMatchObject([
      { length: 6, truncated: 0, correct: 10 },
      { length: 200, truncated: 10, correct: 0 },
    ]);
  });
});

describe('when things go wrong', () => {
  it.each(FAULTS)('%s: asked again until it is answered, exactly once', async (fault) => {
    const { url, seen } = await serve({ fault: (n) => (n % 4 === 1 ? fault : null) });
    const { rows, run: ran } = await measured(
      url,
      '--task',
      'UR',
      '--lengths',
      '7',
      '--n',
      '24',
      '--timeout',
      '0.5',
    );
    expect(rows).toMatchObject([{ n: 24, correct: 24, failed: 0 }]);
    expect(ran).toMatchObject({ answered: 24, failed: 0 });
    expect(new Set(seen.answered).size).toBe(24);
  });

  it('--max-retries 0 asks once and lists what failed with its reason', async () => {
    const { url, seen } = await serve({ fault: (n) => (n < 4 ? '500' : null) });
    const { rows, failures } = await measured(
      url,
      '--task',
      'UR',
      '--lengths',
      '7',
      '--n',
      '20',
      '--max-retries',
      '0',
    );
    expect(rows).toMatchObject([{ n: 16, correct: 16, failed: 4 }]);
    expect(failures).toEqual([{ reason: 'status 500: out of order', count: 4 }]);
    expect(seen.answered).toHaveLength(16);
  });

  it('a server that is in trouble all the time: every question is listed as failed, once asked', async () => {
    const { url, seen } = await serve({ quirks: { alwaysFails: true } });
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '12', '--max-retries', '0'];
    const { rows, failures } = await measured(url, ...argv);
    expect(rows).toMatchObject([{ n: 0, failed: 12 }]);
    expect(failures).toEqual([{ reason: 'status 500: out of order', count: 12 }]);
    expect(seen.requests).toBeLessThanOrEqual(12 + 4);
  });

  it('a request that is refused for its form is not made again', async () => {
    const { url, seen } = await serve();
    const { failures } = await measured(
      url,
      '--task',
      'UR',
      '--lengths',
      '7',
      '--n',
      '3',
      '--body',
      '{"echo":true,"prompt":null}',
    ).catch(() => ({ failures: [] }));
    expect(failures.length).toBeLessThanOrEqual(1);
    expect(seen.requests).toBeLessThan(20);
  });

  it('goes on after kill -9: nothing that was finished is lost or asked again', async () => {
    const { url, seen } = await serve({ delay: 20 });
    const out = folder();
    const argv = measureArgv(
      url,
      '--json',
      '--task',
      'UR',
      '--lengths',
      '9',
      '--n',
      '300',
      '--out',
      out,
      '--concurrency',
      '8',
    );
    const killed = await run(argv, { kill: 'SIGKILL', killWhen: () => seen.answered.length >= 100 });
    expect(killed.signal).toBe('SIGKILL');
    const kept = rowsIn(out).length;
    expect(kept).toBeGreaterThan(80);
    await new Promise((resolve) => setTimeout(resolve, 200)); // the server answers what was under way
    const before = seen.answered.length;
    const { out: text } = await run(argv);
    expect(JSON.parse(text)).toMatchObject({ rows: [{ n: 300, correct: 300 }], run: { reused: kept } });
    expect(seen.answered.length - before).toBe(300 - kept);
    const again = await run(argv);
    expect(JSON.parse(again.out)).toMatchObject({ run: { answered: 0, reused: 300 } });
  });

  it('Ctrl-C waits for what is under way, says how to go on, and nothing is asked twice', async () => {
    const { url, seen } = await serve({ delay: 20 });
    const out = folder();
    const argv = measureArgv(url, '--json', '--task', 'UR', '--lengths', '9', '--n', '200', '--out', out);
    const stopped = await run(argv, {
      kill: 'SIGINT',
      killWhen: () => (seen.answered.length === 0 ? false : once()),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toContain('the same command goes on from here');
    expect(rowsIn(out)).toHaveLength(seen.answered.length);
    await run(argv);
    expect(seen.answered).toHaveLength(200);
    expect(new Set(seen.answered).size).toBe(200);
  });

  it('a budget ends it cleanly, and more of it goes on', async () => {
    const { url, seen } = await serve();
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '60', '--out', out];
    const first = await measured(url, ...argv, '--budget', '30requests');
    expect(first.ending).toEqual({ kind: 'budget' });
    expect(seen.requests).toBeLessThanOrEqual(30);
    const second = await measured(url, ...argv, '--budget', '1e6tokens');
    expect(second).toMatchObject({ ending: { kind: 'done' }, rows: [{ n: 60 }] });
  });

  it.each([
    ['requests', '50requests'],
    ['tokens', '3000tokens'],
    ['money', '0.0006usd'],
  ])('a budget in %s is never exceeded, whatever is decided how and whatever fails', async (_, budget) => {
    const { url, seen } = await serve({
      accuracy: () => 0.5,
      fault: (n) => (n % 5 === 1 ? '500' : n % 7 === 2 ? 'cut-body' : null),
    });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '400', '--price', '0.2,0.1', '--budget', budget];
    for (const how of ['generation', 'likelihood']) {
      const before = { requests: seen.requests, tokens: seen.tokens };
      const { ending, run: ran } = await measured(url, ...argv, '--decide', how, '--out', folder());
      expect(ending).toEqual({ kind: 'budget' });
      const [requests, tokens] = [seen.requests - before.requests, seen.tokens - before.tokens];
      expect(ran.spent.requests).toBe(requests);
      if (budget.endsWith('requests')) expect(requests).toBe(50);
      else if (budget.endsWith('tokens')) expect(tokens).toBeLessThanOrEqual(3000);
      else expect(tokens * 0.2e-6).toBeLessThanOrEqual(0.0006);
      expect(ran.spent.tokens).toBeLessThanOrEqual(tokens);
      expect(tokens).toBeGreaterThan(1500);
    }
  });

  it('a budget in tokens holds where the server counts none', async () => {
    const { url, seen } = await serve({ quirks: { noUsage: true } });
    const argv = ['--task', 'UR', '--lengths', '9', '--n', '100', '--budget', '4000tokens'];
    const { ending } = await measured(url, ...argv);
    expect(ending).toEqual({ kind: 'budget' });
    expect(seen.tokens).toBeLessThanOrEqual(4000);
    expect(seen.answered.length).toBeGreaterThan(2);
  });

  it('never asks more than the server advertises', async () => {
    const { url, seen } = await serve({ rate: { requests: 25, windowMs: 400 } });
    const { rows } = await measured(url, '--task', 'UR', '--lengths', '9', '--n', '80');
    expect(rows).toMatchObject([{ n: 80, failed: 0 }]);
    expect(seen.violations).toBe(0);
  });

  it('finds out how much at once is too much', async () => {
    const { url } = await serve({ concurrency: 3, delay: 5 });
    const { rows } = await measured(url, '--task', 'UR', '--lengths', '9', '--n', '120');
    expect(rows).toMatchObject([{ n: 120, failed: 0 }]);
  });
});

describe('keys', () => {
  it('come from the environment and are nowhere to be found afterwards, whatever the server says', async () => {
    const { url } = await serve({ key: KEY, fault: (n) => (n % 3 === 0 ? '500' : null) });
    const out = folder();
    const argv = measureArgv(url, '--json', '--task', 'UR', '--lengths', '7', '--n', '10', '--out', out);
    const good = await run(argv, { env: { OPENAI_API_KEY: KEY } });
    expect(good.code).toBe(0);
    await server?.close();
    const { url: other } = await serve({ key: 'another', quirks: { leaksKey: true } });
    const bad = await run([...measureArgv(other, '--task', 'UR'), '--out', folder()], {
      env: { LENGTHWISE_API_KEY: KEY },
    });
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('refuses us: status 401: bad key: Bearer [secret]');
    expect(good.out + good.err + bad.out + bad.err).not.toContain(KEY);
    for (const file of readdirSync(out)) expect(readFileSync(path.join(out, file)).includes(KEY)).toBe(false);
  });

  it('without one, the line says where it is expected', async () => {
    const { url } = await serve({ key: KEY });
    const { code, err } = await run(measureArgv(url, '--task', 'UR', '--lengths', '7'));
    expect(code).toBe(2);
    expect(err).toContain('set LENGTHWISE_API_KEY');
  });
});

describe('mistakes', () => {
  it.each([
    [['--task', 'URR'], "unknown task 'URR', did you mean 'UR'?"],
    [['--task', 'UR', '--prompt', 'simple-rul'], "unknown prompt 'simple-rul', did you mean 'simple-rule'?"],
    [['--task', 'UF', '--lengths', '100'], 'UF admits lengths 1 to 62, not 100'],
    [['--task', 'UR', '--budget', 'lots'], '--budget takes 500requests'],
    [['--task', 'UR', '--budget', '5usd'], '--budget in money needs --price'],
    [['--task', 'UR', '--body', '[]'], '--body takes a JSON object'],
    [['--task', 'UR', '--header', 'nonsense'], "--header takes 'Name: value'"],
    [['--task', 'UR', '--n', '3x'], '--n takes a whole number'],
    [['--task', 'git-revert', '--git', '/nowhere'], 'cannot read the log of /nowhere'],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await run(measureArgv('http://127.0.0.1:9/v1', ...argv));
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('nobody there', async () => {
    const { code, err } = await run(
      measureArgv('http://127.0.0.1:9/v1', '--task', 'UR', '--max-retries', '1'),
    );
    expect(code).toBe(2);
    expect(err).toContain('the connection was refused: is the server running there?');
  });

  it('a folder with answers of another model', async () => {
    const { url } = await serve();
    const out = folder();
    const argv = ['--task', 'UR', '--lengths', '7', '--n', '2', '--out', out];
    await measured(url, ...argv);
    const { code, err } = await run(['measure', '--endpoint', url, '--model', 'other', ...argv]);
    expect(code).toBe(2);
    expect(err).toContain('holds answers of another respondent (test at');
  });
});

/** True once: a second signal would end the process at once. */
let signalled = false;
function once(): boolean {
  const first = !signalled;
  signalled = true;
  return first;
}
