/** What is asked at the level that people use: commits, sentences, rows of a table. */
import { copyLineTasks } from './copy-lines.ts';
import type { LineTask } from './line-task.ts';
import { tableTasks } from './table-lookup.ts';

export type { LineTask, Material } from './line-task.ts';
export { ambiguousTransitions } from './lorem.ts';
export { csvRows } from './csv.ts';

export const lineTasks: readonly LineTask[] = [...copyLineTasks, ...tableTasks];
