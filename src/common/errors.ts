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
  return text.replace(/\s*\n\s*/g, ' ');
}
