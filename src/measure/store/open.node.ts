/** Opening the file of a store, and keeping its folder for one process. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, UserError } from '../../common/errors.ts';
import { isBusy, openToRead } from '../../common/sqlite.node.ts';

/** A reader that closes the store holds it for a moment, in milliseconds at most. */
const PATIENCE_MS = 10_000;

/** @throws UserError where the file can't be opened, or is no database */
export function openFile(file: string, how: 'read' | 'write'): DatabaseSync {
  try {
    if (how === 'read') return openToRead(file);
    const database = new DatabaseSync(file, { timeout: PATIENCE_MS });
    database.prepare('SELECT count(*) FROM sqlite_master').get(); // opening alone does not read it
    return database;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot open ${file}: ${messageOf(error)}`);
  }
}

/** A lock that the system takes back when the process ends, however it ends: a write transaction of its own file. */
export function lockFolder(folder: string): DatabaseSync {
  const file = path.join(folder, 'lock.sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw new UserError(
      isBusy(error)
        ? `${folder} is in use by another run; wait for its end, or choose another with --out`
        : `cannot write to ${folder} (${messageOf(error)}); choose another with --out`,
    );
  }
}
