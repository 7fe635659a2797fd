/** Pilots in a store: how their rows are told from others, and what they have chosen, as the runs that asked so note it. */
import { canonicalJson } from '../../common/json.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { AskedTask, Run } from './rows.ts';

/** The keys of their rows begin with it: they are in no table, and of no run. */
export const PILOT_KEY = 'pilot ';

/** The names of the facts that are their choices begin with it. */
export const PILOT_FACT = 'pilot ';

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

/** The same runs with all that pilots chose discarded: what answered them was not what was asked. */
export function withoutPilots(runs: readonly Run[]): readonly Run[] {
  return runs.map((run) => ({
    ...run,
    asked: run.asked.map((asked) => {
      const isChosen = run.pilot?.some((choice) => isChoiceFor(choice, asked.task)) === true;
      return isChosen ? { ...asked, discarded: true } : asked;
    }),
  }));
}

/** Whether a choice is for a task. */
export function isChoiceFor({ family }: PilotChoice, task: string): boolean {
  return family.split('+').includes(task);
}
