/** `--at-least UR=40`: horizons that have to be shown, for use in CI. */
import { UserError } from '../../common/errors.ts';
import { timeText } from '../../common/time-text.ts';
import type { MeasurementResult, RunCounts } from '../../measure/result.ts';
import { missingOf, missingText } from '../../measure/store/ending.ts';
import { optionTexts } from '../../score/tables/settings.ts';
import type { Askable } from '../../prompt/askable.ts';
import {
  contradictionLines,
  contradictionText,
  isOfOtherTask,
} from '../../score/tables/contradiction-text.ts';
import { horizonText } from '../../score/tables/horizon-text.ts';
import type { HorizonRow } from '../../score/tables/rows.ts';
import type { JunitCase, JunitOutcome } from '../shared/junit.ts';

export interface AtLeast {
  readonly task: string;
  readonly length: number;
}

/** Reads one value of the option (commander calls it for each), after those before it. */
export function readAtLeast(text: string, before: readonly AtLeast[] = []): AtLeast[] {
  const found = text.split(',').map((part) => {
    const [, task, length] = /^\s*([\w./-]+)\s*=\s*(\d+)\s*$/.exec(part) ?? [];
    if (task === undefined) {
      throw new UserError(`--at-least takes TASK=LENGTH, such as UR=40; not '${part.trim()}'`);
    }
    return { task, length: Number(length) };
  });
  return [...before, ...found];
}

/** What is asked, as far as it decides which lengths a task is asked at. */
export interface AskedAt {
  readonly tasks: readonly Pick<Askable, 'name' | 'admits'>[];
  /** null: any up to `maxLength`, as a search or a recording has them. */
  readonly lengths: readonly number[] | null;
  readonly maxLength: number;
}

/** @throws UserError for what can't be shown: a task that is not asked, or a length that it is not asked at */
export function checkAtLeast(wanted: readonly AtLeast[], { tasks, lengths, maxLength }: AskedAt): void {
  for (const { task: name, length } of wanted) {
    const option = `--at-least ${name}=${length}`;
    const task = tasks.find((one) => one.name === name);
    if (task === undefined) {
      const names = tasks.map((one) => one.name);
      throw new UserError(`${option}: ${name} is not asked; asked are ${names.join(', ')}`);
    }
    const { min, max } = task.admits();
    if (lengths === null) {
      const longest = Math.min(max, maxLength);
      if (length <= longest) continue;
      const way = longest < max ? '; ask longer ones with --max-length' : '';
      throw new UserError(`${option}: ${name} is asked no length above ${longest}${way}`);
    }
    const own = [...new Set(lengths)].filter((one) => one >= min && one <= max);
    if (own.includes(length)) continue;
    const has = length >= min && length <= max;
    throw new UserError(
      `${option}: ${name} is not asked at ${length}, only at ${few(own)}; ${has ? `add ${length} to --lengths, or ` : ''}demand one of those`,
    );
  }
}

/** The most lengths that a line names. */
const MOST_NAMED = 12;

function few(lengths: readonly number[]): string {
  const named = lengths.slice(0, MOST_NAMED).join(', ');
  return lengths.length > MOST_NAMED ? `${named}, …` : named;
}

/** Those that are not shown, a line each. */
export function notShown(wanted: readonly AtLeast[], { horizons }: MeasurementResult): string[] {
  return wanted.flatMap(({ task, length }) => {
    const horizon = horizons.find((candidate) => candidate.task === task);
    const claim = `${task}: a horizon of at least ${length} is not shown`;
    // However long it is, it is that of another task.
    if (horizon !== undefined && isOfOtherTask(horizon, length))
      return [`${claim}: ${contradictionText(horizon)}`];
    return (horizon?.length ?? 0) >= length ? [] : [`${claim}: ${foundText({ task, length }, { horizons })}`];
  });
}

function foundText({ task, length }: AtLeast, { horizons }: Pick<MeasurementResult, 'horizons'>): string {
  const horizon = horizons.find((candidate) => candidate.task === task);
  if (horizon === undefined) return 'nothing was answered';
  return (isOfOtherTask(horizon, length) ? contradictionText(horizon) : null) ?? horizonText(horizon);
}

/**
 * Of several ways of asking, which a horizon has to be shown with each: if the best one were enough, luck would help to find
 * one among many. A line for each that is wanted, and whether it is shown.
 */
