/**
 * Locks on a study's folder that no kill leaves behind: the operating system's own, held through SQLite, which knows
 * how on every platform. (A file with a process id in it goes stale, and ids are used again.)
 *
 *   study.lock    held exclusively by the one run that works in the folder
 *   workers.lock  shared by its worker processes, which can outlive a killed run by a step of training: the next run
 *                 waits for them
 *   worker.lock   in a folder in which several worker processes would keep the same: held exclusively by one of them
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../common/errors.ts';
import { makeFolders } from '../../common/folders.node.ts';
import { takeLock } from '../../common/sqlite.node.ts';

/** Released by `release`, or by the end of the process, however it ends. */
export interface Lock {
  release(): void;
}

const RUN_LOCK = 'study.lock';
const WORKERS_LOCK = 'workers.lock';
const ONE_WORKER_LOCK = 'worker.lock';

/** `study status` looks at the lock for a moment; a run that begins just then waits that long. */
const PATIENCE_MS = 500;

/** How long workers whose run was killed may take to notice: a step of training, or a large file being written. */
const WORKERS_PATIENCE_MS = 120_000;

/** Takes the folder for one run, or gives null when another run has it. */
export function lockForRun(folder: string): Lock | null {
  return take(folder, RUN_LOCK, 'exclusive', PATIENCE_MS);
}

/** Whether a run is working in the folder now. Where nothing can be written, nothing is being run from here. */
export function isRunning(folder: string): boolean {
  if (!existsSync(path.join(folder, RUN_LOCK))) return false;
  try {
    const lock = take(folder, RUN_LOCK, 'shared', 0);
    lock?.release();
    return lock === null;
  } catch {
    return false;
  }
}

/** Keeps a folder that need not exist yet for one process, by a file beside it; null when another process has it. */
export function lockBeside(folder: string): Lock | null {
  const target = path.resolve(folder);
  const parent = path.dirname(target);
  makeFolders(parent);
  const name = `.${path.basename(target)}.lock`;
  const lock = take(parent, name, 'exclusive', PATIENCE_MS);
  return lock && { release: () => (rmSync(path.join(parent, name), { force: true }), lock.release()) };
}

/** Keeps a folder of the study's for one worker process at a time; null when another one has it. */
export function lockAmongWorkers(folder: string): Lock | null {
  makeFolders(folder);
  return take(folder, ONE_WORKER_LOCK, 'exclusive', 0);
}

/** The same, after the other one has ended. @throws the signal's reason */
export async function waitAmongWorkers(folder: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    const lock = lockAmongWorkers(folder);
    if (lock !== null) return lock;
    await sleep(PATIENCE_MS, undefined, { signal });
  }
}

/** Held by a worker process for as long as it lives. */
export function lockAsWorker(folder: string): Lock {
  const lock = take(folder, WORKERS_LOCK, 'shared', PATIENCE_MS);
  if (lock === null) throw new Error(`${folder} was taken by another run`);
  return lock;
}

/** Resolves when no worker of an earlier run is left. */
export async function workersGone(folder: string, signal: AbortSignal): Promise<void> {
  for (let waited = 0; ; waited += PATIENCE_MS) {
    const lock = take(folder, WORKERS_LOCK, 'exclusive', 0);
    if (lock !== null) {
      lock.release();
      return;
    }
    if (waited >= WORKERS_PATIENCE_MS) {
      throw new UserError(`worker processes of a killed run are still at work in ${folder}: end them first`);
    }
    await sleep(PATIENCE_MS, undefined, { signal });
  }
}

function take(folder: string, name: string, how: 'shared' | 'exclusive', patience: number): Lock | null {
  const held = takeLock(path.join(folder, name), how, patience);
  return held && { release: () => held.close() };
}
