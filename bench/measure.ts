/**
 * Asking a server that answers at once: requests per second with every row in the store before it is counted, and the
 * time of 2,000 questions from start to exit. Beside it a bare loop of fetch and one insert a reply, and the harnesses
 * that are installed: `--promptfoo FOLDER` (where `npm install promptfoo` was run), `--python PYTHON` (one that has
 * inspect-ai and openai, or lm-eval[api]). All get the same prompts and the same answers; the server counts them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../src/common/errors.ts';
import { askableNamed } from '../src/prompt/askable.ts';
import { MeasureStore } from '../src/measure/store/store.node.ts';
import { promptFor } from '../src/prompt/files.node.ts';
import { renderPrompt } from '../src/prompt/render.ts';
import type { Counts } from './instant-server.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const MANY = 20_000;
const FEW = 2_000;
const LENGTH = 20;

/** What is started, and how many requests that makes: questions, and what a probe or another layer adds. */
interface Contestant {
  readonly name: string;
  readonly questions: number;
  readonly command: string;
  readonly argv: readonly string[];
  /** Throws when what it leaves behind is not all that was asked. */
  readonly check?: () => void;
}

export async function bench(args: string[]): Promise<void> {
  const option = (name: string): string | undefined =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const server = await startServer();
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-bench-'));
  try {
    writePrompts(folder);
    const contestants = [
      loop(server.url, folder, MANY),
      ours(server.url, folder, MANY),
      loop(server.url, folder, FEW),
      ours(server.url, folder, FEW),
      ...promptfoo(server.url, folder, option('--promptfoo')),
      ...harnesses(server.url, folder, option('--python')),
    ];
    for (const contestant of contestants) await measure(contestant, server.url, folder);
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs it from start to exit, and prints how long that took and what the server saw of it. */
async function measure(contestant: Contestant, url: string, folder: string): Promise<void> {
  const { name, questions, command, argv, check } = contestant;
  await countsOf(url);
  const { seconds, cpu, code, said } = await timed(command, argv, folder);
  const seen = await countsOf(url);
  if (code !== 0) {
    return void process.stdout.write(`${name}: failed with exit code ${code}\n${said.slice(-600)}\n`);
  }
  check?.();
  process.stdout.write(
    `${name}: ${questions} questions in ${seconds.toFixed(2)} s, start-up included${cpu === null ? '' : `, ${cpu.toFixed(2)} s of processor time`}: ` +
      `${(questions / seconds).toFixed(0)} requests/s ` +
      `(the server saw ${seen.requests} requests, ${seen.prompts} different prompts)\n`,
  );
}

async function countsOf(url: string): Promise<Counts> {
  const reply = await fetch(new URL('/counts', url));
  return (await reply.json()) as Counts;
}

/** The server in a process of its own. */
function startServer(): Promise<{ url: string; stop(): void }> {
  const main = path.join(import.meta.dirname, 'instant-server.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', (chunk: Buffer) => {
      resolve({ url: chunk.toString().trim(), stop: () => void child.kill() });
    });
  });
}

/** The very prompts that ours asks, with their answers, for the others: one at a place of a JSON list. */
function writePrompts(folder: string): void {
  const task = askableNamed('UR');
  const template = promptFor(task.shape, ['paper'], false);
  const prompts = Array.from({ length: FEW }, (_, index) => {
    const { prompt, instance } = renderPrompt(task, template, { length: LENGTH, seed: 1, index });
    return { prompt: prompt.text, answer: instance.answer[0] };
  });
  writeFileSync(path.join(folder, 'prompts.json'), JSON.stringify(prompts));
}

function loop(url: string, folder: string, questions: number): Contestant {
  const script = path.join(import.meta.dirname, 'fetch-loop.ts');
  const argv = ['--disable-warning=ExperimentalWarning', script, url, folder, String(questions)];
  return { name: 'bare loop of fetch and one insert a reply', questions, command: process.execPath, argv };
}

