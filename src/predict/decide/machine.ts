/**
 * What a program has to know of a language. Read at `<eos>`, that is the state after the whole string: the minimal
 * automaton. Read at the last symbol, a program sees that symbol besides what came before; so it only has to know,
 * before each symbol, which symbols would lead to acceptance: states that agree on that for every continuation are
 * one. A language is in at `last` if and only if all its quotients {u : uσ ∈ L} are in at `eos`, and this machine is
 * the smallest that serves all of them at once. (The empty string has no last symbol: nothing is said about it.)
 */
import type { Dfa } from '../automata/dfa.ts';
import { coarsestCongruence, quotient } from '../automata/minimise.ts';

export type Read = 'eos' | 'last';

/** An automaton whose states all differ, with what is accepted where the answer is read. */
export interface Machine {
  readonly read: Read;
  readonly dfa: Dfa;
  /** `eos`: one per state. `last`: one per state and letter, 1 where the string ending with that letter is accepted. */
  readonly accepts: Uint8Array;
}

/** The machine of a minimal automaton for one way of reading the answer. */
export function machineOf(dfa: Dfa, read: Read): Machine {
  if (read === 'eos') return { read, dfa, accepts: dfa.accepting };
  const afterLetter = Uint8Array.from(dfa.next, (target) => dfa.accepting[target]);
  const { classOf } = coarsestCongruence(dfa, coloursOfRows(afterLetter, dfa.alphabet.length));
  const merged = quotient(dfa, classOf);
  const members = representatives(dfa, classOf, merged.states);
  const letters = dfa.alphabet.length;
  const accepts = new Uint8Array(merged.states * letters);
  members.forEach((member, state) => {
    for (let letter = 0; letter < letters; letter++) {
      accepts[state * letters + letter] = afterLetter[member * letters + letter];
    }
  });
  return { read, dfa: merged, accepts };
}

/** A state of each class, in the breadth-first order in which `quotient` numbers them. */
function representatives(dfa: Dfa, classOf: Int32Array, count: number): number[] {
  const letters = dfa.alphabet.length;
  const seen = new Set<number>([classOf[dfa.start]]);
  const members = [dfa.start];
  for (const state of members) {
    if (members.length === count) break;
    for (let letter = 0; letter < letters; letter++) {
      const target = dfa.next[state * letters + letter];
      if (seen.has(classOf[target])) continue;
      seen.add(classOf[target]);
      members.push(target);
    }
  }
  return members;
}

function coloursOfRows(values: Uint8Array, width: number): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from({ length: values.length / width }, (_, row) => {
    const key = values.subarray(row * width, (row + 1) * width).join('');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}
