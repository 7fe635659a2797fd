/**
 * SQLite files as they are read here: while another process writes them, from a folder that can't be written, and
 * leaving nothing behind. (In write-ahead mode reading, too, writes: SQLite keeps `-wal` and `-shm` beside the file, and a
 * connection that is read-only can't take them away again.)
 */
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readSync,
  openSync,
  closeSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { messageOf, UserError } from './errors.ts';

/** How long reading waits for whoever writes, in milliseconds: a checkpoint of a large log. */
const PATIENCE_MS = 10_000;

/** A store and its log are copied while somebody may write them; after so many changes meanwhile we give up. */
const MOST_COPIES = 5;

/** SQLite's header of a write-ahead log: its salts are others whenever the log begins again. */
const WAL_HEADER_BYTES = 32;

/**
 * Opens a file that exists, to be read and then closed.
 * @internal its type is Node's: those who import the package need no types of Node
 * @throws SQLite's error where it is no database, or can't be read; UserError where its log can't be taken along
 */
export function openToRead(file: string): DatabaseSync {
  if (!isWritable(file)) return openAtRest(file);
  let database: DatabaseSync | undefined;
  try {
    // Not read-only, so that closing takes away what reading has put beside the file; `mode=rw` makes no new file.
    database = new DatabaseSync(uriOf(file, 'mode=rw'), { timeout: PATIENCE_MS });
    database.exec('PRAGMA query_only = ON');
    touch(database);
    return database;
  } catch (error) {
    database?.close();
    if (!cannotWrite(error)) throw error;
    return openAtRest(file); // the disk is full, say
  }
}

/** Opens a file in a place that can't be written. */
function openAtRest(file: string): DatabaseSync {
  if (!hasLog(file)) return opened(uriOf(file, 'immutable=1'));
  try {
    return opened(file); // where the index of the log is there, too, SQLite can do with it
  } catch (error) {
    if (!cannotWrite(error)) throw error;
    return openCopy(file);
  }
}

function opened(file: string | URL): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE_MS });
  try {
    touch(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opening alone reads nothing. */
function touch(database: DatabaseSync): void {
  database.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get();
}

/** A log that nobody may work in is worked in elsewhere: its rows belong to the file. The copy goes when the process ends. */
function openCopy(file: string): DatabaseSync {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-read-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const copy = path.join(folder, path.basename(file));
  try {
    for (let tries = 1; ; tries++) {
      const before = stateOf(file);
      copyFileSync(file, copy);
      copyFileSync(`${file}-wal`, `${copy}-wal`);
      if (stateOf(file) === before) break;
      if (tries === MOST_COPIES) throw new Error('another process is writing it');
    }
  } catch (error) {
    throw new UserError(
      `cannot read ${file} together with its log ${path.basename(file)}-wal from a folder that cannot be written ` +
        `(${messageOf(error)}): copy both to another folder and name that`,
    );
  }
  return new DatabaseSync(copy);
}

/** Another text as soon as the file was written, or its log begun again. (Rows that are added to the log do no harm.) */
function stateOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  const log = openSync(`${file}-wal`, 'r');
  try {
    readSync(log, header, 0, WAL_HEADER_BYTES, 0);
  } finally {
    closeSync(log);
  }
  return `${size} ${mtimeMs} ${header.toString('hex')}`;
}

function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    accessSync(path.dirname(file), constants.W_OK);
    return true;
  } catch {
    return !existsSync(file); // then SQLite says so
  }
}

function uriOf(file: string, parameter: string): URL {
  return new URL(`${pathToFileURL(file).href}?${parameter}`);
}

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const BUSY = 5;
const READ_ONLY = 8;
const IO_ERROR = 10;
const FULL = 13;
const CANNOT_OPEN = 14;

function cannotWrite(error: unknown): boolean {
  return [READ_ONLY, IO_ERROR, FULL, CANNOT_OPEN].includes(sqliteCode(error) ?? 0);
}

/** Whether another process holds a lock. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === BUSY;
}

/** The primary result code of SQLite's errors. */
export function sqliteCode(error: unknown): number | undefined {
  const extended = (error as { errcode?: unknown }).errcode;
  return typeof extended === 'number' ? extended & 0xff : undefined;
}
