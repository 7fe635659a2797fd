/** Running `lengthwise measure --endpoint` against the test server, for the tests of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import type { StoredRow } from '../../src/measure/store/row-store.ts';
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

/** Runs the command to its end, or sends it one signal as soon as `killWhen` says so of what it has said on stderr. */
export function run(
  argv: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly kill?: NodeJS.Signals;
    readonly killWhen?: (said: string) => boolean;
  } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const node = path.join(root, 'bin/lengthwise.js');
    const child = spawn(process.execPath, [node, ...argv], {
      cwd: folder(),
      env: { ...process.env, LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '', ...options.env },
    });
    let [out, err] = ['', ''];
    const timer = setInterval(() => {
      if (!options.killWhen?.(err)) return;
      clearInterval(timer);
      child.kill(options.kill);
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
