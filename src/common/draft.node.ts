/** Files that are named with --out, in the making: under their name they appear whole or not at all. */
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DiskFullError, saysDiskFull } from './errors.ts';

export interface Draft {
  /** Where to write. */
  readonly path: string;
  /** It is whole: it gets its name. */
  keep(): void;
  /** It is not to be. */
  discard(): void;
}

/**
 * A file beside the one that is named, which takes its place in the end. A link stays one, to what is new; and what is
 * no file (/dev/stdout, a pipe) is written into as it is, since nothing may take its place.
 */
export function draftOf(file: string): Draft {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    return { path: file, keep: () => undefined, discard: () => undefined };
  }
  const place = there === undefined ? file : realpathSync(file); // behind links
  const part = `${place}.${process.pid}.part`;
  return {
    path: part,
    keep: () => renameSync(part, place),
    discard: () => rmSync(part, { force: true }),
  };
}

/** Writes a file whole or not at all. @throws DiskFullError, and what the system says */
export function writeWhole(file: string, text: string): void {
  let draft: Draft | undefined;
  try {
    draft = draftOf(file);
    writeFileSync(draft.path, text);
    draft.keep();
  } catch (error) {
    draft?.discard();
    throw saysDiskFull(error) ? new DiskFullError(file, { cause: error }) : error;
  }
}
