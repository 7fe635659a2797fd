import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
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

it('20,000 requests, a tenth of them faulty: every item is answered exactly once, in flat memory', async () => {
  const kinds = FAULTS.filter((fault) => fault !== 'silence');
  // A tenth in all; silence, which costs its whole time limit, is rare.
  const server = await startServer({
    fault: (n) => (n % 1000 === 5 ? 'silence' : n % 10 === 3 ? kinds[((n / 10) % kinds.length) | 0] : null),
  });
  const out = mkdtempSync(path.join(tmpdir(), 'lengthwise-stress-'));
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'bin/lengthwise.js'),
      ...['measure', '--endpoint', server.url, '--model', 'test', '--task', 'UR,UL', '--lengths', '10,20'],
      ...['--n', String(REQUESTS / 4), '--out', out, '--timeout', '2', '--json'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
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
  const result = JSON.parse(text) as { rows: { n: number; failed: number }[] };
  expect(result.rows.reduce((sum, { n, failed }) => sum + n + failed, 0)).toBe(REQUESTS);
  const store = MeasureStore.read(out);
  const rows = [...store.rows()];
  store.close();
  expect(rows).toHaveLength(REQUESTS);
  for (const { output, error } of rows) expect(output === null).toBe(error !== null);
  expect(new Set(server.seen.answered).size).toBe(server.seen.answered.length); // none was answered twice
  expect(server.seen.answered.length).toBe(rows.filter(({ error }) => error === null).length);
  expectFlat(memory, 30);
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
      ...['--n', '50000', '--out', path.join(folder, 'rows'), '--json'],
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
