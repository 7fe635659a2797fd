/** Writes any number of lines to stdout: as fast as the reader takes them, and stops when it or the user has enough. */
import { setImmediate } from 'node:timers/promises';
import type { Io } from './command.ts';

/** Lines are handed over together up to this many characters, because a write for each would cost more than the line. */
const CHUNK = 1 << 16;

/** Nobody waits longer than this for the first lines, in milliseconds. */
const PATIENCE = 100;

/** Writes each line with a newline behind it. A closed pipe ends the process (see io.ts), Ctrl-C throws. */
export async function writeLines(io: Io, lines: Iterable<string>): Promise<void> {
  let chunk = '';
  let since = performance.now();
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK && performance.now() - since < PATIENCE) continue;
    await io.document(chunk);
    await setImmediate(); // lets signals and a closed pipe be noticed
    io.signal.throwIfAborted();
    chunk = '';
    since = performance.now();
  }
  await io.document(chunk);
}
