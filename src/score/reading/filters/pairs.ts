/** Pairs of marks around the whole of an answer: what emphasis and quotation marks have in common. */
import type { Context } from '../draft.ts';
import { isOfSample, withCore } from '../draft.ts';

/**
 * The text without the first pair that surrounds it, white space around it kept; null where none does. No pair is taken
 * off whose marks stand in between, too (`"a" or "b"`), or belong to the sample: there it may be part of an answer.
 */
export function withoutPair(
  text: string,
  pairs: readonly (readonly [open: string, close: string])[],
  context: Context,
): string | null {
  return withCore(text, (core) => {
    if (core === context.gold) return null;
    for (const [open, close] of pairs) {
      if (core.length <= open.length + close.length) continue;
      if (!core.startsWith(open) || !core.endsWith(close)) continue;
      const inner = core.slice(open.length, core.length - close.length);
      if (inner.trim() === '' || inner.includes(open) || inner.includes(close)) continue;
      if (!isOfSample(open, context) && !isOfSample(close, context)) return inner;
    }
    return null;
  });
}
