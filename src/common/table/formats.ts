/**
 * Writing a table as CSV (RFC 4180 with a head, but lines end as everywhere here, in LF), JSON lines, or Parquet: a row at
 * a time, whatever its length.
 */
import type { Column, ColumnType, TableRow } from './table.ts';

/** Takes what is written; resolves when more may come. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

export type Format = 'csv' | 'jsonl' | 'parquet';

/** Text goes out in pieces of about this many characters. */
const PIECE = 1 << 16;

/** Writes all rows; how many there were. */
export async function writeTable(
  format: Format,
  columns: readonly Column[],
  rows: Iterable<TableRow>,
  sink: Sink,
): Promise<number> {
  let count = 0;
  const counted = function* () {
    for (const row of rows) {
      count += 1;
      yield row;
    }
  };
  switch (format) {
    case 'csv':
      await writeLines(csvLines(columns, counted()), sink);
      break;
    case 'jsonl':
      await writeLines(jsonLines(columns, counted()), sink);
      break;
    case 'parquet':
      await writeParquet(columns, counted(), sink);
      break;
  }
  return count;
}

async function writeLines(lines: Iterable<string>, sink: Sink): Promise<void> {
  const encoder = new TextEncoder();
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    await sink(encoder.encode(piece));
    piece = '';
  }
  if (piece !== '') await sink(encoder.encode(piece));
}

function* csvLines(columns: readonly Column[], rows: Iterable<TableRow>): Iterable<string> {
  yield columns.map(({ name }) => name).join(',');
  for (const row of rows) yield columns.map(({ name, type }) => csvCell(row[name], type)).join(',');
}

/** Nothing at all for a missing value; a text that is empty is quoted, so that the two can be told apart. */
function csvCell(value: unknown, type: ColumnType): string {
  const text = cellText(value, type);
  if (text === null) return '';
  const written = typeof value === 'string' || type === 'symbols' ? noFormula(text) : text;
  return written === '' || /[",\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
}

/**
 * What begins so is a formula to a spreadsheet, and outputs of models are hostile: https://owasp.org/www-community/attacks/CSV_Injection
 * (the full-width forms, too: some programs take them for the plain ones).
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Numbers begin with a sign, and compute nothing. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * OWASP's way: an apostrophe before it makes it a text. One more stands before a text that has them there already, so
 * that taking one off gives back every text.
 */
function noFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function cellText(value: unknown, type: ColumnType): string | null {
  if (value === null || value === undefined) return null;
  if (type === 'symbols') return symbolsText(value as readonly string[]);
  return typeof value === 'string' && type !== 'json' ? value : JSON.stringify(value);
}

/** Lines as symbols (commits, rows of a table) have blanks in them, and may be empty. */
function symbolsText(symbols: readonly string[]): string {
  return symbols.some((symbol) => /\s|^$/.test(symbol)) ? JSON.stringify(symbols) : symbols.join(' ');
}

function* jsonLines(columns: readonly Column[], rows: Iterable<TableRow>): Iterable<string> {
  for (const row of rows) {
    yield JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])));
  }
}

/** Parquet's types; lists of symbols are one text, as in CSV. */
const PARQUET_TYPES = {
  text: 'STRING',
  whole: 'INT64',
  number: 'DOUBLE',
  truth: 'BOOLEAN',
  symbols: 'STRING',
  json: 'STRING',
} as const satisfies Record<ColumnType, string>;

async function writeParquet(columns: readonly Column[], rows: Iterable<TableRow>, sink: Sink): Promise<void> {
  const { ByteWriter, parquetWriteRows } = await import('hyparquet-writer');
  const converted = function* () {
    for (const row of rows) {
      yield Object.fromEntries(columns.map(({ name, type }) => [name, parquetValue(row[name], type)]));
    }
  };
  const writer = new ByteWriter();
  /** Hands over what is written; the library goes on when that is taken. */
  const flush = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return sink(bytes);
  };
  await parquetWriteRows({
    writer: Object.assign(writer, { flush, finish: flush }),
    rows: converted(),
    columns: columns.map(({ name, type }) => ({ name, type: PARQUET_TYPES[type], nullable: true })),
  });
}

function parquetValue(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'whole') return BigInt(value as number);
  if (value === 0) return 0; // a column's dictionary takes 0 and -0 for one value, whichever came first
  if (type === 'json' || type === 'symbols' || type === 'text') return cellText(value, type);
  return value;
}
