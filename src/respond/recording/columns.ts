/**
 * A recording by columns: one object whose fields are lists of one length, a value for each record, as
 * `Dataset.to_dict()` (Hugging Face) and `DataFrame.to_dict('list')` (pandas) write them.
 */
import { UserError } from '../../common/errors.ts';
import { at, pick, QUERIES, SOURCES } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';

/** Whether an object has several fields, all of them lists of one length, which is more than one. */
export function isByColumns(fields: Fields): boolean {
  const columns = Object.values(fields);
  const [first] = columns;
  if (columns.length < 2 || !Array.isArray(first) || first.length < 2) return false;
  return columns.every((column) => Array.isArray(column) && column.length === first.length);
}

/**
 * The records of a file that is one object with a source; null where the object itself is the one record. Lists of
 * single characters are the symbols of one record, as they are in a line of many. A query is one symbol and never a list.
 * @param file its name, for messages
 * @throws UserError where lists of words may be either
 */
export function recordsByColumns(fields: Fields, file: string, names: FieldNames): readonly Fields[] | null {
  if (!isByColumns(fields)) return null;
  const sources = at(fields, pick(fields, names.source, SOURCES) ?? '');
  if (!Array.isArray(sources)) return null;
  if (pick(fields, names.query, QUERIES) === undefined && !sources.every(isWholeSource)) {
    if (sources.every(isCharacter)) return null;
    throw new UserError(
      `${file} is one object of lists: its source may be ${sources.length} symbols of one record, or the sources of ${sources.length} records; write one record a line`,
    );
  }
  return sources.map((_, row) =>
    Object.fromEntries(Object.entries(fields).map(([name, column]) => [name, (column as unknown[])[row]])),
  );
}

/** Whether a value has several symbols: a list of them, or a text with white space. */
function isWholeSource(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === 'string' && /\S\s+\S/u.test(value));
}

function isCharacter(value: unknown): boolean {
  return typeof value === 'string' && [...value].length === 1;
}
