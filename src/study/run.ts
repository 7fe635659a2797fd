/** A study, run: what is not in the store yet is done by worker processes, and stored as each item ends. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { distinct } from '../common/distinct.ts';
import { Estimator, learnFrom, machineFactor } from './cost.ts';
import { RESULT } from '../fix/hand-over/result-file.ts';
import type { Device } from '../graph/index.ts';
import { requireDevice, requireNodeRuntime } from '../graph/runtime.node.ts';
import { environment } from './environment.ts';
import type { Event } from './executor/executor.ts';
import { ProcessExecutor } from './executor/processes.ts';
import type { StudyFile } from './file/study-file.ts';
import { credentials } from '../respond/endpoint/transport/secrets.ts';
import { addressOf, fixFolder, modelFolder, tunedFolder, type PlannedItem } from './item.ts';
import { plannedItems } from './plan.ts';
import { StudyProgress } from './progress.ts';
import type { StudyRows } from './rows.ts';
import { isIncomplete } from './summary.ts';
import { openReader, openStore, readStudy, workersGone, type StudyStore } from './store/index.ts';

export interface RunOptions {
  /** How many worker processes. */
  readonly workers: number;
  /** Aborted: stop at the next safe place. */
  readonly signal: AbortSignal;
  /** Takes the line that says what is going on, a few times a second. */
  progress(line: string): void;
  /** The module with the table of works (a URL) when it isn't the product's. */
  readonly works?: string;
}

const PROGRESS_EVERY_MS = 250;
const STOPPING = 'stopping at the next safe place; a second Ctrl-C stops at once';

/**
 * Runs a study in a folder, from where it stands there. What fails is in the result with its cause.
 * @throws UserError when the folder is no place for it, or models are to be trained without ONNX Runtime; DiskFullError; the signal's reason once all is at a safe place
 */
export async function runStudy(study: StudyFile, folder: string, options: RunOptions): Promise<StudyRows> {
  const { signal, workers, works } = options;
  const items = await plannedItems(study.spec);
  for (const item of items) if (addressOf(item) !== null) credentials(process.env, headersOf(item));
  const store = openStore(folder);
  try {
    store.begin({ name: study.spec.name, file: study, items }, environment(), workers);
    await workersGone(folder, signal);
    redoLostModels(store, items);
    redoLostFixes(store, items);
    const standing = standingIn(folder);
    askAgain(store, standing);

    const work = distinct(items);
    const done = doneIn(store);
    const todo = work.filter(({ hash }) => !done.has(hash));
    if (todo.some(computesHere)) requireNodeRuntime();
    for (const item of todo.filter(computesHere)) requireDevice(deviceOf(item));
    const estimator = new Estimator(machineFactor());
    learnFrom(estimator, standing);
    const progress = new StudyProgress(study.spec.name, todo, work.length, workers, estimator);
    const executor = new ProcessExecutor({ folder, workers, works, cost: (item) => estimator.seconds(item) });

    const timer = setInterval(
      () => options.progress(signal.aborted ? STOPPING : progress.line()),
      PROGRESS_EVERY_MS,
    );
    try {
      for await (const event of executor.run(work, done, signal)) {
        record(store, event);
        progress.see(event);
      }
    } finally {
      clearInterval(timer);
    }
    store.ended(outcomeOf(store, items, signal));
    signal.throwIfAborted();
    return readStudy(folder);
  } finally {
    store.close();
  }
}

function record(store: StudyStore, event: Event): void {
  const { hash } = event.item;
  switch (event.type) {
    case 'started':
      return store.started(hash);
    case 'rows':
      return store.rows(hash, event.rows);
    case 'tick':
      return;
    case 'done':
      return store.done(hash, event.seconds);
    case 'failed':
      return store.failed(hash, event.cause, event.seconds);
    case 'stopped':
      return store.stopped(hash, event.seconds);
  }
}

/** A model whose folder somebody removed is trained again where something that is to be done needs it. */
function redoLostModels(store: StudyStore, items: readonly PlannedItem[]): void {
  const done = doneIn(store);
  const todo = items.filter(({ hash }) => !done.has(hash));
  const byHash = new Map(items.map((item) => [item.hash, item]));
  // What is done again needs its base in turn.
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    for (const hash of basesOf(item, byHash)) {
      const needed = byHash.get(hash);
      if (needed === undefined || !done.has(hash) || isThere(store.folder, needed)) continue;
      store.undo(hash);
      done.delete(hash);
      todo.push(needed);
    }
  }
}

/** All that an item needs; of an adapter, its base, too. */
function basesOf({ needs }: PlannedItem, items: ReadonlyMap<string, PlannedItem>): string[] {
  return needs.flatMap((hash) => {
    const needed = items.get(hash);
    if (needed === undefined) return [];
    const isAdapter = needed.kind === 'finetune' && needed.spec.finetune.method.kind === 'lora';
    return [hash, ...(isAdapter ? basesOf(needed, items) : [])];
  });
}

/** Whether the folder that an item made still has what it made. */
function isThere(folder: string, { kind, hash }: PlannedItem): boolean {
  const own = path.join(folder, kind === 'finetune' ? tunedFolder(hash) : modelFolder(hash));
  return ['model.safetensors', 'adapter_model.safetensors'].some((name) => existsSync(path.join(own, name)));
}

/** What was handed over is written again where somebody removed it; the answers are kept elsewhere, and nothing is asked again. */
function redoLostFixes(store: StudyStore, items: readonly PlannedItem[]): void {
  const done = doneIn(store);
  for (const { kind, hash } of items) {
    if (kind !== 'fix' || !done.has(hash)) continue;
    if (!existsSync(path.join(store.folder, fixFolder(hash), RESULT))) store.undo(hash);
  }
}

/** The headers of an item's requests; none of work that asks no server. */
function headersOf(item: PlannedItem): readonly string[] {
  if (item.kind === 'ask') return item.means?.headers ?? [];
  return item.kind === 'fix' ? (item.on?.means?.headers ?? []) : [];
}

/** Whether a model computes on this machine. */
function computesHere(item: PlannedItem): boolean {
  if (item.kind === 'fix') return item.spec.model !== null;
  return item.kind !== 'predict' && item.kind !== 'ask';
}

function deviceOf(item: PlannedItem): Device {
  if (item.kind === 'explain' || item.kind === 'finetune') return item.on?.device ?? 'cpu';
  return item.kind === 'fix' ? (item.on?.local?.device ?? 'cpu') : 'cpu';
}

/** What is in the store, without what is made of it for the report. */
function standingIn(folder: string): StudyRows {
  const reader = openReader(folder);
  try {
    return reader.study();
  } finally {
    reader.close();
  }
}

/** Questions that got no answer, or were left when the budget was spent, are asked once more; all others are kept. */
function askAgain(store: StudyStore, study: StudyRows): void {
  for (const item of study.items) if (item.state === 'done' && isIncomplete(item)) store.again(item.hash);
}

function doneIn(store: StudyStore): Set<string> {
  return new Set([...store.standings()].filter(([, { state }]) => state === 'done').map(([hash]) => hash));
}

function outcomeOf(store: StudyStore, items: readonly PlannedItem[], signal: AbortSignal) {
  if (signal.aborted) return 'interrupted';
  const done = doneIn(store);
  return items.every(({ hash }) => done.has(hash)) ? 'done' : 'failed';
}
