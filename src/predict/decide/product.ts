/**
 * What C-RASP[pos] sees besides counts: the residue of the position, and the symbols just before it. For given
 * modulus and look-back, a program decides a language if and only if the product of the machine with both can be
 * separated, states with different residues or last symbols being told apart for free.
 */
import { symbolLiteral } from '../../crasp/index.ts';
import { MAX_TRANSITIONS, within } from '../automata/caps.ts';
import { oneOf, type Feature } from './cover.ts';
import { atom, not, type Text } from './expressions.ts';
import type { Machine } from './machine.ts';
import type { Visible } from './synthesise.ts';

/** How far a program looks back, and the period of the positions it tells apart. */
export interface Reach {
  readonly lookBack: number;
  readonly modulus: number;
}

export interface Product {
  readonly machine: Machine;
  readonly visible: Visible;
}

/** Before the first symbol. */
export const NO_SYMBOL = -1;

interface Place {
  readonly state: number;
  /** Of the position that is read next (the first is position 1). */
  readonly residue: number;
  /** The letters before it, the nearest first. */
  readonly past: readonly number[];
}

/** The reachable part of the product, or undefined when it has more than `most` states. */
export function productOf(machine: Machine, { lookBack, modulus }: Reach, most: number): Product | undefined {
  const { dfa, accepts } = machine;
  const letters = dfa.alphabet.length;
  const width = accepts.length / dfa.states;
  const places: Place[] = [];
  const numbers = new Map<string, number>();
  const next: number[] = [];
  const numberOf = (place: Place): number => {
    const key = `${place.state} ${place.residue} ${place.past.join()}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, places.length);
    places.push(place);
    within(places.length * letters, MAX_TRANSITIONS, 'the product with positions has too many transitions');
    return places.length - 1;
  };
  numberOf({ state: dfa.start, residue: 1 % modulus, past: new Array<number>(lookBack).fill(NO_SYMBOL) });
  for (const { state, residue, past } of places) {
    if (places.length > most) return undefined;
    for (let letter = 0; letter < letters; letter++) {
      const after = [letter, ...past].slice(0, lookBack);
      next.push(
        numberOf({
          state: dfa.next[state * letters + letter],
          residue: (residue + 1) % modulus,
          past: after,
        }),
      );
    }
  }
  const product = { ...dfa, states: places.length, start: 0, next: Int32Array.from(next) };
  const answers = Uint8Array.from(
    { length: places.length * width },
    (_, i) => accepts[places[Math.floor(i / width)].state * width + (i % width)],
  );
  const accepting = Uint8Array.from(places, ({ state }) => dfa.accepting[state]);
  return {
    machine: { read: machine.read, dfa: { ...product, accepting }, accepts: answers },
    visible: visibleOf(dfa.alphabet, places, { lookBack, modulus }),
  };
}

function visibleOf(
  alphabet: readonly string[],
  places: readonly Place[],
  { lookBack, modulus }: Reach,
): Visible {
  const features: Feature[] = [];
  for (let back = 1; back <= lookBack; back++) {
    features.push({
      is: (values, possible) => oneOf(values, possible, (letter) => before(alphabet, back, letter)),
    });
  }
  if (modulus > 1) {
    features.push({
      is: (values, possible) => oneOf(values, possible, (r) => atom(`mod(${modulus}, ${r})`)),
    });
  }
  const contexts = places.map(({ residue, past }) => (modulus > 1 ? [...past, residue] : [...past]));
  return { features, values: (state) => contexts[state], contextOf: numbered(contexts) };
}

/** `prev(2, 'a')`, or that there is no symbol so far back. */
export function before(alphabet: readonly string[], back: number, letter: number): Text {
  const at = (what: string): Text => atom(back === 1 ? `prev ${what}` : `prev(${back}, ${what})`);
  return letter === NO_SYMBOL ? not(at('true')) : at(symbolLiteral(alphabet[letter]));
}

function numbered(contexts: readonly (readonly number[])[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(contexts, (context) => {
    const key = context.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}
