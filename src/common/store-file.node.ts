/**
 * What is wrong with a store's file, said in one line that names it and the way out: it was cut, overwritten or emptied, it
 * may not be opened, or something else stands in its place. SQLite finds some of it late, and some of it never.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileFault, messageOf, UserError } from './errors.ts';
import { shellWord } from './shell-word.ts';

/** SQLite's words for a file that was changed by others, or not written to its end. */
const DAMAGED = /malformed|is not a database|disk image/i;

/** The way on from a store that is lost. */
const BEGIN_ANEW = 'to start again, name another folder, or delete this one';

/** Whether an error says that a store's file is damaged. */
export function saysDamaged(error: unknown): boolean {
  return error instanceof Error && !(error instanceof UserError) && DAMAGED.test(error.message);
}

/** The one line for that. */
export function damagedStore(file: string, why: string): UserError {
  return new UserError(
    `${file} is damaged (${why}): sqlite3 ${shellWord(file)} .recover may save rows; ${BEGIN_ANEW}`,
  );
}

/**
 * Looks at a file before SQLite does, which takes an empty one for a new one and reads what is left of a page. One that
 * isn't there is nobody's fault here.
 * @throws UserError for one that is no file, is empty, ends within a page, or may not be opened
 */
export function checkStoreFile(file: string, how: 'read' | 'write'): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    throw new UserError(
      `${file} is a folder, where the file of a store is expected: remove it, or name another folder with --out`,
    );
  }
  checkAccess(file, how);
  if (stat.size === 0) {
    throw new UserError(`${file} is empty (0 bytes): put a copy of it back; ${BEGIN_ANEW}`);
  }
  const header = headerOf(file);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw damagedStore(file, 'file is not a database');
  const isWhole = stat.size >= SMALLEST_PAGE && stat.size % pageSizeIn(header) === 0;
  if (!isWhole && !hasLog(file)) throw damagedStore(file, 'its end is missing');
}

function checkAccess(file: string, how: 'read' | 'write'): void {
  try {
    accessSync(file, how === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK);
  } catch (error) {
    throw closedFile(error, file, how);
  }
}

/** The one line for a file that may not be opened; on a disk that is read-only no permission helps. */
export function closedFile(error: unknown, file: string, how: 'read' | 'write'): UserError {
  const { code } = error as NodeJS.ErrnoException;
  const ways = [
    ...(code === 'EROFS' ? [] : ['change its permissions']),
    ...(how === 'read' ? [] : ['name another folder with --out']),
  ];
  return new UserError(
    `cannot ${how} ${file}: ${fileFault(error)}${ways.length === 0 ? '' : `; ${ways.join(', or ')}`}`,
  );
}

/** Whether the file has a log that holds more than it: until that is copied back, the file alone need not be whole. */
export function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** SQLite's header begins with this, and then has the size of a page, as 16 bits; 1 stands for 65,536 (sqlite.org/fileformat.html). */
const MAGIC = Buffer.from('SQLite format 3\0');
const SMALLEST_PAGE = 512;

/** Its first bytes; zeros where the file has fewer. */
function headerOf(file: string): Buffer {
  const bytes = Buffer.alloc(MAGIC.length + 2);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(opened);
  }
  return bytes;
}

/** In bytes; 1 where the header has none that can be. */
function pageSizeIn(header: Buffer): number {
  const size = header.readUInt16BE(MAGIC.length);
  if (size === 1) return 65_536;
  return size >= SMALLEST_PAGE && Number.isInteger(Math.log2(size)) ? size : 1;
}

/** What is wrong with a file that holds nothing but a run's lock, for an error of opening or locking it. */
export function lockFault(error: unknown, file: string): UserError {
  if (saysDamaged(error) || statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    return new UserError(
      `${file} is no lock of lengthwise (${messageOf(error)}): no rows are in it; delete it and give the same command again`,
    );
  }
  return new UserError(
    `cannot write to ${path.dirname(file)}: ${fileFault(error, 'write')}; choose another with --out`,
  );
}
