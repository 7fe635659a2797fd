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
import { checkStoreFile, damagedStore, hasLog, lockFault, saysDamaged } from './store-file.node.ts';

/** How long reading waits for whoever writes, and writing for a reader that closes the store, in milliseconds. */
const PATIENCE_MS = 10_000;

/** A store and its log are copied while somebody may write them; after so many changes meanwhile we give up. */
const MOST_COPIES = 5;

/** SQLite's header of a write-ahead log: its salts are others whenever the log begins again. */
const WAL_HEADER_BYTES = 32;

/**
 * Opens a file that exists, to be read and then closed.
 * @internal its type is Node's: those who import the package need no types of Node
 * @throws UserError where it is damaged, may not be read, or its log can't be taken along; else SQLite's error
 */
export function openToRead(file: string): DatabaseSync {
  checkStoreFile(file, 'read');
  return orDamaged(file, () => openedToRead(file));
}

/**
 * Opens a file to be written, which need not be there.
 * @internal
 * @throws UserError where it is damaged, empty, or may not be written; else SQLite's error
 */
export function openToWrite(file: string): DatabaseSync {
  checkStoreFile(file, 'write');
  return orDamaged(file, () => opened(file, false));
}

function orDamaged(file: string, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    throw saysDamaged(error) ? damagedStore(file, messageOf(error)) : error;
  }
}

/**
 * Locks a file of its own, which nothing is written to: the system takes the lock back when the process ends, however it ends.
 * @internal
 * @param how shared: others may hold it, too, but none exclusively
 * @param patience how long to wait for whoever holds it, in milliseconds
 * @returns closed to give the lock back; null where another process holds it
 * @throws UserError where the file is none of ours, or can't be made
 */
export function takeLock(file: string, how: 'shared' | 'exclusive', patience: number): DatabaseSync | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: patience });
    // A read inside a transaction holds SQLite's shared lock until the transaction ends.
    database.exec(how === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT 1 FROM sqlite_master');
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) return null;
    throw lockFault(error, file);
  }
}

function openedToRead(file: string): DatabaseSync {
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
  if (!hasLog(file)) return opened(uriOf(file, 'immutable=1'), true);
  try {
    return opened(file, true); // where the index of the log is there, too, SQLite can do with it
  } catch (error) {
    if (!cannotWrite(error)) throw error;
    return openCopy(file);
  }
}

/** Open, or closed again where it can't be read. */
function opened(file: string | URL, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: PATIENCE_MS });
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
