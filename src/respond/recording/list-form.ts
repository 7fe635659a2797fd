/** How the symbols of a file are written, where they are lists: `a, b`, `a;b`, `["a", "b"]`. */
import { listItems, listMarks } from '../../score/reading/list-items.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';

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
}

/** White space that separates symbols with blanks in them: `New York\tRome`. */
export const WHITE_SEPARATORS = ['\t', '\n', '  '];

/** What a text is as a list: one whose items have no blanks, or some have; no list; or too short to tell. */
export type ListKind = 'plain' | 'blanks within' | 'none' | 'short';

export function listKind(text: string, separator: string): ListKind {
  const { open, quote } = listMarks(text);
  const items = listItems(text, separator);
  if (items.length === 0 || items.includes('')) return 'none';
  const hasBlanks = items.some((item) => /\s/u.test(item));
  if (items.length === 1 && open === '') return hasBlanks ? 'none' : 'short';
  return hasBlanks && quote === '' ? 'blanks within' : 'plain';
}

/** The form of a file's lists. @param texts some of them; others may be among them */
export function listFormOf(texts: readonly string[], separator: string): ListForm {
  const lists = texts.filter((text) => listItems(text, separator).length > 1);
  const isMixed = (text: string): boolean => {
    const behind = text.split(separator).slice(1);
    return behind.some((rest) => /^\s/u.test(rest)) && behind.some((rest) => /^\S/u.test(rest));
  };
  const like = lists.at(0) ?? texts.at(0) ?? '';
  const { open, close, quote } = listMarks(like);
  const [before = '', after = ''] = like.split(separator);
  const blanks = [/\s$/u.test(before) ? ' ' : '', lists.length === 0 || /^\s/u.test(after) ? ' ' : ''];
  return {
    separator,
    spaced: lists.filter(isMixed).length > lists.length / 2,
    joiner: separator.trim() === '' ? separator : quote + blanks[0] + separator + blanks[1] + quote,
    lead: open + quote,
    trail: quote + close,
  };
}

/** The symbols of a text that is a list of that form; what is empty is none. */
export function symbolsInList(text: string, { separator, spaced }: ListForm): readonly string[] {
  return listItems(text, separator, spaced).filter((item) => item !== '');
}
