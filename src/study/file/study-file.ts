/**
 * The study file: which tasks, which models to train on them, how to measure. It is validated whole; what is wrong is
 * named all at once, with line and column. Format: docs/study.md.
 */
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { taskNamed, tasks, type TaskOptions } from '../../tasks/index.ts';
import { checkOptions } from '../../tasks/check-options.ts';
import { presetNames, type PresetName } from '../../train/presets.ts';
import type { Positions } from '../../train/spec.ts';
import { checkCombinations } from './combinations.ts';
import { attempt, list, oneOf, Reading, record, text, truth, type Mistake, type Place } from './reading.ts';
import {
  measureFields,
  optionFields,
  POSITIONS,
  seeds,
  trainKeys,
  trainSettings,
  type MeasureSettings,
  type TrainSettings,
} from './settings.ts';

/** A study as its file says it, with defaults filled in. */
export interface StudySpec {
  readonly name: string;
  readonly tasks: readonly TaskEntry[];
  readonly models: readonly ModelEntry[];
  readonly preset: PresetName;
  readonly train: TrainSettings;
  readonly seeds: readonly number[];
  readonly predict: boolean;
}

/** A task with what the file says of it. */
export interface TaskEntry {
  /** What it is called in this study: its task's name unless the file says otherwise. */
  readonly name: string;
  readonly task: string;
  readonly options: TaskOptions;
  readonly train: TrainSettings;
  readonly measure: MeasureSettings;
  readonly place: Place;
}

/** A kind of model to train on every task. */
export interface ModelEntry {
  readonly name: string;
  readonly positions: Positions;
  readonly preset: PresetName | undefined;
  readonly train: TrainSettings;
  readonly place: Place;
}

/** A study file that was read: its base name, its text, and what it says. */
export interface StudyFile {
  readonly name: string;
  readonly text: string;
  readonly spec: StudySpec;
}

/** A file that is not a valid study, with everything that is wrong with it. */
export class StudyFileError extends UserError {
  readonly file: string;
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    super(
      `${file} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}; nothing was done`,
    );
    this.file = file;
    this.mistakes = mistakes;
  }
}

/** A study is written by hand; a thousand symbols of an alphabet are 5 KB. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TASKS = 100;
const MAX_MODELS = 100;

const DEFAULT_N = 200;
const DEFAULT_THRESHOLD = 0.9;
const DEFAULT_MEASURE_SEED = 1;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

/**
 * Reads and validates a study file.
 * @throws UserError when it can't be read, StudyFileError (with all mistakes) when it is no valid study
 */
export function readStudyFile(file: string): StudyFile {
  const text = readText(file);
  return { name: path.basename(file), text, spec: parseStudy(text, file) };
}

/** Validates the text of a study file; `file` is what messages call it. */
export function parseStudy(text: string, file: string): StudySpec {
  const reading = new Reading(text);
  const spec = reading.isYaml() ? study(reading.root()) : undefined;
  const mistakes = reading.mistakes();
  if (spec === undefined || mistakes.length > 0) throw new StudyFileError(file, mistakes);
  return spec;
}

const studyFields = {
  name: text('the name', NAME, 'made of letters, digits, . _ - (it names a folder), at most 64'),
  tasks: list((place) => ({ place, read: taskEntry(place) }), {
    max: MAX_TASKS,
    reason: 'split the study',
  }),
  models: list(modelEntry, { max: MAX_MODELS, reason: 'split the study' }),
  preset: oneOf('preset', presetNames),
  train: trainSettings,
  measure: record('measure', measureFields, ['lengths']),
  seeds,
  predict: truth(),
};

function study(place: Place): StudySpec | undefined {
  const read = record('a study', studyFields, ['name', 'tasks', 'models', 'measure'])(place);
  if (read === undefined) return undefined;
  const { measure = {}, models = [] } = read;
  const entries = (read.tasks ?? []).flatMap((entry) =>
    entry.read === undefined ? [] : [completed(entry.place, entry.read, measure)],
  );
  refuseRepeats(entries, 'task');
  refuseRepeats(models, 'model');
  const spec: StudySpec = {
    name: read.name ?? '',
    tasks: entries,
    models,
    preset: read.preset ?? 'quick',
    train: read.train ?? {},
    seeds: read.seeds ?? [1],
    predict: read.predict ?? true,
  };
  checkCombinations(spec);
  return spec;
}

const taskFields = {
  task: oneOf(
    'task',
    tasks.map((task) => task.name),
  ),
  name: text('the name of a task', NAME, 'made of letters, digits, . _ -, at most 64'),
  ...optionFields,
  train: trainSettings,
  measure: record('measure', measureFields),
};

type TaskFields = NonNullable<ReturnType<typeof taskMapping>>;

const taskMapping = record('a task', taskFields, ['task']);

/** A name alone, or a mapping. */
function taskEntry(place: Place): TaskFields | undefined {
  const read = typeof place.scalar() === 'string' ? { task: taskFields.task(place) } : taskMapping(place);
  return read?.task === undefined ? undefined : read;
}

/** The entry with the study's settings for measuring, once its options are known to be good. */
function completed(place: Place, fields: TaskFields, shared: Partial<MeasureSettings>): TaskEntry {
  const { task = '', name = task, occurrences, where, pool, train = {}, measure = {} } = fields;
  const given = { alphabet: fields.alphabet?.value, occurrences, where, pool };
  const options = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as TaskOptions;
  const settings = {
    lengths: measure.lengths ?? shared.lengths ?? [],
    n: measure.n ?? shared.n ?? DEFAULT_N,
    seed: measure.seed ?? shared.seed ?? DEFAULT_MEASURE_SEED,
    threshold: measure.threshold ?? shared.threshold ?? DEFAULT_THRESHOLD,
  };
  const good = attempt(place, () => checkOptions(taskNamed(task), options));
  return { name, task, options: good ? options : {}, train, measure: settings, place };
}

const modelMapping = record(
  'a model',
  {
    name: text('the name of a model', NAME, 'made of letters, digits, . _ -, at most 64'),
    positions: oneOf('positions', POSITIONS),
    preset: oneOf('preset', presetNames),
    ...trainKeys,
  },
  ['positions'],
);

function modelEntry(place: Place): ModelEntry | undefined {
  const read = modelFields(place);
  if (read?.positions === undefined) return undefined;
  const { positions, name = positions, preset, ...train } = read;
  return { name, positions, preset, train, place };
}

/** A kind of positions alone, or a mapping. */
function modelFields(place: Place): ReturnType<typeof modelMapping> {
  if (typeof place.scalar() !== 'string') return modelMapping(place);
  return { positions: oneOf('model', POSITIONS)(place) };
}

function refuseRepeats(entries: readonly { name: string; place: Place }[], what: string): void {
  const seen = new Set<string>();
  for (const { name, place } of entries) {
    if (seen.has(name)) place.fail(`there are two ${what}s '${name}': give one of them another 'name'`);
    seen.add(name);
  }
}

function readText(file: string): string {
  try {
    return readTextFile(file, MAX_FILE_BYTES);
  } catch (error) {
    throw new UserError(`cannot read the study file ${file}: ${messageOf(error)}`);
  }
}
