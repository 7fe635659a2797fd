/** What a command file offers, and what it gets. One file per command, each listed in `commands.ts`. */
import type { Command } from 'commander';

/** A terminal or something else. */
export type Stdout = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * The world outside as a command sees it. Foreign text may be in all that it gives: what a terminal would obey, or nobody
 * would see, is named on the way (`common/legible.ts`); with --json it is escaped, so that the value is the same.
 */
export interface Io {
  /** Results go here. Resolves when the text is taken, so that a slow reader slows us down instead of filling memory. */
  out(text: string): Promise<void>;
  /** The same for what is kept as a file (a program, samples): into a pipe or a file it goes as it is, to the byte. */
  document(text: string): Promise<void>;
  /** Where results go, for tables in any format, which are written as they come: what is no text for people goes there as it is. */
  readonly stdout: Stdout;
  /** One line for people on stderr. */
  say(line: string): void;
  /** The line that says what is going on and how long it will still take; on a terminal it is rewritten in place. */
  progress(line: string): void;
  /** Writes a file whole or not at all. Rejects with DiskFullError, or what the system says. */
  write(file: string, text: string): Promise<void>;
  /** Standard input. */
  input(): NodeJS.ReadableStream;
  readonly inputIsTerminal: boolean;
  /** How wide the terminal is that results go to. */
  readonly columns: number | undefined;
  /** What is done from now on is kept: where it stops, the same command goes on; or (false) all is done. */
  keeps(undone?: boolean): void;
  /** Aborted by Ctrl-C (and SIGTERM): stop at the next safe place and say how to go on. */
  readonly signal: AbortSignal;
}

/** Adds its commands to the program. Rooms are imported inside actions, so that `--help` is quick. */
export type Register = (program: Command, io: Io) => void;
