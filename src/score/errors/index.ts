/** The anatomy of errors: what kind of wrong answer it is. One file a family of tasks. */
import { ambiguousTransitions } from '../../tasks/people/index.ts';
import { retrievalRule } from '../../tasks/index.ts';
import type { Instance, Symbols, Task } from '../../tasks/task.ts';
import { copyingAnatomy } from './copying.ts';
import type { CopyingAnatomy } from './copying.ts';
import type { ErrorKind } from './kinds.ts';
import { retrievalError } from './retrieval.ts';
import type { Lookup } from './retrieval.ts';

export { copyingAnatomy } from './copying.ts';
export type { CopyingAnatomy, Occurrence } from './copying.ts';
export { errorKinds } from './kinds.ts';
export type { ErrorKind, ErrorKindWords } from './kinds.ts';

/** What look-ups in tables ask for. */
const tableLookups: Readonly<Record<string, Lookup>> = {
  'table-lookup-after': { side: 'right', occurrence: 'only' },
  'table-lookup-before': { side: 'left', occurrence: 'only' },
  'table-lookup-first': { side: 'itself', occurrence: 'first' },
  'table-lookup-last': { side: 'itself', occurrence: 'last' },
};

/** Flip-flop reads what stands right of the last write. */
const LAST_WRITE: Lookup = { side: 'right', occurrence: 'last' };

function writes({ source }: Instance): number[] {
  return source.flatMap((symbol, place) => (symbol === 'w' ? [place] : []));
}

/** @throws Error for a look-up of which nobody has said here what it asks for */
function lookupOf(name: string): Lookup {
  const rule = retrievalRule(name);
  const lookup = rule === undefined ? tableLookups[name] : { side: rule.side, occurrence: rule.which };
  if (lookup === undefined) throw new Error(`${name}: no look-up whose errors are known`);
  return lookup;
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
      return copyErrorOf(task, instance, output)?.kind ?? null;
    case 'retrieval':
      return retrievalError(lookupOf(task.name), instance, output);
    case 'flip-flop':
      return retrievalError(LAST_WRITE, { ...instance, positions: writes(instance) }, output);
  }
}

/** Errors of whole lines: a text that was copied in the other direction, or not at all. */
const OF_LINES: readonly ErrorKind[] = ['other-direction', 'no-answer'];

/**
 * How a copy went wrong and where, or null when it is right or the task copies nothing. A text is looked at word by
 * word: a line in which one word is wrong is not a foreign one.
 */
export function copyErrorOf(
  task: Pick<Task, 'name' | 'family'>,
  instance: Instance,
  output: Symbols,
): CopyingAnatomy | null {
  if (task.family !== 'copying') return null;
  const inSymbols = copyingAnatomy(instance, output);
  if (inSymbols === null || !isText(task.name) || OF_LINES.includes(inSymbols.kind)) return inSymbols;
  const { source, answer } = instance;
  const inWords = { ...instance, source: wordsOf(source), answer: wordsOf(answer) };
  return copyingAnatomy(inWords, wordsOf(output)) ?? inSymbols;
}

/** What the tables say of a copy: how hard it was, and where it went wrong. */
export interface CopyPlace {
  /** Places in the right answer whose symbol (in texts: word) is followed by another one elsewhere in it. */
  readonly ambiguousTransitions: number;
  /** The first wrong place, 0-based, in symbols (in texts: in words); null when the copy is right. */
  readonly firstWrong: number | null;
  /** Whether what comes before that place is followed by something else elsewhere. */
  readonly ambiguous: boolean;
}

/** Undefined where the task copies nothing. `error` is that of `copyErrorOf`, where it is already known. */
export function copyPlaceOf(
  task: Pick<Task, 'name' | 'family'>,
  instance: Instance,
  output: Symbols,
  error: CopyingAnatomy | null = copyErrorOf(task, instance, output),
): CopyPlace | undefined {
  if (task.family !== 'copying') return undefined;
  return {
    ambiguousTransitions: ambiguousTransitions(
      isText(task.name) ? wordsOf(instance.answer) : instance.answer,
    ),
    firstWrong: error?.firstWrong ?? null,
    ambiguous: error?.ambiguous ?? false,
  };
}

/** Whether a task copies a text, of which words are looked at and not lines. */
export function isText(task: string): boolean {
  return task === 'text-copy' || task === 'text-copy-backward';
}

function wordsOf(lines: Symbols): string[] {
  return lines.flatMap((line) => line.split(/\s+/u).filter((word) => word !== ''));
}
