/** Verdicts: which tasks and languages a transformer can learn so that they hold at every length, and why. */
export { predictTask, predictableTasks, type TaskQuestion } from './tasks/predict-task.ts';
export type * from './verdict.ts';
