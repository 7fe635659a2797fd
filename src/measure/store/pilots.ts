/** What pilots have chosen for tasks as they were asked: read from the runs that asked so. */
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { AskedTask, Run } from './rows.ts';

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
