/** Text files that somebody names on a command line: read whole, but never without end. */
import { closeSync, openSync, readSync } from 'node:fs';
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
