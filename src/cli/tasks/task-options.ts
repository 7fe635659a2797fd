/** The options of tasks as they are given on the command line. */
import type { Placing, TaskOptions, Where } from '../../tasks/index.ts';
import { readAlphabet } from '../shared/alphabet.ts';

export interface TaskOptionFlags {
  readonly alphabet?: string;
  readonly occurrences?: { readonly min: number; readonly max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly place?: Placing;
}

export async function taskOptionsOf({
  alphabet,
  occurrences,
  where,
  pool,
  place,
}: TaskOptionFlags): Promise<TaskOptions> {
  const exact = occurrences !== undefined && occurrences.min === occurrences.max;
  return {
    alphabet: alphabet === undefined ? undefined : await readAlphabet(alphabet),
    occurrences: exact ? occurrences.min : occurrences,
    where,
    pool,
    place,
  };
}
