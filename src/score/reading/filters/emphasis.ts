/** Markdown's emphasis and code marks around the whole answer are none of it: `**b**`, `_b_`, `` `b` ``. */
import type { Change, Context, Draft } from '../draft.ts';
import { emphasisPairs, withoutPair } from './pairs.ts';

export function emphasis(draft: Draft, context: Context): Change | null {
  const text = withoutPair(draft.text, emphasisPairs, context);
  return text === null ? null : { text };
}
