/**
 * Recorded right answers that contradict the oracle of the task that was named, in words. Accuracy is by the recorded ones; where
 * most of them contradict, the records are of another task, and their horizon is none of the task named.
 */
import type { HorizonRow } from './rows.ts';

/** What to do where most right answers contradict. */
export const OTHER_TASK = 'these are records of another task: name theirs with --task';

/** Whether the records are of another task: more than half of their right answers contradict the oracle. */
export function isOfOtherTask({ contradicting }: Pick<HorizonRow, 'contradicting'>): boolean {
  return contradicting !== undefined && contradicting.records > contradicting.of / 2;
}

/** The same in words, with what to do; null where nothing contradicts. */
export function contradictionText({
  task,
  contradicting,
}: Pick<HorizonRow, 'task' | 'contradicting'>): string | null {
  if (contradicting === undefined) return null;
  const { records, of } = contradicting;
  const head =
    records === 1 && of === 1
      ? `the recorded right answer contradicts the oracle of ${task}`
      : `${records} of ${of} recorded right answers ${records === 1 ? 'contradicts' : 'contradict'} the oracle of ${task}`;
  return isOfOtherTask({ contradicting })
    ? `${head}, so ${OTHER_TASK}`
    : `${head}; accuracy is by the recorded ones`;
}

/** A line for each task of which recorded right answers contradict the oracle. */
export function contradictionLines(horizons: readonly HorizonRow[]): string[] {
  return horizons.flatMap((horizon) => contradictionText(horizon) ?? []);
}
