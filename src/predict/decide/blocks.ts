/** Block automata: the letters are whole words, each followed by an idempotent one. */
import type { Dfa } from '../automata/dfa.ts';
import { stateAfter } from '../automata/dfa.ts';
import type { Machine } from './machine.ts';

/** What a word does to every state. */
export function actionOf(dfa: Dfa, word: readonly number[]): Int32Array {
  return Int32Array.from({ length: dfa.states }, (_, state) => stateAfter(dfa, word, state));
}

/** The machine on the same states in which letter i is the word i followed by the idempotent. */
export function blockMachine(
  dfa: Dfa,
  idempotent: readonly number[],
  words: readonly (readonly number[])[],
): Machine {
  const actions = words.map((word) => actionOf(dfa, [...word, ...idempotent]));
  const next = new Int32Array(dfa.states * words.length);
  for (let state = 0; state < dfa.states; state++) {
    actions.forEach((action, letter) => (next[state * words.length + letter] = action[state]));
  }
  const alphabet = words.map((_, letter) => `block ${letter + 1}`);
  const blocks: Dfa = { ...dfa, alphabet, next };
  return { read: 'eos', dfa: blocks, accepts: dfa.accepting };
}
