/**
 * Where do two things that read strings differ? Exact up to a length, by walking over pairs of configurations
 * (counters, windows, residue; or an automaton's state) instead of strings: breadth first, so that the string found
 * is a shortest one, and among those the first in the order of the alphabet.
 */
import { UserError } from '../../common/errors.ts';
import type { CoreProgram } from '../core/core.ts';
import { DEFAULT_CONFIGURATIONS, MAX_SEARCH_BYTES, OPERATIONS_PER_CONFIGURATION } from '../core/limits.ts';
import type { State } from '../run/machine.ts';
import { Machine } from '../run/machine.ts';
import { symbolPlaces } from '../run/symbols.ts';
import { States } from './states.ts';
import type { Packing } from './states.ts';

/** A deterministic automaton, as far as we need to know. */
export interface Automaton<S> {
  readonly start: S;
  step(state: S, symbol: string): S;
  accepting(state: S): boolean;
}

/** What is said of a string: whether it is accepted, or which symbols may come next; null: undefined there. */
export type Verdict = boolean | readonly string[] | null;

/** What a search over a reader's states costs. */
export interface Cost {
  /** What a state with its key takes, roughly. */
  readonly stateBytes: number;
  /** Operands looked at in a step, roughly. */
  readonly stepCost: number;
}

/** Something that reads a string and says something at its end. */
export interface Reader<S> extends Cost {
  readonly start: S;
  readonly startVerdict: Verdict;
  /** The state after one more symbol, and what is said of the string read then. */
  step(state: S, symbol: string): { readonly state: S; readonly verdict: Verdict };
  /** Equal for states that behave alike from there on. */
  key(state: S): string;
  /** States as numbers; where there is none, they are kept as they are. */
  readonly packing?: Packing<S>;
}

/** A program as a reader, by its own convention or (for programs that accept) another. */
export function programReader(program: CoreProgram, read?: 'eos' | 'last'): Reader<State> {
  const machine = new Machine(program);
  const places = symbolPlaces(program);
  const { output } = program;
  const atEnd = output.kind === 'accept' && (read ?? output.read) === 'eos';
  const verdictOf = (holds: readonly boolean[]): Verdict =>
    output.kind === 'accept'
      ? holds[0]
      : output.symbols.flatMap(({ symbol }, k) => (holds[k] ? [program.alphabet[symbol]] : []));
  const start = machine.start();
  return {
    start,
    startVerdict: atEnd ? machine.readEnd(start) : null,
    step(state, symbol) {
      const place = places.get(symbol) ?? -1;
      const after = machine.copy(state);
      const holds = atEnd ? [] : machine.read(after, place);
      machine.advance(after, place);
      return { state: after, verdict: atEnd ? machine.readEnd(after) : verdictOf(holds) };
    },
    key: (state) => machine.key(state),
    packing: machine.packing,
    stateBytes: machine.stateBytes,
    stepCost: machine.stepCost,
  };
}

/** An automaton as a reader. Its states are told apart by their text. */
export function automatonReader<S>(automaton: Automaton<S>): Reader<S> {
  return {
    start: automaton.start,
    startVerdict: automaton.accepting(automaton.start),
    step(state, symbol) {
      const after = automaton.step(state, symbol);
      return { state: after, verdict: automaton.accepting(after) };
    },
    key: (state) => String(state),
    stateBytes: 0,
    stepCost: 1,
  };
}

/** The symbols that inputs of a program may have, in the order of its alphabet. */
export function inputSymbols(program: CoreProgram): string[] {
  return [...symbolPlaces(program).keys()];
}

export type Comparison =
  | {
      readonly result: 'differ';
      readonly string: readonly string[];
      readonly verdicts: readonly [Verdict, Verdict];
      readonly configurations: number;
    }
  /** `allLengths`: no new configurations were left, so they agree on longer strings, too. */
  | {
      readonly result: 'equal';
      readonly upTo: number;
      readonly configurations: number;
      readonly allLengths: boolean;
    }
  /** A cap was reached: on what, `limit` says. They agree on all strings up to `upTo` (−1: not even that is known). */
  | {
      readonly result: 'gave up';
      readonly upTo: number;
      readonly configurations: number;
      readonly limit: SearchLimit;
    };

export type SearchLimit = 'configurations' | 'memory' | 'operations';

export interface SearchOptions {
  /** Configurations to keep at most; large ones, and those that take many operations, count for several. */
  readonly maxConfigurations?: number;
  /** Called once for each length. */
  readonly onLength?: (length: number, configurations: number) => void;
  readonly signal?: AbortSignal;
}

