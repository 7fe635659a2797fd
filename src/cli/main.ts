/**
 * The command `lengthwise`: reads the command line, runs one command, and turns what goes wrong into one line and
 * an exit code (2: the user's mistake, 1: ours, 130: interrupted).
 */
import { Command, CommanderError } from 'commander';
import { messageOf, UserError } from '../common/errors.ts';
import { createIo } from './io.ts';
import { commands } from './commands.ts';

const io = createIo();
const program = new Command('lengthwise')
  .description('which copying and retrieving a transformer can be trusted with, up to what length, and why')
  .showSuggestionAfterError()
  .showHelpAfterError('(run with --help for the options and an example)')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'lengthwise: ')) });

for (const register of commands) register(program, io);
inheritSettings(program);

try {
  await program.parseAsync();
  io.endProgress();
} catch (error) {
  io.endProgress();
  process.exitCode = report(error);
}

/** Says what went wrong and gives the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed its line
  if (io.signal.aborted && (error === io.signal.reason || (error as Error).name === 'AbortError')) {
    io.say('lengthwise: interrupted; the same command goes on from here');
    return 130;
  }
  io.say(`lengthwise: ${messageOf(error)}`);
  if (process.env.LENGTHWISE_DEBUG !== undefined && error instanceof Error) io.say(error.stack ?? '');
  return error instanceof UserError ? 2 : 1;
}

/** Subcommands that were made by hand take over how errors end and are printed. */
function inheritSettings(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent);
    inheritSettings(child);
  }
}
