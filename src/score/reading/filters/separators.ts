/**
 * The sample's symbols with other white space between them: one a line where the sample has them on one line, two blanks, a tab;
 * and lists over several lines. Only for answers of which nobody knows how their prompt asked for them. Stands before `stop`,
 * which ends an answer of one line with its line.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { arrayIn, plainList } from '../array-text.ts';
import { listItems, listMarks, separatorIn } from '../list-items.ts';
import { beginOf } from './stop.ts';

export function separators({ text }: Draft, context: Context): Change | null {
  const { joiner, lead, trail } = context.reading;
  // Nothing separates one symbol.
  if (context.expected.answer.length < 2) return null;
  const begin = beginOf(text, context);
  const lines = text.slice(begin).split('\n');
  const known = knownOf(context);
  const array = context.reading.filters.includes('list') ? arrayOverLines(lines, known) : null;
  const found =
    array ??
    (joiner.includes('\n')
      ? inBlock(lines, known)
      : (overLines(lines, known) ?? onOneLine(lines[0].trim(), known)));
  if (found === null) return null;
  const rest = lines.slice(found.lines).map((line) => `\n${line}`);
  return { text: text.slice(0, begin) + lead + found.symbols.join(joiner) + trail + rest.join('') };
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
  readonly symbols: ReadonlySet<string>;
  /** Whether any has white space in it: then white space within a line separates none. */
  readonly haveBlanks: boolean;
}

function knownOf({ expected, reading: { joiner } }: Context): Known {
  const symbols = new Set([...expected.answer, ...(expected.symbols ?? [])]);
  const haveBlanks = [...symbols].some((symbol) => /\s/u.test(symbol));
  return { joiner, mark: separatorIn(joiner), symbols, haveBlanks };
}

/** Symbols one a line, or a list over several lines; null where the first line has several by itself. */
function overLines(lines: readonly string[], known: Known): Separated | null {
  const list = listOverLines(lines, known);
  if (list !== null) return list;
  const symbols: string[] = [];
  for (const line of lines) {
    const symbol = onlySymbol(line.trim(), known);
    if (symbol === null) break;
    symbols.push(symbol);
  }
  return symbols.length < 2 ? null : { symbols, lines: symbols.length };
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** A list whose bracket closes on a later line. */
function listOverLines(lines: readonly string[], { mark, symbols }: Known): Separated | null {
  const first = lines[0].trim();
  const open = first.slice(0, 1);
  if (mark === null || !Object.hasOwn(CLOSING, open) || first.includes(CLOSING[open])) return null;
  if ([...symbols].some((symbol) => symbol.startsWith(open))) return null;
  const last = lines.findIndex((line) => line.trimEnd().endsWith(CLOSING[open]));
  const items = last === -1 ? [] : listItems(lines.slice(0, last + 1).join(' '), mark);
  return items.length === 0 || items.includes('') ? null : { symbols: items, lines: last + 1 };
}

/** An array whose bracket closes on a later line: as numpy writes it, or Python shows it. */
function arrayOverLines(lines: readonly string[], { symbols }: Known): Separated | null {
  if (!/^(?:[\w.]+\()?\[/.test(lines[0]) || lines[0].includes(']')) return null;
  const last = lines.findIndex((line) => /[\])]$/.test(line.trimEnd()));
  if (last === -1 || [...symbols].some((symbol) => symbol.startsWith('['))) return null;
  const block = lines.slice(0, last + 1).join('\n');
  const plain = plainList(block, [...symbols]);
  const items = arrayIn(plain) ?? (plain === block ? null : listItems(plain, ','));
  return items === null ? null : { symbols: items, lines: last + 1 };
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
