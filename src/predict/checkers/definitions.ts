/**
 * The tasks as the checkers know them, written down here from their definitions (docs/tasks.md; arXiv 2505.21785,
 * Table 1) and sharing nothing with the rest of lengthwise.
 */
import { must } from './refusal.ts';

/** Which neighbour of which occurrence of the query is the answer. */
export interface LookUp {
  readonly kind: 'look-up';
  readonly which: 'only' | 'first' | 'last';
  readonly side: 'left' | 'right';
}

/** The source again, forward or backward; `distinct`: all its symbols differ. */
export interface Copying {
  readonly kind: 'copying';
  readonly direction: 'forward' | 'backward';
  readonly distinct: boolean;
}

/** The bit behind the last `w`. */
export interface FlipFlop {
  readonly kind: 'flip-flop';
}

export type Definition = LookUp | Copying | FlipFlop;

interface Defined {
  readonly title: string;
  readonly definition: Definition;
}

const TASKS = new Map<string, Defined>([
  ...(['only', 'first', 'last'] as const).flatMap((which) =>
    (['left', 'right'] as const).map((side): [string, Defined] => [
      which === 'only'
        ? `U${side === 'left' ? 'L' : 'R'}`
        : `N${side === 'left' ? 'L' : 'R'}${which === 'first' ? 'First' : 'Last'}`,
      {
        title: `the symbol to the ${side} of the ${which} occurrence of the query`,
        definition: { kind: 'look-up', which, side },
      },
    ]),
  ),
  ...(['forward', 'backward'] as const).flatMap((direction) =>
    [true, false].map((distinct): [string, Defined] => [
      `${distinct ? 'U' : 'N'}${direction === 'forward' ? 'F' : 'B'}`,
      {
        title: `the source ${direction === 'forward' ? 'again' : 'in reverse order'}, ${distinct ? 'different symbols' : 'symbols that may repeat'}`,
        definition: { kind: 'copying', direction, distinct },
      },
    ]),
  ),
  [
    'flip-flop',
    {
      title: 'the bit that was last written: the symbol to the right of the last w',
      definition: { kind: 'flip-flop' },
    },
  ],
]);

/** The definition of a task; refuses names that no task has, and another title than the task's. */
export function definitionOf({ name, title }: { readonly name: string; readonly title: string }): Definition {
  const known = TASKS.get(name);
  must(known !== undefined, `no task is called '${name}'`);
  must(known.title === title, `the task ${name} is defined as: ${known.title}`);
  return known.definition;
}

/** The symbols of the only instances that there are; null where a task is asked over any alphabet. */
export function ownAlphabet({ kind }: Definition): readonly string[] | null {
  return kind === 'flip-flop' ? ['w', 'r', 'i', '0', '1'] : null;
}

/** The right answer to a source, or null where it is no instance of the task: the definition, word for word. */
export function answerTo(
  definition: Definition,
  source: readonly string[],
  query: string | null,
): readonly string[] | null {
  switch (definition.kind) {
    case 'look-up':
      return query === null ? null : lookUp(definition, source, query);
    case 'copying': {
      const repeats = new Set(source).size < source.length;
      if (query !== null || source.length === 0 || (definition.distinct && repeats)) return null;
      return definition.direction === 'forward' ? source : source.toReversed();
    }
    case 'flip-flop':
      return query === null ? flipFlop(source) : null;
  }
}

function lookUp({ which, side }: LookUp, source: readonly string[], query: string): readonly string[] | null {
  const places = [...source.keys()].filter((place) => source[place] === query);
  if (which === 'only' ? places.length !== 1 : places.length < 2) return null;
  const place = places[which === 'last' ? places.length - 1 : 0] + (side === 'left' ? -1 : 1);
  return place < 0 || place >= source.length ? null : [source[place]];
}

function flipFlop(source: readonly string[]): readonly string[] | null {
  let written: string | null = null;
  for (let place = 0; place < source.length; place += 2) {
    const [instruction, bit] = [source[place], source.at(place + 1)];
    if (instruction !== 'w' && instruction !== 'r' && instruction !== 'i') return null;
    if (bit === undefined && instruction !== 'r') return null;
    if (bit !== undefined && bit !== '0' && bit !== '1') return null;
    if (bit !== undefined && instruction === 'r' && bit !== written) return null;
    if (bit !== undefined && instruction === 'w') written = bit;
  }
  return written === null ? null : [written];
}
