/** Runs commands in this process, for tests of so many of them that starting processes would take most of the time. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommand } from '../src/cli/run.ts';
import { createIo } from '../src/cli/shared/io.ts';
import type { Ran } from './run-async.ts';

/** The working directory: what is given no other place is written here. */
export const workingDirectory = mkdtempSync(path.join(tmpdir(), 'lengthwise-here-'));
process.chdir(workingDirectory);
// As `bin/lengthwise.js` has it, for the processes that commands start.
process.env.NODE_COMPILE_CACHE ??= path.join(tmpdir(), 'node-compile-cache');

/**
 * What `bin/lengthwise.js` does with these words, but for the process: its environment, working directory, signals and
 * end. Several may run side by side. Not for commands that compute in a thread
 * (`crasp`, `predict`, `certificate`), nor for help, which commander prints.
 */
export async function commandHere(words: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [out, said] = ['', ''];
  stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const io = createIo({
    stdin: process.stdin,
    inputIsTerminal: false,
    stdout,
    stderr,
    on: () => undefined,
    exit: (status) => {
      throw new Error(`a command in this process ended it with status ${status}`);
    },
  });
  const code = (await runCommand(words, io)) ?? 0;
  await new Promise(setImmediate); // what was written last is heard
  return { code, out, said };
}
