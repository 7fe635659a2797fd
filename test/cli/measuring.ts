/** Running `lengthwise measure --endpoint` against the test server, for the tests of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect } from 'vitest';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import type { StoredRow } from '../../src/measure/store/store.node.ts';
import { startServer } from '../server/server.ts';
import type { ServerOptions, TestServer } from '../server/server.ts';

export const root = path.resolve(import.meta.dirname, '../..');
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Result {
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

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A test server until the end of the test. */
export async function serve(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

export function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'lengthwise-measure-'));
}

/** Runs the command to its end, or kills it as soon as `killWhen` says so. */
export function run(
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

export function measureArgv(url: string, ...more: string[]): string[] {
  return ['measure', '--endpoint', url, '--model', 'test', ...more];
}

export async function measured(url: string, ...more: string[]): Promise<Result> {
  const { code, out, err } = await run(measureArgv(url, '--json', ...more));
  expect(err).not.toMatch(/lengthwise: /);
  expect(code).toBe(0);
  return JSON.parse(out) as Result;
}

export function rowsIn(out: string): StoredRow[] {
  const store = MeasureStore.read(out);
  const rows = [...store.rows()];
  store.close();
  return rows;
}
