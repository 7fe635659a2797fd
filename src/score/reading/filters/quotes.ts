/** Quotation marks around the whole answer are none of it. */
import type { Change, Context, Draft } from '../draft.ts';
import { withoutPair } from './pairs.ts';

const PAIRS = [
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['‘', '’'],
  ['„', '“'],
  ['„', '”'],
  ['‚', '‘'],
  ['”', '”'],
  ['«', '»'],
  ['»', '«'],
  ['‹', '›'],
  ['「', '」'],
  ['『', '』'],
  ['``', "''"],
] as const;

export function quotes(draft: Draft, context: Context): Change | null {
  const text = withoutPair(draft.text, PAIRS, context);
  return text === null ? null : { text };
}
