/** The settings file of `lengthwise train --config`: one training, in the words of a study file. */
import { fileFault, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { tasks, type TaskOptions } from '../../tasks/index.ts';
import { TEXT } from '../../train/lessons/lessons.ts';
import { presetNames, type PresetName } from '../../train/spec/presets.ts';
import type { Positions, TrainSpec } from '../../train/spec/spec.ts';
import { oneOf, Reading, record, wholeNumber, type Place, type Reader } from './reading.ts';
import { optionFields, POSITIONS, trainKeys, type TrainSettings } from './settings.ts';
import { StudyFileError } from './study-file.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** What the file says; what it doesn't say comes from the command line, or from the preset. */
export interface TrainingFile {
  /** What messages call it. */
  readonly name: string;
  readonly task?: string;
  readonly positions?: Positions;
  readonly preset?: PresetName;
  readonly seed?: number;
  readonly options: TaskOptions;
  readonly train: TrainSettings;
  /** Where the file says this part of the specification, if it does. 1-based. */
  placeOf(part: keyof TrainSpec): { readonly line: number; readonly column: number } | undefined;
}

const fields = {
  task: oneOf('task', [...tasks.map(({ name }) => name), TEXT]),
  positions: oneOf('kind of positions', POSITIONS),
  preset: oneOf('preset', presetNames),
  seed: wholeNumber({ min: 0, max: 4_294_967_295 }),
  ...optionFields,
  ...trainKeys,
};

/** @throws StudyFileError with every mistake's line and column */
export function parseTrainingFile(text: string, file: string): TrainingFile {
  const reading = new Reading(text);
  const places = new Map<string, Place>();
  const read = reading.isYaml() ? record('a training', noting(fields, places))(reading.root()) : undefined;
  const mistakes = reading.mistakes();
  if (mistakes.length > 0) throw new StudyFileError(file, mistakes);
  if (read === undefined) throw new UserError(`${file} is empty`);
  const { task, positions, preset, seed, alphabet, occurrences, where, pool, place, ...train } = read;
  const options = { alphabet: alphabet?.value, occurrences, where, pool, place };
  return {
    name: file,
    task,
    positions,
    preset,
    seed,
    options: withoutUndefined(options),
    train: withoutUndefined(train),
    placeOf: (part) => {
      const keys: readonly string[] = part === 'taskOptions' ? Object.keys(optionFields) : [part];
      return keys.flatMap((key) => places.get(key)?.position() ?? []).at(0);
    },
  };
}

/** The same readers, each of which leaves the place that it read from. */
function noting<F extends Record<string, Reader<unknown>>>(readers: F, places: Map<string, Place>): F {
  const noted = Object.entries(readers).map(([key, read]) => [
    key,
    (place: Place) => {
      places.set(key, place);
      return read(place);
    },
  ]);
  return Object.fromEntries(noted) as F;
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** The text of a settings file; it is written by hand, and short. */
export function readTrainingFile(file: string): string {
  try {
    return readTextFile(file, MAX_FILE_BYTES);
  } catch (error) {
    throw new UserError(`cannot read the settings ${file}: ${fileFault(error)}`);
  }
}
