/** Which tasks of a study are fine-tuned. */
import { tasks } from '../../tasks/index.ts';
import type { Located } from './reading.ts';
import type { TaskEntry } from './tasks.ts';

/** Those that have a format of their own for it. */
export const TUNABLE: readonly string[] = tasks
  .filter(({ family }) => family === 'retrieval' || family === 'copying')
  .map(({ name }) => name);

/** Whether a model can be fine-tuned on it. */
export function isTunable({ task, trainable }: TaskEntry): boolean {
  return trainable && TUNABLE.includes(task);
}

/** Whether it is fine-tuned. @param wanted names of the study's tasks; null: all that can be */
export function isTuned(
  { tasks: wanted }: { readonly tasks: readonly Located<string>[] | null },
  entry: TaskEntry,
): boolean {
  return isTunable(entry) && (wanted === null || wanted.some(({ value }) => value === entry.name));
}
