import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';

/**
 * Processor time of this process while something goes on, in milliseconds: how long work takes, whatever else the
 * machine is doing.
 */
export async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** In Linux's `/proc/ID/stat` times are in hundredths of a second. */
const MS_PER_TICK = 10;

/**
 * Processor time of another process and of those that it started, from now until it closes, in milliseconds, as far as
 * Linux tells (0 elsewhere); what it takes within the last few milliseconds is not seen.
 */
export async function processorTimeUntilClosed(child: ChildProcess): Promise<number> {
  const closed = once(child, 'close');
  const before = usedBy(child.pid ?? 0);
  let most = before;
  const looking = setInterval(() => (most = Math.max(most, usedBy(child.pid ?? 0))), 10);
  await closed;
  clearInterval(looking);
  return most - before;
}

function usedBy(id: number): number {
  // After the name in brackets, which may have blanks in it: user, system, and the same of children that ended.
  const fields = readOrNothing(`/proc/${id}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11, 15);
  const own = fields.map(Number).reduce((sum, ticks) => sum + ticks, 0) * MS_PER_TICK;
  return childrenOf(id).reduce((sum, child) => sum + usedBy(child), own);
}

/** Processes that a process has started, on Linux. */
export function childrenOf(id: number): number[] {
  const ids = readOrNothing(`/proc/${id}/task/${id}/children`).trim().split(' ');
  return ids.filter(Boolean).map(Number);
}

/** A process can end while it is looked at. */
export function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
