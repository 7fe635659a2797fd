/** The folder of a run: nobody else's, and with nothing in it or beside it that a kill left half-written. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileFault, UserError } from '../../common/errors.ts';
import { tidyAfterKill } from '../../model/files/folder.node.ts';
import { CHECKPOINT_FILE, isCheckpointFile, isPartialCheckpoint } from './checkpoint.node.ts';

/**
 * Undoes what a kill left half-written in a run's folder and beside it.
 * @throws UserError for a path that is no folder, or one that can't be read
 */
export async function tidyRunFolder(folder: string): Promise<void> {
  await tidyAfterKill(folder);
  for (const name of namesIn(folder).filter(isPartialCheckpoint)) {
    rmSync(path.join(folder, name), { force: true });
  }
}

/** The model takes the folder's place in the end, so nothing else may be in it. @throws UserError when something is */
export function refuseStrangers(folder: string): void {
  const strangers = namesIn(folder).filter((name) => !isCheckpointFile(name));
  if (strangers.length === 0) return;
  const named = strangers.slice(0, 3).join(', ');
  const more = strangers.length > 3 ? `, and ${strangers.length - 3} more` : '';
  throw new UserError(`${folder} holds something else (${named}${more}): choose another folder`);
}

export function deleteCheckpoint(folder: string): void {
  rmSync(path.join(folder, CHECKPOINT_FILE), { force: true });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(path.resolve(folder)); // '' is the folder that we are in
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new UserError(
      `${folder}: ${code === 'ENOTDIR' ? 'a file, where a folder for the model was expected' : fileFault(error)}`,
    );
  }
}
