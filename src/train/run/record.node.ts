/**
 * `training.json`: what was trained, how it went, and that it is finished. It appears together with the model's files,
 * so its presence means that they are whole.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileFault, UserError } from '../../common/errors.ts';
import { canonicalJson } from '../../common/json.ts';
import type { ProgressRow, TrainedRow } from './rows.ts';
import type { TrainSpec } from '../spec/spec.ts';

export const RECORD_FILE = 'training.json';

export interface TrainingRecord {
  readonly spec: TrainSpec;
  readonly curve: readonly ProgressRow[];
  readonly result: TrainedRow;
}

/** The records of one kind of training: the file, and what it says that the folder holds. */
export interface RecordKind {
  readonly file: string;
  readonly version: number;
  /** `training`: what it is a record of. */
  readonly of: string;
  /** `a model that was trained`. */
  readonly holds: string;
}

const TRAINING: RecordKind = {
  file: RECORD_FILE,
  version: 1,
  of: 'training',
  holds: 'a model that was trained',
};

export function recordText(record: TrainingRecord): string {
  return textOfRecord(TRAINING, record);
}

export function textOfRecord({ version }: RecordKind, record: object): string {
  return JSON.stringify({ version, ...record }, null, 1);
}

/**
 * The record of a finished training in a folder, or undefined when there is none.
 * @throws UserError when it is of other settings than `spec`
 */
export function readRecord(folder: string, spec: TrainSpec): TrainingRecord | undefined {
  return recordIn<TrainingRecord>(TRAINING, folder, spec);
}

/** The same of any kind. */
export function recordIn<T extends { readonly spec: object }>(
  kind: RecordKind,
  folder: string,
  spec: object,
): T | undefined {
  const record = readJson<T>(kind, path.join(folder, kind.file));
  if (record === undefined) return undefined;
  if (canonicalJson(record.spec) === canonicalJson(spec)) return record;
  throw new UserError(`${folder} holds ${kind.holds} with other settings: choose another folder`);
}

function readJson<T>({ version, of }: RecordKind, file: string): T | undefined {
  let record: (T & { version: number }) | null;
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as typeof record;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
  if (record?.version === version) return record;
  throw new UserError(`${file} is no record of a ${of} by this version: choose another folder`);
}

/** SHA-256 over the parameters' names and bytes, in the order of the names. */
export function weightsHash(weights: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const data = weights.get(name)!;
    hash.update(`${name}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
