/**
 * Preloaded into a process (`node --expose-gc --import …`): writes what it holds after a garbage collection to the file
 * that MEMORY_LOG names, in MiB, twice a second.
 */
import { appendFileSync } from 'node:fs';

const file = process.env.MEMORY_LOG ?? '';
const timer = setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  appendFileSync(file, `${((heapUsed + external) / 2 ** 20).toFixed(2)}\n`);
}, 500);
timer.unref();
