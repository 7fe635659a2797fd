/** Which task each of some recordings is of. */
import { UserError } from '../../common/errors.ts';
import type { CountedTogether } from '../../measure/targets/counted-together.ts';
import type { NamedTask } from '../../measure/targets/exported-rows.node.ts';
import type { RecordedFile } from '../../measure/targets/recording.node.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { FieldNames } from '../../respond/recording/record.ts';

/**
 * Files with the tasks of their records: those that `--task` names, or that rows name themselves. Where all files' rows
 * do, `--task` chooses among their tasks.
 * @throws UserError where a file doesn't say, and nobody else does; where it has no rows of a task that was named; where
 * the rows of a task, in all files, can't be counted together
 */
export async function recordedFiles(
  files: readonly string[],
  names: string | undefined,
  fields: FieldNames,
): Promise<RecordedFile[]> {
  const { CountedTogether } = await import('../../measure/targets/counted-together.ts');
  const together = new CountedTogether();
  const found = await filesWithTasks(files, names, fields, together);
  checkEachOnce(found);
  together.check(found.map(({ task }) => task.name));
  return found;
}

/** @throws UserError where the answers of a file would be counted twice */
function checkEachOnce(all: readonly RecordedFile[]): void {
  const twice = all.find(({ file, task }, i) =>
    all.slice(0, i).some((other) => other.file === file && other.task.name === task.name),
  );
  if (twice !== undefined) throw new UserError(`${twice.file} is named twice: name each file once`);
}

async function filesWithTasks(
  files: readonly string[],
  names: string | undefined,
  fields: FieldNames,
  together: CountedTogether,
): Promise<RecordedFile[]> {
  const { isRowOf, namedTasks } = await import('../../measure/targets/exported-rows.node.ts');
  const { groupMembers, nameOfOurs } = await import('../../prompt/askable.ts');
  const { isTaskFile } = await import('../../measure/targets/inquiry.node.ts');
  const { readOwnTask } = await import('../../prompt/own/own-task.node.ts');
  const membersOf = (name: string): readonly string[] =>
    isTaskFile(name) ? [readOwnTask(name).task.name] : groupMembers(nameOfOurs(name) ?? name);
  const rowsOf = (
    file: string,
    { task, template, fields: own, chosen, told, model }: NamedTask,
  ): RecordedFile => ({
    ...{ file, task, fields: own, chosen, told, model, only: (record) => isRowOf(record, task.name) },
    ...(template === null ? {} : { template }),
  });
  const named = new Map<string, readonly NamedTask[]>();
  for (const file of files) {
    const found = await namedTasks(file, fields, together);
    if (found !== null) named.set(file, found);
  }
  const open = files.find((file) => !named.has(file));
  if (open === undefined) {
    const all = files.flatMap((file) => (named.get(file) ?? []).map((own) => rowsOf(file, own)));
    if (names === undefined) return all;
    const wanted = names.split(',').map((name) => membersOf(name.trim()));
    const meant = new Set(wanted.flatMap((members) => meantBy(members, files, all)));
    return all.filter((one) => meant.has(one));
  }
  if (names === undefined) {
    throw new UserError(`which task was ${open} asked? Name it: --task UL, git-revert, … (lengthwise tasks)`);
  }
  const tasks = await recordedTasks(names, files.length);
  return files.map((file, i) => {
    const all = named.get(file)?.map((own) => rowsOf(file, own));
    if (all === undefined) {
      together.take({ ...NOTHING_TOLD, task: tasks[i] }, file);
      return { file, task: tasks[i] };
    }
    const own = all.find(({ task }) => task.name === tasks[i].name);
    if (own === undefined) throw noRowsOf([tasks[i].name], [file], all);
    return own;
  });
}

/**
 * Those that names mean: the tasks of these names; where none is called so, those whose rule it is, as tasks of the user's own have one.
 * @throws UserError where there are none
 */
function meantBy(
  names: readonly string[],
  files: readonly string[],
  all: readonly RecordedFile[],
): readonly RecordedFile[] {
  const called = all.filter(({ task }) => names.includes(task.name));
  const found = called.length > 0 ? called : all.filter(({ task }) => names.includes(task.operation));
  if (found.length === 0) throw noRowsOf(names, files, all);
  return found;
}

/** What records say of themselves that name no task. */
const NOTHING_TOLD = { way: '', wayName: null, prompt: null, column: '', respondent: null, seed: null };

function noRowsOf(
  names: readonly string[],
  files: readonly string[],
  all: readonly RecordedFile[],
): UserError {
  const known = [...new Set(all.map(({ task }) => task.name))].join(', ');
  return new UserError(`${files.join(', ')} has no rows of ${names.join(', ')}; it has rows of ${known}`);
}

/** Records that don't name a task of the user's own are scored by its rule alone. */
function namedByFile(file: string, { name, operation }: Askable): UserError {
  return new UserError(
    `--task ${file}: recorded outputs are scored by the rule of a task: name it with --task ${operation}, or write "task": "${name}", "operation": "${operation}" into each record`,
  );
}

/** The task of every file: one for all of them, or as many as there are files. A UserError for any other number. */
export async function recordedTasks(names: string, files: number): Promise<Askable[]> {
  const { askables, nameOfOurs } = await import('../../prompt/askable.ts');
  const { isTaskFile } = await import('../../measure/targets/inquiry.node.ts');
  const { readOwnTask } = await import('../../prompt/own/own-task.node.ts');
  const tasks = names.split(',').map((given) => {
    const name = given.trim();
    if (isTaskFile(name)) throw namedByFile(name, readOwnTask(name).task);
    const meant = askables([nameOfOurs(name) ?? name]);
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
