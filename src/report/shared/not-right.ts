/** What became of the samples that were not answered right: every one of them is counted, by kind of error or by outcome. */
import { definitions } from '../../score/tables/definitions.ts';
import { wrongOf } from './cell-columns.ts';
import type { Counted } from './cell-columns.ts';
import { wordsOfError } from './words.ts';

/** Outcomes other than right; `wrong` is for wrong answers without a kind, as forced ones are. */
const OUTCOMES = ['truncated', 'withheld', 'refused', 'failed', 'wrong'] as const;

/** Sums of shares differ in their last digits. */
const TINY = 1e-6;

/** The samples of some cells that were not answered right, by kind of error or outcome. (A kind may have any name.) */
export function notRightBy(cells: readonly Counted[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const cell of cells) {
    for (const [kind, times] of kindsOf(cell)) found.set(kind, (found.get(kind) ?? 0) + times);
  }
  return found;
}

function kindsOf(cell: Counted): [string, number][] {
  const kinds = Object.entries(cell.errors);
  const withKind = kinds.reduce((sum, [, times]) => sum + times, 0);
  const wrong = wrongOf(cell);
  // In rows of older stores an answer that was cut off is among the errors.
  const apart = withKind <= wrong + TINY;
  const outcomes = OUTCOMES.map((name): [string, number] => [
    name,
    name === 'wrong' ? wrong - withKind : apart ? (cell[name] ?? 0) : 0,
  ]);
  return [...kinds, ...outcomes].filter(([, times]) => times > TINY);
}

/** Whether it says what went wrong: a wrong answer without a kind does not. */
export function saysWhy(kind: string): boolean {
  return kind !== 'wrong';
}

/** Words for a kind of error, or for an outcome. */
export function wordsOfNotRight(kind: string): { readonly title: string; readonly description: string } {
  const outcome = OUTCOMES.find((name) => name === kind);
  if (outcome === undefined) return wordsOfError(kind);
  const { term, meaning } = definitions[outcome];
  return { title: term, description: meaning };
}
