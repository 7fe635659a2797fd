/** The tables of a store, and how older ones become what is written today. */
import type { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../common/errors.ts';
import { ANSWER_COLUMNS } from './answer-columns.ts';

/**
 * Written into every store; one with a larger number is from a newer lengthwise. 2 keeps the ids of tokens; 3 whole outputs
 * (thoughts, refusals, limits), their scores by version, and how each was asked.
 */
export const VERSION = 3;

const TABLES = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, ${ANSWER_COLUMNS.join(', ')}) STRICT;
`;

/** Makes the tables where there are none, and adds what an older store lacks. */
export function makeTables(database: DatabaseSync): void {
  database.exec(TABLES);
  const there = new Set(
    database
      .prepare("SELECT name FROM pragma_table_info('answers')")
      .all()
      .map(({ name }) => name),
  );
  for (const column of ANSWER_COLUMNS) {
    if (!there.has(column.split(' ', 1)[0])) database.exec(`ALTER TABLE answers ADD COLUMN ${column}`);
  }
}

/** Columns that every version of the tables has. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  facts: ['name', 'value'],
  answers: ['id', 'key', 'task', 'length', 'idx', 'source', 'answer', 'output'],
};

/** @throws UserError for a database that holds other tables than ours; one without tables is new */
export function checkWhose(database: DatabaseSync, file: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  if (tables.length === 0) return;
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)');
  const isOurs = Object.entries(OURS).every(([table, wanted]) => {
    const there = new Set(columns.all(table).map(({ name }) => name));
    return wanted.every((name) => there.has(name));
  });
  if (isOurs) return;
  throw new UserError(`${file} is a database of something else: name another folder with --out`);
}

/** @throws UserError for a store of a newer lengthwise */
export function checkVersion(database: DatabaseSync, folder: string): void {
  const known = database.prepare("SELECT name FROM sqlite_master WHERE name = 'facts'").get();
  if (known === undefined) return;
  const row = database.prepare("SELECT value FROM facts WHERE name = 'version'").get();
  const version = row === undefined ? VERSION : Number(row.value);
  if (version > VERSION) {
    throw new UserError(
      `${folder} was written by a newer lengthwise (its store has version ${version}, this one reads ${VERSION})`,
    );
  }
}
