/** Quotation marks around the whole answer are none of it. */
import type { Change, Context, Draft } from '../draft.ts';
import { quotationPairs, withoutPair } from './pairs.ts';

export function quotes(draft: Draft, context: Context): Change | null {
  const text = withoutPair(draft.text, quotationPairs, context);
  return text === null ? null : { text };
}
