/** One command at a time writes into a folder. */
import { fileFault, saysDiskFull, UserError } from '../../common/errors.ts';
import type { Lock } from '../../study/store/lock.ts';

/** Keeps the folder for this command. @throws UserError when another run has it, or it can't be written beside it */
export async function lockFor(folder: string): Promise<Lock> {
  const { lockBeside } = await import('../../study/store/lock.ts');
  let lock: Lock | null;
  try {
    lock = lockBeside(folder);
  } catch (error) {
    if (saysDiskFull(error)) throw error;
    throw new UserError(`cannot write to ${folder}: ${fileFault(error, 'write')}`);
  }
  if (lock !== null) return lock;
  throw new UserError(`another run is training into ${folder}: wait for it, or choose another folder`);
}
