/** Parts of files too large to be read at once. */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { fileFault, UserError } from '../../common/errors.ts';
import type { ReadInto } from './safetensors.ts';

/** Node reads no 2 GB at once. */
const ONE_READ = 2 ** 30;

/** Fills an array with the bytes of an open file from `begin` on. @returns how many there were */
export async function readInto(file: FileHandle, into: Uint8Array, begin: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, Math.min(into.length - done, ONE_READ), begin + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/**
 * A file of which parts are read one after the other, and its size.
 * @throws UserError for what is no file, or can't be read; so does reading, also beyond the file's end
 */
export async function partsOf(path: string): Promise<{ readonly read: ReadInto; readonly size: number }> {
  const fail = (error: unknown) => new UserError(`${path}: cannot be read: ${fileFault(error)}`);
  const found = await stat(path).catch((error: unknown) => {
    throw fail(error);
  });
  if (found.isDirectory()) throw fail({ code: 'EISDIR' });
  if (!found.isFile()) throw new UserError(`${path}: a device or a pipe, not a file`);
  const read: ReadInto = async (into, begin) => {
    // Opened for each part: a part is a tensor, and nobody has to close what nobody keeps open.
    const file = await open(path).catch((error: unknown) => {
      throw fail(error);
    });
    try {
      const count = await readInto(file, into, begin).catch((error: unknown) => {
        throw fail(error);
      });
      if (count < into.length) throw new UserError(`${path}: cut off at byte ${begin + count}`);
    } finally {
      await file.close();
    }
  };
  return { read, size: found.size };
}
