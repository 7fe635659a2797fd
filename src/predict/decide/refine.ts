/**
 * Which states of a strongly connected component a C-RASP program can tell apart (arXiv 2608.13433, Theorem 89 in
 * other words). While a string runs through the component, a program can count how often it saw each *label*: a
 * letter together with what it already knows about the state before. Sums of such counts that depend on the state
 * alone, whatever the way to it, are *balanced potentials*: V(q′) = V(q) + E(label) on every edge q → q′. All others
 * grow without bound and tell nothing in the long run. Two states are told apart when some balanced potential
 * differs; that knowledge makes finer labels, and so on until nothing new comes.
 */
import { TooLarge } from '../automata/caps.ts';
import type { Graph } from './components.ts';
import { Elimination, type Row } from './elimination.ts';
import { exactly, type Arithmetic } from './exact.ts';

/** One round: what was known, and the potentials that were chosen to learn more. */
export interface Level {
  /** The class of each state (by its place in the component) that makes the labels. */
  readonly before: Int32Array;
  /** V per state; each splits what the ones before it left together. 0 at the component's first state. */
  readonly potentials: readonly (readonly number[])[];
  readonly after: Int32Array;
}

export interface Refinement {
  /** The component's states, ascending. `Level`'s arrays follow this order. */
  readonly states: readonly number[];
  readonly levels: readonly Level[];
  /** The final classes, and whether each has one state. */
  readonly classOf: Int32Array;
  readonly separated: boolean;
}

export interface Edge {
  /** Places in the component. */
  readonly from: number;
  readonly to: number;
  readonly letter: number;
}

/** Largest potential: a program has it as a constant, and its counters have to stay exact on long inputs. */
const MAX_POTENTIAL = 1e6;

/** More letters than any alphabet or block machine has. */
const MAX_LETTERS = 4096;

/** The edges of a component that stay inside it. */
export function innerEdges({ next, alphabet }: Graph, states: readonly number[]): Edge[] {
  const placeOf = new Map(states.map((state, place) => [state, place]));
  const edges: Edge[] = [];
  states.forEach((state, from) => {
    for (let letter = 0; letter < alphabet.length; letter++) {
      const to = placeOf.get(next[state * alphabet.length + letter]);
      if (to !== undefined) edges.push({ from, to, letter });
    }
  });
  return edges;
}

/** Refines until all states are told apart or nothing new comes. `visible` is what a program sees of each state. */
export function refine(graph: Graph, states: readonly number[], visible?: Int32Array): Refinement {
  let classOf = split(
    new Int32Array(states.length),
    states.map((state) => (visible === undefined ? 0 : visible[state])),
  );
  const levels: Level[] = [];
  const edges = states.length > 1 ? innerEdges(graph, states) : []; // a single state needs no labels
  let classes = countOf(classOf);
  while (classes < states.length) {
    const before = classOf;
    const space = potentialSpace(states.length, edges, before);
    const { chosen, after } = splitting(before, [...lengthPotential(states.length, edges), ...space]);
    if (chosen.length === 0) break;
    levels.push({ before, potentials: chosen, after });
    classOf = after;
    classes = countOf(classOf);
  }
  return { states, levels, classOf, separated: classes === states.length };
}

/** The length read so far, where it is a potential: the simplest of all. */
function lengthPotential(size: number, edges: readonly Edge[]): number[][] {
  const length = new Array<number>(size).fill(0);
  const known = new Uint8Array(size);
  known[0] = 1;
  for (const { from, to } of edges) {
    if (known[from] === 1 && known[to] === 0) {
      length[to] = length[from] + 1;
      known[to] = 1;
    }
  }
  return edges.every(({ from, to }) => length[to] === length[from] + 1) ? [length] : [];
}

/** The potentials out of `space` that tell more than `before`, and what is known with them. */
function splitting(
  before: Int32Array,
  space: readonly number[][],
): { chosen: number[][]; after: Int32Array } {
  let after = before;
  let classes = countOf(after);
  const chosen: number[][] = [];
  for (const potential of space) {
    const finer = split(after, potential);
    const count = countOf(finer);
    if (count === classes) continue;
    chosen.push(potential);
    after = finer;
    classes = count;
  }
  return { chosen, after };
}

function countOf(classOf: Int32Array): number {
  return classOf.reduce((most, cls) => Math.max(most, cls), -1) + 1;
}

/** Classes are split by a value; the new ones are numbered in the order of first appearance. */
function split(classOf: Int32Array, values: readonly number[]): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from(values, (value, place) => {
    const key = classOf[place] * (4 * MAX_POTENTIAL) + value;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}

/** A basis of the balanced potentials that are 0 at the first state, as whole numbers, simplest first. */
export function potentialSpace(size: number, edges: readonly Edge[], classOf: Int32Array): number[][] {
  const groups = edgesByLabel(edges, classOf);
  const { leader, merged } = obviousMerges(size, groups);
  return exactly((arithmetic) => {
    const system = new Elimination(arithmetic);
    const wanted = merged - 1; // the first state's potential is 0: it is no unknown
    for (const group of groups) {
      for (let i = 1; i < group.length && system.rank < wanted; i++) {
        system.add(sameStep(arithmetic, leader, group[0], group[i]));
      }
    }
    return nullSpace(arithmetic, system, leader);
  });
}

/** Edges that carry the same label. */
export function edgesByLabel(edges: readonly Edge[], classOf: Int32Array): Edge[][] {
  const groups = new Map<number, Edge[]>();
  for (const edge of edges) {
    const label = classOf[edge.from] * MAX_LETTERS + edge.letter;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [edge]);
    else group.push(edge);
  }
  return [...groups.values()];
}

