/**
 * The study file: which tasks, which models to train on them and which respondents to ask, how to measure. It is
 * validated whole; what is wrong is named all at once, with line and column. Format: docs/study.md.
 */
import path from 'node:path';
import { fileFault, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { presetNames, type PresetName } from '../../train/spec/presets.ts';
import type { Symbols } from '../../tasks/index.ts';
import type { Positions } from '../../train/spec/spec.ts';
import { explaining, type Explaining } from './explaining.ts';
import { finetuning, type Finetuning } from './finetuning.ts';
import { fixing, type Fixing } from './fixing.ts';
import { checkCombinations, SEARCH_IS_NOT_FOR_TRAINED } from './combinations.ts';
import {
  hasKey,
  list,
  located,
  oneOf,
  Reading,
  record,
  text,
  truth,
  type Place,
  type Reader,
} from './reading.ts';
import { named, namesOfModels } from './model-names.ts';
import { respondentEntry, type RespondentEntry } from './respondents.ts';
import {
  alphabet,
  measureFields,
  POSITIONS,
  SEARCH,
  seeds,
  trainKeys,
  trainSettings,
  type TrainSettings,
} from './settings.ts';
import { StudyFileError } from './study-file-error.ts';
import { completed, NAME, taskEntry, type TaskEntry } from './tasks.ts';

export { StudyFileError } from './study-file-error.ts';
export type { RespondentEntry } from './respondents.ts';
export type { TaskEntry } from './tasks.ts';

/** A study as its file says it, with defaults filled in. */
export interface StudySpec {
  readonly name: string;
  readonly tasks: readonly TaskEntry[];
  /** Whether models are trained. */
  readonly trains: boolean;
  readonly models: readonly ModelEntry[];
  readonly respondents: readonly RespondentEntry[];
  readonly preset: PresetName;
  readonly train: TrainSettings;
  readonly seeds: readonly number[];
  readonly predict: boolean;
  /** null: nothing is explained. */
  readonly explain: Explaining | null;
  /** null: nothing is fine-tuned. */
  readonly finetune: Finetuning | null;
  /** null: nothing is to be mended. */
  readonly fix: Fixing | null;
}

/** A kind of model to train: on every task, each anew, or once on text, to be asked about all tasks. */
export interface ModelEntry {
  readonly name: string;
  readonly pretrain: 'text' | null;
  /** Of one that is pretrained: its words; undefined: the preset's. */
  readonly alphabet: Symbols | undefined;
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

/** A study is written by hand; a thousand symbols of an alphabet are 5 KB. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TASKS = 100;
const MAX_MODELS = 100;
const MAX_RESPONDENTS = 100;

/** A shorter one would be found in any text. */
const SHORTEST_KEY = 8;

/**
 * Reads and validates a study file.
 * @throws UserError when it can't be read, StudyFileError (with all mistakes) when it is no valid study
 */
export function readStudyFile(file: string): StudyFile {
  const text = readText(file);
  return { name: path.basename(file), text, spec: parseStudy(text, file) };
}

/** Validates the text of a study file; `file` is what messages call it, and files in it are relative to its folder. */
export function parseStudy(text: string, file: string): StudySpec {
  const reading = new Reading(text);
  refuseKeys(text, reading);
  const spec = reading.isYaml() ? study(reading.root(), file) : undefined;
  const mistakes = reading.mistakes();
  if (spec === undefined || mistakes.length > 0) throw new StudyFileError(file, mistakes);
  return spec;
}

/** The file's text is stored and shown in the report: a key that stands in the environment must not stand in it. */
function refuseKeys(text: string, reading: Reading): void {
  for (const name of ['LENGTHWISE_API_KEY', 'OPENAI_API_KEY']) {
    const key = process.env[name]?.trim() ?? '';
    const at = key.length < SHORTEST_KEY ? -1 : text.indexOf(key);
    if (at !== -1)
      reading.add(at, `here stands what ${name} holds: the key belongs into the environment only`);
  }
}

function study(place: Place, file: string): StudySpec | undefined {
  const base = path.dirname(file);
  const read = fieldsOf(base, file)(place);
  if (read === undefined) return undefined;
  const trains = hasKey(place, 'models');
  const { models = [], respondents = [] } = read;
  const measure = read.measure?.value ?? {};
  const explains = hasKey(place, 'explain') && read.explain?.models.length !== 0;
  const begins = ['respondents', 'fix', 'finetune'].some((key) => hasKey(place, key));
  if (!trains && !begins && !explains) {
    place.fail(
      "a study has no 'models' and no 'respondents': name models to train, or addresses to ask, or models to explain (explain: { models: [FILE] })",
    );
  }
  const eachHasLengths = read.tasks?.every(({ read }) => read?.measure?.lengths !== undefined) ?? false;
  if (trains && !eachHasLengths && !hasKey(place, 'measure')) place.fail("a study has no 'measure'");
  if (trains && measure.lengths === SEARCH) read.measure?.place.fail(SEARCH_IS_NOT_FOR_TRAINED);
  if (trains && !eachHasLengths && read.measure !== undefined) needLengths(read.measure.place);
  const entries = (read.tasks ?? []).flatMap((entry) =>
    entry.read === undefined ? [] : completed(entry.place, entry.read, measure, base),
  );
  refuseRepeats(entries, 'task');
  refuseRepeats([...models, ...respondents], 'model');
  const spec: StudySpec = {
    ...{ name: read.name ?? '', tasks: entries, trains, models, respondents },
    preset: read.preset ?? 'quick',
    train: read.train ?? {},
    seeds: read.seeds ?? [1],
    predict: read.predict ?? true,
    ...modelsNamed(read),
  };
  checkCombinations(spec, { asks: hasKey(place, 'respondents'), searches: measure.lengths === SEARCH });
  return spec;
}

/** Models in files, under names that tell them from each other, whichever parts of the study have them. */
function modelsNamed({
  explain = null,
  finetune = null,
  fix = null,
}: Partial<Pick<StudySpec, 'explain' | 'finetune' | 'fix'>>): Pick<
  StudySpec,
  'explain' | 'finetune' | 'fix'
> {
  const tuned = finetune?.models ?? [];
  const all = [...(explain?.models ?? []), ...(fix?.models ?? []), ...tuned.map(({ value }) => value)];
  const names = namesOfModels(all.map(({ target }) => target));
  return {
    explain: explain && { ...explain, models: explain.models.map((model) => named(model, names)) },
    finetune: finetune && {
      ...finetune,
      models: tuned.map(({ value, place }) => ({ value: named(value, names), place })),
    },
    fix: fix && { ...fix, models: fix.models.map((model) => named(model, names)) },
  };
}

function fieldsOf(base: string, file: string) {
  const fields = {
    name: text('the name', NAME, 'made of letters, digits, . _ - (it names a folder), at most 64'),
    tasks: list((place) => ({ place, read: taskEntry(place) }), {
      max: MAX_TASKS,
      reason: 'split the study',
    }),
    models: list(modelEntry, { max: MAX_MODELS, reason: 'split the study' }),
    respondents: ways(list(respondentEntry(base), { max: MAX_RESPONDENTS, reason: 'split the study' })),
    preset: oneOf('preset', presetNames),
    train: trainSettings,
    measure: located(record('measure', measureFields)),
    seeds,
    predict: truth(),
    explain: explaining(base),
    finetune: finetuning(base, file),
    fix: fixing(base),
  };
  return record('a study', fields, ['name', 'tasks']);
}

/** Respondents that are asked in several ways, as one list. */
function ways(reader: Reader<RespondentEntry[][]>): Reader<RespondentEntry[]> {
  return (place) => reader(place)?.flat();
}

/** Models that are trained are measured at lengths that the file gives: here, unless every task has its own. */
function needLengths(place: Place): void {
  if (!hasKey(place, 'lengths')) place.fail("measure has no 'lengths'");
}

const modelMapping = record(
  'a model',
  {
    name: text('the name of a model', NAME, 'made of letters, digits, . _ -, at most 64'),
    positions: oneOf('positions', POSITIONS),
    pretrain: oneOf<'text'>('kind of pretraining', ['text']),
    alphabet: located(alphabet),
    preset: oneOf('preset', presetNames),
    ...trainKeys,
  },
  ['positions'],
);

function modelEntry(place: Place): ModelEntry | undefined {
  const read = modelFields(place);
  if (read?.positions === undefined) return undefined;
  const { positions, pretrain = null, alphabet: words, preset, ...more } = read;
  const { name = positions, ...train } = more;
  if (words !== undefined && pretrain === null)
    words.place.fail("'alphabet' is of models with 'pretrain: text': others have the symbols of their task");
  return { name, pretrain, alphabet: words?.value, positions, preset, train, place };
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
    throw new UserError(`cannot read the study file ${file}: ${fileFault(error)}`);
  }
}
