/** The options of tasks as they are given on the command line. */
import type { Placing, TaskOptions, Where } from '../../tasks/index.ts';
import { readAlphabet } from './alphabet.ts';

export interface TaskOptionFlags {
  readonly alphabet?: string;
  readonly occurrences?: { readonly min: number; readonly max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly place?: Placing;
}

/** Those that say how samples are drawn, without what was not given. */
export async function taskOptionsOf({
  alphabet,
  occurrences,
  where,
  pool,
  place,
}: TaskOptionFlags): Promise<TaskOptions> {
  return {
    ...(alphabet === undefined ? {} : { alphabet: await readAlphabet(alphabet) }),
    ...(occurrences === undefined ? {} : { occurrences }),
    ...(where === undefined ? {} : { where }),
    ...(pool === undefined ? {} : { pool }),
    ...(place === undefined ? {} : { place }),
  };
}
