/**
 * Out of plain C-RASP, by arXiv 2608.13433 (Theorem 89). While a string stays in a strongly connected component, the
 * counts of any program either drift (and are constant in comparisons in the long run) or are a *balanced
 * potential* V of the state: V(to) = V(from) + E(label) on every edge inside, a label being the letter and what the
 * program could already tell of the state. Let states of one class be what it cannot tell apart, start from no
 * knowledge at all, and suppose that with labels (class, letter) every balanced potential is constant on classes.
 * Then, by induction over the depth of counts, no program ever tells the states of a class apart. If a class has two
 * states, and some word leads from one to acceptance and not from the other, the language is out.
 */
import type { Automaton, Inseparable } from './format.ts';
import { must, NotProved } from './refusal.ts';

/** The transitions of the states of a component. */
export type Rows = ReadonlyMap<number, readonly number[]>;

/**
 * Refuses unless the evidence proves that no plain program can do for these transitions what is asked.
 * @param accepted whether the string is accepted that goes on from a state with the distinguishing word
 */
export function checkInseparable(
  rows: Rows,
  inseparable: Inseparable,
  accepted: (state: number) => boolean,
): void {
  const { component, classes, pair } = inseparable;
  const classOf = new Map(component.map((state, place) => [state, classes[place]]));
  checkStronglyConnected(rows, component);
  checkClasses(rows, inseparable, classOf);
  const pairClasses = pair.map((state) => classOf.get(state));
  must(pairClasses[0] !== undefined && pairClasses[0] === pairClasses[1], 'the pair is not in one class');
  must(accepted(pair[0]) !== accepted(pair[1]), 'the distinguishing word does not distinguish the pair');
}

/** Refuses a component that has not one class for each of its states, or one that is no state of the automaton. */
export function checkComponent({ transitions }: Automaton, { component, classes }: Inseparable): void {
  must(classes.length === component.length, 'every state of the component needs one class');
  must(
    component.every((state) => state < transitions.length),
    'the component has a state that does not exist',
  );
}

/** A word as numbers of letters. Refuses where a symbol is unknown. */
export function spelledOut({ alphabet }: Automaton, word: readonly string[]): number[] {
  const letterOf = new Map(alphabet.map((symbol, letter) => [symbol, letter]));
  return word.map((symbol) => {
    const letter = letterOf.get(symbol);
    if (letter === undefined) throw new Error(`'${symbol}' is not in the alphabet`);
    return letter;
  });
}

/** The state after a word. */
export function walk({ transitions }: Automaton, from: number, letters: readonly number[]): number {
  let state = from;
  for (const letter of letters) state = transitions[state][letter];
  return state;
}

/** From every state of the component, every other can be reached without leaving it. */
function checkStronglyConnected(rows: Rows, component: readonly number[]): void {
  const back = new Map<number, number[]>(component.map((state) => [state, []]));
  for (const state of component) {
    for (const target of new Set(rows.get(state))) back.get(target)?.push(state);
  }
  for (const leads of [rows, back]) {
    const seen = new Set(component.slice(0, 1));
    for (const state of seen) {
      for (const other of leads.get(state) ?? []) if (back.has(other)) seen.add(other);
    }
    must(seen.size === component.length, 'the component is not strongly connected, or has a state twice');
  }
}

/** Every two states of a class have equal potentials: each combination of edge equations is that very equation. */
function checkClasses(
  rows: Rows,
  { component, combinations }: Inseparable,
  classOf: ReadonlyMap<number, number>,
): void {
  const linked = new Map(component.map((state) => [state, state]));
  const root = (state: number): number => {
    let at = state;
    for (let up = linked.get(at) ?? at; up !== at; up = linked.get(at) ?? at) {
      linked.set(at, linked.get(up) ?? up); // halves the path: a chain of n states takes n log n steps, not n²
      at = up;
    }
    return at;
  };
  for (const { states, denominator, edges } of combinations) {
    must(
      states.every((state) => classOf.has(state)) && classOf.get(states[0]) === classOf.get(states[1]),
      'a combination is about states that are not of one class of the component',
    );
    const sum = new Map<string, bigint>(); // unknown → coefficient, times the denominator
    const add = (unknown: string, value: bigint): void =>
      void sum.set(unknown, (sum.get(unknown) ?? 0n) + value);
    for (const [from, letter, numerator] of edges) {
      const to = rows.get(from)?.[letter];
      must(
        classOf.has(from) && to !== undefined && classOf.has(to),
        'a combination uses an edge outside the component',
      );
      add(`V${to}`, BigInt(numerator));
      add(`V${from}`, -BigInt(numerator));
      add(`E${classOf.get(from)} ${letter}`, -BigInt(numerator));
    }
    must(BigInt(denominator) > 0n, 'a denominator is not positive');
    add(`V${states[0]}`, -BigInt(denominator));
    add(`V${states[1]}`, BigInt(denominator));
    for (const [unknown, value] of sum)
      must(value === 0n, `the combination for states ${states.join(' and ')} leaves ${value} ${unknown}`);
    linked.set(root(states[0]), root(states[1]));
  }
  const rootOfClass = new Map<number, number>();
  for (const [state, cls] of classOf) {
    const known = rootOfClass.get(cls) ?? root(state);
    if (known !== root(state))
      throw new NotProved(`no combination makes state ${state} equal to the others of its class`);
    rootOfClass.set(cls, known);
  }
}
