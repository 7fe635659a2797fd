/** Lists written as texts: `a, b, c`, `a;b;c`, `["a", "b"]`, `['a', 'b']`, `[1, 2]`, `(a, b)`. */
import { escaped, isEscapedAt, unescaped } from './quoted.ts';
import { isCertain, isList, itemsOf, valueIn } from './written-value.ts';
import type { WrittenItem } from './written-value.ts';

const BRACKETS: readonly (readonly [open: string, close: string])[] = [
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
];

/** Marks that separate symbols in lists. */
export const SEPARATORS = [',', ';', '|', '、', '，', '；'];

const QUOTES = ['"', "'"];

/** What stands between two symbols of an answer, before the first and after the last. */
export interface SymbolsWritten {
  readonly joiner: string;
  readonly lead: string;
  readonly trail: string;
}

export interface ItemInList {
  readonly item: string;
  /** The text that it is written as: with its quotation marks. */
  readonly written: string;
}

/** What stands around a list and around its items. */
export interface ListMarks {
  readonly open: string;
  readonly close: string;
  readonly quote: string;
}

/** The mark between the items of a list whose symbols have that joiner: `,` of `, ` and of `", "`; null where it has none. */
export function separatorIn(joiner: string): string | null {
  return /^["']?\s*([^\s"'\p{L}\p{N}])\s*["']?$/u.exec(joiner)?.[1] ?? null;
}

/**
 * The items of a list, without white space, quotation marks and the list's brackets around them; one where nothing separates
 * any. An item is empty where nothing stands between two separators. Linear in the text.
 * @param spaced whether a separator without white space behind it belongs to an item (`1,000, 2,000`)
 */
export function listItems(text: string, separator: string, spaced = false): string[] {
  return itemsInList(text, separator, spaced).map(({ item }) => item);
}

/** The same, each with the text that it is written as. */
export function itemsInList(text: string, separator: string, spaced = false): ItemInList[] {
  const quoted = separator === ',' ? quotedItems(text) : null;
  if (quoted !== null) return quoted.map(({ text: item, written }) => ({ item, written }));
  const { open, close } = listMarks(text);
  const core = text.trim();
  const inner = core.slice(open.length, core.length - close.length);
  if (inner.trim() === '') return [];
  const items: ItemInList[] = [];
  const closing = new ClosingQuotes(inner, separator);
  for (let at = 0; at <= inner.length;) {
    const { item, end } = quotedAt(inner, at, closing) ?? itemAt(inner, at, separator, spaced);
    items.push({ item, written: inner.slice(at, end).trim() });
    if (end >= inner.length) break;
    at = end + separator.length;
  }
  // Python and JavaScript allow a comma behind the last item.
  if (open !== '' && items.length > 1 && items.at(-1)?.written === '') items.pop();
  return items;
}

/**
 * The items of a list in brackets that JSON or Python wrote, with commas between them, texts among them; null where a text is none.
 * Its symbols may be brackets, commas and quotation marks.
 */
export function quotedItems(text: string): readonly WrittenItem[] | null {
  if (!/^\s*[[(]/.test(text)) return null;
  const found = valueIn(text);
  if (found === null || found.hasCalls || !isList(found.value)) return null;
  const items = itemsOf(found.value);
  const areTexts = items?.some(({ isQuoted }) => isQuoted) === true && items.every(isCertain);
  return areTexts && (found.value.hasCommas || items.length === 1) ? items : null;
}

/** Symbols as a list that is written so: between quotation marks, with a backslash before these and before backslashes. */
export function listText(symbols: readonly string[], { lead, joiner, trail }: SymbolsWritten): string {
  const quote = separatorIn(joiner) === null ? '' : (/["']$/u.exec(lead)?.[0] ?? '');
  const written = quote === '' ? symbols : symbols.map((symbol) => escaped(symbol, quote));
  return lead + written.join(joiner) + trail;
}

/** What stands around a list, and around its first item. */
export function listMarks(text: string): ListMarks {
  const core = text.trim();
  const isWritten = quotedItems(text) !== null;
  const pair = BRACKETS.find(([open, close]) =>
    isWritten ? core.startsWith(open) : isAround(core, open, close),
  );
  const [open, close] = pair ?? ['', ''];
  const first = core.slice(open.length).trimStart().slice(0, 1);
  return { open, close, quote: QUOTES.includes(first) ? first : '' };
}

/** Whether one pair stands around a text, and none of its kind within. */
function isAround(core: string, open: string, close: string): boolean {
  return (
    core.length > 1 &&
    core.startsWith(open) &&
    core.endsWith(close) &&
    core.indexOf(open, 1) === -1 &&
    core.indexOf(close) === core.length - 1
  );
}

/** An item, and the place of the separator behind it, or of the text's end. */
interface ItemInText {
  readonly item: string;
  readonly end: number;
}

function itemAt(text: string, from: number, separator: string, spaced: boolean): ItemInText {
  let end = text.indexOf(separator, from);
  while (spaced && end !== -1 && /\S/u.test(text.charAt(end + separator.length))) {
    end = text.indexOf(separator, end + 1);
  }
  if (end === -1) end = text.length;
  return { item: text.slice(from, end).trim(), end };
}

/** The same between quotation marks that a separator or the end follows; null where it does not stand between any. */
function quotedAt(text: string, from: number, closing: ClosingQuotes): ItemInText | null {
  const start = pastBlanks(text, from);
  const close = QUOTES.includes(text[start]) ? closing.behind(start) : null;
  if (close === null) return null;
  return { item: unescaped(text.slice(start + 1, close.at)), end: close.end };
}

/** Where a text's quotation marks close: those that a separator or the end follows. Each place is looked at once. */
class ClosingQuotes {
  private readonly text: string;
  private readonly separator: string;
  /** By the quotation mark, the last one that was found; null: there is none any more. */
  private readonly next = new Map<string, { readonly at: number; readonly end: number } | null>();

  constructor(text: string, separator: string) {
    this.text = text;
    this.separator = separator;
  }

  /** The first that closes the one at a place, and what follows it behind white space; null where none does. */
  behind(start: number): { readonly at: number; readonly end: number } | null {
    const { text, separator } = this;
    const quote = text[start];
    const known = this.next.get(quote);
    if (known === null || (known !== undefined && known.at > start)) return known;
    for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
      if (isEscapedAt(text, at)) continue;
      const end = pastBlanks(text, at + 1);
      if (end < text.length && !text.startsWith(separator, end)) continue;
      const found = { at, end };
      this.next.set(quote, found);
      return found;
    }
    this.next.set(quote, null);
    return null;
  }
}

function pastBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/u.test(text[at])) at++;
  return at;
}
