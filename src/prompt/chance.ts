/**
 * What guessing would give: without it, an accuracy of a quarter looks like skill, and two tasks at chance look as if
 * they were equally hard.
 */
import { keyOf } from '../tasks/people/csv.ts';
import type { Instance } from '../tasks/task.ts';
import type { Askable } from './askable.ts';

/**
 * The probability that a guess is right, for one sample; a cell has the mean.
 *
 * * Look-ups: a place of the source, uniformly among those where the answer can stand: not a query's, and for a right
 *   neighbour not the first, for a left one not the last. The guess is right if the answer's symbol stands there.
 *   (33 % of five different symbols, 12.5 % of ten, 5.6 % of twenty.)
 * * Rows of a table by their key: the row after or before likewise; the first or last of several rows with the key, a
 *   row uniformly among those that have it.
 * * Copies: the source's symbols in an order drawn uniformly from those that differ. (0.8 % of five different symbols.)
 * * Flip-flop: one of two bits.
 */
export function chanceOf(task: Pick<Askable, 'operation' | 'family'>, sample: Instance): number {
  switch (task.family) {
    case 'flip-flop':
      return 1 / 2;
    case 'copying':
      return orderGuessed(sample.source);
    case 'retrieval':
      return lookUpGuessed(task.operation, sample);
  }
}

/** ∏ (times of a symbol)! / length!: one over the number of different orders. */
function orderGuessed(source: readonly string[]): number {
  const seen = new Map<string, number>();
  let chance = 1;
  source.forEach((symbol, before) => {
    const times = (seen.get(symbol) ?? 0) + 1;
    seen.set(symbol, times);
    chance *= times / (before + 1);
  });
  return chance;
}

function lookUpGuessed(operation: string, { source, query, answer }: Instance): number {
  const table = /^table-lookup-(after|before|first|last)$/.exec(operation)?.[1];
  const asked = (symbol: string): boolean => (table === undefined ? symbol : keyOf(symbol)) === query;
  const possible = source.filter((symbol, place) => {
    if (table === 'first' || table === 'last') return asked(symbol);
    const right = table === undefined ? /^.R/.test(operation) : table === 'after';
    return !asked(symbol) && place !== (right ? 0 : source.length - 1);
  });
  const right = possible.filter((symbol) => symbol === answer[0]).length;
  return possible.length === 0 ? 0 : right / possible.length;
}
