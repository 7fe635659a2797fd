/** Deterministic automata: complete, over a fixed alphabet, states and symbols as numbers. */

/** `next[state * alphabet.length + letter]` is where a letter leads. Every state has every letter. */
export interface Dfa {
  readonly alphabet: readonly string[];
  readonly states: number;
  readonly start: number;
  /** 1 for the states in which a string is accepted. */
  readonly accepting: Uint8Array;
  readonly next: Int32Array;
}

/** The state after a string, given as letters (indices into the alphabet). */
export function stateAfter(dfa: Dfa, letters: Iterable<number>, from = dfa.start): number {
  let state = from;
  for (const letter of letters) state = dfa.next[state * dfa.alphabet.length + letter];
  return state;
}

export function acceptsLetters(dfa: Dfa, letters: Iterable<number>): boolean {
  return dfa.accepting[stateAfter(dfa, letters)] === 1;
}

/** Shortest words (as letters) from a state to every state that can be reached; undefined for the others. */
export function shortestWords(dfa: Dfa, from = dfa.start): (readonly number[] | undefined)[] {
  const words = new Array<readonly number[] | undefined>(dfa.states).fill(undefined);
  words[from] = [];
  const queue = [from];
  for (const state of queue) {
    const word = words[state] ?? [];
    for (let letter = 0; letter < dfa.alphabet.length; letter++) {
      const target = dfa.next[state * dfa.alphabet.length + letter];
      if (words[target] !== undefined) continue;
      words[target] = [...word, letter];
      queue.push(target);
    }
  }
  return words;
}

/** A shortest word after which exactly one of two states accepts, or undefined when none does. */
export function separatingWord(dfa: Dfa, first: number, second: number): number[] | undefined {
  const letters = dfa.alphabet.length;
  const seen = new Map<number, { before: number; letter: number }>();
  const key = (p: number, q: number): number => p * dfa.states + q;
  seen.set(key(first, second), { before: -1, letter: -1 });
  const queue: [number, number][] = [[first, second]];
  for (const [p, q] of queue) {
    if (dfa.accepting[p] !== dfa.accepting[q]) return wordTo(seen, key(p, q));
    for (let letter = 0; letter < letters; letter++) {
      const pair: [number, number] = [dfa.next[p * letters + letter], dfa.next[q * letters + letter]];
      if (pair[0] === pair[1] || seen.has(key(...pair))) continue;
      seen.set(key(...pair), { before: key(p, q), letter });
      queue.push(pair);
    }
  }
  return undefined;
}

function wordTo(seen: ReadonlyMap<number, { before: number; letter: number }>, last: number): number[] {
  const word: number[] = [];
  for (let step = seen.get(last); step !== undefined && step.letter >= 0; step = seen.get(step.before)) {
    word.push(step.letter);
  }
  return word.reverse();
}

/** The same automaton with accepting and rejecting states exchanged. */
export function complementOf(dfa: Dfa): Dfa {
  return { ...dfa, accepting: dfa.accepting.map((accepting) => 1 - accepting) };
}
