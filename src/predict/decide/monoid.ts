/**
 * The words of a language up to what they do: the transition monoid of its automaton, and in it the *stable* part S,
 * what words of length s do for an s such that length 2s gives nothing new.
 */
import type { Dfa } from '../automata/dfa.ts';

/** Elements, and numbers in all of them together: a fraction of a second's work. */
const MAX_ELEMENTS = 4_000;
const MAX_CELLS = 400_000;

export interface StablePart {
  /** s: the length of the words. */
  readonly length: number;
  /** Every action that some word of that length has, with such a word. */
  readonly elements: readonly { readonly action: Int32Array; readonly word: readonly number[] }[];
  /** The period with which the actions of words of length 1, 2, 3, … repeat in the end. */
  readonly period: number;
}

/** The stable part, or undefined when the monoid is larger than the caps. */
export function stablePart(dfa: Dfa): StablePart | undefined {
  const monoid = new Monoid(dfa);
  if (!monoid.complete) return undefined;
  const { layers, first, period } = layersOf(monoid, dfa.alphabet.length);
  const length = Math.max(1, Math.ceil(first / period)) * period;
  while (layers.length < length + 1)
    layers.push(nextLayer(monoid, layers[layers.length - 1], dfa.alphabet.length));
  const elements = [...layers[length].keys()].map((element) => ({
    action: monoid.actions[element],
    word: wordOf(layers, length, element),
  }));
  return { length, elements, period };
}

/** For each element of a layer, how it came: from which element of the layer before, by which letter. */
type Layer = Map<number, { readonly from: number; readonly letter: number }>;

/** Layer k is what words of length k do, until a layer comes again. */
function layersOf(monoid: Monoid, letters: number): { layers: Layer[]; first: number; period: number } {
  const layers: Layer[] = [new Map([[0, { from: -1, letter: -1 }]])];
  const seen = new Map<string, number>();
  for (let k = 0; ; k++) {
    const key = [...layers[k].keys()].sort((a, b) => a - b).join();
    const earlier = seen.get(key);
    if (earlier !== undefined) return { layers, first: earlier, period: k - earlier };
    seen.set(key, k);
    layers.push(nextLayer(monoid, layers[k], letters));
  }
}

function nextLayer(monoid: Monoid, layer: Layer, letters: number): Layer {
  const next: Layer = new Map();
  for (const from of layer.keys()) {
    for (let letter = 0; letter < letters; letter++) {
      const element = monoid.after(from, letter);
      if (!next.has(element)) next.set(element, { from, letter });
    }
  }
  return next;
}

function wordOf(layers: readonly Layer[], length: number, element: number): number[] {
  const word: number[] = [];
  let at = element;
  for (let k = length; k > 0; k--) {
    const step = layers[k].get(at);
    if (step === undefined) break;
    word.push(step.letter);
    at = step.from;
  }
  return word.reverse();
}

/** All actions of words on the states, numbered as they are found; 0 is that of the empty word. */
class Monoid {
  readonly actions: Int32Array[] = [];
  readonly complete: boolean;
  private readonly products: number[] = [];
  private readonly letters: number;

  constructor({ states, next, alphabet }: Dfa) {
    this.letters = alphabet.length;
    const numbers = new Map<string, number>();
    const numberOf = (action: Int32Array): number => {
      const key = action.join();
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, this.actions.length);
      this.actions.push(action);
      return this.actions.length - 1;
    };
    numberOf(Int32Array.from({ length: states }, (_, state) => state));
    let within = true;
    for (let i = 0; i < this.actions.length && within; i++) {
      for (let letter = 0; letter < this.letters; letter++) {
        this.products.push(numberOf(this.actions[i].map((state) => next[state * this.letters + letter])));
      }
      within = this.actions.length <= MAX_ELEMENTS && this.actions.length * states <= MAX_CELLS;
    }
    this.complete = within;
  }

  after(element: number, letter: number): number {
    return this.products[element * this.letters + letter];
  }
}
