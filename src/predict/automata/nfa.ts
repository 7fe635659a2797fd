/** Nondeterministic automata with silent steps, and the subset construction. */
import { BuildingWork, MAX_NFA_STATES, MAX_SUBSETS, MAX_TRANSITIONS, within } from './caps.ts';
import type { Dfa } from './dfa.ts';

/** Grows while it is built: states are numbers, edges are kept per state. */
export class Nfa {
  readonly alphabet: readonly string[];
  /** Per state: letter, target, letter, target, … */
  readonly edges: number[][] = [];
  readonly silent: number[][] = [];
  readonly starts: number[] = [];
  readonly accepting = new Set<number>();
  readonly work: BuildingWork;

  constructor(alphabet: readonly string[], work = new BuildingWork()) {
    this.alphabet = alphabet;
    this.work = work;
  }

  state(): number {
    within(
      this.edges.length + 1,
      MAX_NFA_STATES,
      'the expression has too many places (states before determinisation)',
    );
    this.edges.push([]);
    this.silent.push([]);
    return this.edges.length - 1;
  }

  edge(from: number, letter: number, to: number): void {
    this.edges[from].push(letter, to);
  }

  silently(from: number, to: number): void {
    this.silent[from].push(to);
  }
}

/** The reachable part of the subset automaton: complete (the empty set is a state where it is needed). */
export function determinise(nfa: Nfa): Dfa {
  const letters = nfa.alphabet.length;
  const closure = new Closure(nfa);
  const numbers = new Map<string, number>();
  const subsets: Int32Array[] = [];
  const next: number[] = [];

  function numberOf(members: Int32Array): number {
    const key = members.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, subsets.length);
    subsets.push(members);
    within(subsets.length, MAX_SUBSETS, 'the automaton has too many states while it is made deterministic');
    within(
      subsets.length * letters,
      MAX_TRANSITIONS,
      'the automaton has too many transitions (states × symbols)',
    );
    return subsets.length - 1;
  }

  numberOf(closure.of(nfa.starts));
  for (let i = 0; i < subsets.length; i++) {
    const targets: number[][] = Array.from({ length: letters }, () => []);
    for (const state of subsets[i]) {
      const edges = nfa.edges[state];
      for (let e = 0; e < edges.length; e += 2) targets[edges[e]].push(edges[e + 1]);
    }
    for (const reached of targets) next.push(numberOf(closure.of(reached)));
  }
  const accepting = Uint8Array.from(subsets, (members) =>
    members.some((s) => nfa.accepting.has(s)) ? 1 : 0,
  );
  return { alphabet: nfa.alphabet, states: subsets.length, start: 0, accepting, next: Int32Array.from(next) };
}

/** What can be reached by silent steps, as sorted states that have an edge or accept (the others tell nothing). */
class Closure {
  private readonly nfa: Nfa;
  private readonly mark: Int32Array;
  private round = 0;

  constructor(nfa: Nfa) {
    this.nfa = nfa;
    this.mark = new Int32Array(nfa.edges.length);
  }

  of(states: readonly number[]): Int32Array {
    this.round++;
    const stack = [...states];
    const kept: number[] = [];
    let steps = 1;
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      if (this.mark[state] === this.round) continue;
      this.mark[state] = this.round;
      steps += 1 + this.nfa.edges[state].length + this.nfa.silent[state].length;
      if (this.nfa.edges[state].length > 0 || this.nfa.accepting.has(state)) kept.push(state);
      stack.push(...this.nfa.silent[state]);
    }
    this.nfa.work.spend(steps);
    return Int32Array.from(kept).sort();
  }
}
