/** Which task each of some recordings is of. */
import { UserError } from '../../common/errors.ts';
import type { ExportedTask } from '../../measure/targets/exported-rows.node.ts';
import type { RecordedFile } from '../../measure/targets/recording.node.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { FieldNames } from '../../respond/recording/record.ts';

/**
 * Files with the tasks of their records: those that `--task` names, or that rows of an export name themselves.
 * @throws UserError where a file doesn't say, and nobody else does
 */
export async function recordedFiles(
  files: readonly string[],
  names: string | undefined,
  fields: FieldNames,
): Promise<RecordedFile[]> {
  const { exportedTasks, isRowOf } = await import('../../measure/targets/exported-rows.node.ts');
  const rowsOf = (file: string, { task, template, chosen }: ExportedTask): RecordedFile => ({
    ...{ file, task, template, chosen },
    only: (record) => isRowOf(record, task.name),
  });
  const exports = new Map<string, readonly ExportedTask[]>();
  for (const file of files) {
    const found = await exportedTasks(file, fields);
    if (found !== null) exports.set(file, found);
  }
  const open = files.find((file) => !exports.has(file));
  if (open === undefined) {
    const wanted = names?.split(',').map((name) => name.trim());
    const all = files.flatMap((file) => (exports.get(file) ?? []).map((own) => rowsOf(file, own)));
    const found = all.filter(
      ({ task }) => wanted?.some((name) => name === task.name || name === task.operation) ?? true,
    );
    if (found.length > 0) return found;
    const known = [...new Set(all.map(({ task }) => task.name))].join(', ');
    throw new UserError(`${files.join(', ')} has no rows of ${names}; it has rows of ${known}`);
  }
  if (names === undefined) {
    throw new UserError(`which task was ${open} asked? Name it: --task UL, git-revert, … (lengthwise tasks)`);
  }
  const tasks = await recordedTasks(names, files.length);
  return files.map((file, i) => {
    const own = exports.get(file)?.find(({ task }) => task.name === tasks[i].name);
    return own === undefined ? { file, task: tasks[i] } : rowsOf(file, own);
  });
}

/** The task of every file: one for all of them, or as many as there are files. A UserError for any other number. */
export async function recordedTasks(names: string, files: number): Promise<Askable[]> {
  const { askables } = await import('../../prompt/askable.ts');
  const tasks = names.split(',').map((name) => {
    const meant = askables([name.trim()]);
    if (meant.length === 1) return meant[0];
    throw new UserError(
      `'${name}' is ${meant.length} tasks, and a recording is of one: ${meant.map((task) => task.name).join(', ')}`,
    );
  });
  if (tasks.length === 1) return Array.from({ length: files }, () => tasks[0]);
  if (tasks.length === files) return tasks;
  throw new UserError(
    `--task names ${tasks.length} tasks for ${files} files: name one for all of them, or one for each`,
  );
}
