import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import type { ProgressRow } from '../../train/run/rows.ts';
import { environment } from '../environment.ts';
import { parseStudy } from '../file/study-file.ts';
import { planStudy } from '../plan.ts';
import { isRunning, openReader, openStore, readStudy, workersGone, type Plan } from './index.ts';
import { lockAsWorker, lockBeside } from './lock.ts';

const TEXT = `
name: stored
tasks: [UR]
models: [ape]
measure: { lengths: [10, 20] }
`;

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'store-')), 'study');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

function planOf(text: string): Plan {
  const spec = parseStudy(text, 'study.yaml');
  return { name: spec.name, file: { name: 'study.yaml', text }, items: planStudy(spec) };
}

function opened(text = TEXT) {
  const store = openStore(folder);
  const plan = planOf(text);
  store.begin(plan, environment(), 2);
  const [predict, train, measure] = plan.items;
  return { store, plan, predict, train, measure };
}

function progress(step: number, loss: number): ProgressRow {
  return { kind: 'progress', step, steps: 9, loss, tokensPerSecond: 1, elapsed: 1, left: 1 };
}

function cell(length: number) {
  const share = { accuracy: 1, low: 0.9, high: 1 };
  return { kind: 'cell', task: 'UR', length, n: 5, correct: 5, ...share, errors: {} } as const;
}

function wrong(index: number, error: string | null) {
  const asked = { source: ['a', 'b'], query: 'a', answer: ['b'], output: ['a'] };
  return {
    kind: 'instance',
    task: 'UR',
    length: 10,
    index,
    repeat: 0,
    ...asked,
    correct: error === null,
    error,
  } as const;
}

