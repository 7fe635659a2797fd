/** What was answered instead, when one symbol was to be looked up. */
import type { Instance, Symbols } from '../../tasks/task.ts';
import type { ErrorKind } from './kinds.ts';

/** Which neighbour of which occurrence of the query a task asks for. */
export interface Lookup {
  /** A neighbour, or the symbol in which the query stands (a row with a key). */
  readonly side: 'left' | 'right' | 'itself';
  readonly occurrence: 'only' | 'first' | 'last';
}

const STEPS = { left: -1, itself: 0, right: 1 } as const;

/** The kind of error, or null when the output is the answer and nothing else. */
export function retrievalError(lookup: Lookup, instance: Instance, output: Symbols): ErrorKind | null {
  if (output.length === 0) return 'no-answer';
  const said = output[0];
  if (said === instance.answer[0]) return output.length === 1 ? null : 'extra';
  const { source, positions } = instance;
  const step = STEPS[lookup.side];
  const asked = lookup.occurrence === 'last' ? positions.at(-1) : positions[0];
  const others = positions.filter((position) => position !== asked);
  if (step !== 0 && asked !== undefined && source[asked - step] === said) return 'other-side';
  if (others.some((position) => source[position + step] === said)) return 'other-occurrence';
  if (others.some((position) => source[position - step] === said)) return 'other-occurrence-other-side';
  return source.includes(said) ? 'in-source' : 'not-in-source';
}
