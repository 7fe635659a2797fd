/** What is noticed of outputs that are not right and might be, were they read in another way. */
import { quotedItems } from '../../score/reading/list-items.ts';
import { inTypeOf, shownValue } from '../../score/reading/shown-value.ts';
import type { ScoredRow } from '../scoring/scoring.ts';

/** Characters between two symbols, quotation marks included. */
const MOST_BETWEEN = 8;

/** What may stand between the symbols of a list. */
const BETWEEN_SYMBOLS = /[\s,;|、，；[\](){}]+/u;

/** Whether a wrong output is the right symbols and nothing else, with marks between them that nothing in the file has told of. */
export function isSeparatedOtherwise({ answer, output: { text }, score }: ScoredRow): boolean {
  if (score.outcome !== 'wrong' || answer.length < 2 || text === null) return false;
  const longest = answer.reduce((sum, symbol) => sum + symbol.length + MOST_BETWEEN, MOST_BETWEEN);
  const shown = shownValue(text, answer) ?? quotedItems(text)?.map((item) => item.text) ?? text;
  if (typeof shown === 'string' && shown.length > longest) return false;
  const pieces = typeof shown === 'string' ? shown.split(BETWEEN_SYMBOLS) : shown;
  const symbols = inTypeOf(
    pieces.filter((symbol) => symbol !== ''),
    answer,
  );
  const isRight = (symbol: string, i: number): boolean =>
    symbol === answer[i] || symbol.replace(/^(["'])(.*)\1$/u, '$2') === answer[i];
  return symbols.length === answer.length && symbols.every(isRight);
}
