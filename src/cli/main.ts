/** The command `lengthwise`: reads the command line and runs one command. */
import { reported, runCommand } from './run.ts';
import { createIo, processSurroundings } from './shared/io.ts';

const io = createIo(processSurroundings());
process.on('uncaughtException', (error) => {
  io.endProgress();
  process.exit(reported(error, io));
});

process.exitCode = (await runCommand(process.argv.slice(2), io)) ?? process.exitCode;
