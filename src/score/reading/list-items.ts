/** Lists written as texts: `a, b, c`, `a;b;c`, `["a", "b"]`, `['a', 'b']`, `[1, 2]`, `(a, b)`. */

const BRACKETS: readonly (readonly [open: string, close: string])[] = [
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
];

const QUOTES = ['"', "'"];

/** What stands between two symbols of an answer, before the first and after the last. */
export interface SymbolsWritten {
  readonly joiner: string;
  readonly lead: string;
  readonly trail: string;
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
  const { open, close } = listMarks(text);
  const core = text.trim();
  const inner = core.slice(open.length, core.length - close.length);
  if (inner.trim() === '') return [];
  const items: string[] = [];
  for (let at = 0; at <= inner.length;) {
    const { item, end } = itemAt(inner, at, separator, spaced);
    items.push(item);
    at = end + separator.length;
    if (end >= inner.length) break;
  }
  return items;
}

/** What stands around a list, and around its first item. */
export function listMarks(text: string): ListMarks {
  const core = text.trim();
  const pair = BRACKETS.find(([open, close]) => isAround(core, open, close));
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

/** The item that begins at a place, and the place of the separator behind it, or of the text's end. */
function itemAt(
  text: string,
  from: number,
  separator: string,
  spaced: boolean,
): { readonly item: string; readonly end: number } {
  const quoted = quotedAt(text, from, separator);
  if (quoted !== null) return quoted;
  let end = text.indexOf(separator, from);
  while (spaced && end !== -1 && /\S/u.test(text.charAt(end + separator.length))) {
    end = text.indexOf(separator, end + 1);
  }
  if (end === -1) end = text.length;
  return { item: text.slice(from, end).trim(), end };
}

/** Longer symbols do not stand between quotation marks: for the closing one no more is looked at. */
const LONGEST_QUOTED = 1_000;

/** The same of an item between quotation marks that a separator or the end follows; null where there is none. */
function quotedAt(
  text: string,
  from: number,
  separator: string,
): { readonly item: string; readonly end: number } | null {
  let start = from;
  while (start < text.length && /\s/u.test(text[start])) start++;
  const quote = text[start];
  if (!QUOTES.includes(quote)) return null;
  const last = Math.min(text.length, start + LONGEST_QUOTED);
  for (let at = start + 1; at < last; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      let end = at + 1;
      while (end < text.length && /\s/u.test(text[end])) end++;
      if (end < text.length && !text.startsWith(separator, end)) continue;
      return { item: text.slice(start + 1, at).replace(/\\([^])/gu, '$1'), end };
    }
  }
  return null;
}
