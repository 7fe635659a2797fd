/**
 * A list in another form than that of the sample: with other marks between its symbols, without its brackets, quotation marks or
 * blanks, or with some; an array; numbers of another type. Each output is told by itself, from the marks in it and the symbols of its sample.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { symbolsIn, withCore } from '../draft.ts';
import { itemsInList, listMarks, quotedItems, separatorIn, SEPARATORS } from '../list-items.ts';
import { inTypeOf, shownValue } from '../shown-value.ts';

export function list({ text }: Draft, context: Context): Change | null {
  const core = text.trim();
  const written = core === context.gold ? core : rewritten(core, context);
  if (written === null) return null;
  const isAsAsked = isInFormOf(core, written, context);
  if (isAsAsked && written === core) return null;
  return { text: withCore(text, () => written) ?? '', asAsked: isAsAsked };
}

/** Whether a list has the marks of the sample's. Quotation marks may stand before what is no part of a symbol: `"\\"` is `\`. */
function isInFormOf(core: string, written: string, { reading: { lead, joiner, trail } }: Context): boolean {
  if (core === lead + written + trail) return true;
  const quote = /["']$/.exec(lead)?.[0] ?? '';
  const separator = separatorIn(joiner);
  if (quote === '' || separator === null || !core.includes('\\')) return false;
  const items = itemsInList(core, separator).map((item) => item.written);
  const [open, close] = [lead.slice(0, -1), trail.slice(1)];
  const between = joiner.replace(/^["']|["']$/gu, '');
  return items.every((item) => item.startsWith(quote)) && core === open + items.join(between) + close;
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
  const items = itemsIn(core, joiner, own, symbols);
  if (items === null) return null;
  const typed = inTypeOf(items, [...known]);
  // Symbols with blanks between them alone are no list, unless their numbers say so.
  if (own === null && typed === items && items.join(joiner) === core) return null;
  return typed.join(joiner);
}

/** The items of a list; of a text that is none, what stands between its blanks where the sample has blanks alone. */
function itemsIn(
  core: string,
  joiner: string,
  own: string | null,
  symbols: Symbols,
): readonly string[] | null {
  const pieces = core.split(joiner);
  if (own !== null && pieces.length > 1 && pieces.every((piece) => isItem(piece, own, symbols)))
    return pieces;
  const items = shownItems(core, pieces, symbols) ?? otherItems(core, own, symbols);
  if (items !== null) return items;
  if (own === null) return joiner === ' ' && symbols.byBlanks ? core.split(/\s+/u) : [core];
  const spaced = [...symbols.known].some((symbol) => symbol.includes(own));
  const ownItems = asKnown(core, own, symbols, spaced);
  if (ownItems.length === 0 || ownItems.includes('')) return null;
  return symbols.byBlanks ? ownItems.flatMap((item) => item.split(/\s+/u)) : ownItems;
}

/**
 * The items of an array, of what Python shows in a call, and of a list of JSON or Python with texts in it: of one that says so itself, whatever
 * marks its symbols are. null where a text is none of these, or is the sample's symbols as it stands.
 */
function shownItems(core: string, pieces: readonly string[], symbols: Symbols): readonly string[] | null {
  const { known } = symbols;
  if (pieces.every((piece) => known.has(piece))) return null;
  const array = shownValue(core, [...known]);
  const items = Array.isArray(array) ? (array as readonly string[]) : null;
  const shown = items ?? (quotedItems(core) === null ? null : asKnown(core, ',', symbols));
  const areMarks = [...known].some((symbol) => MARKED.test(symbol));
  return shown === null || (areMarks && !shown.every((item) => known.has(item))) ? null : shown;
}

/** The items of a list; one whose backslashes begin no escapes is the symbol as it stands: `"\beta"`. */
function asKnown(core: string, separator: string, { known }: Symbols, spaced = false): readonly string[] {
  return itemsInList(core, separator, spaced).map(({ item, written }) => {
    const raw = written.slice(1, -1);
    return !known.has(item) && raw.includes('\\') && known.has(raw) ? raw : item;
  });
}

/**
 * The items of a list with a mark between them, or brackets around them, that is not the sample's own; null where that may be a
 * symbol's or a sentence's.
 */
function otherItems(core: string, own: string | null, symbols: Symbols): readonly string[] | null {
  const all = [...symbols.known];
  if (all.some((symbol) => MARKED.test(symbol))) return null;
  const { open, quote } = listMarks(core);
  const isWhole = (item: string): boolean =>
    symbols.known.has(item) ||
    (item !== '' && !SEPARATORS.some((mark) => item.includes(mark)) && (quote !== '' || !/\s/u.test(item)));
  const marks = SEPARATORS.filter((mark) => mark !== own && !all.some((symbol) => symbol.includes(mark)));
  const lists = marks.map((mark) => asKnown(core, mark, symbols)).filter((items) => items.every(isWhole));
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
