/** Opening the file of a store, and keeping its folder for one process. */
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileFault, UserError } from '../../common/errors.ts';
import { openToRead, openToWrite, takeLock } from '../../common/sqlite.node.ts';

/** @throws UserError where the file can't be opened, or is no database */
export function openFile(file: string, how: 'read' | 'write'): DatabaseSync {
  try {
    return how === 'read' ? openToRead(file) : openToWrite(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot open ${file}: ${fileFault(error)}`);
  }
}

/**
 * Keeps a folder for this process, until the lock is closed.
 * @throws UserError where another process has it, or it can't be written
 */
export function lockFolder(folder: string): DatabaseSync {
  const lock = takeLock(path.join(folder, 'lock.sqlite'), 'exclusive', 0);
  if (lock !== null) return lock;
  throw new UserError(`${folder} is in use by another run; wait for its end, or choose another with --out`);
}