export function shownByAll(
  wanted: readonly AtLeast[],
  results: readonly MeasurementResult[],
): { readonly shown: boolean; readonly line: string }[] {
  return wanted.map((one) => {
    const { task, length } = one;
    const ways = results.filter(({ prompts }) => task in prompts);
    const without = ways.filter((result) => notShown([one], result).length > 0);
    const claim = `${task}: a horizon of at least ${length}`;
    if (ways.length === 0) return { shown: false, line: `${claim} is not shown: nothing was answered` };
    if (ways.length === 1 && without.length === 1) return { shown: false, line: notShown([one], ways[0])[0] };
    if (without.length === 0) return { shown: true, line: `${claim} is shown with ${eachOf(ways, task)}` };
    const told = optionTexts(ways);
    const named = without.slice(0, MOST_WAYS).map((result) => {
      const options = told[ways.indexOf(result)];
      const way = options === '' ? result.prompts[task] : `${result.prompts[task]}, ${options}`;
      return `${way} (${foundText(one, result)})`;
    });
    const more = without.length > MOST_WAYS ? ` and ${without.length - MOST_WAYS} more` : '';
    return {
      shown: false,
      line: `${claim} has to be shown with ${eachOf(ways, task)}, and is not with ${without.length}: ${named.join(', ')}${more}`,
    };
  });
}

/** More prompts are counted, not named: the tables above have them all. */
const MOST_WAYS = 3;

/** `each of the 9 prompts`; of ways that differ in their sources `each of the 2 ways of asking`. */
function eachOf(ways: readonly MeasurementResult[], task: string): string {
  if (ways.length === 1) return `its one prompt, ${ways[0].prompts[task]}`;
  const names = new Set(ways.map(({ prompts }) => prompts[task]));
  return `each of the ${ways.length} ${names.size === ways.length ? 'prompts' : 'ways of asking'}`;
}

/** What is shown by stored answers alone says nothing of the model of today: null where something was asked. */
export function nothingAskedText({
  answered,
  failed,
  failedBefore = 0,
  reused,
  reusedFrom,
}: Pick<RunCounts, 'answered' | 'failed' | 'failedBefore' | 'reused' | 'reusedFrom'>): string | null {
  const asked = answered + failed - failedBefore;
  if (asked > 0 || reusedFrom === undefined) return null;
  const stored = reused + failedBefore; // a prompt that a filter refused has its answer, too
  const [first, last] = [timeText(reusedFrom.first), timeText(reusedFrom.last)];
  const when = first === last ? `from ${first}` : `stored ones, from ${first} to ${last}`;
  return `nothing was asked: ${stored === 1 ? 'the one answer is' : `all ${stored} answers are`} ${when}`;
}

/** Whether some horizon is surely shorter than it is to be, or that of another task: then it does not matter what was not answered. */
export function surelyMissed(wanted: readonly AtLeast[], { horizons }: MeasurementResult): boolean {
  return wanted.some(({ task, length }) => {
    const horizon = horizons.find((candidate) => candidate.task === task);
    if (horizon === undefined) return false;
    const { high } = horizon;
    return isOfOtherTask(horizon, length) || (typeof high === 'number' && high < length);
  });
}

/**
 * One test case a task, for `--junit`; of a measurement without any row one for the whole. A case fails where a horizon
 * is not shown, and is an error where that may be because not all was answered: as the exit status says.
 */
export function junitCases(wanted: readonly AtLeast[], result: MeasurementResult, name: string): JunitCase[] {
  const nothingAsked = nothingAskedText(result.run);
  const stored = nothingAsked === null ? [] : [nothingAsked];
  const isOver = result.ending.kind !== 'interrupted'; // then the exit status is that of Ctrl-C, whatever is shown
  const tasks = [...new Set([...Object.keys(result.prompts), ...wanted.map(({ task }) => task)])];
  if (tasks.length === 0)
    return [{ name: 'measure', group: name, outcome: outcomeOf([], missingText(result)) }];
  return tasks.map((task) => {
    const own = wanted.filter((one) => one.task === task);
    const horizon = result.horizons.find((row) => row.task === task);
    const missing = missingOf(task, result);
    return {
      name: task,
      group: name,
      outcome: outcomeOf(notShown(own, result), isOver && surelyMissed(own, result) ? null : missing),
      output: [
        horizon === undefined ? 'nothing was answered' : horizonAt(horizon),
        ...(horizon === undefined ? [] : contradictionLines([horizon])),
        ...stored,
      ].join('\n'),
    };
  });
}

function horizonAt(horizon: HorizonRow): string {
  return `horizon at ${horizon.threshold}: ${horizonText(horizon)}`;
}

function outcomeOf(faults: readonly string[], missing: string | null): JunitOutcome {
  if (missing !== null) return { kind: 'error', message: [missing, ...faults].join('; ') };
  return faults.length === 0 ? { kind: 'passed' } : { kind: 'failed', message: faults.join('; ') };
}
