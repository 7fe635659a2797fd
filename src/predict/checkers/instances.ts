/**
 * The instances of a task as automata. Whether `candidate` is the right next symbol where the symbol read last is
 * `at` depends on where these two symbols stand in the prompt and on nothing else; so a few states are enough to know,
 * whatever the length and whatever other symbols there are. Prompts are `<bos> source <sep> query` for look-ups,
 * `<bos> source <sep>` for flip-flop, and `<bos> source <sep>` with the copy so far for copying.
 *
 * For copying with distinct symbols, more is let through than there are instances: of symbols other than `at` and
 * `candidate` nothing is remembered, so they may repeat. What holds for more prompts holds for the instances.
 */
import type { Copying, Definition, LookUp } from './definitions.ts';
import type { Automaton } from './format.ts';
import { must } from './refusal.ts';

/** Of a source that was read to its end: whether it is an instance, and whether the candidate is the right answer. */
export type Ending = 'right' | 'wrong' | 'no instance';

/** Reads a source symbol by symbol; null: no instance begins like this. */
export interface SourceReader<State> {
  readonly start: State;
  after(state: State, symbol: string): State | null;
  ending(state: State): Ending;
}

interface LookedUp {
  readonly times: 0 | 1 | 2;
  /** Of the occurrence that counts: its neighbour, as far as it is known. */
  readonly neighbour: 'none' | 'candidate' | 'other';
  /** Whether the next symbol is that neighbour. */
  readonly pending: boolean;
  /** The symbol before. */
  readonly last: 'none' | 'candidate' | 'other';
}

/** The sources of a look-up with one query; `right` where the candidate is the answer. */
export function lookUpReader(
  { which, side }: LookUp,
  query: string,
  candidate: string,
): SourceReader<LookedUp> {
  return {
    start: { times: 0, neighbour: 'none', pending: false, last: 'none' },
    after({ times, neighbour, pending, last }, symbol) {
      const here = symbol === candidate ? 'candidate' : 'other';
      const known = pending ? here : neighbour;
      if (symbol !== query) return { times, neighbour: known, pending: false, last: here };
      const counts = which === 'last' || times === 0;
      return {
        times: times === 0 ? 1 : 2,
        neighbour: counts ? (side === 'left' ? last : 'none') : known,
        pending: counts && side === 'right',
        last: here,
      };
    },
    ending({ times, neighbour }) {
      if ((which === 'only' ? times !== 1 : times !== 2) || neighbour === 'none') return 'no instance';
      return neighbour === 'candidate' ? 'right' : 'wrong';
    },
  };
}

interface Written {
  readonly instruction: 'w' | 'r' | 'i' | null;
  readonly bit: string | null;
}

/** The sources of flip-flop. */
export function flipFlopReader(candidate: string): SourceReader<Written> {
  return {
    start: { instruction: null, bit: null },
    after({ instruction, bit }, symbol) {
      if (instruction === null) {
        return symbol === 'w' || symbol === 'r' || symbol === 'i' ? { instruction: symbol, bit } : null;
      }
      if (symbol !== '0' && symbol !== '1') return null;
      if (instruction === 'r' && symbol !== bit) return null;
      return { instruction: null, bit: instruction === 'w' ? symbol : bit };
    },
    ending({ instruction, bit }) {
      if (bit === null || instruction === 'w' || instruction === 'i') return 'no instance';
      return bit === candidate ? 'right' : 'wrong';
    },
  };
}

/** The reader of a task that is answered by one symbol. */
export function readerOf(
  definition: Definition,
  query: string | null,
  candidate: string,
): SourceReader<unknown> {
  switch (definition.kind) {
    case 'look-up':
      must(query !== null, 'a look-up needs a query');
      return lookUpReader(definition, query, candidate);
    case 'flip-flop':
      must(query === null, 'flip-flop has no query');
      return flipFlopReader(candidate);
    case 'copying':
      throw new Error('a copy is more than one symbol');
  }
}

/** All prompts at whose end `at` was read, and what is wanted there of one candidate. */
export interface Prompts {
  readonly automaton: Automaton;
  /** Per state and letter (state · letters + letter): whether the candidate is to be named after that letter; null: no instance. */
  readonly wanted: readonly (boolean | null)[];
}

/** Where a prompt is read, by state. */
interface PromptReader {
  readonly start: unknown;
  after(state: unknown, symbol: string): unknown;
  wanted(state: unknown, symbol: string): boolean | null;
}

/** @param symbols the task's own; the reserved ones are added */
export function promptsOf(
  definition: Definition,
  symbols: readonly string[],
  at: string,
  candidate: string,
): Prompts {
  const alphabet = [...symbols, '<bos>', '<sep>', '<eos>'];
  const reader =
    definition.kind === 'copying'
      ? copyReader(definition, new Set(symbols), at, candidate)
      : answerReader(definition, new Set(symbols), at, candidate);
  return explored(reader, alphabet);
}

const BEFORE = 'before <bos>';
const NOWHERE = 'no instance';

interface InSource {
  readonly source: unknown;
}

