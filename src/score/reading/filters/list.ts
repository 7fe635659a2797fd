/**
 * A list in another form than that of the sample: without its brackets, quotation marks or blanks, or with some. Only for
 * answers whose symbols are separated by a mark such as a comma.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { withCore } from '../draft.ts';
import { listItems, separatorIn } from '../list-items.ts';

export function list({ text }: Draft, context: Context): Change | null {
  const { lead, trail } = context.reading;
  const core = text.trim();
  const written = core === context.gold ? core : rewritten(core, context);
  if (written === null) return null;
  const isAsAsked = core === lead + written + trail;
  if (isAsAsked && written === core) return null;
  return { text: withCore(text, () => written) ?? '', asAsked: isAsAsked };
}

/** A list with the sample's own mark between its items, and nothing around them; null where it is none. */
function rewritten(core: string, { reading: { joiner }, expected }: Context): string | null {
  const separator = separatorIn(joiner);
  if (separator === null || core === '') return null;
  const symbols = new Set([...expected.answer, ...(expected.symbols ?? [])]);
  const spaced = [...symbols].some((symbol) => symbol.includes(separator));
  // Where no symbol has a blank in it, one between two of them separates them as well.
  const byBlanks = expected.answer.length > 1 && ![...symbols].some((symbol) => /\s/u.test(symbol));
  const isItem = (item: string): boolean =>
    symbols.has(item) ||
    !(item.includes(separator) || MARKED.test(item) || (byBlanks ? /\s/u : /^\s|\s$/u).test(item));
  const pieces = core.split(joiner);
  if (pieces.length > 1 && pieces.every(isItem)) return core;
  const items = listItems(core, separator, spaced);
  if (items.length === 0 || items.includes('')) return null;
  return (byBlanks ? items.flatMap((item) => item.split(/\s+/u)) : items).join(joiner);
}

/** Begins or ends as a list does, or an item in quotation marks. */
const MARKED = /^["'[({]|["'\])}]$/u;