describe('the store', () => {
  it('has the plan with nothing done at first, and says so while it is written', () => {
    const { store, plan } = opened();
    const study = readStudy(folder);
    expect(study).toMatchObject({ name: 'stored', file: { name: 'study.yaml', text: TEXT } });
    expect(study.environments).toEqual([environment()]);
    expect(study.items.map(({ hash, state }) => [hash, state])).toEqual(
      plan.items.map(({ hash }) => [hash, 'waiting']),
    );
    expect(isRunning(folder)).toBe(true);
    store.close();
    expect(isRunning(folder)).toBe(false);
  });

  it('shows rows of an item all at once when it is done, points of a learning curve as they come', () => {
    const { store, train, measure } = opened();
    store.started(train.hash);
    store.rows(train.hash, [progress(1, 3)]);
    store.started(measure.hash);
    store.rows(measure.hash, [cell(10)]);
    expect(readStudy(folder).items.map(({ rows }) => rows)).toEqual([[], [progress(1, 3)], []]);
    store.rows(measure.hash, [cell(20)]);
    store.done(measure.hash, 2);
    expect(readStudy(folder).items[2]).toMatchObject({
      state: 'done',
      seconds: 2,
      rows: [cell(10), cell(20)],
    });
    store.close();
  });

  it('supersedes the points that a resumed training says again', () => {
    const { store, train } = opened();
    store.started(train.hash);
    store.rows(train.hash, [progress(1, 3), progress(2, 2), progress(3, 1)]);
    store.stopped(train.hash, 1);
    store.started(train.hash);
    store.rows(train.hash, [progress(2, 2.5)]);
    expect(readStudy(folder).items[1].rows).toEqual([progress(1, 3), progress(2, 2.5)]);
    store.close();
  });

  it('brings along the first few instances of each kind of error, and hands out all of them', () => {
    const { store, measure } = opened();
    store.started(measure.hash);
    const rows = [null, 'x', 'x', 'y', 'x', 'x', null].map((error, i) => wrong(i, error));
    store.rows(measure.hash, rows);
    store.done(measure.hash, 1);
    store.close();
    const item = readStudy(folder).items[2];
    expect(item.kind === 'measure' && item.examples.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    const reader = openReader(folder);
    expect([...reader.rows(measure.hash, 'instance')]).toEqual(rows);
    reader.close();
  });

  it('tries again what failed or was killed while running, and keeps what is done', () => {
    const { store, predict, train, measure } = opened();
    for (const item of [predict, train, measure]) store.started(item.hash);
    store.done(predict.hash, 1);
    store.failed(train.hash, 'out of memory', 1);
    expect(readStudy(folder).items[1]).toMatchObject({ state: 'failed', error: 'out of memory' });
    store.close();
    opened().store.close();
    expect(readStudy(folder).items.map(({ state }) => state)).toEqual(['done', 'waiting', 'waiting']);
  });

  it('keeps the items of an earlier study file, and shows those of the latest', () => {
    const first = opened();
    first.store.started(first.measure.hash);
    first.store.done(first.measure.hash, 1);
    first.store.close();
    const longer = TEXT.replace('[UR]', '[UR, UL]');
    opened(longer).store.close();
    expect(readStudy(folder).items.map(({ task, state }) => `${task} ${state}`)).toEqual([
      ...['UR waiting', 'UR waiting', 'UR done'],
      ...['UL waiting', 'UL waiting', 'UL waiting'],
    ]);
    expect(readStudy(folder).file.text).toBe(longer);
  });
});

describe('a folder', () => {
  it('is refused when it holds something else, and is left as it was', () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'thesis.tex'), '');
    expect(() => openStore(folder)).toThrow(/holds something else \(thesis\.tex\).*--out/);
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  it("is refused when its study.sqlite is another program's, damaged, or from a newer version", () => {
    mkdirSync(folder);
    const file = path.join(folder, 'study.sqlite');
    writeFileSync(file, 'not a database at all, but long enough to look at'.repeat(50));
    expect(() => openStore(folder)).toThrow(/study\.sqlite is damaged \(file is not a database\)/);
    rmSync(file);
    const foreign = new DatabaseSync(file);
    foreign.exec('CREATE TABLE bookmarks (url)');
    expect(() => openStore(folder)).toThrow(/a database of something else/);
    foreign.exec('PRAGMA application_id = 1280791380; PRAGMA user_version = 99');
    foreign.close();
    expect(() => openStore(folder)).toThrow(/newer lengthwise \(store version 99, this one reads up to 2\)/);
    expect(() => readStudy(folder)).toThrow(/newer lengthwise/);
  });

  it('is refused when it cannot be made', () => {
    writeFileSync(path.join(path.dirname(folder), 'file'), '');
    expect(() => openStore(path.join(path.dirname(folder), 'file', 'study'))).toThrow(
      /cannot make the folder/,
    );
    expect(() => readStudy(folder)).toThrow(/holds no study/);
    expect(() => lockBeside('/proc/nowhere/model')).toThrow(/cannot write to \/proc\/nowhere/);
  });

  it('is taken by one run at a time, also from another process, until that process is gone', () => {
    const { store } = opened();
    const attempt = () =>
      spawnSync(process.execPath, [
        ...['--disable-warning=ExperimentalWarning', '--input-type=module', '-e'],
        `import { openStore } from '${new URL('./index.ts', import.meta.url).href}';
         try { openStore(${JSON.stringify(folder)}); console.log('taken') } catch (error) { console.log(error.message) }
         process.kill(process.pid, 'SIGKILL')`,
      ]).stdout.toString();
    expect(attempt()).toMatch(new RegExp(`another run is working in .* \\(process ${process.pid}, since 20`));
    store.close();
    expect(attempt()).toBe('taken\n');
    expect(attempt()).toBe('taken\n'); // the one before was killed while it had it
  });

  it('waits for the workers of a run that was killed', async () => {
    opened().store.close();
    const worker = lockAsWorker(folder);
    const gone = workersGone(folder, AbortSignal.timeout(10_000)).then(() => 'gone');
    expect(await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 200, 'waiting'))])).toBe(
      'waiting',
    );
    worker.release();
    expect(await gone).toBe('gone');
  });

  it('says what is wrong as something that the user can mend', () => {
    expect(() => readStudy(folder)).toThrow(UserError);
  });
});
