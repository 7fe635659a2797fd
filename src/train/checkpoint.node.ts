/**
 * A run's state on disk, so that a run that was killed goes on as if it had not been. One file: the length of a JSON
 * header, the header, then the arrays as they lie in memory. It is written beside its name and moved there when it is
 * whole, so that at every moment there is one good checkpoint or none.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { UserError, messageOf } from '../common/errors.ts';
import type { ProgressRow } from './rows.ts';

export interface Checkpoint {
  /** Canonical JSON of the specification that this run follows. */
  readonly spec: string;
  /** Steps done. */
  readonly step: number;
  /** Seconds of work in all sittings so far. */
  readonly seconds: number;
  /** The learning curve so far. */
  readonly curve: readonly ProgressRow[];
  /** Loss summed over the steps since the last point of the curve. */
  readonly lossSum: number;
  /** Parameters and the optimizer's moments, by the name of the graph's input. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

interface Header extends Omit<Checkpoint, 'arrays'> {
  readonly version: 1;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

/** A header holds a curve of some thousand points; what is larger is no checkpoint of ours. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

export const CHECKPOINT_FILE = 'training.checkpoint';

export function writeCheckpoint(folder: string, checkpoint: Checkpoint): void {
  const file = path.join(folder, CHECKPOINT_FILE);
  const { arrays, ...rest } = checkpoint;
  const header: Header = {
    version: 1,
    ...rest,
    arrays: [...arrays].map(([name, data]) => ({ name, length: data.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const temporary = `${file}.partial`;
  try {
    const handle = openSync(temporary, 'w');
    try {
      writeAll(handle, new Uint8Array(new Uint32Array([text.length]).buffer));
      writeAll(handle, text);
      for (const data of arrays.values()) {
        writeAll(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The checkpoint in a folder, or undefined when there is none. */
export function readCheckpoint(folder: string): Checkpoint | undefined {
  const file = path.join(folder, CHECKPOINT_FILE);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
  try {
    return parseCheckpoint(bytes);
  } catch (error) {
    throw new UserError(
      `${file} is no checkpoint of this version (${messageOf(error)}); delete it to train from the start`,
    );
  }
}

function parseCheckpoint(bytes: Buffer): Checkpoint {
  if (bytes.length < 4) throw new Error('it is empty');
  const headerBytes = bytes.readUInt32LE(0);
  if (headerBytes > MAX_HEADER_BYTES || 4 + headerBytes > bytes.length)
    throw new Error('its header is cut off');
  const header = JSON.parse(bytes.toString('utf8', 4, 4 + headerBytes)) as Header;
  if (header.version !== 1) throw new Error(`version ${String(header.version)}, expected 1`);
  const arrays = new Map<string, Float32Array>();
  let offset = 4 + headerBytes;
  for (const { name, length } of header.arrays) {
    if (offset + 4 * length > bytes.length) throw new Error(`${name} is cut off`);
    const data = new Float32Array(length);
    new Uint8Array(data.buffer).set(bytes.subarray(offset, offset + 4 * length));
    arrays.set(name, data);
    offset += 4 * length;
  }
  return { ...header, arrays };
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
}