function ours(url: string, folder: string, questions: number): Contestant {
  const out = path.join(folder, `rows-${questions}`);
  const command = path.join(ROOT, 'bin/lengthwise.js');
  const what = [
    '--task',
    'UR',
    '--prompt',
    'paper',
    '--lengths',
    String(LENGTH),
    '--n',
    String(questions),
    '--out',
    out,
  ];
  return {
    name: 'lengthwise measure',
    questions,
    command: process.execPath,
    argv: [command, 'measure', '--endpoint', url, '--model', 'test', ...what, '--json'],
    check: () => {
      const store = MeasureStore.read(out);
      const right = [...store.rows()].filter(({ score }) => score?.outcome === 'right').length;
      store.close();
      if (right !== questions) throw new Error(`${right} right rows on disk, not ${questions}`);
    },
  };
}

/** promptfoo, with the smallest configuration: one prompt, a test a question, 20 at once, no cache. */
function promptfoo(url: string, folder: string, installed: string | undefined): Contestant[] {
  if (installed === undefined) return [];
  const home = path.join(installed, 'node_modules/promptfoo');
  const manifest = path.join(home, 'package.json');
  if (!existsSync(manifest))
    throw new UserError(`--promptfoo: there is no node_modules/promptfoo in ${installed}`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { promptfoo: string } };
  const prompts = JSON.parse(readFileSync(path.join(folder, 'prompts.json'), 'utf8')) as {
    prompt: string;
    answer: string;
  }[];
  const config = {
    prompts: ['{{prompt}}'],
    providers: [
      { id: 'openai:completion:test', config: { apiBaseUrl: url, max_tokens: 10, temperature: 0 } },
    ],
    tests: prompts.map(({ prompt, answer }) => ({
      vars: { prompt },
      assert: [{ type: 'contains', value: answer }],
    })),
  };
  writeFileSync(path.join(folder, 'promptfoo.json'), JSON.stringify(config));
  const flags = ['-j', '20', '--no-cache', '--no-table', '--no-progress-bar'];
  return [
    {
      name: 'promptfoo',
      questions: FEW,
      command: process.execPath,
      argv: [path.join(home, bin.promptfoo), 'eval', '-c', 'promptfoo.json', ...flags],
    },
  ];
}

/** What of Inspect and lm-evaluation-harness a Python has. */
function harnesses(url: string, folder: string, python: string | undefined): Contestant[] {
  if (python === undefined) return [];
  const script = path.join(import.meta.dirname, 'measure_peers.py');
  const known = [
    ['Inspect', 'inspect_ai'],
    ['lm-evaluation-harness', 'lm_eval'],
  ];
  return known
    .filter(([, module]) => spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0)
    .map(([name, module]) => ({
      name,
      questions: FEW,
      command: python,
      argv: [script, module, url, folder],
    }));
}

/** Seconds from start to exit, and what was said on the way. */
function timed(
  command: string,
  argv: readonly string[],
  cwd: string,
): Promise<{
  readonly seconds: number;
  /** User and system, of the process and those it waited for; null where the system doesn't say. */
  readonly cpu: number | null;
  readonly code: number | null;
  readonly said: string;
}> {
  const began = performance.now();
  // No peer is slowed down by looking for news, or by telling of itself.
  const quiet = { PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', HF_HUB_OFFLINE: '1' };
  const child = spawn(command, argv, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...quiet, PROMPTFOO_CONFIG_DIR: cwd, OPENAI_API_KEY: 'none' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let cpu: number | null = null;
  const timer = setInterval(() => (cpu = processorTime(child.pid ?? 0) ?? cpu), 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - began) / 1000, cpu, code, said });
    });
  });
}

/** Linux's clock ticks a second (sysconf's _SC_CLK_TCK, the same on every machine that Node runs on). */
const TICKS = 100;

/** The processor time of a process so far, from Linux's /proc. */
function processorTime(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  } catch {
    return null;
  }
}
