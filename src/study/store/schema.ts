/**
 * The store's tables, and how its file is opened: one SQLite database per study folder, in write-ahead mode, so that
 * it is whole after any kill and can be read while a run is going on.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../common/errors.ts';
import { shellWord } from '../../common/shell-word.ts';
import { openToRead, openToWrite } from '../../common/sqlite.node.ts';
import { STORE_FILE, storeError } from './failures.ts';

/** Written into the database's header: `file study.sqlite` and we tell a store from any other database by it. */
const APPLICATION_ID = 0x4c57_5354; // LWST

/** Goes up with every change that an older lengthwise could not read. */
export const STORE_VERSION = 2;

/** The version whose tables are the same, and whose items are of fewer kinds. */
const BEFORE_RESPONDENTS = 1;

/** What may lie in a folder that a study is to begin in: what file systems and desktops put there by themselves. */
const NOT_COUNTED = ['lost+found', '.DS_Store', 'study.lock', 'workers.lock'];

const TABLES = `
  -- Each different study file that was run here with the items it asks for, newest last: [{hash, task, model, seed}].
  CREATE TABLE plans (
    id INTEGER PRIMARY KEY, written TEXT NOT NULL, name TEXT NOT NULL,
    file_name TEXT NOT NULL, file_text TEXT NOT NULL, entries TEXT NOT NULL
  );
  -- Each time that somebody sat down and ran it.
  CREATE TABLE sittings (
    id INTEGER PRIMARY KEY, plan INTEGER NOT NULL REFERENCES plans(id), started TEXT NOT NULL, ended TEXT,
    outcome TEXT, process INTEGER NOT NULL, workers INTEGER NOT NULL, environment TEXT NOT NULL
  );
  CREATE TABLE items (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, spec TEXT NOT NULL, needs TEXT NOT NULL,
    state TEXT NOT NULL, seconds REAL, error TEXT
  );
  -- position: the step of a point of a learning curve, the order within its kind for all others.
  CREATE TABLE rows (
    item INTEGER NOT NULL REFERENCES items(id), kind TEXT NOT NULL, position INTEGER NOT NULL, row TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rows_in_order ON rows (item, kind, position);
`;

/**
 * Opens the store of a folder that is locked for this run, and makes its tables when it is new.
 * @internal
 */
export function openForWriting(folder: string): DatabaseSync {
  try {
    const database = openToWrite(path.join(folder, STORE_FILE));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    if (pragma(database, 'user_version') === BEFORE_RESPONDENTS)
      database.exec(`PRAGMA user_version = ${STORE_VERSION}`);
    if (isNew(database)) {
      database.exec(
        `BEGIN IMMEDIATE; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STORE_VERSION}; ${TABLES} COMMIT`,
      );
    }
    return database;
  } catch (error) {
    throw storeError(error, folder);
  }
}

/**
 * Opens the store of a folder for reading, also while a run is going on, and from a medium that cannot be written.
 * @throws UserError where there is no store, or one that this lengthwise cannot read
 * @internal
 */
export function openForReading(folder: string): DatabaseSync {
  const file = path.join(folder, STORE_FILE);
  if (!existsSync(file)) {
    throw new UserError(
      `${folder} holds no study (there is no ${STORE_FILE} in it); make one: lengthwise study run FILE --out ${shellWord(folder)}`,
    );
  }
  try {
    const database = openToRead(file);
    checkWhose(database, folder);
    return database;
  } catch (error) {
    throw storeError(error, folder);
  }
}

/** Throws UserError for a folder that holds anything but a study of ours. */
export function refuseOthers(folder: string): void {
  if (existsSync(path.join(folder, STORE_FILE))) {
    openForReading(folder).close();
    return;
  }
  const others = readdirSync(folder).filter((name) => !NOT_COUNTED.includes(name));
  if (others.length === 0) return;
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? ', …' : '');
  throw new UserError(
    `${folder} holds something else (${shown}), and no study: name an empty or a new folder with --out`,
  );
}

function checkWhose(database: DatabaseSync, folder: string): void {
  if (isNew(database)) return; // a run was killed before it wrote its first word
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    throw new UserError(
      `${path.join(folder, STORE_FILE)} is a database of something else: name another folder with --out`,
    );
  }
  const version = pragma(database, 'user_version');
  if (version > STORE_VERSION) {
    throw new UserError(
      `${folder} was written by a newer lengthwise (store version ${version}, this one reads up to ${STORE_VERSION}): update lengthwise, or name another folder`,
    );
  }
}

function isNew(database: DatabaseSync): boolean {
  return (
    pragma(database, 'application_id') === 0 &&
    database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
  );
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
