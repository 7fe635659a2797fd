/** Pilots in a store: how their rows are told from others, and what they have chosen, as the runs that asked so note it. */
import { canonicalJson } from '../../common/json.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { AskedTask, Run } from './rows.ts';

/** The keys of their rows begin with it: they are in no table, and of no run. */
export const PILOT_KEY = 'pilot ';

export function isPilotKey(key: string): boolean {
  return key.startsWith(PILOT_KEY);
}

/** Of each task that of the last run that asked it in this way; [] where their prompts were named. */
export function pilotChoices(
  runs: readonly Run[],
  asked: readonly Pick<AskedTask, 'task' | 'askedAs' | 'way'>[],
): readonly PilotChoice[] {
  const found = asked.flatMap((own) => {
    const asksSo = ({ task, way }: AskedTask): boolean =>
      own.task === task && own.way !== undefined && own.way === way;
    const run = runs.findLast((one) => one.asked.some(asksSo)) ?? runs.at(-1);
    return (run?.pilot ?? []).filter((choice) => isChoiceFor(choice, own.askedAs ?? own.task));
  });
  return [...new Map(found.map((choice) => [canonicalJson(choice), choice])).values()];
}

/** Whether a choice is for a task. */
export function isChoiceFor({ family }: PilotChoice, task: string): boolean {
  return family.split('+').includes(task);
}
