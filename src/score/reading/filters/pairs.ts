/** Pairs of marks around the whole of an answer: what emphasis and quotation marks have in common. */
import type { Context } from '../draft.ts';
import { isOfSample, withCore } from '../draft.ts';

export type Pair = readonly [open: string, close: string];

/** Markdown's, longer marks before those that they begin with. */
export const emphasisPairs: readonly Pair[] = ['***', '**', '*', '___', '__', '_', '``', '`', '~~'].map(
  (mark) => [mark, mark] as const,
);

export const quotationPairs: readonly Pair[] = [
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
];

const allPairs: readonly Pair[] = [...emphasisPairs, ...quotationPairs];

/** Nobody wraps an answer more often than this. */
const MOST_LAYERS = 8;

/**
 * The text without the first pair that surrounds it, white space around it kept; null where none does. No pair is taken
 * off whose marks stand within the answer, too (`"a" or "b"`), or belong to the sample: there it may be part of an answer.
 */
export function withoutPair(text: string, pairs: readonly Pair[], context: Context): string | null {
  return withCore(text, (core) => {
    if (core === context.gold) return null;
    for (const [open, close] of pairs) {
      const inner = between(core, [open, close]);
      if (inner === null) continue;
      const within = withoutLayers(inner);
      if (within.includes(open) || within.includes(close)) continue;
      if (!isOfSample(open, context) && !isOfSample(close, context)) return inner;
    }
    return null;
  });
}

/** What stands between a pair around a text; null where it doesn't stand there, or nothing does in between. */
function between(core: string, [open, close]: Pair): string | null {
  if (core.length <= open.length + close.length) return null;
  if (!core.startsWith(open) || !core.endsWith(close)) return null;
  const inner = core.slice(open.length, core.length - close.length);
  return inner.trim() === '' ? null : inner;
}

/** The text within all pairs around it, whichever they are. */
function withoutLayers(text: string): string {
  let core = text.trim();
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const inner = allPairs.map((pair) => between(core, pair)).find((found) => found !== null);
    if (inner === undefined || inner === null) return core;
    core = inner.trim();
  }
  return core;
}
