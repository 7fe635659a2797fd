/**
 * The command `lengthwise`: reads the command line, runs one command, and turns what goes wrong into one line and
 * an exit code (2: the user's mistake, 1: ours, 130: interrupted).
 */
import { CommanderError } from 'commander';
import { messageOf, UserError } from '../common/errors.ts';
import { createIo, exitCodeOf } from './shared/io.ts';
import { createProgram } from './shared/program.ts';

const io = createIo();
process.on('uncaughtException', (error) => {
  io.endProgress();
  process.exit(report(error));
});

try {
  await createProgram(io).parseAsync();
  io.endProgress();
} catch (error) {
  io.endProgress();
  process.exitCode = report(error);
}

/** Says what went wrong and gives the exit code for it. */
function report(error: unknown): number {
  // Commander has printed its line. It calls it an error, too, when it prints help because no subcommand was given.
  if (error instanceof CommanderError) return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
  if (io.signal.aborted && (error === io.signal.reason || (error as Error).name === 'AbortError')) {
    io.say(`lengthwise: interrupted${io.goesOn ? '; the same command goes on from here' : ''}`);
    return exitCodeOf(io.signal.reason);
  }
  io.say(`lengthwise: ${messageOf(error)}`);
  if (process.env.LENGTHWISE_DEBUG !== undefined && error instanceof Error) io.say(error.stack ?? '');
  return error instanceof UserError ? 2 : 1;
}
