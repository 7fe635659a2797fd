/** What the exit status of every command says, and how a command ends with one that is neither success nor an error. */

export const exits = {
  /** All that was asked for was done, and every question answered. */
  done: 0,
  /** Our mistake, or the machine's. */
  ours: 1,
  /** The user's mistake; the line on stderr says the way out. */
  user: 2,
  /** The numbers so far were printed, but questions are left: a budget was spent, or some failed. */
  incomplete: 3,
  /** Everything was answered, and a horizon that --at-least names is not shown to reach it. */
  notShown: 4,
  /** Ctrl-C. (SIGTERM: 143, as shells count.) */
  interrupted: 130,
} as const;

/** For the help of the program. */
export const EXIT_HELP = `
Exit status:
  0    all that was asked was answered
  1    an error of lengthwise or of the machine
  2    an error in the command line or in a file
  3    incomplete: the budget ran out or questions failed; the numbers so far are printed
  4    a horizon is not shown to reach what --at-least asks for
  130  interrupted; what was done is kept where the line on stderr says so`;

/**
 * Thrown by a command that has printed its results and ends with a status of its own. The message is one line: what is
 * missing, and the way on.
 */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: typeof exits.incomplete | typeof exits.notShown;

  constructor(message: string, code: Exit['code']) {
    super(message);
    this.code = code;
  }
}
