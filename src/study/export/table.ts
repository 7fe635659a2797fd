/** What a table of a study is, and what all rows of one model have. */
import type { Column, TableRow } from '../../common/table/table.ts';
import type { StudyReader } from '../store/index.ts';

export interface Table {
  readonly name: string;
  /** A line for people: what a row is. */
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: (reader: StudyReader) => Iterable<TableRow>;
}

/** Which task, model and seed a row belongs to, and the hash of its item. */
export const WHOSE: readonly Column[] = [
  { name: 'task', type: 'text' },
  { name: 'model', type: 'text' },
  { name: 'seed', type: 'whole' },
];
export const ITEM: Column = { name: 'item', type: 'text' };

/** The types of a table's columns, by their names. */
export type Types<Name extends string> = Readonly<Record<Name, Column['type']>>;

type ReadItem = ReturnType<StudyReader['study']>['items'][number];

/** A table of what items hold. @param rowsOf what one of them gives; nothing where it is of another kind */
export function itemTable(
  name: string,
  title: string,
  types: Types<string>,
  rowsOf: (item: ReadItem) => readonly TableRow[],
): Table {
  return {
    name,
    title,
    columns: [...WHOSE, ...Object.entries(types).map(([each, type]) => ({ name: each, type })), ITEM],
    *rows(reader: StudyReader) {
      for (const item of reader.study().items) {
        const { task, model, seed, hash } = item;
        for (const row of rowsOf(item)) yield { ...row, task, model, seed, item: hash };
      }
    },
  };
}
