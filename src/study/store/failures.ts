/** What can go wrong with a folder or the disk under it, said in one line with the way out. */
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { DiskFullError, messageOf, saysDiskFull, UserError } from '../../common/errors.ts';
import { sqliteCode } from '../../common/sqlite.node.ts';
import { damagedStore } from '../../common/store-file.node.ts';

export { DiskFullError } from '../../common/errors.ts';

export const STORE_FILE = 'study.sqlite';

/** SQLite's primary result codes that we tell apart: https://sqlite.org/rescode.html */
const BUSY = 5;
const READONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** Less than this left is as good as nothing: SQLite's write-ahead log grows by pages of 4 KiB. */
const NEARLY_NOTHING = 128 * 1024;

/** The error to throw for one that came out of reading or writing a study's folder. */
export function storeError(error: unknown, folder: string): unknown {
  if (error instanceof UserError || error instanceof DiskFullError) return error;
  if (isDiskFull(error)) return new DiskFullError(folder);
  const file = path.join(folder, STORE_FILE);
  if (error instanceof SyntaxError) return damagedStore(file, "a value in it can't be read"); // no JSON
  switch (sqliteCode(error) ?? 0) {
    case BUSY:
      return new UserError(`the store in ${folder} is locked by another program: close it and try again`);
    case READONLY:
    case CANNOT_OPEN:
      return new UserError(`the store in ${folder} cannot be opened (${messageOf(error)}): is it writable?`);
    case IO_ERROR:
      return diskIsFull(folder) ? new DiskFullError(folder) : error;
    case CORRUPT:
    case NOT_A_DATABASE:
      return damagedStore(file, messageOf(error));
    default:
      return error;
  }
}

/** Whether it says that the disk (or one's share of it) is full, itself or what caused it. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return sqliteCode(error) === FULL || saysDiskFull(error) || isDiskFull(error.cause);
}

function diskIsFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < NEARLY_NOTHING;
}
