/** Tables that pandas wrote in one of its other forms, which are not lists of records: what they are, and the way out. */
import { UserError } from '../../common/errors.ts';
import { isRecord } from '../../common/json.ts';
import { at, hasSource, pick, SOURCES } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';

/** @throws UserError for a value that `DataFrame.to_json()` wrote by columns, by its index, or split */
export function refusePandas(value: unknown, file: string, names: FieldNames): void {
  const form = isRecord(value) ? formOf(value, names) : null;
  if (form === null) return;
  throw new UserError(
    `${file} is ${form}, as pandas writes tables: write one record a line (df.to_json(FILE, orient='records', lines=True))`,
  );
}

function formOf(value: Fields, names: FieldNames): string | null {
  const { columns, data } = value;
  if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray))
    return 'an object of columns and data';
  const parts = Object.values(value);
  const areRecords = parts.length > 0 && parts.every(isRecord);
  if (!areRecords) return null;
  const keys = Object.keys(parts[0]).join('\n');
  if (parts.some((part) => Object.keys(part).join('\n') !== keys)) return null;
  if (isRecord(at(value, pick(value, names.source, SOURCES) ?? ''))) return 'an object of columns';
  const areSeveral = parts.length > 1;
  return areSeveral && hasSource(parts[0], names) ? 'an object of records by their index' : null;
}
