/** How a measurement ended, and what is missing where it is not whole: the same words wherever its numbers are shown. */
import type { Ending } from '../../respond/respondent.ts';
import type { CellRow, HorizonRow } from '../../score/tables/rows.ts';
import type { AskedTask, Run } from './rows.ts';

/**
 * How the measurement of some tasks ended, each asked in one way: as the last run did that asked it so; where these differ,
 * as the first that did not come to its end.
 */
export function endingOfRuns(runs: readonly Run[], asked: Iterable<AskedTask>): Ending {
  const lasts = [...asked].map((task) => endingOf(lastRunOf(runs, task)));
  return lasts.find(({ kind }) => kind !== 'done') ?? { kind: 'done' };
}

/** Older stores did not note ways. */
function lastRunOf(runs: readonly Run[], { task, way }: AskedTask): Run | undefined {
  const asksSo = (one: AskedTask): boolean => one.task === task && one.way === way;
  return runs.findLast((run) => run.asked.some(asksSo)) ?? runs.at(-1);
}

/** One that was killed (or is still going on) has not said so: it is as good as interrupted. */
function endingOf(run: Run | undefined): Ending {
  switch (run?.ending) {
    case 'done':
    case undefined:
      return { kind: 'done' };
    case 'budget':
      return { kind: 'budget' };
    case 'stopped':
      return { kind: 'stopped', reason: run.reason ?? 'whoever answered refused, or was gone' };
    case null:
    default:
      return { kind: 'interrupted' };
  }
}

/** What tells whether all was answered. */
export interface Answered {
  readonly respondent: Readonly<Record<string, unknown>>;
  readonly ending: Ending;
  readonly run: { readonly answered: number; readonly reused: number; readonly failed: number };
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  /** Whether its last run has not said how it ended. */
  readonly open?: boolean;
}

/** Why the numbers are not those of all that was asked for, in a few words; null where they are. */
export function missingText(result: Answered): string | null {
  const { ending } = result;
  switch (ending.kind) {
    case 'budget':
      return 'the budget is spent';
    case 'interrupted':
      return result.open ? 'still running, or killed' : 'interrupted';
    case 'stopped':
      return `stopped: ${ending.reason}`;
    case 'done': {
      if (fitsNowhere(result)) return noneFitsText(result.rows);
      const failed = unanswered(result);
      return failed === 0 ? null : failedText(failed, result, null);
    }
  }
}

/** The same of one task: where all was asked, what failed of the others is no lack of its numbers. */
export function missingOf(task: string, result: Answered): string | null {
  const all = missingText(result);
  const { ending, run, rows, horizons } = result;
  const own = rows.filter((row) => row.task === task);
  const isOfQuestions = ending.kind === 'done' && run.answered + run.reused > 0 && !fitsNowhere(result);
  if (all === null || !isOfQuestions || own.length === 0) return all;
  const failed = Math.round(own.reduce((sum, row) => sum + questionsIn(row, lostIn(row, horizons)), 0));
  return failed === 0 ? null : failedText(failed, result, task);
}

function failedText(failed: number, result: Answered, task: string | null): string {
  const one = isRecorded(result) ? 'record' : 'question';
  return `${failed} ${one}${failed === 1 ? '' : 's'}${task === null ? '' : ` of ${task}`} failed`;
}

/** Whether no prompt was taken because each was too long: another run would find the same. */
export function fitsNowhere({ ending, rows }: Pick<Answered, 'ending' | 'rows'>): boolean {
  return (
    ending.kind === 'done' && rows.length > 0 && rows.every(({ n, tooLong = 0 }) => n > 0 && tooLong === n)
  );
}

function noneFitsText(rows: readonly CellRow[]): string {
  const shortest = Math.min(...rows.map(({ length }) => length));
  return `no prompt fits the context, the shortest of length ${shortest} included: ask with fewer --shots, another --prompt or shorter --lengths`;
}

/** Nobody can ask again what somebody recorded. */
export function isRecorded({ respondent }: Pick<Answered, 'respondent'>): boolean {
  return respondent.kind === 'recording';
}

/**
 * Questions that another run may get an answer to. Prompts that are too long for the context or refused for what they say, and those of a length
 * that is refused altogether, are none: what they were asked for is known.
 */
export function unanswered({ run, rows, horizons }: Pick<Answered, 'run' | 'rows' | 'horizons'>): number {
  if (run.answered + run.reused === 0) return run.failed;
  const known = (row: CellRow): number => questionsIn(row, (row.failed ?? 0) - lostIn(row, horizons));
  return Math.max(0, Math.round(run.failed - rows.reduce((sum, row) => sum + known(row), 0)));
}

/** Of the samples that failed, those that another run may get an answer to. */
function lostIn({ task, length, lost = 0 }: CellRow, horizons: readonly HorizonRow[]): number {
  const { contextEnds, refusedFrom } = horizons.find((row) => row.task === task) ?? {};
  return length >= Math.min(contextEnds ?? Infinity, refusedFrom ?? Infinity) ? 0 : lost;
}

/** Cells count samples, runs questions: with repeats a sample is several. */
function questionsIn({ n, answers }: CellRow, samples: number): number {
  return n === 0 ? 0 : (samples * (answers ?? n)) / n;
}
