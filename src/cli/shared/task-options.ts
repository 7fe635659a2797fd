/** The options of tasks as they are given on the command line. */
import { Option } from 'commander';
import type { Placing, TaskOptions, Where } from '../../tasks/index.ts';
import { ALPHABET_HELP, readAlphabet } from './alphabet.ts';
import { oneOf, range, wholeNumber } from './options.ts';
import { PLACE_HELP, sourcePlace } from './place.ts';

export interface TaskOptionFlags {
  readonly alphabet?: string;
  readonly occurrences?: { readonly min: number; readonly max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly place?: Placing;
}

/** The options of commands that ask: how samples are drawn. */
export function taskOptionFlags(): Option[] {
  return [
    new Option('--alphabet <which>', `the symbols to draw from: ${ALPHABET_HELP}`),
    new Option('--occurrences <range>', 'how often the query occurs: 3, or 2-5').argParser(
      range('--occurrences'),
    ),
    new Option('--where <place>', 'where it occurs: anywhere, first-half, last-half').argParser(
      oneOf('value of --where', ['anywhere', 'first-half', 'last-half'] satisfies Where[]),
    ),
    new Option('--pool <P>', 'how many different symbols to copy there are').argParser(
      wholeNumber('--pool', { min: 1 }),
    ),
    new Option('--place <where>', PLACE_HELP).argParser(sourcePlace('--place')),
  ];
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
