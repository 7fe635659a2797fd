/** Folders on disk. (Node's own `mkdirSync` with `recursive` never comes back below /proc, where no folder can be made.) */
import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DiskFullError, fileFault, saysDiskFull, UserError } from './errors.ts';

/**
 * Makes a folder and those on the way to it. Gives what had to be made, the deepest first.
 * @throws UserError when one can't be made, DiskFullError; those before it are gone again
 */
export function makeFolders(folder: string): string[] {
  const missing: string[] = [];
  let at = path.resolve(folder);
  for (; !existsSync(at); at = path.dirname(at)) missing.push(at);
  if (!isFolder(at)) throw new UserError(`cannot write to ${folder}: ${at} is a file`);
  const made: string[] = [];
  for (const next of missing.toReversed()) {
    try {
      mkdirSync(next);
    } catch (error) {
      if (isFolder(next)) continue; // another process was quicker
      made.forEach(removeIfEmpty);
      if (saysDiskFull(error)) throw new DiskFullError(folder, { cause: error });
      throw new UserError(`cannot write to ${folder}: ${fileFault(error, 'write')}`);
    }
    made.unshift(next);
  }
  return made;
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Removes a folder with nothing in it; any other stays as it is. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or not there.
  }
}
