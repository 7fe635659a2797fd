/**
 * The sample's symbols with other white space between them: one a line where the sample has them on one line, two blanks, a tab;
 * and lists over several lines. Only for answers of which nobody knows how their prompt asked for them. Stands before `stop`,
 * which ends an answer of one line with its line.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { listItems, listMarks, listText, separatorIn } from '../list-items.ts';
import { isList, leavesOf, valueAt } from '../written-value.ts';
import { beginOf } from './stop.ts';

export function separators({ text }: Draft, context: Context): Change | null {
  const { joiner, lead, trail } = context.reading;
  // Nothing separates one symbol.
  if (context.expected.answer.length < 2) return null;
  const begin = beginOf(text, context);
  const known = knownOf(context);
  const block = listOverLines(text.slice(begin), known);
  const lines = text.slice(begin).split('\n');
  const behind = (count: number): string =>
    lines
      .slice(count)
      .map((line) => `\n${line}`)
      .join('');
  // A list on one line is for the filter `list`.
  if (block !== null && known.areListed)
    return { text: text.slice(0, begin) + block.text + behind(block.lines) };
  const found =
    asSymbols(block, known) ??
    (joiner.includes('\n')
      ? inBlock(lines, known)
      : (overLines(lines, known) ?? onOneLine(lines[0].trim(), known)));
  if (found === null) return null;
  const { symbols } = found;
  const written = known.areListed ? listText(symbols, context.reading) : lead + symbols.join(joiner) + trail;
  return { text: text.slice(0, begin) + written + behind(found.lines) };
}

/** The symbols of an answer, and on how many lines they stand. */
interface Separated {
  readonly symbols: readonly string[];
  readonly lines: number;
}

/** What is known of the sample's symbols. */
interface Known {
  readonly joiner: string;
  /** The mark between them, where they are a list: a comma. */
  readonly mark: string | null;
  /** Whether any list of them is an answer. */
  readonly areListed: boolean;
  readonly symbols: ReadonlySet<string>;
  /** Whether any has white space in it: then white space within a line separates none. */
  readonly haveBlanks: boolean;
}

function knownOf({ expected, reading: { joiner, filters } }: Context): Known {
  const symbols = new Set([...expected.answer, ...(expected.symbols ?? [])]);
  const haveBlanks = [...symbols].some((symbol) => /\s/u.test(symbol));
  return { joiner, mark: separatorIn(joiner), areListed: filters.includes('list'), symbols, haveBlanks };
}

/** The symbols of a list over several lines, where no other filter reads it; null without. */
function asSymbols(block: Block | null, { mark }: Known): Separated | null {
  const symbols = block === null || mark === null ? [] : listItems(block.text, mark);
  return block === null || symbols.length === 0 || symbols.includes('')
    ? null
    : { symbols, lines: block.lines };
}

/** Symbols one a line; null where the first line has several by itself. */
function overLines(lines: readonly string[], known: Known): Separated | null {
  const symbols: string[] = [];
  for (const line of lines) {
    const symbol = onlySymbol(line.trim(), known);
    if (symbol === null) break;
    symbols.push(symbol);
  }
  return symbols.length < 2 ? null : { symbols, lines: symbols.length };
}

/** Where a line ends with the bracket that closes another. */
const CLOSING: Readonly<Record<string, RegExp>> = {
  '[': /\][^\S\n]*(?=\n|$)/u,
  '(': /\)[^\S\n]*(?=\n|$)/u,
  '{': /\}[^\S\n]*(?=\n|$)/u,
};

/** A list that stood on several lines. */
interface Block {
  readonly text: string;
  readonly lines: number;
}

/** A list or an array over several lines, as one line; null where there is none. */
function listOverLines(text: string, known: Known): Block | null {
  if (!known.areListed && known.mark === null) return null;
  const end = endOfValue(text, known) ?? endOfBrackets(text, known);
  if (end === null) return null;
  const lines = text.slice(0, end).split('\n');
  return lines.length < 2 ? null : { text: lines.map((line) => line.trim()).join(' '), lines: lines.length };
}

/** Where a list ends that JSON or Python wrote, with nothing behind it on its line. */
function endOfValue(text: string, known: Known): number | null {
  const found = valueAt(text, 0);
  if (found === null || !isList(found.value) || /^[^\S\n]*\S/u.test(text.slice(found.end, found.end + FAR)))
    return null;
  const areTexts = found.hasCalls || leavesOf(found.value).every(({ isQuoted }) => isQuoted);
  return areTexts || !beginsAsSymbol(text, known) ? found.end : null;
}

/** White space behind a list on its line. */
const FAR = 200;

/** Where the bracket closes with which a text begins: at the end of a later line. */
function endOfBrackets(text: string, known: Known): number | null {
  const closing = Object.hasOwn(CLOSING, text.slice(0, 1)) ? CLOSING[text.slice(0, 1)] : null;
  if (closing === null || beginsAsSymbol(text, known)) return null;
  const found = closing.exec(text);
  return found === null ? null : found.index + 1;
}

/** Whether a symbol of the sample begins with the bracket with which a text begins. */
function beginsAsSymbol(text: string, { symbols }: Known): boolean {
  return [...symbols].some((symbol) => symbol.startsWith(text.slice(0, 1)));
}

/** The symbol that a line is, in a list without the mark behind it and its quotation marks; null where it is none, or several. */
function onlySymbol(line: string, known: Known): string | null {
  const { mark, symbols } = known;
  if (line === '' || symbols.has(line)) return line === '' ? null : line;
  if (line.startsWith('```')) return null;
  const core = mark !== null && line.endsWith(mark) ? line.slice(0, -mark.length).trim() : line;
  const isQuoted = mark !== null && listMarks(core).quote !== '';
  const symbol = isQuoted ? (listItems(core, '\n').at(0) ?? '') : core;
  return symbol === '' || isSeveral(symbol, known) ? null : symbol;
}

/** Whether a text is more than one symbol. */
function isSeveral(text: string, { joiner, mark, symbols, haveBlanks }: Known): boolean {
  if (symbols.has(text)) return false;
  if (joiner === '') return Array.from(text).length > 1;
  if (mark !== null && text.includes(mark)) return true;
  return haveBlanks ? text.includes(joiner) : /\s/u.test(text);
}

/** Where the sample has one a line: several on some line, up to the first blank one. */
function inBlock(lines: readonly string[], { haveBlanks }: Known): Separated | null {
  const end = lines.findIndex((line) => line.trim() === '');
  const block = end === -1 ? lines : lines.slice(0, end);
  const symbols = block.flatMap((line) => line.trim().split(/\s+/u));
  return haveBlanks || symbols.length === block.length ? null : { symbols, lines: block.length };
}

/** Symbols on one line, with other white space between them than in the sample. */
function onOneLine(line: string, { joiner, haveBlanks }: Known): Separated | null {
  if (haveBlanks || joiner === '' || joiner.trim() !== '') return null;
  const symbols = line.split(/\s+/u);
  return symbols.length < 2 || symbols.join(joiner) === line ? null : { symbols, lines: 1 };
}
