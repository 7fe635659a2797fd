/** Which tasks are asked, and how their samples are drawn. */
import { UserError } from '../../common/errors.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { readAlphabet } from '../shared/alphabet.ts';
import type { MeasureOptions } from './options.ts';

/** The options that say how samples are drawn. */
export async function taskOptionsOf(options: MeasureOptions): Promise<TaskOptions> {
  const { occurrences, where, pool, place } = options;
  return {
    ...(options.alphabet === undefined ? {} : { alphabet: await readAlphabet(options.alphabet) }),
    ...(occurrences === undefined ? {} : { occurrences }),
    ...(where === undefined ? {} : { where }),
    ...(pool === undefined ? {} : { pool }),
    ...(place === undefined ? {} : { place }),
  };
}

/** The names of tasks that were given, groups taken apart; null without. */
export async function taskNamesOf({ task }: MeasureOptions): Promise<string[] | null> {
  const { groupMembers } = await import('../../prompt/askable.ts');
  const written = task?.split(',').map((name) => name.trim());
  const twice = written?.find((name, i) => written.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--task names ${twice} twice`);
  const names = written?.flatMap((name) => groupMembers(name));
  return names === undefined ? null : [...new Set(names)];
}
