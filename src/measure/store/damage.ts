/** What is said of a store's file that SQLite can't read. */
import { UserError } from '../../common/errors.ts';

/** SQLite's words for a file that was changed by others, or not written to its end. */
const DAMAGED = /malformed|is not a database|disk image/i;

/** Whether an error says that a store's file is damaged. */
export function saysDamaged(error: unknown): boolean {
  return error instanceof Error && !(error instanceof UserError) && DAMAGED.test(error.message);
}

/** The one line for that. */
export function damagedStore(file: string, why = "SQLite can't read it"): UserError {
  return new UserError(
    `${file} is damaged (${why}): sqlite3 ${file} .recover may save rows; to ask again, name another folder, or delete this one`,
  );
}

/** What a store's reader is told: where a row can't be read, be it SQLite that says so or what stands in it, it is damage. */
export function readFault(error: unknown, file: string): unknown {
  if (saysDamaged(error)) return damagedStore(file);
  return error instanceof SyntaxError ? damagedStore(file, `a value in it can't be read`) : error;
}

/**
 * A value that a store keeps as JSON.
 * @throws SyntaxError where it is none, or not what belongs there
 */
export function storedValue<T>(text: string, is: (value: unknown) => boolean): T {
  const value: unknown = JSON.parse(text);
  if (!is(value)) throw new SyntaxError('it is something else than belongs there');
  return value as T;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws UserError where the file turns out to be damaged */
export function whole<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readFault(error, file);
  }
}
