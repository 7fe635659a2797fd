/** Tables for other programs: their columns, and rows as objects. `formats.ts` writes them. */

/**
 * What a column holds. `symbols` are lists of texts: joined by blanks where a cell is one text, but written as JSON
 * where one of them has white space in it. `json` is anything.
 */
export type ColumnType = 'text' | 'whole' | 'number' | 'truth' | 'symbols' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Values by the columns' names; null where there is none. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Columns from a list of names by type, in order: `{ task: 'text', n: 'whole' }`. */
export function columnsOf(types: Readonly<Record<string, ColumnType>>): Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}
