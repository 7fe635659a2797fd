/**
 * A list in another form than that of the sample: with other marks between its symbols, without its brackets, quotation marks or
 * blanks, or with some. Each output is told by itself, from the marks in it and the symbols of its sample.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { symbolsIn, withCore } from '../draft.ts';
import { arrayIn, plainList } from '../array-text.ts';
import { listItems, listMarks, separatorIn, SEPARATORS } from '../list-items.ts';

export function list({ text }: Draft, context: Context): Change | null {
  const { lead, trail } = context.reading;
  const core = text.trim();
  const written = core === context.gold ? core : rewritten(plainList(core, symbolsIn(context)), context);
  if (written === null) return null;
  const isAsAsked = core === lead + written + trail;
  if (isAsAsked && written === core) return null;
  return { text: withCore(text, () => written) ?? '', asAsked: isAsAsked };
}

/** What decides whether a text is a list of the sample's symbols. */
interface Symbols {
  readonly known: ReadonlySet<string>;
  /** Where no symbol has a blank in it, one between two of them separates them as well. */
  readonly byBlanks: boolean;
}

/** A list with the sample's own mark between its items, and nothing around them; null where it is none. */
function rewritten(core: string, context: Context): string | null {
  const {
    reading: { joiner },
    expected,
  } = context;
  const own = separatorIn(joiner);
  if (core === '' || (own === null && joiner.trim() !== '')) return null;
  const known = new Set(symbolsIn(context));
  const holdBlanks = [...known].some((symbol) => /\s/u.test(symbol));
  const symbols = { known, byBlanks: expected.answer.length > 1 && !holdBlanks };
  if (own !== null) {
    const pieces = core.split(joiner);
    if (pieces.length > 1 && pieces.every((piece) => isItem(piece, own, symbols))) return core;
  }
  const items = otherItems(core, own, symbols);
  if (items !== null) return items.join(joiner);
  if (own === null) return null;
  const spaced = [...known].some((symbol) => symbol.includes(own));
  const ownItems = listItems(core, own, spaced);
  if (ownItems.length === 0 || ownItems.includes('')) return null;
  return (symbols.byBlanks ? ownItems.flatMap((item) => item.split(/\s+/u)) : ownItems).join(joiner);
}

/**
 * The items of a list with a mark between them, or brackets around them, that is not the sample's own; null where that may be a
 * symbol's or a sentence's.
 */
function otherItems(core: string, own: string | null, { known }: Symbols): readonly string[] | null {
  const all = [...known];
  if (all.some((symbol) => MARKED.test(symbol))) return null;
  const array = arrayIn(core);
  if (array !== null) return array;
  const { open, quote } = listMarks(core);
  const isWhole = (item: string): boolean =>
    known.has(item) ||
    (item !== '' && !SEPARATORS.some((mark) => item.includes(mark)) && (quote !== '' || !/\s/u.test(item)));
  const marks = SEPARATORS.filter((mark) => mark !== own && !all.some((symbol) => symbol.includes(mark)));
  const lists = marks.map((mark) => listItems(core, mark)).filter((items) => items.every(isWhole));
  const isSingle = own === null && open !== '';
  return (
    lists.find(({ length }) => length > 1) ??
    (isSingle ? lists.find(({ length }) => length === 1) : null) ??
    null
  );
}

function isItem(item: string, separator: string, { known, byBlanks }: Symbols): boolean {
  if (known.has(item)) return true;
  return !(item.includes(separator) || MARKED.test(item) || (byBlanks ? /\s/u : /^\s|\s$/u).test(item));
}

/** Begins or ends as a list does, or an item in quotation marks. */
const MARKED = /^["'[({]|["'\])}]$/u;
