import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { MeasureStore } from '../../src/measure/asking/store.node.ts';
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
  const settled = memory.slice(Math.floor(memory.length / 3));
  process.stdout.write(`memory in MiB: ${memory.map((value) => value.toFixed(0)).join(' ')}\n`);
  expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(120);
});
