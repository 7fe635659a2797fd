/** Pilots in a store: how their rows are told from others, and what they have chosen, as the runs that asked so note it. */
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { AskedTask, Run } from './rows.ts';

/** The keys of their rows begin with it: they are in no table, and of no run. */
export const PILOT_KEY = 'pilot ';

export function isPilotKey(key: string): boolean {
  return key.startsWith(PILOT_KEY);
}

/** The choices of the last run that asked the tasks in these ways; [] where their prompts were named. */
export function pilotChoices(
  runs: readonly Run[],
  asked: readonly Pick<AskedTask, 'task' | 'way'>[],
): readonly PilotChoice[] {
  const asksSo = (run: Run): boolean =>
    run.asked.some(({ task, way }) =>
      asked.some((own) => own.task === task && own.way !== undefined && own.way === way),
    );
  return (runs.findLast(asksSo) ?? runs.at(-1))?.pilot ?? [];
}

/** Whether a choice is for a task. */
export function isChoiceFor({ family }: PilotChoice, task: string): boolean {
  return family.split('+').includes(task);
}
