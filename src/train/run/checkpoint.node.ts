/**
 * A run's state on disk, so that a run that was killed goes on as if it had not been. One file: the length of a JSON
 * header, the header, the arrays as they lie in memory, and the SHA-256 of all that. It is written beside its name and
 * moved there when it is whole, so that at every moment there is one good checkpoint or none.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DiskFullError, fileFault, messageOf, saysDiskFull, UserError } from '../../common/errors.ts';
import type { ProgressRow } from './rows.ts';

export interface Checkpoint {
  /** Canonical JSON of the specification that this run follows. */
  readonly spec: string;
  /** Steps done. */
  readonly step: number;
  /** Seconds of work in all runs so far. */
  readonly seconds: number;
  /** The learning curve so far. */
  readonly curve: readonly ProgressRow[];
  /** Loss summed over the steps since the last point of the curve. */
  readonly lossSum: number;
  /** Parameters and the optimizer's moments, by the name of the graph's input. */
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

interface Header extends Omit<Checkpoint, 'arrays'> {
  readonly version: number;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
}

const VERSION = 1;
const LENGTH_BYTES = 4;
const DIGEST_BYTES = 32;

export const CHECKPOINT_FILE = 'training.checkpoint';
const PARTIAL = '.partial';

/** Whether a file of that name in a run's folder is a checkpoint, or the beginning of one that a kill left. */
export function isCheckpointFile(name: string): boolean {
  return name === CHECKPOINT_FILE || isPartialCheckpoint(name);
}

export function isPartialCheckpoint(name: string): boolean {
  return name.startsWith(`${CHECKPOINT_FILE}.`) && name.endsWith(PARTIAL);
}

/** @throws DiskFullError; UserError when the folder can't be written; in both cases the checkpoint before stays as it is */
export function writeCheckpoint(folder: string, checkpoint: Checkpoint): void {
  const file = path.join(folder, CHECKPOINT_FILE);
  // A process of its own name: one that a killed run left for the moment must not write into the same file.
  const temporary = `${file}.${process.pid}${PARTIAL}`;
  try {
    const handle = openSync(temporary, 'w');
    try {
      const digest = createHash('sha256');
      for (const part of partsOf(checkpoint)) {
        digest.update(part);
        writeAll(handle, part);
      }
      writeAll(handle, digest.digest());
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (saysDiskFull(error)) throw new DiskFullError(folder, { cause: error });
    throw new UserError(`cannot write to ${folder}: ${fileFault(error, 'write')}`, { cause: error });
  }
}

/**
 * The checkpoint in a folder, or undefined when there is none.
 * @throws UserError when there is one that is damaged, or of another version
 */
export function readCheckpoint(folder: string): Checkpoint | undefined {
  const file = path.join(folder, CHECKPOINT_FILE);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
  try {
    return parseCheckpoint(bytes);
  } catch (error) {
    throw new UserError(`${file} cannot be used: ${messageOf(error)}; delete it to train from the start`);
  }
}

function* partsOf({ arrays, ...rest }: Checkpoint): Generator<Uint8Array> {
  const header: Header = {
    version: VERSION,
    ...rest,
    arrays: [...arrays].map(([name, data]) => ({ name, length: data.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  yield new Uint8Array(new Uint32Array([text.length]).buffer);
  yield text;
  for (const data of arrays.values()) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** What the digest vouches for was written by `writeCheckpoint`; only its version is left to look at. */
function parseCheckpoint(bytes: Buffer): Checkpoint {
  const end = bytes.length - DIGEST_BYTES;
  const digest = createHash('sha256').update(bytes.subarray(0, Math.max(0, end)));
  if (end < LENGTH_BYTES || !digest.digest().equals(bytes.subarray(end))) {
    throw new Error('it is damaged, or no checkpoint');
  }
  const headerEnd = LENGTH_BYTES + bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, headerEnd)) as Header;
  if (header.version !== VERSION) throw new Error(`its version is ${header.version}, not ${VERSION}`);
  const arrays = new Map<string, Float32Array>();
  let offset = headerEnd;
  for (const { name, length } of header.arrays) {
    const data = new Float32Array(length);
    new Uint8Array(data.buffer).set(bytes.subarray(offset, offset + data.byteLength));
    arrays.set(name, data);
    offset += data.byteLength;
  }
  return { ...header, arrays };
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
}
