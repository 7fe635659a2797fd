/** An export on disk: a folder that is there whole or not at all. */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DiskFullError, fileFault, saysDiskFull, UserError } from '../../common/errors.ts';
import { makeFolders, removeIfEmpty } from '../../common/folders.node.ts';
import type { Files } from './format.ts';

/** A file that is the same in every export, from `data/`. */
export function dataFile(name: string): string {
  return readFileSync(path.join(import.meta.dirname, 'data', name), 'utf8');
}

/** @throws UserError where the folder holds something, or is a file */
export function refuseTaken(folder: string): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isDirectory()) throw new UserError(`--out: ${folder} is a file; name a new folder`);
  if (readdirSync(folder).length > 0) {
    throw new UserError(`--out: ${folder} is not empty; name a new folder, or empty it first`);
  }
}

/**
 * Writes the files into a folder of another name, which gets its own in the end.
 * @throws UserError where the folder is taken or can't be made; DiskFullError
 */
export function writeFolder(folder: string, files: Files): void {
  refuseTaken(folder);
  const place = path.resolve(folder);
  const part = `${place}.${process.pid}.part`;
  makeFolders(path.dirname(place));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(part, name);
      makeFolders(path.dirname(file));
      writeFileSync(file, text);
    }
    removeIfEmpty(place);
    renameSync(part, place); // fails where somebody has put something there meanwhile
  } catch (error) {
    rmSync(part, { force: true, recursive: true });
    if (saysDiskFull(error)) throw new DiskFullError(folder, { cause: error });
    if (error instanceof UserError) throw error;
    throw new UserError(
      `cannot write ${folder}: ${fileFault(error, 'write')}; name another folder with --out`,
    );
  }
}
