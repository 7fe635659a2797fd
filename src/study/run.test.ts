/** Whole runs with toy works (test/study): real files, real stores, real worker processes that really die. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grief } from '../../test/study/toy-works.ts';
import { rng } from '../common/random.ts';
import { readStudyFile } from './file/study-file.ts';
import { modelFolder } from './item.ts';
import { runStudy, type RunOptions } from './run.ts';
import type { StudyItem, StudyRows } from './rows.ts';
import { openReader, readStudy } from './store/index.ts';
import { studyStatus } from './status.ts';

const WORKS = new URL('../../test/study/toy-works.ts', import.meta.url).href;
const RUN_TOY = fileURLToPath(new URL('../../test/study/run-toy.ts', import.meta.url));

let base: string;
let folder: string;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'run-'));
  folder = path.join(base, 'out');
});
afterEach(() => rmSync(base, { recursive: true }));

/** A study file with these seeds and steps. */
function studyFile({ seeds = '[1]', steps = 5, tasks = '[UR]', predict = false } = {}): string {
  const file = path.join(base, 'study.yaml');
  writeFileSync(
    file,
    `name: toys
tasks: ${tasks}
models: [{ positions: ape, layers: 1, heads: 1, dim: 4 }]
train: { steps: ${steps}, lengths: 3-8 }
measure: { lengths: [5, 10], n: 4 }
seeds: ${seeds}
predict: ${predict}
`,
  );
  return file;
}

function run(file: string, options: Partial<RunOptions> = {}): Promise<StudyRows> {
  const signal = new AbortController().signal;
  return runStudy(readStudyFile(file), folder, {
    ...{ workers: 2, works: WORKS, signal, progress: () => undefined },
    ...options,
  });
}

/** Each item as `train UR 1 done`. */
function states(items: readonly StudyItem[]): string[] {
  return items.map(({ kind, task, seed, state }) =>
    [kind, task, seed, state].filter((part) => part !== null).join(' '),
  );
}

