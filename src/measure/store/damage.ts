/** What is said of a store's file that SQLite can't read. */
import { UserError } from '../../common/errors.ts';

/** SQLite's words for a file that was changed by others, or not written to its end. */
const DAMAGED = /malformed|is not a database|disk image/i;

/** Whether an error says that a store's file is damaged. */
export function saysDamaged(error: unknown): boolean {
  return error instanceof Error && !(error instanceof UserError) && DAMAGED.test(error.message);
}

/** The one line for that. */
export function damagedStore(file: string): UserError {
  return new UserError(
    `${file} is damaged (SQLite can't read it): sqlite3 ${file} .recover may save rows; to ask again, name another folder, or delete this one`,
  );
}

/** What a store's reader is told: where a row can't be read, be it SQLite that says so or what stands in it, it is damage. */
export function readFault(error: unknown, file: string): unknown {
  return saysDamaged(error) || error instanceof SyntaxError ? damagedStore(file) : error;
}

/** @throws UserError where the file turns out to be damaged */
export function whole<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readFault(error, file);
  }
}