/** Look-ups end with the query, which is `at`; flip-flop with `<sep>`. */
function answerReader(
  definition: Definition,
  symbols: ReadonlySet<string>,
  at: string,
  candidate: string,
): PromptReader {
  const query = definition.kind === 'look-up' ? at : null;
  const reader = readerOf(definition, query, candidate);
  const verdict = (state: unknown): boolean | null => {
    const ending = reader.ending(state);
    return ending === 'no instance' ? null : ending === 'right';
  };
  return {
    start: BEFORE,
    after(state, symbol) {
      if (state === BEFORE) return symbol === '<bos>' ? { source: reader.start } : NOWHERE;
      if (typeof state !== 'object' || state === null) return NOWHERE;
      if ('asked' in state) return NOWHERE;
      const { source } = state as InSource;
      if (symbol === '<sep>') return query === null ? NOWHERE : { asked: verdict(source) };
      const after = symbols.has(symbol) ? reader.after(source, symbol) : null;
      return after === null ? NOWHERE : { source: after };
    },
    wanted(state, symbol) {
      if (typeof state !== 'object' || state === null || symbol !== at) return null;
      if ('asked' in state) return state.asked as boolean | null;
      return query === null && at === '<sep>' ? verdict((state as InSource).source) : null;
    },
  };
}

interface Copied {
  readonly part: 'source' | 'copy';
  /** The symbol before, in the source. */
  readonly last: 'none' | 'at' | 'candidate' | 'other';
  /** Which of the two were read in the source, in their order. */
  readonly seen: readonly ('at' | 'candidate')[];
  /** Whether the candidate is right, as soon as it is known. */
  readonly right: boolean | null;
}

/**
 * Copying, read after `at` was copied (or after `<sep>`): forward, the candidate is what stands behind `at` in the
 * source (at `<sep>`: what stands first), `<eos>` where `at` stands last; backward, what stands before it.
 */
function copyReader(
  { direction, distinct }: Copying,
  symbols: ReadonlySet<string>,
  at: string,
  candidate: string,
): PromptReader {
  must(distinct, 'what comes next in a copy depends on more than two symbols where symbols repeat');
  const forward = direction === 'forward';
  /** What is known of the candidate after a symbol of the source, or its end, was read. */
  const judged = (state: Copied, here: Copied['last'] | 'end'): boolean | null => {
    const { last, right } = state;
    const isCandidate = here === 'end' ? candidate === '<eos>' : here === 'candidate';
    if (at === '<sep>') {
      if (forward) return last === 'none' ? isCandidate && here !== 'end' : right;
      return here === 'end' ? last === 'candidate' : right;
    }
    if (forward) return last === 'at' ? isCandidate : right;
    return here === 'at' ? (candidate === '<eos>' ? last === 'none' : last === 'candidate') : right;
  };
  const inSource = (state: Copied, symbol: string): Copied | typeof NOWHERE => {
    if (symbol === '<sep>') {
      if (state.last === 'none') return NOWHERE; // an empty source
      return { ...state, part: 'copy', right: judged(state, 'end') };
    }
    if (!symbols.has(symbol)) return NOWHERE;
    const here = symbol === at ? 'at' : symbol === candidate ? 'candidate' : 'other';
    if (here !== 'other' && state.seen.includes(here)) return NOWHERE;
    const seen: Copied['seen'] = here === 'other' ? state.seen : [...state.seen, here];
    return { part: 'source', last: here, seen, right: judged(state, here) };
  };
  /** Before `at` is copied: others, and the candidate where it comes before `at`. */
  const mayCopy = ({ seen }: Copied, symbol: string): boolean => {
    if (!symbols.has(symbol) || symbol === at) return false;
    return symbol !== candidate || seen.join() === (forward ? 'candidate,at' : 'at,candidate');
  };
  return {
    start: BEFORE,
    after(state, symbol) {
      if (state === BEFORE) {
        return symbol === '<bos>' ? { part: 'source', last: 'none', seen: [], right: null } : NOWHERE;
      }
      if (state === NOWHERE) return NOWHERE;
      const copied = state as Copied;
      if (copied.part === 'source') return inSource(copied, symbol);
      return at !== '<sep>' && mayCopy(copied, symbol) ? copied : NOWHERE;
    },
    wanted(state, symbol) {
      if (state === BEFORE || state === NOWHERE || symbol !== at) return null;
      const copied = state as Copied;
      if (at === '<sep>') {
        if (copied.part === 'copy' || copied.last === 'none') return null;
        return judged(copied, 'end') ?? false;
      }
      return copied.part === 'copy' && copied.seen.includes('at') ? (copied.right ?? false) : null;
    },
  };
}

/** All states that are reached from the start, numbered. */
function explored(reader: PromptReader, alphabet: readonly string[]): Prompts {
  const states: unknown[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (state: unknown): number => {
    const key = JSON.stringify(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    states.push(state);
    return states.length - 1;
  };
  numberOf(reader.start);
  const transitions: number[][] = [];
  const wanted: (boolean | null)[] = [];
  for (const state of states) {
    transitions.push(alphabet.map((symbol) => numberOf(reader.after(state, symbol))));
    wanted.push(...alphabet.map((symbol) => reader.wanted(state, symbol)));
  }
  return { automaton: { alphabet: [...alphabet], start: 0, accepting: [], transitions }, wanted };
}
