/** What is said of a store's file that SQLite can't read. */
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import { shellWord } from '../../common/shell-word.ts';
import { damagedStore, saysDamaged } from '../../common/store-file.node.ts';

/** A stored score that is none: it can be worked out again from its output. */
export class BrokenScore extends Error {
  override readonly name = 'BrokenScore';
}

/** SQLite's words for a value that is no JSON. Scores are the only ones that it reads as such. */
const NO_JSON = 'malformed JSON';

/** What a store's reader is told: where a row can't be read, be it SQLite that says so or what stands in it, it is damage. */
export function readFault(error: unknown, file: string): unknown {
  if (error instanceof BrokenScore || (error instanceof Error && error.message === NO_JSON)) {
    const folder = path.dirname(file);
    return new UserError(
      `${file} is damaged (a score in it can't be read): lengthwise measure --rescore --out ${shellWord(folder)} scores its outputs again`,
    );
  }
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
