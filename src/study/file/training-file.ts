/** The settings file of `lengthwise train --config`: one training, in the words of a study file. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf, UserError } from '../../common/errors.ts';
import { tasks, type TaskOptions } from '../../tasks/index.ts';
import { presetNames, type PresetName } from '../../train/presets.ts';
import type { Positions } from '../../train/spec.ts';
import { oneOf, Reading, record, wholeNumber } from './reading.ts';
import { optionFields, POSITIONS, trainKeys, type TrainSettings } from './settings.ts';
import { StudyFileError } from './study-file.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** What the file says; what it doesn't say comes from the command line, or from the preset. */
export interface TrainingFile {
  readonly task?: string;
  readonly positions?: Positions;
  readonly preset?: PresetName;
  readonly seed?: number;
  readonly options: TaskOptions;
  readonly train: TrainSettings;
}

const fields = {
  task: oneOf(
    'task',
    tasks.map(({ name }) => name),
  ),
  positions: oneOf('kind of positions', POSITIONS),
  preset: oneOf('preset', presetNames),
  seed: wholeNumber({ min: 0, max: 4_294_967_295 }),
  ...optionFields,
  ...trainKeys,
};

/** @throws StudyFileError with every mistake's line and column */
export function parseTrainingFile(text: string, file: string): TrainingFile {
  const reading = new Reading(text);
  const read = reading.isYaml() ? record('a training', fields)(reading.root()) : undefined;
  const mistakes = reading.mistakes();
  if (mistakes.length > 0) throw new StudyFileError(file, mistakes);
  if (read === undefined) throw new UserError(`${file} is empty`);
  const { task, positions, preset, seed, alphabet, occurrences, where, pool, ...train } = read;
  const options = { alphabet: alphabet?.value, occurrences, where, pool };
  return {
    task,
    positions,
    preset,
    seed,
    options: withoutUndefined(options),
    train: withoutUndefined(train),
  };
}

function withoutUndefined<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** The text of a settings file; it is written by hand, and short. */
export function readTrainingFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES)
      throw new UserError(`it has ${size} bytes, and at most ${MAX_FILE_BYTES} are read`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the settings ${file}: ${messageOf(error)}`);
  }
}
