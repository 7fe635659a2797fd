import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { MeasurementResult } from '../../src/measure/result.ts';
import type { StoredRow } from '../../src/measure/store/row-store.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import { FAULTS, startServer } from './server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const REQUESTS = 20_000;

/** The most memory that a process has held so far, in MiB; null where the system doesn't say. */
function memoryOf(pid: number): number | null {
  try {
    const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? null : Number(found[1]) / 1024;
  } catch {
    return null;
  }
}

const KINDS = FAULTS.filter((fault) => fault !== 'silence');

/** A tenth of the requests go wrong, in all ways; silence, which costs its whole time limit, is rare. */
function faulty(n: number): (typeof FAULTS)[number] | null {
  return n % 1000 === 5 ? 'silence' : n % 10 === 3 ? KINDS[((n / 10) % KINDS.length) | 0] : null;
}

function startMeasuring(url: string, out: string): ChildProcessByStdio<null, Readable, null> {
  return spawn(
    process.execPath,
    [
      path.join(root, 'bin/lengthwise.js'),
      ...['measure', '--endpoint', url, '--model', 'test', '--task', 'UR,UL', '--lengths', '10,20'],
      ...['--n', String(REQUESTS / 4), '--out', out, '--timeout', '2', '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

function storedRows(out: string): StoredRow[] {
  const store = MeasureStore.read(out);
  const rows = [...store.rows()];
  store.close();
  return rows;
}

it('20,000 requests, a tenth of them faulty: every item is answered exactly once, in flat memory', async () => {
  const server = await startServer({ fault: faulty });
  const out = mkdtempSync(path.join(tmpdir(), 'lengthwise-stress-'));
  const child = startMeasuring(server.url, out);
  const memory: number[] = [];
  const timer = setInterval(() => {
    const now = memoryOf(child.pid ?? 0);
    if (now !== null) memory.push(now);
  }, 500);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  await server.close();

  expect(code).toBe(0);
  const result = JSON.parse(text) as MeasurementResult;
  expect(result.rows.reduce((sum, { n }) => sum + n, 0)).toBe(REQUESTS);
  const rows = storedRows(out);
  expect(rows).toHaveLength(REQUESTS);
  for (const { output } of rows) expect(output.text === null).toBe(output.error !== null);
  expect(new Set(server.seen.answered).size).toBe(server.seen.answered.length); // none was answered twice
  expect(server.seen.answered.length).toBe(rows.filter(({ output }) => output.error === null).length);
  expectFlat(memory, 30);
});

it('20,000 requests, a tenth of them faulty, killed twice in the middle: nothing is lost or asked twice', async () => {
  const server = await startServer({ fault: faulty });
  const { seen } = server;
  const out = mkdtempSync(path.join(tmpdir(), 'lengthwise-killed-'));
  const checks: (() => void)[] = [];
  for (const share of [1 / 3, 2 / 3]) {
    const child = startMeasuring(server.url, out);
    const timer = setInterval(() => {
      if (seen.answered.length >= share * REQUESTS) child.kill('SIGKILL');
    }, 5);
    const signal = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
    clearInterval(timer);
    expect(signal).toBe('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 300)); // the server answers what was under way
    const kept = storedRows(out);
    // All that was answered is kept, but for what was under way at the very end.
    expect(kept.length).toBeGreaterThan(share * REQUESTS - 1000);
    const done = new Set(kept.filter(({ output }) => output.error === null).map(({ prompt }) => prompt));
    const before = seen.bodies.length;
    checks.push(() => {
      const again = seen.bodies.slice(before).filter(({ prompt }) => done.has(String(prompt)));
      expect(again).toEqual([]);
    });
  }
  const last = startMeasuring(server.url, out);
  let text = '';
  last.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => last.on('close', resolve));
  await server.close();
  expect(code).toBe(0);
  for (const check of checks) check();
  const { rows, run } = JSON.parse(text) as MeasurementResult;
  expect(rows.map(({ n, correct }) => [n, correct])).toEqual(new Array(4).fill([REQUESTS / 4, REQUESTS / 4]));
  expect(run.reused + run.answered).toBe(REQUESTS);
  const kept = storedRows(out);
  expect(new Set(kept.map(({ prompt }) => prompt)).size).toBe(REQUESTS);
  expect(new Set(seen.answered).size).toBe(REQUESTS);
});

/** Says what a process held over time, in MiB, and expects that it grew by less than `most` after its first fifth. */
function expectFlat(memory: readonly number[], most: number): void {
  const shown = memory.filter((_, i) => i % Math.ceil(memory.length / 20) === 0);
  process.stdout.write(`MiB: ${shown.map((value) => value.toFixed(0)).join(' ')}\n`);
  const settled = memory.slice(Math.floor(memory.length / 5));
  expect(settled.length).toBeGreaterThan(4);
  expect(Math.max(...settled) - settled[0]).toBeLessThan(most);
}

it('100,000 requests: what is held after a garbage collection does not grow with what was asked', async () => {
  const server = spawn(process.execPath, [path.join(root, 'bench/instant-server.ts')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((resolve) => {
    server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-memory-'));
  const log = path.join(folder, 'memory');
  const child = spawn(
    process.execPath,
    [
      ...['--expose-gc', '--import', path.join(import.meta.dirname, 'memory-log.ts')],
      path.join(root, 'bin/lengthwise.js'),
      ...['measure', '--endpoint', url, '--model', 'test', '--task', 'UR', '--lengths', '10,20'],
      ...['--prompt', 'paper', '--n', '50000', '--out', path.join(folder, 'rows'), '--json'],
    ],
    { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, MEMORY_LOG: log } },
  );
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  server.kill();
  expect(code).toBe(0);
  const held = readFileSync(log, 'utf8').trim().split('\n').map(Number);
  // 100,000 sources are counted in 27 bytes each; the table that holds them is doubled.
  expectFlat(held, 8);
});
