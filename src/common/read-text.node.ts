/** Text files that somebody names on a command line: read whole, but never without end. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { UserError } from './errors.ts';

const CHUNK_BYTES = 65_536;

/**
 * The text of a file in UTF-8. The cap holds for what is read, not for the size that the system tells: that of a
 * device or a pipe (`/dev/zero`, `<(…)`) is 0.
 * @throws UserError where it has more bytes than `cap` or is no UTF-8; the system's error where it can't be read
 */
export function readTextFile(file: string, cap: number): string {
  const bytes = readUpTo(file, cap + 1);
  if (bytes.length > cap)
    throw new UserError(`it has more than ${cap} bytes, which is the most that is read`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(isUtf16(bytes) ? 'it is UTF-16: save it as UTF-8' : 'it is no text in UTF-8');
  }
}

/**
 * The same of a file and nothing else: a pipe that nobody writes to would be waited for without end.
 * @throws as `readTextFile`, and UserError for a folder, a pipe, a device
 */
export function readRegularFile(file: string, cap: number): string {
  const stats = statSync(file);
  if (stats.isDirectory()) throw new UserError('it is a folder, not a file');
  if (!stats.isFile()) throw new UserError('it is a pipe or a device, not a file');
  return readTextFile(file, cap);
}

/** By its mark of the byte order: what Windows calls "Unicode". */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function readUpTo(file: string, most: number): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Uint8Array[] = [];
    for (let left = most; left > 0; left -= chunks[chunks.length - 1].length) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
  }
}
