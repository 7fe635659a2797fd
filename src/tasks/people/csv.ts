/**
 * Rows of a CSV file (RFC 4180) as lines to ask about: as they stand in the file, without the head. Cells may be quoted
 * and hold line breaks (blanks here: a row is a line); files with semicolons, tabs or bars are rewritten with commas.
 */
import { UserError } from '../../common/errors.ts';
import type { Material } from './line-task.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** A row as it stands in the file, and its cells. */
interface Row {
  readonly text: string;
  readonly cells: readonly string[];
}

/** The rows below the head; of a file without a head, all. A UserError names the line of a quote that never ends. */
export function csvRows(text: string): Material {
  const plain = text.replace(/^\uFEFF/, '');
  const delimiter = delimiterOf(plain);
  const rows = [...rowsOf(plain, delimiter)].filter(({ cells }) => cells.some((cell) => cell !== ''));
  const below = hasHead(rows) ? rows.slice(1) : rows;
  return below.map(delimiter === ',' ? ({ text: row }) => row : ({ cells }) => cells.map(quoted).join(','));
}

/** The first field of a row: up to the first comma, or within double quotes. */
export function keyOf(row: string): string {
  const inQuotes = /^"((?:[^"]|"")*)"/.exec(row);
  return inQuotes === null ? row.split(',', 1)[0].trim() : inQuotes[1].replaceAll('""', '"').trim();
}

/** What stands between cells: what occurs most often in the first line, quoted cells apart. */
function delimiterOf(text: string): string {
  const [first] = text
    .trimStart()
    .replace(/"(?:[^"]|"")*"/g, '')
    .split('\n', 1);
  const count = (mark: string): number => first.split(mark).length;
  return DELIMITERS.reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** A head names its columns: it holds no number, and the name of the first is no key. */
function hasHead(rows: readonly Row[]): boolean {
  if (rows.length === 0) return false;
  const [{ cells }, ...others] = rows;
  const isNumber = (cell: string): boolean => /^[-+]?[\d.,]*\d$/.test(cell);
  return !cells.some(isNumber) && others.every((row) => row.cells[0] !== cells[0]);
}

function* rowsOf(text: string, delimiter: string): Generator<Row> {
  let next = 0;
  while (next < text.length) {
    const start = next;
    const cells: string[] = [];
    let end: number;
    do {
      const found = cellAt(text, next, delimiter);
      cells.push(found.cell);
      end = found.end;
      next = end + 1;
    } while (text[end] === delimiter);
    yield { text: oneLine(text.slice(start, end)), cells };
  }
}

/** The cell that begins at a place, and where it ends: at a delimiter, a line break, or the end of the text. */
function cellAt(text: string, at: number, delimiter: string): { cell: string; end: number } {
  let begin = at;
  while (text[begin] === ' ') begin++;
  if (text[begin] !== '"') {
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
    return { cell: oneLine(text.slice(at, end)), end };
  }
  let close = text.indexOf('"', begin + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) {
    const line = text.slice(0, begin).split('\n').length;
    throw new UserError(`the quote that begins a cell in line ${line} never ends`);
  }
  let end = close + 1;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
  return { cell: oneLine(text.slice(begin + 1, close).replaceAll('""', '"')), end };
}

function oneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
