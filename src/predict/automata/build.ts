/** From expressions to minimal automata: Thompson's construction, subsets, Hopcroft. */
import { BuildingWork, MAX_STATES, MAX_SUBSETS, MAX_SYMBOLS, within } from './caps.ts';
import { complementOf, type Dfa } from './dfa.ts';
import { minimise } from './minimise.ts';
import { determinise, Nfa } from './nfa.ts';
import type { Regex, RegularExpression } from './syntax.ts';

/** The minimal complete automaton of an expression. Throws TooLarge where a cap is exceeded. */
export function automatonOf(expression: RegularExpression): Dfa {
  within(expression.alphabet.length, MAX_SYMBOLS, `an alphabet of ${expression.alphabet.length} symbols`);
  const dfa = treeAutomaton(expression.tree, expression.alphabet, new BuildingWork());
  within(dfa.states, MAX_STATES, `a minimal automaton of ${dfa.states} states`);
  return dfa;
}

/** What minimising costs for each transition, in steps. */
const MINIMISING_COST = 10;

function treeAutomaton(tree: Regex, alphabet: readonly string[], work: BuildingWork): Dfa {
  const nfa = new Nfa(alphabet, work);
  const letterOf = new Map(alphabet.map((symbol, letter) => [symbol, letter]));
  const start = nfa.state();
  const end = nfa.state();
  nfa.starts.push(start);
  nfa.accepting.add(end);
  connect(nfa, letterOf, tree, start, end);
  const subsets = determinise(nfa);
  nfa.work.spend(MINIMISING_COST * subsets.next.length);
  return minimise(subsets);
}

/** Adds states and edges such that exactly the strings of `tree` lead from `from` to `to`. */
function connect(
  nfa: Nfa,
  letterOf: ReadonlyMap<string, number>,
  tree: Regex,
  from: number,
  to: number,
): void {
  switch (tree.kind) {
    case 'nothing':
      return;
    case 'symbols':
      for (const symbol of tree.symbols) nfa.edge(from, letterOf.get(symbol) ?? -1, to);
      return;
    case 'union':
      for (const part of tree.parts) connectApart(nfa, letterOf, part, from, to);
      return;
    case 'concat':
      connectInARow(nfa, letterOf, tree.parts, from, to);
      return;
    case 'repeat':
      connectRepeated(nfa, letterOf, tree, from, to);
      return;
    case 'complement':
      embed(nfa, complementOf(treeAutomaton(tree.of, nfa.alphabet, nfa.work)), from, to);
      return;
    case 'intersection':
    case 'shuffle': {
      const combine = tree.kind === 'intersection' ? intersect : shuffle;
      const parts = tree.parts.map((part) => treeAutomaton(part, nfa.alphabet, nfa.work));
      embed(
        nfa,
        parts.reduce((a, b) => minimise(combine(a, b, nfa.work))),
        from,
        to,
      );
      return;
    }
    default:
      tree satisfies never;
  }
}

/** With states of its own at both ends, so that a loop in one alternative is none in another. */
function connectApart(
  nfa: Nfa,
  letterOf: ReadonlyMap<string, number>,
  tree: Regex,
  from: number,
  to: number,
): void {
  const start = nfa.state();
  const end = nfa.state();
  nfa.silently(from, start);
  nfa.silently(end, to);
  connect(nfa, letterOf, tree, start, end);
}

function connectInARow(
  nfa: Nfa,
  letterOf: ReadonlyMap<string, number>,
  parts: readonly Regex[],
  from: number,
  to: number,
): void {
  let at = from;
  for (const part of parts) {
    const after = nfa.state();
    connect(nfa, letterOf, part, at, after);
    at = after;
  }
  nfa.silently(at, to);
}

function connectRepeated(
  nfa: Nfa,
  letterOf: ReadonlyMap<string, number>,
  { of, min, max }: Extract<Regex, { kind: 'repeat' }>,
  from: number,
  to: number,
): void {
  const copies = max === Infinity ? min : max;
  let at = from;
  for (let i = 0; i < copies; i++) {
    if (i >= min) nfa.silently(at, to);
    const after = nfa.state();
    connectApart(nfa, letterOf, of, at, after);
    at = after;
  }
  if (max === Infinity) {
    const loop = nfa.state();
    nfa.silently(at, loop);
    connectApart(nfa, letterOf, of, loop, loop);
    at = loop;
  }
  nfa.silently(at, to);
}

