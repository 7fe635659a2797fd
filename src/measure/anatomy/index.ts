/** The anatomy of errors: what kind of wrong answer it is. One file a family of tasks. */
import type { Instance, Symbols, Task } from '../../tasks/task.ts';
import { copyingAnatomy } from './copying.ts';
import type { ErrorKind } from './kinds.ts';
import { retrievalError } from './retrieval.ts';
import type { Lookup } from './retrieval.ts';

export { copyingAnatomy } from './copying.ts';
export type { CopyingAnatomy } from './copying.ts';
export { errorKinds } from './kinds.ts';
export type { ErrorKind, ErrorKindWords } from './kinds.ts';

/** What the look-up tasks ask for. Flip-flop reads what stands right of the last write. */
const lookups: Readonly<Record<string, Lookup>> = {
  UL: { side: 'left', occurrence: 'only' },
  UR: { side: 'right', occurrence: 'only' },
  NLFirst: { side: 'left', occurrence: 'first' },
  NRFirst: { side: 'right', occurrence: 'first' },
  NLLast: { side: 'left', occurrence: 'last' },
  NRLast: { side: 'right', occurrence: 'last' },
  'table-lookup-after': { side: 'right', occurrence: 'only' },
  'table-lookup-before': { side: 'left', occurrence: 'only' },
  'table-lookup-first': { side: 'itself', occurrence: 'first' },
  'table-lookup-last': { side: 'itself', occurrence: 'last' },
};

const LAST_WRITE: Lookup = { side: 'right', occurrence: 'last' };

function writes({ source }: Instance): number[] {
  return source.flatMap((symbol, place) => (symbol === 'w' ? [place] : []));
}

/**
 * The kind of error that `output` is for an instance of a task, or null when it is the answer and nothing else. The
 * output is symbols; a mark for the end of the answer is not one of them.
 */
export function anatomyOf(
  task: Pick<Task, 'name' | 'family'>,
  instance: Instance,
  output: Symbols,
): ErrorKind | null {
  switch (task.family) {
    case 'copying':
      return copyingAnatomy(instance, output)?.kind ?? null;
    case 'retrieval':
      return retrievalError(lookups[task.name] ?? LAST_WRITE, instance, output);
    case 'flip-flop':
      return retrievalError(LAST_WRITE, { ...instance, positions: writes(instance) }, output);
  }
}
