/** How a study stands, also while a run is going on: read from its store, which the run does not notice. */
import { distinct } from '../common/distinct.ts';
import { Estimator, learnFrom, machineFactor, timeLeft } from './cost.ts';
import type { ProgressRow } from '../train/run/rows.ts';
import { askedSoFar } from './respondents.ts';
import type { StudyItem } from './rows.ts';
import { isRunning, openReader, type Sitting } from './store/index.ts';

export interface Status {
  readonly name: string;
  /** Whether a run is working on it now. */
  readonly running: boolean;
  readonly sitting: Sitting;
  readonly items: readonly StatusItem[];
  /** Estimated seconds until all is done, by as many workers as the last run had. */
  readonly left: number;
}

export interface StatusItem extends Pick<
  StudyItem,
  'hash' | 'kind' | 'task' | 'model' | 'seed' | 'seconds' | 'error'
> {
  /** What a killed run left running is waiting. */
  readonly state: StudyItem['state'];
  /** Where training stands. */
  readonly latest: ProgressRow | null;
  /** Where a respondent is asked and not all is in: questions with rows so far. */
  readonly asked: number | null;
}

/** @throws UserError where there is no study */
export function studyStatus(folder: string): Status {
  const running = isRunning(folder);
  const reader = openReader(folder);
  try {
    const study = reader.study();
    const sitting = reader.lastSitting();
    const items = study.items.map((item) => statusOf(item, folder, running));
    const estimator = new Estimator(machineFactor());
    learnFrom(estimator, study);
    const open = distinct(study.items).filter(({ state }) => state !== 'done');
    const left = timeLeft(
      [],
      open.map((item) => leftOf(item, estimator)),
      sitting.workers,
    );
    return { name: study.name, running, sitting, items, left };
  } finally {
    reader.close();
  }
}

function statusOf(item: StudyItem, folder: string, running: boolean): StatusItem {
  const { hash, kind, task, model, seed, seconds, error } = item;
  const state = item.state === 'running' && !running ? 'waiting' : item.state;
  const asked = item.kind === 'ask' && state !== 'done' ? askedSoFar(folder, item.spec) : null;
  return { hash, kind, task, model, seed, state, seconds, error, latest: latestOf(item), asked };
}

/** Training says itself how long it takes to its last step. */
function leftOf(item: StudyItem, estimator: Estimator): number {
  const latest = latestOf(item);
  if (latest === null) return estimator.seconds(item);
  return latest.left + (item.kind === 'finetune' ? estimator.measuring(item) : 0);
}

function latestOf(item: StudyItem): ProgressRow | null {
  if ((item.kind !== 'train' && item.kind !== 'finetune') || item.state === 'done') return null;
  return item.rows.findLast((row) => row.kind === 'progress') ?? null;
}
