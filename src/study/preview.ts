/** What a run would do and how long it may take, without doing it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { distinct } from '../common/distinct.ts';
import { Estimator, learnFrom, machineFactor, timeLeft } from './cost.ts';
import type { StudySpec } from './file/study-file.ts';
import type { PlannedItem } from './item.ts';
import type { Most } from '../measure/targets/endpoint.node.ts';
import { mostOfFix } from './fix-spec.ts';
import { plannedItems } from './plan.ts';
import { openReader, STORE_FILE } from './store/index.ts';

export type PreviewItem = PlannedItem & {
  readonly state: 'done' | 'to do';
  /** Estimated; 0 when done. */
  readonly seconds: number;
  /** What finding out what makes a task hold asks at most; of what is not to be done, and of other work, absent. */
  readonly most?: Most;
};

export interface Preview {
  readonly items: readonly PreviewItem[];
  readonly workers: number;
  /** Estimated, for all that is to be done. */
  readonly seconds: number;
}

/** @throws UserError when the folder holds something that is no store of ours, or what is to be explained is no model */
export async function previewStudy(study: StudySpec, folder: string, workers: number): Promise<Preview> {
  const estimator = new Estimator(machineFactor());
  const done = doneIn(folder, estimator);
  const planned = distinct(await plannedItems(study));
  const items: PreviewItem[] = [];
  for (const item of planned) {
    const isDone = done.has(item.hash);
    const about = {
      state: isDone ? 'done' : 'to do',
      seconds: isDone ? 0 : estimator.seconds(item),
    } as const;
    items.push({
      ...item,
      ...about,
      ...(item.kind === 'fix' && !isDone ? { most: await mostOfFix(item) } : {}),
    });
  }
  const todo = items.filter(({ state }) => state === 'to do').map(({ seconds }) => seconds);
  return { items, workers, seconds: timeLeft([], todo, workers) };
}

/** What is done already; the estimator learns from it. */
function doneIn(folder: string, estimator: Estimator): ReadonlySet<string> {
  if (!existsSync(path.join(folder, STORE_FILE))) return new Set();
  const reader = openReader(folder);
  try {
    learnFrom(estimator, reader.study());
    return reader.doneItems();
  } finally {
    reader.close();
  }
}
