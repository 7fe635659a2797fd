/** The records of a file, as a stream: JSON lines or one JSON value (`records.ts`), gzipped or not. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileFault, messageOf, UserError } from '../../common/errors.ts';
import type { FieldNames } from './fields.ts';
import { rawRecords } from './records.ts';
import type { RawRecord } from './records.ts';

/** @throws UserError where the file can't be read, has no record, or none that can be told from others */
export async function* recordsOf(file: string, names: FieldNames = {}): AsyncGenerator<RawRecord> {
  let isEmpty = true;
  for await (const record of rawRecords(await bytesOf(file), file, names)) {
    isEmpty = false;
    yield record;
  }
  if (isEmpty) throw new UserError(`${file} is empty: it holds no record`);
}

/** The bytes of a file, unpacked where the first of them say that it is gzipped. */
async function bytesOf(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (!(await isGzip(file))) return read(createReadStream(file), file);
  const unpacked = createGunzip();
  pipeline(createReadStream(file), unpacked, () => undefined); // its error comes to whoever reads `unpacked`
  return read(unpacked, file);
}

async function* read(stream: Readable, file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** zlib's own words for a download that was cut off or damaged say neither. */
function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return 'its gzip data is cut off (unexpected end of file): get the whole file';
  if (code === 'Z_DATA_ERROR') return `its gzip data is damaged (${messageOf(error)}): get the file again`;
  return fileFault(error);
}

async function isGzip(file: string): Promise<boolean> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new UserError('it is a folder, not a file');
    if (!found.isFile()) throw new UserError('it is a pipe or a device, not a file');
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
}
