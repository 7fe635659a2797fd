/** Which options change what is drawn. */
import { isDefaultAlphabet } from './alphabets.ts';
import type { TaskOptions } from './task.ts';

/** Without those that say what holds without them: the default alphabet by whatever name, `where: anywhere`. A range of one number is that number. */
export function tellingTaskOptions({ alphabet, where, occurrences, ...others }: TaskOptions): TaskOptions {
  const told = tellingOccurrences(occurrences);
  return {
    ...others,
    ...(told === undefined ? {} : { occurrences: told }),
    ...(alphabet === undefined || isDefaultAlphabet(alphabet) ? {} : { alphabet }),
    ...(where === undefined || where === 'anywhere' ? {} : { where }),
  };
}

/** `3` for the range 3-3: both are one number of occurrences, with the same samples. */
export function tellingOccurrences(occurrences: TaskOptions['occurrences']): TaskOptions['occurrences'] {
  if (typeof occurrences !== 'object' || occurrences.min !== occurrences.max) return occurrences;
  return occurrences.min;
}
