/** Which task each of some recordings is of. */
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';

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
