/**
 * The two kinds of failure that every room tells apart: the user's mistakes (exit code 2) and ours (1).
 */

/** Something the user can mend. The message is one line: what, where, what was expected, how to fix it. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** `message` of whatever was thrown, without a stack, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}
