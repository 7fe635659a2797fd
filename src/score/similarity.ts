/** How near an answer is to the right one: of symbols, words and characters, from order-aware alignments. */
import { distance } from './alignment/distance.ts';
import { wordsOf } from './reading/symbols.ts';

export interface Similarities {
  readonly symbol: number;
  readonly word: number;
  readonly character: number;
}

export interface Copy {
  readonly symbols: readonly string[];
  readonly text: string;
}

/** More text than this many times the answer (and a little more) is a loop, not an answer: it is not compared to its end. */
const COMPARED_TIMES = 8;
const COMPARED_AT_LEAST = 2_000;

/**
 * The most cells of the table of edits, what both begin and end with set aside: less than 200 ms on one core. Answers of
 * 11,000 elements are compared whole, also where nothing is in its place. What lies beyond counts as different, so that a
 * similarity is too low there and never too high.
 */
const MOST_CELLS = 2 ** 27;

/** 0 to 1: 1 minus the fewest edits (Levenshtein) by the longer length. 1 for equal texts. */
export function similarities(gold: Copy, given: Copy, joiner: string): Similarities {
  if (given.text === gold.text) return { symbol: 1, word: 1, character: 1 };
  const symbol = near(gold.symbols, given.symbols);
  const symbolsAreWords = joiner === ' ' && gold.symbols.every((text) => !/\s/u.test(text));
  return {
    symbol,
    word: symbolsAreWords ? symbol : near(wordsOf(gold.text), wordsOf(given.text)),
    character: near(Array.from(gold.text), Array.from(given.text)),
  };
}

/** 1 minus the edits by the longer length, with bounded work. */
function near(reference: readonly string[], hypothesis: readonly string[]): number {
  const longer = Math.max(reference.length, hypothesis.length);
  if (longer === 0) return 1;
  const shorter = Math.min(reference.length, hypothesis.length);
  let start = 0;
  while (start < shorter && reference[start] === hypothesis[start]) start++;
  let tail = 0;
  while (
    tail < shorter - start &&
    reference[reference.length - 1 - tail] === hypothesis[hypothesis.length - 1 - tail]
  ) {
    tail++;
  }
  const [n, m] = [reference.length - start - tail, hypothesis.length - start - tail];
  const [ofReference, ofHypothesis] = compared(
    n,
    m,
    Math.max(COMPARED_AT_LEAST, COMPARED_TIMES * reference.length),
  );
  const edits = distance(
    reference.slice(start, start + ofReference),
    hypothesis.slice(start, start + ofHypothesis),
  );
  const left = Math.max(n - ofReference, m - ofHypothesis);
  return Math.max(0, 1 - (edits + left) / longer);
}

/** How many elements of each are compared. */
function compared(n: number, m: number, limit: number): [number, number] {
  const hypothesis = Math.min(m, limit);
  if (n * hypothesis <= MOST_CELLS) return [n, hypothesis];
  const side = Math.floor(Math.sqrt(MOST_CELLS));
  if (n <= side) return [n, Math.floor(MOST_CELLS / n)];
  if (hypothesis <= side) return [Math.floor(MOST_CELLS / hypothesis), hypothesis];
  return [side, side];
}