/**
 * States that have equal potentials for a simple reason: a label on a cycle of its own adds nothing, and two edges
 * with the same label and the same end have equal beginnings. What remains goes to the linear equations.
 */
function obviousMerges(
  size: number,
  groups: readonly (readonly Edge[])[],
): { leader: Int32Array; merged: number } {
  const leader = Int32Array.from({ length: size }, (_, place) => place);
  let merged = size;
  const find = (place: number): number => {
    while (leader[place] !== place) place = leader[place] = leader[leader[place]];
    return place;
  };
  const merge = (a: number, b: number): boolean => {
    const [low, high] = [find(a), find(b)].sort((x, y) => x - y);
    if (low === high) return false;
    leader[high] = low;
    merged--;
    return true;
  };
  const still = new Set(groups.filter((group) => group.length > 1 || group[0].from === group[0].to));
  for (let changed = true; changed;) {
    changed = false;
    for (const group of still) {
      if (addsNothing(group, find)) {
        for (const edge of group) changed = merge(edge.from, edge.to) || changed;
        still.delete(group);
      } else {
        changed = mergeBeginnings(group, find, merge) || changed;
      }
    }
  }
  for (let place = 0; place < size; place++) leader[place] = find(place);
  return { leader, merged };
}

/** Whether the edges of one label close a cycle (states with equal potentials counted as one). */
function addsNothing(group: readonly Edge[], find: (place: number) => number): boolean {
  const step = new Map(group.map((edge) => [find(edge.from), find(edge.to)]));
  const done = new Set<number>();
  for (const start of step.keys()) {
    const path = new Set<number>();
    for (let at: number | undefined = start; at !== undefined && !done.has(at); at = step.get(at)) {
      if (path.has(at)) return true;
      path.add(at);
    }
    for (const place of path) done.add(place);
  }
  return false;
}

function mergeBeginnings(
  group: readonly Edge[],
  find: (place: number) => number,
  merge: (a: number, b: number) => boolean,
): boolean {
  const byEnd = new Map<number, number>();
  const byBeginning = new Map<number, number>();
  let changed = false;
  for (const { from, to } of group) {
    changed = merge(byEnd.get(find(to)) ?? from, from) || changed;
    byEnd.set(find(to), from);
    changed = merge(byBeginning.get(find(from)) ?? to, to) || changed;
    byBeginning.set(find(from), to);
  }
  return changed;
}

/** V(to) − V(from) is the same on two edges, as a row over the leaders; the first state's potential is 0. */
function sameStep<T>(arithmetic: Arithmetic<T>, leader: Int32Array, a: Edge, b: Edge): Row<T> {
  const sums = new Map<number, number>();
  const add = (place: number, value: number): void => {
    const unknown = leader[place];
    if (unknown !== 0) sums.set(unknown, (sums.get(unknown) ?? 0) + value);
  };
  add(a.to, 1);
  add(a.from, -1);
  add(b.to, -1);
  add(b.from, 1);
  const row: Row<T> = new Map();
  for (const [unknown, value] of sums) if (value !== 0) row.set(unknown, arithmetic.of(value));
  return row;
}

/** One solution for each unknown that stayed free, spread over the states of its leaders. */
function nullSpace<T>(arithmetic: Arithmetic<T>, system: Elimination<T>, leader: Int32Array): number[][] {
  const leaders = [...new Set(leader)].filter((place) => place !== 0);
  const free = leaders.filter((place) => !system.isSolved(place));
  const basis = free.map((unknown) => {
    const values = new Map<number, { numerator: T; denominator: T }>();
    values.set(unknown, { numerator: arithmetic.of(1), denominator: arithmetic.of(1) });
    for (const place of leaders) {
      const solution = system.solution(place);
      const coefficient = solution?.others.get(unknown);
      if (solution === undefined || coefficient === undefined) continue;
      values.set(place, { numerator: arithmetic.negative(coefficient), denominator: solution.denominator });
    }
    return wholeNumbers(arithmetic, leader, values);
  });
  const size = (potential: readonly number[]): number =>
    potential.reduce((sum, value) => sum + Math.abs(value), 0);
  return basis.sort((a, b) => size(a) - size(b));
}

function wholeNumbers<T>(
  arithmetic: Arithmetic<T>,
  leader: Int32Array,
  values: ReadonlyMap<number, { numerator: T; denominator: T }>,
): number[] {
  const { times, over, gcd, of } = arithmetic;
  let common = of(1);
  for (const { denominator } of values.values()) {
    common = times(common, over(denominator, gcd(common, denominator)));
  }
  return Array.from(leader, (place) => {
    const value = values.get(place);
    if (value === undefined) return 0;
    const whole = Number(times(value.numerator, over(common, value.denominator)));
    if (Math.abs(whole) > MAX_POTENTIAL) {
      throw new TooLarge(
        `too large: a counter of the program would have to reach ${MAX_POTENTIAL.toExponential()}`,
      );
    }
    return whole;
  });
}
