/** The tables of a store, and how older ones become what is written today. */
import type { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../common/errors.ts';
import { ANSWER_COLUMNS } from './answer-columns.ts';

/**
 * Written into every store; one with a larger number is from a newer lengthwise. 2 keeps the ids of tokens; 3 whole outputs
 * (thoughts, refusals, limits), their scores by version, and how each was asked; 4 a row for each way in which a question was asked; 5 what was read of forced answers.
 */
export const VERSION = 5;

/** The fact that a store was of a version before 4 once. */
export const ONE_ROW_A_KEY = 'held one row a key';

/** The first version in which each way has rows of its own. */
export const A_ROW_A_WAY = 4;

const TABLES = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, ${ANSWER_COLUMNS.join(', ')}) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS answers_by_key ON answers (key, way);
`;

/**
 * Makes the tables where there are none. In stores before version 4 a key could stand in one row alone: SQLite changes that only by
 * making the table anew, with the same rows and what they lack; all or nothing.
 * That it was made anew is noted: what two ways share is still in one of them alone.
 */
export function makeTables(database: DatabaseSync): void {
  if (!hasOneRowAKey(database)) {
    database.exec(TABLES);
    if (!columnsOf(database, 'answers').includes('forced'))
      database.exec('ALTER TABLE answers ADD COLUMN forced TEXT');
    return;
  }
  const there = new Set(columnsOf(database, 'answers'));
  const names = ['id', ...ANSWER_COLUMNS.map((column) => column.split(' ', 1)[0])].filter((name) =>
    there.has(name),
  );
  const values = names.map((name) => (name === 'way' ? "ifnull(way, '')" : name));
  database.exec(`
    BEGIN;
    ALTER TABLE answers RENAME TO older_answers;
    ${TABLES}
    INSERT INTO answers (${names.join(', ')}) SELECT ${values.join(', ')} FROM older_answers;
    DROP TABLE older_answers;
    INSERT OR REPLACE INTO facts VALUES ('${ONE_ROW_A_KEY}', 'true');
    COMMIT;
  `);
}

/** Whether the table itself, and not an index of ours, says that a key is unique. */
function hasOneRowAKey(database: DatabaseSync): boolean {
  const index = database.prepare("SELECT 1 FROM pragma_index_list('answers') WHERE origin = 'u'");
  return index.get() !== undefined;
}

function columnsOf(database: DatabaseSync, table: string): unknown[] {
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return columns.map(({ name }) => name);
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
  const isOurs = Object.entries(OURS).every(([table, wanted]) => {
    const there = new Set(columnsOf(database, table));
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