/** Compares two readers on all strings over the symbols up to a length. */
export function compareUpTo<A, B>(
  left: Reader<A>,
  right: Reader<B>,
  symbols: readonly string[],
  upTo: number,
  options: SearchOptions = {},
): Comparison {
  const most = mostOf(left, right, options.maxConfigurations ?? DEFAULT_CONFIGURATIONS);
  let steps = 0;
  const history: History = { parents: [-1], symbols: [-1] };
  const seen = new Set([pairKey(left, left.start, right, right.start)]);
  if (disagree(left.startVerdict, right.startVerdict)) {
    return {
      result: 'differ',
      string: [],
      verdicts: [left.startVerdict, right.startVerdict],
      configurations: 1,
    };
  }
  /** The places in `history` of the configurations of one length are one after the other, from here on. */
  let first = 0;
  let frontier = { a: new States(left.packing), b: new States(right.packing) };
  frontier.a.push(left.start);
  frontier.b.push(right.start);
  for (let length = 1; length <= upTo; length++) {
    options.signal?.throwIfAborted();
    options.onLength?.(length, seen.size);
    const reached: typeof frontier = { a: new States(left.packing), b: new States(right.packing) };
    const firstReached = history.parents.length;
    for (let i = 0; i < frontier.a.count; i++) {
      const [a, b, place] = [frontier.a.at(i), frontier.b.at(i), first + i];
      for (const [symbol, name] of symbols.entries()) {
        if (++steps > most.steps) return gaveUp(length - 1, seen.size, 'operations');
        const stepA = left.step(a, name);
        const stepB = right.step(b, name);
        if (disagree(stepA.verdict, stepB.verdict)) {
          const string = [...pathTo(history, place), symbol].map((number) => symbols[number]);
          return {
            result: 'differ',
            string,
            verdicts: [stepA.verdict, stepB.verdict],
            configurations: seen.size,
          };
        }
        const key = pairKey(left, stepA.state, right, stepB.state);
        if (seen.has(key)) continue;
        if (seen.size >= most.configurations) return gaveUp(length - 1, seen.size, most.limit);
        seen.add(key);
        history.parents.push(place);
        history.symbols.push(symbol);
        reached.a.push(stepA.state);
        reached.b.push(stepB.state);
      }
    }
    if (reached.a.count === 0) {
      return { result: 'equal', upTo, configurations: seen.size, allLengths: true };
    }
    frontier = reached;
    first = firstReached;
  }
  return { result: 'equal', upTo, configurations: seen.size, allLengths: false };
}

/** What takes no more is never too much work: a fraction of a second. */
const MIN_OPERATIONS = 20_000_000;

/** How far a search may go: configurations, what they are limited by, and steps from one to another. */
function mostOf(
  { stateBytes: bytesLeft, stepCost: costLeft }: Cost,
  { stateBytes: bytesRight, stepCost: costRight }: Cost,
  maxConfigurations: number,
): { configurations: number; limit: SearchLimit; steps: number } {
  const fitting = Math.max(1, Math.floor(MAX_SEARCH_BYTES / (bytesLeft + bytesRight)));
  return {
    configurations: Math.min(maxConfigurations, fitting),
    limit: maxConfigurations <= fitting ? 'configurations' : 'memory',
    steps:
      Math.max(MIN_OPERATIONS, maxConfigurations * OPERATIONS_PER_CONFIGURATION) / (costLeft + costRight),
  };
}

function gaveUp(upTo: number, configurations: number, limit: SearchLimit): Comparison {
  return { result: 'gave up', upTo, configurations, limit };
}

/** Compares two programs, each read by its own convention. Throws UserError when their alphabets differ. */
export function comparePrograms(
  left: CoreProgram,
  right: CoreProgram,
  upTo: number,
  options: SearchOptions = {},
): Comparison {
  const symbols = inputSymbols(left);
  requireSameSymbols(symbols, inputSymbols(right));
  if (left.output.kind !== right.output.kind) {
    throw new UserError(`one program accepts, the other predicts (next[…]): they cannot be compared`);
  }
  return compareUpTo(programReader(left), programReader(right), symbols, upTo, options);
}

/** Compares a program that accepts with an automaton over the program's symbols. */
export function compareWithAutomaton<S>(
  program: CoreProgram,
  automaton: Automaton<S>,
  upTo: number,
  options: SearchOptions = {},
): Comparison {
  if (program.output.kind !== 'accept') {
    throw new UserError("this program predicts (next[…]): only a program with 'accept' has a language");
  }
  return compareUpTo(
    programReader(program),
    automatonReader(automaton),
    inputSymbols(program),
    upTo,
    options,
  );
}

function requireSameSymbols(left: readonly string[], right: readonly string[]): void {
  const only = (these: readonly string[], those: readonly string[]): string =>
    these
      .filter((symbol) => !those.includes(symbol))
      .slice(0, 10)
      .join(' ');
  const onlyLeft = only(left, right);
  const onlyRight = only(right, left);
  if (onlyLeft === '' && onlyRight === '') return;
  const parts = [
    ...(onlyLeft === '' ? [] : [`only the first has ${onlyLeft}`]),
    ...(onlyRight === '' ? [] : [`only the second has ${onlyRight}`]),
  ];
  throw new UserError(`the programs have different alphabets: ${parts.join(', ')}`);
}

/** Symbols are compared as sets: each program has its own order. */
function disagree(left: Verdict, right: Verdict): boolean {
  if (left === null || right === null) return false;
  if (typeof left === 'boolean' || typeof right === 'boolean') return left !== right;
  return left.length !== right.length || left.some((symbol) => !right.includes(symbol));
}

function pairKey<A, B>(left: Reader<A>, a: A, right: Reader<B>, b: B): string {
  return `${left.key(a)}|${right.key(b)}`;
}

/** How each configuration was first reached: from which, and by which symbol. */
interface History {
  readonly parents: number[];
  readonly symbols: number[];
}

function pathTo({ parents, symbols }: History, place: number): number[] {
  const path: number[] = [];
  for (let at = place; at > 0; at = parents[at]) path.push(symbols[at]);
  return path.reverse();
}
