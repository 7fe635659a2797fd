/**
 * Asking a server that answers at once: requests per second with every row in the store before it is counted, and the
 * time of 2,000 questions from start to exit; beside them a bare loop of fetch and one insert a reply, and the harnesses
 * that the Python of `--python` has (Inspect, lm-evaluation-harness) or that is on the path (promptfoo).
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const ROOT = path.resolve(import.meta.dirname, '..');
const MANY = 20_000;
const FEW = 2_000;

export async function bench(args: string[]): Promise<void> {
  const python = args[args.indexOf('--python') + 1];
  const server = await startServer();
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-bench-'));
  try {
    const loop = await bareLoop(server.url, folder);
    print('bare loop of fetch and one insert a reply', MANY, loop);
    print(
      `lengthwise measure, ${MANY} questions, start-up included`,
      MANY,
      await ours(server.url, folder, MANY),
    );
    print(
      `lengthwise measure, ${FEW} questions, start-up included`,
      FEW,
      await ours(server.url, folder, FEW),
    );
    for (const peer of peers(server.url, folder, args.includes('--python') ? python : undefined)) {
      const seconds = await timed(peer.command, peer.argv, folder);
      if (seconds === null) process.stdout.write(`${peer.name}: failed\n`);
      else print(`${peer.name}, ${FEW} questions, start-up included`, FEW, seconds);
    }
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(name: string, requests: number, seconds: number): void {
  process.stdout.write(`${name}: ${(requests / seconds).toFixed(0)} requests/s, ${seconds.toFixed(2)} s\n`);
}

/** The test server in a process of its own. */
function startServer(): Promise<{ url: string; stop(): void }> {
  const main = path.join(ROOT, 'test/server/main.ts');
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

async function ours(url: string, folder: string, questions: number): Promise<number> {
  const argv = ['bin/lengthwise.js', 'measure', '--endpoint', url, '--model', 'test', '--task', 'UR'];
  const out = path.join(folder, `rows-${questions}`);
  const all = [...argv, '--lengths', '20', '--n', String(questions), '--out', out, '--json'];
  const seconds = await timed(process.execPath, all, ROOT);
  if (seconds === null) throw new Error('lengthwise measure failed');
  return seconds;
}

/** Seconds from start to exit; null when it ends with an error. */
function timed(command: string, argv: readonly string[], cwd: string): Promise<number | null> {
  const began = performance.now();
  const child = spawn(command, argv, {
    cwd,
    stdio: 'ignore',
    env: { ...process.env, OPENAI_API_KEY: 'none' },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', (code) => resolve(code === 0 ? (performance.now() - began) / 1000 : null));
  });
}

/** The least that keeps every reply: what is left of a harness when nothing is left of it. */
async function bareLoop(url: string, folder: string): Promise<number> {
  const database = new DatabaseSync(path.join(folder, 'loop.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE replies (n INTEGER PRIMARY KEY, body TEXT)');
  const insert = database.prepare('INSERT INTO replies VALUES (?, ?)');
  let next = 0;
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (let n = next++; n < MANY; n = next++) {
      const body = JSON.stringify({
        model: 'test',
        prompt: ` a b c d e | b: c\n\n a b c ${n} | b:`,
        max_tokens: 10,
      });
      const reply = await fetch(`${url}/completions`, { method: 'POST', body });
      insert.run(n, await reply.text());
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  const seconds = (performance.now() - began) / 1000;
  database.close();
  return seconds;
}

interface Peer {
  readonly name: string;
  readonly command: string;
  readonly argv: readonly string[];
}

/** What is installed, with the smallest configuration that asks the same number of questions, 20 at once. */
function peers(url: string, folder: string, python: string | undefined): Peer[] {
  const prompts = Array.from({ length: FEW }, (_, n) => ` a b c d e | b: c\n\n a b c ${n} | b:`);
  writeFileSync(path.join(folder, 'prompts.json'), JSON.stringify(prompts));
  const found: Peer[] = [];
  if (spawnSync('promptfoo', ['--version'], { stdio: 'ignore' }).status === 0) {
    const provider = { id: 'openai:completion:test', config: { apiBaseUrl: url, max_tokens: 10 } };
    const tests = prompts.map((prompt) => ({ vars: { prompt }, assert: [{ type: 'contains', value: 'c' }] }));
    const config = { prompts: ['{{prompt}}'], providers: [provider], tests };
    writeFileSync(path.join(folder, 'promptfoo.json'), JSON.stringify(config));
    const argv = [
      'eval',
      '-c',
      'promptfoo.json',
      '-j',
      '20',
      '--no-cache',
      '--no-table',
      '--no-progress-bar',
    ];
    found.push({ name: 'promptfoo', command: 'promptfoo', argv });
  }
  if (python === undefined) return found;
  const script = path.join(ROOT, 'bench/measure_peers.py');
  for (const [name, module] of [
    ['Inspect', 'inspect_ai'],
    ['lm-evaluation-harness', 'lm_eval'],
  ] as const) {
    const has = spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
    if (has) found.push({ name, command: python, argv: [script, module, url, folder] });
  }
  return found;
}
