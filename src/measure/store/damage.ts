/** What is said of a store's file that SQLite can't read. */
import { messageOf } from '../../common/errors.ts';
import { damagedStore, saysDamaged } from '../../common/store-file.node.ts';

/** What a store's reader is told: where a row can't be read, be it SQLite that says so or what stands in it, it is damage. */
export function readFault(error: unknown, file: string): unknown {
  if (saysDamaged(error)) return damagedStore(file, messageOf(error));
  return error instanceof SyntaxError ? damagedStore(file, "a value in it can't be read") : error;
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
