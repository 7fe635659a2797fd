/**
 * Text with repetitions, made here, to pretrain a small model on: what natural text has of copying, and nothing of the tasks. Words
 * follow each other by habit; a passage ends with a full stop (`<eos>`), or with a colon (`<sep>`), after which a part of what was
 * said before is said again, word for word. Whoever reads such text comes to look for where the last word stood before, and says what
 * stood right of it; nothing in it rewards saying what stood left, or saying anything backwards.
 */
import { specialSymbols } from '../../common/special-symbols.ts';
import { rng } from '../../common/random.ts';
import type { Rng } from '../../common/random.ts';
import { UserError } from '../../common/errors.ts';
import type { Symbols } from '../../tasks/task.ts';

const { sep: colon, eos: stop } = specialSymbols;

/** Words that each word is followed by more often than by others. */
const HABITS = 4;
/** How often a word is followed by one of these; else by any. */
const HABITUAL = 0.5;
/** Words of a passage that is new. */
const PASSAGE = { min: 4, max: 24 };
/** How often a passage is followed by a quotation. */
const QUOTED = 0.45;
/** How often a quotation is a whole passage; else it is a part that begins at any word and ends at any. */
const WHOLE = 0.5;
const FEWEST_WORDS = 2;

/** One symbol of a text. */
interface Said {
  readonly symbol: string;
  /** Whether what stands before it tells it: a word of a quotation that is not its first. */
  readonly isRepeated: boolean;
}

/** The shortest text in which a word can be told by what it repeats: a passage, a colon, two words of a quotation. */
export const SHORTEST_TEXT = PASSAGE.min + 1 + FEWEST_WORDS;

/**
 * The first `length` symbols of a text. Which words follow which by habit is the same for all texts over an alphabet, as it is in a
 * language.
 */
export function textOf(length: number, alphabet: Symbols, stream: Rng): Symbols {
  return saidOf(length, alphabet, stream).map(({ symbol }) => symbol);
}

/** `length` symbols of a text, drawn until the next is one that they tell. @throws UserError where nothing can be quoted yet */
export function textToContinue(
  length: number,
  alphabet: Symbols,
  stream: Rng,
): { readonly text: Symbols; readonly next: string } {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const said = saidOf(length + 1, alphabet, stream);
    const { symbol, isRepeated } = said[length];
    if (isRepeated) return { text: said.slice(0, length).map((one) => one.symbol), next: symbol };
  }
  throw new UserError(`no text of ${length + 1} symbols ends in a quotation; take at least ${SHORTEST_TEXT}`);
}

/** Of texts of the shortest length one in some fifty ends so. */
const MOST_ATTEMPTS = 100_000;

function saidOf(length: number, alphabet: Symbols, stream: Rng): readonly Said[] {
  const said: Said[] = [];
  const passages: Symbols[] = [];
  let isQuotation = false;
  while (said.length < length) {
    const words = isQuotation ? quotationOf(stream.choice(passages), stream) : passage(alphabet, stream);
    if (!isQuotation) passages.push(words);
    const isQuotedNext = stream.float() < QUOTED;
    said.push(...words.map((symbol, i) => ({ symbol, isRepeated: isQuotation && i > 0 })), {
      symbol: isQuotedNext ? colon : stop,
      isRepeated: false,
    });
    isQuotation = isQuotedNext;
  }
  return said.slice(0, length);
}

function quotationOf(passage: Symbols, stream: Rng): Symbols {
  if (stream.float() < WHOLE) return passage;
  const from = stream.below(passage.length - FEWEST_WORDS + 1);
  const words = FEWEST_WORDS + stream.below(passage.length - from - FEWEST_WORDS + 1);
  return passage.slice(from, from + words);
}

function passage(alphabet: Symbols, stream: Rng): Symbols {
  const habits = habitsOf(alphabet.length);
  const count = PASSAGE.min + stream.below(PASSAGE.max - PASSAGE.min + 1);
  const words: string[] = [];
  let at = stream.below(alphabet.length);
  for (let i = 0; i < count; i++) {
    words.push(alphabet[at]);
    at = stream.float() < HABITUAL ? stream.choice(habits[at]) : stream.below(alphabet.length);
  }
  return words;
}

const habitsBySize = new Map<number, readonly (readonly number[])[]>();

/** By word, the words that follow it by habit: indices into an alphabet of that size. */
function habitsOf(size: number): readonly (readonly number[])[] {
  let habits = habitsBySize.get(size);
  if (habits === undefined) {
    const stream = rng('habits', size);
    habits = Array.from({ length: size }, () => Array.from({ length: HABITS }, () => stream.below(size)));
    habitsBySize.set(size, habits);
  }
  return habits;
}
