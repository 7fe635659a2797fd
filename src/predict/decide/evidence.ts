/**
 * From a negative decision to something that can be checked by hand: the component, its final partition, and for
 * states of one class the combination of edge equations that makes their potentials equal.
 */
import { shortestWords } from '../automata/dfa.ts';
import type { Combination, Inseparable } from '../verdict.ts';
import { Elimination, type Row } from './elimination.ts';
import { exactly, type Arithmetic } from './exact.ts';
import type { Machine } from './machine.ts';
import { edgesByLabel, innerEdges, type Edge, type Refinement } from './refine.ts';

/**
 * The evidence that the states of `stuck` cannot all be told apart. `language` has the same states, and says after which
 * words the answers differ: by default the machine itself.
 */
export function inseparableIn(machine: Machine, stuck: Refinement, language = machine): Inseparable {
  const [first, second] = nearestPair(stuck, language);
  const distinguishing = distinguishingWord(language, first, second);
  const { dfa } = machine;
  const symbols = (letters: readonly number[]): string[] => letters.map((letter) => dfa.alphabet[letter]);
  return {
    component: stuck.states,
    classes: [...stuck.classOf],
    combinations: exactly((arithmetic) => combinations(arithmetic, machine, stuck)),
    pair: [first, second],
    access: symbols(shortestWords(dfa)[first] ?? []),
    distinguishing: symbols(distinguishing),
  };
}

/** Two states of one class: those that differ after the shortest word, and of these the first. */
function nearestPair(stuck: Refinement, language: Machine): [number, number] {
  const partners = new Map<number, number>();
  const pairs: [number, number][] = [];
  stuck.states.forEach((state, place) => {
    const first = partners.get(stuck.classOf[place]);
    if (first === undefined) partners.set(stuck.classOf[place], state);
    else pairs.push([first, state]);
  });
  if (pairs.length === 0) throw new Error('no class of the component has two states');
  for (const classOf of classesByLength(language)) {
    const apart = pairs.find(([first, second]) => classOf[first] !== classOf[second]);
    if (apart !== undefined) return apart;
  }
  throw new Error('states of a minimal automaton differ');
}

/** Which states agree after all words of up to 0, 1, 2, … letters, until no more are told apart (Moore 1956). */
function* classesByLength({ dfa, accepts }: Machine): Generator<Int32Array> {
  const letters = dfa.alphabet.length;
  const width = accepts.length / dfa.states;
  let { classOf, classes } = numbered(dfa.states, (state) =>
    accepts.subarray(state * width, (state + 1) * width).join(''),
  );
  for (;;) {
    yield classOf;
    const known = classOf;
    const finer = numbered(dfa.states, (state) => {
      let key = String(known[state]);
      for (let letter = 0; letter < letters; letter++) key += ` ${known[dfa.next[state * letters + letter]]}`;
      return key;
    });
    if (finer.classes === classes) return;
    ({ classOf, classes } = finer);
  }
}

function numbered(
  states: number,
  keyOf: (state: number) => string,
): { classOf: Int32Array; classes: number } {
  const numbers = new Map<string, number>();
  const classOf = Int32Array.from({ length: states }, (_, state) => {
    const key = keyOf(state);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  return { classOf, classes: numbers.size };
}

/** A shortest word after which exactly one of two different states of a machine has an accepted string. */
export function distinguishingWord({ dfa, accepts, read }: Machine, first: number, second: number): number[] {
  const letters = dfa.alphabet.length;
  const seen = new Set([first * dfa.states + second]);
  const queue: { p: number; q: number; before: number; letter: number }[] = [
    { p: first, q: second, before: -1, letter: -1 },
  ];
  const wordTo = (place: number): number[] => {
    const word: number[] = [];
    for (let at = queue[place]; at.before >= 0; at = queue[at.before]) word.push(at.letter);
    return word.reverse();
  };
  for (const [place, { p, q }] of queue.entries()) {
    if (read === 'eos' && accepts[p] !== accepts[q]) return wordTo(place);
    for (let letter = 0; letter < letters; letter++) {
      const [edgeP, edgeQ] = [p * letters + letter, q * letters + letter];
      if (read === 'last' && accepts[edgeP] !== accepts[edgeQ]) return [...wordTo(place), letter];
      const [nextP, nextQ] = [dfa.next[edgeP], dfa.next[edgeQ]];
      if (nextP === nextQ || seen.has(nextP * dfa.states + nextQ)) continue;
      seen.add(nextP * dfa.states + nextQ);
      queue.push({ p: nextP, q: nextQ, before: place, letter });
    }
  }
  throw new Error(`the states ${first} and ${second} do not differ`);
}

function combinations<T>(arithmetic: Arithmetic<T>, machine: Machine, stuck: Refinement): Combination[] {
  const edges = innerEdges(machine.dfa, stuck.states);
  const pairs = pairsOfEqualLabel(edges, stuck.classOf);
  const system = new Elimination(arithmetic, true);
  pairs.forEach(([a, b], number) => {
    if (system.rank < stuck.states.length - 1) system.add(difference(arithmetic, edges[a], edges[b]), number);
  });
  const representative = new Map<number, number>();
  const found: Combination[] = [];
  stuck.classOf.forEach((cls, place) => {
    const first = representative.get(cls);
    if (first === undefined) {
      representative.set(cls, place);
      return;
    }
    const { row, origin, scale } = system.express(equality(arithmetic, place, first));
    if (row.size > 0) throw new Error('the states of a class are not equal in potential');
    const total = new Map<number, T>();
    for (const [number, factor] of origin) {
      const [a, b] = pairs[number];
      total.set(a, arithmetic.minus(total.get(a) ?? arithmetic.of(0), arithmetic.negative(factor)));
      total.set(b, arithmetic.minus(total.get(b) ?? arithmetic.of(0), factor));
    }
    found.push({
      states: [stuck.states[place], stuck.states[first]],
      denominator: String(scale),
      edges: [...total]
        .filter(([, value]) => !arithmetic.isZero(value))
        .map(([edge, value]) => [stuck.states[edges[edge].from], edges[edge].letter, String(value)] as const),
    });
  });
  return found;
}

/** Every edge with the first of its label: their steps are equal. Indices into `edges`. */
function pairsOfEqualLabel(edges: readonly Edge[], classOf: Int32Array): [number, number][] {
  const indexOf = new Map(edges.map((edge, index) => [edge, index]));
  return edgesByLabel(edges, classOf).flatMap((group) =>
    group.slice(1).map((edge): [number, number] => [indexOf.get(edge) ?? 0, indexOf.get(group[0]) ?? 0]),
  );
}

/** V(a.to) − V(a.from) − V(b.to) + V(b.from), without the unknown of place 0 (all such rows add up to 0). */
function difference<T>(arithmetic: Arithmetic<T>, a: Edge, b: Edge): Row<T> {
  return sparse(arithmetic, [
    [a.to, 1],
    [a.from, -1],
    [b.to, -1],
    [b.from, 1],
  ]);
}

function equality<T>(arithmetic: Arithmetic<T>, one: number, other: number): Row<T> {
  return sparse(arithmetic, [
    [one, 1],
    [other, -1],
  ]);
}

function sparse<T>(arithmetic: Arithmetic<T>, terms: readonly (readonly [number, number])[]): Row<T> {
  const sums = new Map<number, number>();
  for (const [place, value] of terms) if (place !== 0) sums.set(place, (sums.get(place) ?? 0) + value);
  const row: Row<T> = new Map();
  for (const [place, value] of sums) if (value !== 0) row.set(place, arithmetic.of(value));
  return row;
}
