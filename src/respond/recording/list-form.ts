/** How the symbols of a file are written, where they are lists: `a, b`, `a;b`, `["a", "b"]`. */
import { itemsInList, listItems, listMarks } from '../../score/reading/list-items.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';
import { isMark } from './layouts.ts';

/** As the first list of the file is written. */
export interface ListForm extends SymbolsWritten {
  /** The mark between symbols, without blanks. */
  readonly separator: string;
  /** Whether it stands in symbols, too, without a blank behind it: `1,000, 2,000`. */
  readonly spaced: boolean;
}

/** How symbols stand in a text. */
export type SymbolLayout = 'characters' | 'blanks' | 'lines' | ListForm;

/** How a file writes symbols, where that is not for each of its texts to tell; undefined: it is. */
export interface FileSymbols {
  readonly sources?: ListForm;
  readonly answers?: SymbolLayout;
  /** A mark that stands between symbols in most sources and was not taken for what separates them; `\n`: they have several lines. */
  readonly likely?: string;
}

/** White space that separates symbols with blanks in them: `New York\tRome`. */
export const WHITE_SEPARATORS = ['\t', '\n', '  '];

/** What a text is as a list: one whose items have no blanks, or some have; no list; or too short to tell. */
export type ListKind = 'plain' | 'blanks within' | 'none' | 'short';

export function listKind(text: string, separator: string): ListKind {
  const { open, quote } = listMarks(text);
  const items = listItems(text, separator);
  if (items.length === 0 || items.includes('')) return 'none';
  // Many write two blanks behind a sentence.
  if (separator === '  ' && items.slice(0, -1).some((item) => /[.!?]$/u.test(item))) return 'none';
  if (separator.trim() === '' && items.some((item) => /[^\S ]| {2}/u.test(item))) return 'none';
  const hasBlanks = items.some((item) => /\s/u.test(item));
  if (items.length === 1 && open === '') return hasBlanks ? 'none' : 'short';
  return hasBlanks && quote === '' ? 'blanks within' : 'plain';
}

/**
 * The mark that seems to separate what stands in a text, though lists have others: `/` of `a / b / c` and `ab/cd`, `->`; `\n` of
 * lines with blanks in them; null without.
 */
export function likelySeparator(text: string): string | null {
  const core = text.trim();
  if (core.includes('\n')) return /\S[^\S\n]+\S/u.test(core) ? '\n' : null;
  const words = core.split(/\s+/u);
  const [between, items] =
    words.length > 1
      ? [words.filter((_, i) => i % 2 === 1), words.filter((_, i) => i % 2 === 0)]
      : [core.match(MARKS) ?? [], core.split(MARKS)];
  const isBetween = between.length === items.length - 1 && new Set(between).size === 1 && isMark(between[0]);
  const areWords = items.every((item) => /[\p{L}\p{N}]/u.test(item));
  return isBetween && areWords && items.some((item) => item.length > 1) ? between[0] : null;
}

/** What to say of it, and the option for those who mean it. */
export function likelyText(separator: string): string {
  return separator === '\n'
    ? 'sources have several lines, and blanks separate symbols, too; if each line is one symbol: --symbols lines'
    : `sources have '${separator}' between words or characters, which is read as a symbol or as part of one; if it separates symbols: --symbols '${separator}'`;
}

/** An apostrophe stands in words. */
const MARKS = /[^\p{L}\p{N}\s'’]+/gu;

/** The form of a file's lists. @param texts some of them; others may be among them */
export function listFormOf(texts: readonly string[], separator: string): ListForm {
  const lists = texts.filter((text) => listItems(text, separator).length > 1);
  const isMixed = (text: string): boolean => {
    const behind = text.split(separator).slice(1);
    return behind.some((rest) => /^\s/u.test(rest)) && behind.some((rest) => /^\S/u.test(rest));
  };
  const like = lists.at(0) ?? texts.at(0) ?? '';
  const { open, close, quote } = listMarks(like);
  const between = betweenItems(like, separator);
  const blanks = [/^\s/u.test(between) ? ' ' : '', lists.length === 0 || /\s$/u.test(between) ? ' ' : ''];
  return {
    separator,
    spaced: lists.filter(isMixed).length > lists.length / 2,
    joiner: separator.trim() === '' ? separator : quote + blanks[0] + separator + blanks[1] + quote,
    lead: open + quote,
    trail: quote + close,
  };
}

/** What stands between the first two items of a list. */
function betweenItems(text: string, separator: string): string {
  const [first, second] = itemsInList(text, separator);
  if (second === undefined) return '';
  const end = text.indexOf(first.written) + first.written.length;
  return text.slice(end, text.indexOf(second.written, end + 1));
}

/** The symbols of a text that is a list of that form; what is empty is none. */
export function symbolsInList(text: string, { separator, spaced }: ListForm): readonly string[] {
  return listItems(text, separator, spaced).filter((item) => item !== '');
}
