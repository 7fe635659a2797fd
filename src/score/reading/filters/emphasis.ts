/** Markdown's emphasis and code marks around the whole answer are none of it: `**b**`, `_b_`, `` `b` ``. */
import type { Change, Context, Draft } from '../draft.ts';
import { withoutPair } from './pairs.ts';

const PAIRS = ['***', '**', '*', '___', '__', '_', '``', '`', '~~'].map((mark) => [mark, mark] as const);

export function emphasis(draft: Draft, context: Context): Change | null {
  const text = withoutPair(draft.text, PAIRS, context);
  return text === null ? null : { text };
}
