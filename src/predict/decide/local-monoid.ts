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

/** A word, and what it does. */
type Element = StablePart['elements'][number];

/** Idempotent words that are tried without the monoid, so that most evidence is short. */
const MAX_SHORT_WORDS = 130;
const MAX_SHORT_LENGTH = 6;
/** Different actions between two idempotents: each is a letter of the block machine. */
const MAX_BLOCK_LETTERS = 400;
/** Steps in which an obstacle is looked for in the stable part: about a second's work. */
const MAX_STABLE_WORK = 100_000_000;
/** What deciding a block machine costs for each of its transitions, in steps. */
const DECIDING_COST = 100;

/** An obstacle made of words of one length, up to a few letters. */
export function shortObstacle(dfa: Dfa): LocalObstacle | undefined {
  const letters = [...dfa.alphabet.keys()];
  let words: number[][] = [[]];
  for (let length = 1; length <= MAX_SHORT_LENGTH; length++) {
    words = words.flatMap((word) => letters.map((letter) => [...word, letter]));
    if (words.length > MAX_SHORT_WORDS) return undefined;
    const elements = words.map((word): Element => ({ word, action: actionOf(dfa, word) }));
    for (const idempotent of elements.filter(({ action }) => isIdempotent(action))) {
      const found = obstacleAt(dfa, idempotent, differentActions(idempotent, elements));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * An obstacle at any idempotent of the stable part: this finds one whenever the condition fails, or gives up where that
 * takes too long.
 */
export function stableObstacle(dfa: Dfa, { elements }: StablePart): LocalObstacle | 'too long' | undefined {
  const passed: Int32Array[] = [];
  let work = 0;
  const idempotents = elements
    .filter(({ action }) => isIdempotent(action))
    .sort((a, b) => new Set(b.action).size - new Set(a.action).size);
  for (const idempotent of idempotents) {
    const { action } = idempotent;
    work += (passed.length + elements.length) * dfa.states;
    // Below an idempotent that has passed (fe = ef = e), eSe is part of fSf.
    if (passed.some((above) => action.every((to, state) => above[to] === to && action[above[state]] === to)))
      continue;
    const different = differentActions(idempotent, elements);
    work += DECIDING_COST * different.length * dfa.states;
    if (work > MAX_STABLE_WORK) return 'too long';
    const found = obstacleAt(dfa, idempotent, different);
    if (found !== undefined) return found;
    passed.push(action);
  }
  return undefined;
}

function isIdempotent(action: Int32Array): boolean {
  return action.every((to) => action[to] === to);
}

function obstacleAt(dfa: Dfa, { word: idempotent }: Element, different: Words): LocalObstacle | undefined {
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
function differentActions(idempotent: Element, elements: readonly Element[]): Words {
  const image = [...new Set(idempotent.action)];
  const found = new Map<string, readonly number[]>([[image.join(), idempotent.word]]);
  for (const { word, action } of elements) {
    const key = image.map((state) => idempotent.action[action[state]]).join();
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
