/** Which tasks are asked. */
import { UserError } from '../../common/errors.ts';
import type { MeasureOptions } from './options.ts';

/** The names of tasks that were given, groups taken apart; null without. */
export async function taskNamesOf({ task }: MeasureOptions): Promise<string[] | null> {
  const { groupMembers } = await import('../../prompt/askable.ts');
  const written = task?.split(',').map((name) => name.trim());
  const twice = written?.find((name, i) => written.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--task names ${twice} twice`);
  const names = written?.flatMap((name) => groupMembers(name));
  return names === undefined ? null : [...new Set(names)];
}
