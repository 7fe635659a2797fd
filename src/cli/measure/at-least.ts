/** `--at-least UR=40`: horizons that have to be shown, for use in CI. */
import { UserError } from '../../common/errors.ts';
import type { MeasurementResult } from '../../measure/result.ts';
import { missingText } from '../../measure/store/ending.ts';
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

/** @throws UserError for what can't be shown: a task that is not asked, or a length beyond all that are */
export function checkAtLeast(wanted: readonly AtLeast[], tasks: readonly string[], longest: number): void {
  for (const { task, length } of wanted) {
    if (!tasks.includes(task)) {
      throw new UserError(
        `--at-least ${task}=${length}: ${task} is not asked; asked are ${tasks.join(', ')}`,
      );
    }
    if (length > longest) {
      throw new UserError(
        `--at-least ${task}=${length}: no length above ${longest} is asked; ask longer ones with --lengths or --max-length`,
      );
    }
  }
}

/** Those that are not shown, a line each. */
export function notShown(wanted: readonly AtLeast[], { horizons }: MeasurementResult): string[] {
  return wanted.flatMap(({ task, length }) => {
    const horizon = horizons.find((candidate) => candidate.task === task);
    if ((horizon?.length ?? 0) >= length) return [];
    const found = horizon === undefined ? 'nothing was answered' : horizonText(horizon);
    return [`${task}: a horizon of at least ${length} is not shown: ${found}`];
  });
}

/** Whether some horizon is surely shorter than it is to be: then it does not matter what was not answered. */
export function surelyMissed(wanted: readonly AtLeast[], { horizons }: MeasurementResult): boolean {
  return wanted.some(({ task, length }) => {
    const high = horizons.find((candidate) => candidate.task === task)?.high;
    return typeof high === 'number' && high < length;
  });
}

/**
 * One test case a task, for `--junit`; of a measurement without any row one for the whole. A case fails where a horizon
 * is not shown, and is an error where that may be because not all was answered: as the exit status says.
 */
export function junitCases(wanted: readonly AtLeast[], result: MeasurementResult, name: string): JunitCase[] {
  const missing = missingText(result);
  const isOver = result.ending.kind !== 'interrupted'; // then the exit status is that of Ctrl-C, whatever is shown
  const tasks = [...new Set([...Object.keys(result.prompts), ...wanted.map(({ task }) => task)])];
  if (tasks.length === 0) return [{ name: 'measure', group: name, outcome: outcomeOf([], missing) }];
  return tasks.map((task) => {
    const own = wanted.filter((one) => one.task === task);
    const horizon = result.horizons.find((row) => row.task === task);
    return {
      name: task,
      group: name,
      outcome: outcomeOf(notShown(own, result), isOver && surelyMissed(own, result) ? null : missing),
      output: horizon === undefined ? 'nothing was answered' : horizonAt(horizon),
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
