/**
 * The scoring of a bare text by a format, as callers used it before outputs were read by `Reading`: to be removed with the
 * last of them (`score.ts` has the scoring of outputs).
 */
import { splitSymbols } from './reading/symbols.ts';
import { similarities } from './similarity.ts';
import type { Similarities } from './similarity.ts';

export { splitSymbols } from './reading/symbols.ts';

/** How an answer stands in an output. */
export interface AnswerFormat {
  /** What ends an answer, if the server did not stop there by itself; the first that occurs counts. */
  readonly stop: readonly string[];
  /** Marks around the answer, where the prompt asks for them; without the opening one everything is answer. */
  readonly open?: string;
  readonly close?: string;
}

export interface ReadText {
  readonly before: string;
  /** As it came, white space and all. */
  readonly answer: string;
  readonly after: string;
}

/** Separates the answer from what stands before and after it. The three parts and the marks make up the output. */
export function readText(output: string, format: AnswerFormat): ReadText {
  const { open, close } = format;
  const opened = open === undefined ? -1 : output.indexOf(open);
  const start = opened === -1 || open === undefined ? 0 : opened + open.length;
  const inside = output.slice(start);
  const ends = close === undefined ? format.stop : [close, ...format.stop];
  const { answer, after } = cutAtFirst(inside, ends);
  return { before: opened === -1 ? '' : output.slice(0, opened), answer, after };
}

function cutAtFirst(text: string, marks: readonly string[]): { answer: string; after: string } {
  const found = marks
    .map((mark) => ({ mark, at: mark === '' ? -1 : text.indexOf(mark) }))
    .filter(({ at }) => at !== -1)
    .sort((x, y) => x.at - y.at || y.mark.length - x.mark.length);
  if (found.length === 0) return { answer: text, after: '' };
  const [{ mark, at }] = found;
  return { answer: text.slice(0, at), after: text.slice(at + mark.length) };
}

/** How symbols stand in a text: with something between them, or one character each. */
export interface SymbolFormat {
  /** What stands between two symbols; '' when each is one character (white space between them is ignored). */
  readonly joiner: string;
}

export interface TextScore {
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

export interface ExpectedText {
  readonly answer: readonly string[];
  /** The answer as text, where it is not its symbols with the joiner between them. */
  readonly text?: string;
  /** What stands before and after the answer in the prompt's own demonstrations (` ` before, in `q: t`). */
  readonly lead: string;
  readonly trail: string;
}

/**
 * What a text that came back is worth: read by the format, right or wrong by the oracle's answer, and how similar, from
 * order-aware alignments (docs/scoring.md).
 */
export function scoreText(
  expected: ExpectedText,
  output: string,
  format: AnswerFormat & SymbolFormat,
): TextScore {
  const { before, answer, after } = readText(output, format);
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
    similarity: similarities(
      { symbols: expected.answer, text: gold },
      { symbols, text: given },
      format.joiner,
    ),
  };
}

/** Whether one list stands in the other without a gap. */
function contains(list: readonly string[], part: readonly string[]): boolean {
  if (part.length === 0) return list.length === 0;
  for (let start = 0; start + part.length <= list.length; start++) {
    if (part.every((symbol, i) => list[start + i] === symbol)) return true;
  }
  return false;
}
