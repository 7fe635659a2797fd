/** Which symbol of a source decides the answer of a look-up. */
import { lineTasks } from './people/index.ts';
import { decidingOccurrence } from './retrieval.ts';
import type { Instance } from './task.ts';

/** What is looked for in a source, and the one that decides. Positions are 0-based. */
export interface DecidingPosition {
  readonly position: number;
  readonly occurrences: number;
}

/**
 * The occurrence of the query that decides (of a table: the row with that key; of flip-flop: the last write), and how many
 * there are. Null where nothing is looked up, and for an operation that is none of ours.
 */
export function decidingPosition(
  operation: string,
  { source, positions }: Pick<Instance, 'source' | 'positions'>,
): DecidingPosition | null {
  const which = decidingOf(operation);
  if (which === null) return null;
  const found =
    operation === 'flip-flop' ? source.flatMap((symbol, at) => (symbol === 'w' ? [at] : [])) : positions;
  const position = which === 'last' ? found.at(-1) : found[0];
  return position === undefined ? null : { position, occurrences: found.length };
}

function decidingOf(operation: string): 'only' | 'first' | 'last' | null {
  if (operation === 'flip-flop') return 'last';
  const line = lineTasks.find(({ name }) => name === operation);
  if (line?.family === 'copying') return null;
  if (line !== undefined) return line.operation === 'last' ? 'last' : 'first';
  return decidingOccurrence(operation) ?? null;
}