function embed(nfa: Nfa, dfa: Dfa, from: number, to: number): void {
  const states = Array.from({ length: dfa.states }, () => nfa.state());
  const letters = dfa.alphabet.length;
  nfa.silently(from, states[dfa.start]);
  for (let state = 0; state < dfa.states; state++) {
    if (dfa.accepting[state] === 1) nfa.silently(states[state], to);
    for (let letter = 0; letter < letters; letter++) {
      nfa.edge(states[state], letter, states[dfa.next[state * letters + letter]]);
    }
  }
}

/** The strings that both accept. */
export function intersect(a: Dfa, b: Dfa, work = new BuildingWork()): Dfa {
  return pairs(a, b, work, (p, q) => a.accepting[p] & b.accepting[q]);
}

/** The strings that one of two, or both, accept. */
export function unite(a: Dfa, b: Dfa, work = new BuildingWork()): Dfa {
  return pairs(a, b, work, (p, q) => a.accepting[p] | b.accepting[q]);
}

/** What a transition of a pair costs, in steps. */
const PAIR_COST = 4;

/** The reachable pairs of states of two automata over the same alphabet. */
function pairs(a: Dfa, b: Dfa, work: BuildingWork, accept: (p: number, q: number) => number): Dfa {
  const letters = a.alphabet.length;
  const numbers = new Map<number, number>();
  const found: [number, number][] = [];
  const next: number[] = [];
  const numberOf = (p: number, q: number): number => {
    const key = p * b.states + q;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, found.length);
    found.push([p, q]);
    within(found.length, MAX_SUBSETS, 'the product of two automata has too many states');
    return found.length - 1;
  };
  numberOf(a.start, b.start);
  for (const [p, q] of found) {
    work.spend(PAIR_COST * letters);
    for (let letter = 0; letter < letters; letter++) {
      next.push(numberOf(a.next[p * letters + letter], b.next[q * letters + letter]));
    }
  }
  const accepting = Uint8Array.from(found, ([p, q]) => accept(p, q));
  return { alphabet: a.alphabet, states: found.length, start: 0, accepting, next: Int32Array.from(next) };
}

/** The strings that split into two interleaved ones, the first in `a` and the second in `b`. */
export function shuffle(a: Dfa, b: Dfa, work = new BuildingWork()): Dfa {
  const nfa = new Nfa(a.alphabet, work);
  const letters = a.alphabet.length;
  const [liveA, liveB] = [liveStates(a), liveStates(b)];
  const state = (p: number, q: number): number => p * b.states + q;
  for (let i = 0; i < a.states * b.states; i++) nfa.state();
  nfa.starts.push(state(a.start, b.start));
  for (let p = 0; p < a.states; p++) {
    for (let q = 0; q < b.states; q++) {
      if (a.accepting[p] === 1 && b.accepting[q] === 1) nfa.accepting.add(state(p, q));
      for (let letter = 0; letter < letters; letter++) {
        const [nextP, nextQ] = [a.next[p * letters + letter], b.next[q * letters + letter]];
        if (liveA[nextP] === 1) nfa.edge(state(p, q), letter, state(nextP, q));
        if (liveB[nextQ] === 1) nfa.edge(state(p, q), letter, state(p, nextQ));
      }
    }
  }
  return determinise(nfa);
}

/** 1 for the states of a minimal automaton from which something is accepted: all but one that only leads to itself. */
function liveStates({ states, accepting, next, alphabet }: Dfa): Uint8Array {
  const letters = alphabet.length;
  const isTrap = (state: number): boolean =>
    accepting[state] === 0 &&
    next.subarray(state * letters, (state + 1) * letters).every((target) => target === state);
  return Uint8Array.from({ length: states }, (_, state) => (isTrap(state) ? 0 : 1));
}
