/**
 * Out of C-RASP[pos]: if a language is in, then for every idempotent e that words of stable length can be, the words
 * between two e's (the local monoid eSe) act like a language of plain C-RASP. Where they do not, the language is
 * out, and the words that show it are the evidence.
 */
import { actionOf, blockMachine } from './blocks.ts';
import type { Dfa } from '../automata/dfa.ts';
import type { StablePart } from './monoid.ts';
import { decide } from './plain.ts';
import type { Refinement } from './refine.ts';

export interface LocalObstacle {
  readonly idempotent: readonly number[];
  readonly words: readonly (readonly number[])[];
  /** The component of the block machine that cannot be separated. */
  readonly stuck: Refinement;
}

type Words = readonly (readonly number[])[];

/** Idempotent words that are tried without the monoid, so that most evidence is short. */
const MAX_SHORT_WORDS = 130;
const MAX_SHORT_LENGTH = 6;
/** Different actions between two idempotents: each is a letter of the block machine. */
const MAX_BLOCK_LETTERS = 400;

/** An obstacle made of words of one length, up to a few letters. */
export function shortObstacle(dfa: Dfa): LocalObstacle | undefined {
  const letters = [...dfa.alphabet.keys()];
  let words: number[][] = [[]];
  for (let length = 1; length <= MAX_SHORT_LENGTH; length++) {
    words = words.flatMap((word) => letters.map((letter) => [...word, letter]));
    if (words.length > MAX_SHORT_WORDS) return undefined;
    for (const idempotent of words) {
      const found = isIdempotent(actionOf(dfa, idempotent)) ? obstacleAt(dfa, idempotent, words) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** An obstacle at any idempotent of the stable part: this finds one whenever the condition fails. */
export function stableObstacle(dfa: Dfa, { elements }: StablePart): LocalObstacle | undefined {
  const words = elements.map(({ word }) => word);
  const passed: Int32Array[] = [];
  const idempotents = elements
    .filter(({ action }) => isIdempotent(action))
    .sort((a, b) => new Set(b.action).size - new Set(a.action).size);
  for (const { action, word } of idempotents) {
    // Below an idempotent that has passed (fe = ef = e), eSe is part of fSf.
    if (passed.some((above) => action.every((to, state) => above[to] === to && action[above[state]] === to)))
      continue;
    const found = obstacleAt(dfa, word, words);
    if (found !== undefined) return found;
    passed.push(action);
  }
  return undefined;
}

function isIdempotent(action: Int32Array): boolean {
  return action.every((to) => action[to] === to);
}

function obstacleAt(dfa: Dfa, idempotent: readonly number[], words: Words): LocalObstacle | undefined {
  const different = differentActions(dfa, idempotent, words);
  if (different.length > MAX_BLOCK_LETTERS) return undefined;
  const stuck = stuckWith(dfa, idempotent, different);
  if (stuck === undefined) return undefined;
  const fewer = fewestWords(dfa, idempotent, different);
  return { idempotent, words: fewer, stuck: stuckWith(dfa, idempotent, fewer) ?? stuck };
}

function stuckWith(dfa: Dfa, idempotent: readonly number[], words: Words): Refinement | undefined {
  return decide(blockMachine(dfa, idempotent, words).dfa).stuck;
}

/** One word for each action between two idempotents. */
function differentActions(dfa: Dfa, idempotent: readonly number[], words: Words): Words {
  const e = actionOf(dfa, idempotent);
  const image = [...new Set(e)];
  const found = new Map<string, readonly number[]>([[image.join(), idempotent]]);
  for (const word of words) {
    const action = actionOf(dfa, [...word, ...idempotent]);
    const key = image.map((state) => action[state]).join();
    if (!found.has(key)) found.set(key, word);
  }
  found.delete(image.join());
  return [...found.values()];
}

/** Leaves out words as long as the rest is still an obstacle. */
function fewestWords(dfa: Dfa, idempotent: readonly number[], words: Words): Words {
  let kept = words;
  for (const word of words) {
    const without = kept.filter((other) => other !== word);
    if (without.length > 0 && stuckWith(dfa, idempotent, without) !== undefined) kept = without;
  }
  return kept;
}
