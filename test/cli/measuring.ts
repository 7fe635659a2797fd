/** Running `lengthwise measure --endpoint` against the test server, for the tests of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import type { StoredRow } from '../../src/measure/store/row-store.ts';
import { commandHere } from '../command-here.ts';
import { startServer } from '../server/server.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';

export const root = path.resolve(import.meta.dirname, '../..');
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** The one shape, with the fields of the respondent that only endpoints have. */
export type Result = Omit<MeasurementResult, 'respondent'> & {
  readonly respondent: Record<string, unknown> & { readonly capabilities: Record<string, unknown> };
};

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** A test server until the end of the file: tests may run side by side. */
export async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

export function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'lengthwise-measure-'));
}

interface OwnProcess {
  readonly env?: Record<string, string>;
  readonly kill?: NodeJS.Signals;
  readonly killWhen?: (said: string) => boolean;
}

/** Runs the command to its end: in this process, or in one of its own, with an environment or a signal of its own. */
export function run(argv: readonly string[], own?: OwnProcess): Promise<Ended> {
  return own === undefined ? runHere(argv) : runOnItsOwn(argv, own);
}

/** A measurement that names no folder has a new one. */
async function runHere(argv: readonly string[]): Promise<Ended> {
  const out = argv[0] === 'measure' && !argv.includes('--out') ? ['--out', folder()] : [];
  const { code, out: printed, said } = await commandHere([...argv, ...out]);
  return { code, signal: null, out: printed, err: said };
}

/** In a new working directory. One signal is sent as soon as `killWhen` says so of what was said on stderr. */
function runOnItsOwn(argv: readonly string[], { env, kill, killWhen }: OwnProcess): Promise<Ended> {
  return new Promise((resolve) => {
    const node = path.join(root, 'bin/lengthwise.js');
    const child = spawn(process.execPath, [node, ...argv], {
      cwd: folder(),
      env: { ...process.env, LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '', ...env },
    });
    let [out, err] = ['', ''];
    const timer = setInterval(() => {
      if (!killWhen?.(err)) return;
      clearInterval(timer);
      child.kill(kill);
    }, 5);
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ code, signal, out, err });
    });
  });
}

export function measureArgv(url: string, ...more: string[]): string[] {
  return ['measure', '--endpoint', url, '--model', 'test', ...more];
}

/** A measurement in which all that was asked was answered. */
export async function measured(url: string, ...more: string[]): Promise<Result> {
  const { code, out, err } = await run(measureArgv(url, '--json', ...more));
  expect(err).not.toMatch(/lengthwise: /);
  expect(code).toBe(0);
  return JSON.parse(out) as Result;
}

/** One that is not whole: some failed, the budget was spent … */
export async function incomplete(url: string, ...more: string[]): Promise<Result> {
  const { code, out, err } = await run(measureArgv(url, '--json', ...more));
  expect(err).toMatch(/^lengthwise: incomplete: .*; the same command goes on from here$/m);
  expect(code).toBe(3);
  return JSON.parse(out) as Result;
}

export function rowsIn(out: string): StoredRow[] {
  const store = MeasureStore.read(out);
  const rows = [...store.rows()];
  store.close();
  return rows;
}