/** What work noted down, without the hashes. */
function diary(): string[] {
  const file = path.join(folder, 'models', 'diary');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** All that is stored, but for times. */
function stored(from: string): unknown {
  const reader = openReader(from);
  try {
    const { items } = reader.study();
    const kinds = ['verdict', 'progress', 'trained', 'instance', 'cell', 'horizon'] as const;
    return items.map(({ hash, state, error }) => ({
      ...{ hash, state, error },
      rows: kinds.flatMap((kind) => [...reader.rows(hash, kind)]),
    }));
  } finally {
    reader.close();
  }
}

describe('a run', () => {
  it('does every item, each after what it needs', async () => {
    const lines: string[] = [];
    const file = studyFile({ steps: 150, tasks: '[UR, UL]', predict: true });
    const study = await run(file, { progress: (line) => lines.push(line) });
    expect(states(study.items)).toEqual([
      ...['predict UR done', 'train UR 1 done', 'measure UR 1 done'],
      ...['predict UL done', 'train UL 1 done', 'measure UL 1 done'],
    ]);
    expect(study.items[1].rows).toHaveLength(151);
    expect(diary()).toHaveLength(4);
    expect(lines.join('\n')).toMatch(
      /toys: \d\/6 done · .*U[RL] ape 1: step \d+\/150, loss .* % right .*left/,
    );
  });

  it('does nothing that is done, and what is new in a changed file', async () => {
    await run(studyFile());
    const before = diary();
    await run(studyFile());
    expect(diary()).toEqual(before);
    const study = await run(studyFile({ seeds: '1..2' }));
    expect(study.items.every(({ state }) => state === 'done')).toBe(true);
    expect(diary()).toHaveLength(before.length + 2);
  });

  it('trains a model again whose folder was removed, where something new needs it', async () => {
    const study = await run(studyFile());
    const trained = study.items.find(({ kind }) => kind === 'train')!;
    rmSync(path.join(folder, modelFolder(trained.hash)), { recursive: true });
    await run(studyFile());
    expect(diary()).toHaveLength(2); // nothing needed it
    const changed = studyFile({ tasks: '[{ task: UR, measure: { n: 6 } }]' });
    expect(states((await run(changed)).items)).toContain('measure UR 1 done');
    expect(diary()).toHaveLength(4);
  });

  it.each([
    [grief.throws, /^training diverged$/],
    [grief.aborts, /^its worker process was killed by SIGABRT: terminate called after throwing an instance/],
    [grief.exits, /^its worker process ended with code 3$/],
  ])('goes on when a worker comes to grief (seed %i), and says the cause', async (seed, cause) => {
    const study = await run(studyFile({ seeds: `[1, ${seed}]` }));
    expect(states(study.items)).toEqual([
      ...['train UR 1 done', 'measure UR 1 done', `train UR ${seed} failed`, `measure UR ${seed} waiting`],
    ]);
    expect(study.items[2].error).toMatch(cause);
    expect(study.items[2].rows).toHaveLength(3); // what it said before is kept
  });

  it('goes on when a worker is killed, and says that the system may have done it', async () => {
    const running = run(studyFile({ seeds: `[1, ${grief.hangs}]` }));
    const worker = await eventually(() => hangingWorker());
    process.kill(worker, 'SIGKILL');
    const study = await running;
    expect(study.items[2]).toMatchObject({ state: 'failed', error: expect.stringContaining('SIGKILL') });
    expect(states(study.items).slice(0, 2)).toEqual(['train UR 1 done', 'measure UR 1 done']);
  });

  it('stops as a whole when the disk is full, and counts that as nobody’s failure', async () => {
    const running = run(studyFile({ seeds: `[1, ${grief.diskFull}]` }));
    await expect(running).rejects.toThrow(/the disk that holds .* is full: free some space/);
    expect(states(readStudy(folder).items).join()).not.toContain('failed');
    expect(studyStatus(folder).running).toBe(false);
  });

  it('stops at a safe place when it is told to, and goes on from there', async () => {
    const controller = new AbortController();
    const file = studyFile({ steps: 100, seeds: '1..2' });
    const running = run(file, { signal: controller.signal });
    const expectation = expect(running).rejects.toThrow('enough');
    await eventually(
      () => hasBegun() && studyStatus(folder).items.find(({ latest }) => (latest?.step ?? 0) > 10),
    );
    controller.abort(new Error('enough'));
    await expectation;
    const { items, sitting } = studyStatus(folder);
    expect(items.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
    expect(sitting.outcome).toBe('interrupted');
    await run(file);
    expect(diary().filter((line) => line.startsWith('resume')).length).toBeGreaterThan(0);
    expect(readStudy(folder).items.every(({ state }) => state === 'done')).toBe(true);
  });

  it('can be killed at any moment and ends as if it had not been, nothing lost', async () => {
    const file = studyFile({ steps: 100, seeds: '1..2' });
    await run(file);
    const whole = stored(folder);
    rmSync(folder, { recursive: true });
    const chance = rng('moments to kill at');
    for (let kill = 0; kill < 4; kill++) await runFor(chance.below(500), file);
    await run(file);
    expect(stored(folder)).toEqual(whole);
  });

  it('leaves no worker behind when it is killed', async () => {
    const child = spawn(process.execPath, [RUN_TOY, studyFile({ seeds: `[${grief.hangs}]` }), folder, '2']);
    const worker = await eventually(() => hangingWorker());
    child.kill('SIGKILL');
    await eventually(() => !isAlive(worker));
  });
});

/** Runs the toy study in a process of its own and kills it some milliseconds after it said its first word. */
async function runFor(milliseconds: number, file: string): Promise<void> {
  const child = spawn(process.execPath, [RUN_TOY, file, folder, '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([ended, once(child.stdout, 'data')]);
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await ended;
  clearTimeout(timer);
}

/** A worker that sits where a hanging training sits: it has said its third step and takes its time. */
function hangingWorker(): number | undefined {
  if (!hasBegun()) return undefined;
  const item = studyStatus(folder).items.find(
    ({ seed, latest }) => seed === grief.hangs && latest?.step === 3,
  );
  if (item === undefined) return undefined;
  const file = path.join(folder, modelFolder(item.hash), 'worker');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

function hasBegun(): boolean {
  return existsSync(path.join(folder, 'models'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually<T>(look: () => T | undefined | false, patience = 20_000): Promise<T> {
  const until = Date.now() + patience;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error('it never came to pass');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
