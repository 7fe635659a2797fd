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
