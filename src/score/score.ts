/** The verdict on one answer: exact and relaxed about surrounding white space, and how near at three levels. */
import { distance, similarity } from './alignment/distance.ts';
import type { AnswerFormat } from './reading/read-answer.ts';
import { readAnswer } from './reading/read-answer.ts';

/** How symbols stand in a text: with something between them, or one character each. */
export interface SymbolFormat {
  /** What stands between two symbols; '' when each is one character (white space between them is ignored). */
  readonly joiner: string;
}

export interface Similarities {
  readonly symbol: number;
  readonly word: number;
  readonly character: number;
}

export interface Score {
  /** The answer to the character, as the prompt's format demands it. */
  readonly exact: boolean;
  /** The answer, but for white space around it: what `correct` means in every table. */
  readonly relaxed: boolean;
  /** The right symbols in the right order stand in the output, whatever stands around them. */
  readonly retrieved: boolean;
  /** The output's symbols, without what stands before and after the answer. */
  readonly symbols: readonly string[];
  /** Characters that stand before and after the answer, white space around them not counted. */
  readonly extraBefore: number;
  readonly extraAfter: number;
  readonly similarity: Similarities;
}

export interface Expected {
  readonly answer: readonly string[];
  /** The answer as text, where it is not its symbols with the joiner between them. */
  readonly text?: string;
  /** What stands before and after the answer in the prompt's own demonstrations (` ` before, in `q: t`). */
  readonly lead: string;
  readonly trail: string;
}

/**
 * More text than this many times the answer (and a little more) is a loop, not an answer, and is not compared to its
 * end: the product of the lengths is what that costs.
 */
const COMPARED_TIMES = 8;
const COMPARED_AT_LEAST = 2_000;

/**
 * What a text that came back is worth: read by the format, right or wrong by the oracle's answer, and how similar, from
 * order-aware alignments (docs/scoring.md).
 */
export function scoreOutput(expected: Expected, output: string, format: AnswerFormat & SymbolFormat): Score {
  const { before, answer, after } = readAnswer(output, format);
  const gold = expected.text ?? expected.answer.join(format.joiner);
  const given = answer.trim();
  const symbols = splitSymbols(given, format.joiner);
  return {
    exact: answer === expected.lead + gold + expected.trail || answer === expected.lead + gold,
    relaxed: given === gold,
    retrieved: contains(splitSymbols(output, format.joiner), expected.answer),
    symbols,
    extraBefore: before.trim().length,
    extraAfter: after.trim().length,
    similarity: similarities({ symbols: expected.answer, text: gold }, { symbols, text: given }, format),
  };
}

/** The symbols of a text. Lines keep their inner blanks; white space around a symbol is none of it. */
export function splitSymbols(text: string, joiner: string): string[] {
  if (joiner === '') return Array.from(text.replace(/\s+/gu, ''));
  if (/^[ \t]+$/.test(joiner)) return text.split(/\s+/u).filter((symbol) => symbol !== '');
  return text
    .split(joiner.trim() === '' ? /\n/ : joiner)
    .map((symbol) => symbol.trim())
    .filter((symbol) => symbol !== '');
}

interface Copy {
  readonly symbols: readonly string[];
  readonly text: string;
}

function similarities(gold: Copy, given: Copy, { joiner }: SymbolFormat): Similarities {
  if (given.text === gold.text) return { symbol: 1, word: 1, character: 1 };
  const symbol = near(gold.symbols, given.symbols);
  const symbolsAreWords = joiner === ' ' && gold.symbols.every((text) => !/\s/u.test(text));
  return {
    symbol,
    word: symbolsAreWords ? symbol : near(words(gold.text), words(given.text)),
    character: near(Array.from(gold.text), Array.from(given.text)),
  };
}

/** Similarity; what is longer than can be an answer is counted as inserted without being compared. */
function near(reference: readonly string[], hypothesis: readonly string[]): number {
  const limit = Math.max(COMPARED_AT_LEAST, COMPARED_TIMES * reference.length);
  if (hypothesis.length <= limit) return similarity(reference, hypothesis);
  const inserted = hypothesis.length - limit;
  return 1 - (distance(reference, hypothesis.slice(0, limit)) + inserted) / hypothesis.length;
}

function words(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** Whether one list stands in the other without a gap. */
function contains(list: readonly string[], part: readonly string[]): boolean {
  if (part.length === 0) return list.length === 0;
  for (let start = 0; start + part.length <= list.length; start++) {
    if (part.every((symbol, i) => list[start + i] === symbol)) return true;
  }
  return false;
}
