/**
 * What was found out about files and takes long to find out again: a small JSON file for each in the user's folder for caches.
 * The files' own folders may be read-only, and are nobody's to write into.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { makeFolders } from './folders.node.ts';
import { packageVersion } from './version.node.ts';

export interface Remembered<T> {
  readonly value: T;
  /** Whether it was found out just now. */
  readonly isFirst: boolean;
}

/**
 * What was found out before about the same files by the same version of lengthwise; else it is found out now. Where the cache
 * can't be written that is so each time.
 * @param what names the kind of what is found out, for the file's name
 * @param isValid whether what the cache holds is such a value: it may be damaged
 */
export async function remembered<T>(
  files: readonly string[],
  what: string,
  isValid: (value: unknown) => value is T,
  find: () => Promise<T>,
): Promise<Remembered<T>> {
  const file = path.join(cacheFolder(), `${keyOf(files)}.${what}.json`);
  const known = read(file);
  if (isValid(known)) return { value: known, isFirst: false };
  const value = await find();
  write(file, `${JSON.stringify(value)}\n`);
  return { value, isFirst: true };
}

/** Where programs keep what they can make again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local } = process.env;
  const usual = process.platform === 'win32' && local ? local : path.join(homedir(), '.cache');
  // The standard has relative paths ignored.
  return path.join(given !== undefined && path.isAbsolute(given) ? given : usual, 'lengthwise', 'models');
}

/** Files are the same where place, size and time of the last change are: to read gigabytes takes seconds. */
function keyOf(files: readonly string[]): string {
  const facts = files.map((file) => {
    const { size, mtimeNs } = statSync(file, { bigint: true });
    return [realpathSync(file), String(size), String(mtimeNs)];
  });
  return createHash('sha256')
    .update(JSON.stringify([packageVersion(), facts]))
    .digest('hex');
}

/** Undefined where nothing is there, or what is there is damaged: it is found out again. */
function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, also where several processes write it at once. */
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    makeFolders(path.dirname(file));
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    if (existsSync(draft)) rmSync(draft);
    // no cache, no harm
  }
}
