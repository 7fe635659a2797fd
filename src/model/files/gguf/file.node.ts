/** GGUF files on disk: the header, and tensors one by one, so that a file larger than memory can be looked into. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { fileFault, UserError } from '../../../common/errors.ts';
import { readInto } from '../read-into.node.ts';
import { blockFormats } from './blocks.ts';
import { HEADER_CAP, parseGgufHeader } from './header.ts';
import type { GgufHeader, GgufTensor } from './header.ts';

/** Enough for most headers; one that goes on is read again with four times as much. */
const FIRST_READ = 16 * 2 ** 20;

/** An open file. */
export interface GgufFile {
  readonly header: GgufHeader;
  /** The numbers of a tensor of the header, in float32. */
  readonly read: (tensor: GgufTensor) => Promise<Float32Array>;
}

/**
 * @param use gets the file, which is open until its promise is settled
 * @throws UserError in one line for what is no GGUF file, or a damaged one
 */
export async function withGguf<T>(path: string, use: (file: GgufFile) => Promise<T>): Promise<T> {
  const file = await opened(path);
  try {
    const header = await readHeader(file, path);
    return await use({
      header,
      read: async ({ name, format, begin, bytes }) => {
        const data = await readAt(file, begin, bytes);
        if (data.length < bytes) throw new UserError(`${path}: cut off in tensor '${name}'`);
        return blockFormats[format].read(data);
      },
    });
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new UserError(`${path}: cannot be read: ${fileFault(error)}`);
  }
}

async function readHeader(file: FileHandle, path: string): Promise<GgufHeader> {
  const found = await file.stat();
  if (!found.isFile()) throw new UserError(`${path}: no file; a GGUF file was expected`);
  for (let length = FIRST_READ; ; length = Math.min(4 * length, HEADER_CAP)) {
    const header = parseGgufHeader(await readAt(file, 0, Math.min(length, found.size)), found.size, path);
    if (header !== undefined) return header;
  }
}

/** Fewer bytes than asked for where the file ends. */
async function readAt(file: FileHandle, begin: number, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  return data.subarray(0, await readInto(file, data, begin));
}
