/**
 * The kinds of failure that every room tells apart: the user's mistakes (exit code 2), a full disk and ours (1).
 */

/** Something the user can mend. The message is one line: what, where, what was expected, how to fix it. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The disk is full: nobody's mistake, and nothing half-written stays. What was done before is kept. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';

  /** @param place a file or folder on that disk */
  constructor(place: string, options?: ErrorOptions) {
    super(
      `the disk that holds ${place} is full: free some space and give the same command again; what was done is kept`,
      options,
    );
  }
}

/** Whether the system says that the disk (or one's share of it) is full, in an error or in what caused it. */
export function saysDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT' || error instanceof DiskFullError) return true;
  return /ENOSPC|no space left on device/i.test(error.message) || saysDiskFull(error.cause);
}

/** `message` of whatever was thrown, without a stack, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split(/[\n\r\u2028\u2029]/);
  if (lines.length === 1) return text;
  const told = lines.map((line) => line.trim()).filter((line) => line !== '');
  return told.join(' ');
}

/** What the system says of a file or folder, by its code, as a user would. */
const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its disk is read-only',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
};

/**
 * Why a file or folder could not be used, for a message that names it: without the system's code and call. Of errors that
 * are not the system's, their message.
 */
export function fileFault(error: unknown, how: 'read' | 'write' = 'read'): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(FILE_FAULTS, code)) return messageOf(error);
  return code === 'ENOENT' && how === 'write' ? 'its folder does not exist' : FILE_FAULTS[code];
}
