/** Runs one command, and turns what goes wrong into one line and an exit status (`shared/exit.ts`). */
import { CommanderError } from 'commander';
import { messageOf, UserError } from '../common/errors.ts';
import { Exit, exits } from './shared/exit.ts';
import { exitCodeOf } from './shared/io.ts';
import type { WholeIo } from './shared/io.ts';
import { createProgram, helpAsked } from './program.ts';
import { runInThread } from './shared/thread.ts';

/** Commands that may compute for seconds without a break. */
const COMPUTE: ReadonlySet<string> = new Set(['crasp', 'predict', 'certificate']);

/**
 * Runs the command of these words.
 * @returns its exit status; undefined where it went well, or has set `process.exitCode` itself
 */
export async function runCommand(words: readonly string[], io: WholeIo): Promise<number | undefined> {
  try {
    const program = createProgram(io);
    program.hook('preAction', (_, command) => {
      if (command.opts().json === true) io.speakJson();
    });
    for (const command of program.commands) if (COMPUTE.has(command.name())) runInThread(command, io);
    const asked = helpAsked(program, words);
    if (asked === null) await program.parseAsync(words, { from: 'user' });
    else asked.outputHelp();
    io.endProgress();
    return undefined;
  } catch (error) {
    io.endProgress();
    return reported(error, io);
  }
}

/** Says what went wrong and gives the exit status for it. */
export function reported(error: unknown, io: WholeIo): number {
  // Commander has printed its line. It calls it an error, too, when it prints help because no subcommand was given.
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === 'commander.help' ? exits.done : exits.user;
  if (io.signal.aborted && (error === io.signal.reason || (error as Error).name === 'AbortError')) {
    io.say(`lengthwise: interrupted${io.goesOn ? '; the same command goes on from here' : ''}`);
    return exitCodeOf(io.signal.reason);
  }
  io.say(`lengthwise: ${messageOf(error)}`);
  if (error instanceof Exit) return error.code;
  if (process.env.LENGTHWISE_DEBUG !== undefined && error instanceof Error) io.say(error.stack ?? '');
  return error instanceof UserError ? exits.user : exits.ours;
}
