/** Which options change what is drawn. */
import { isDefaultAlphabet } from './alphabets.ts';
import type { TaskOptions } from './task.ts';

/** Without those that say what holds without them: the default alphabet by whatever name, `where: anywhere`. */
export function tellingTaskOptions({ alphabet, where, ...others }: TaskOptions): TaskOptions {
  return {
    ...others,
    ...(alphabet === undefined || isDefaultAlphabet(alphabet) ? {} : { alphabet }),
    ...(where === undefined || where === 'anywhere' ? {} : { where }),
  };
}
