/** The tasks of a study file: those that a model can be trained for, and all others that a respondent can be asked. */
import path from 'node:path';
import { askableNamed, askableNames, groupMembers, groupNames } from '../../prompt/askable.ts';
import { isTaskFile } from '../../measure/targets/inquiry.node.ts';
import { readOwnTask } from '../../prompt/own/own-task.node.ts';
import { tasks, type TaskOptions } from '../../tasks/index.ts';
import { checkOptions } from '../../tasks/check-options.ts';
import { attempt, oneOf, record, text, type Place } from './reading.ts';
import {
  measureFields,
  optionFields,
  trainSettings,
  type MeasureSettings,
  type TrainSettings,
} from './settings.ts';

/** A task with what the file says of it. */
export interface TaskEntry {
  /** What it is called in this study: its task's name unless the file says otherwise. */
  readonly name: string;
  readonly task: string;
  /** What a respondent is asked by: the task's name, or the file of one's own. */
  readonly asks: string;
  /** Whether models can be trained for it. */
  readonly trainable: boolean;
  /** The task that theory speaks of where it speaks of this one; null where it doesn't. */
  readonly theory: string | null;
  readonly options: TaskOptions;
  readonly train: TrainSettings;
  readonly measure: MeasureSettings;
  readonly place: Place;
}

const DEFAULT_N = 200;
const DEFAULT_THRESHOLD = 0.9;
const DEFAULT_MEASURE_SEED = 1;

/** What a study, a task, a model may be called. */
export const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

/** The task that a task over lines is, once each line is taken for one symbol. */
const OVER_LINES: Readonly<Record<string, string>> = {
  'git-revert': 'UF',
  'git-cherrypick': 'UB',
  'text-copy': 'NF',
  'text-copy-backward': 'NB',
};

const taskFields = {
  task: taskName,
  name: text('the name of a task', NAME, 'made of letters, digits, . _ -, at most 64'),
  ...optionFields,
  train: trainSettings,
  measure: record('measure', measureFields),
};

const taskMapping = record('a task', taskFields, ['task']);

type TaskFields = NonNullable<ReturnType<typeof taskMapping>>;

/** Reads what stands for one task (or a group of tasks); `completed` makes the entries of it. */
export function taskEntry(place: Place): TaskFields | undefined {
  const read = typeof place.scalar() === 'string' ? { task: taskName(place) } : taskMapping(place);
  return read?.task === undefined ? undefined : read;
}

/** What a task is called in this study. */
export function taskText(place: Place): string | undefined {
  const value = place.scalar();
  return typeof value === 'string'
    ? value
    : place.fail(`'${place.name}' is the name of a task, not ${place.shown()}`);
}

function taskName(place: Place): string | undefined {
  const value = place.scalar();
  if (typeof value === 'string' && isTaskFile(value)) return value;
  return oneOf('task', [...askableNames(), ...groupNames()])(place);
}

/** The entries with the study's settings for measuring; files are relative to `base`. */
export function completed(
  place: Place,
  fields: TaskFields,
  shared: Partial<MeasureSettings>,
  base: string,
): TaskEntry[] {
  const { task = '' } = fields;
  if (isTaskFile(task)) return ownEntry(place, fields, shared, path.join(base, task));
  const members = groupMembers(task);
  return members.map((member) => {
    const name = members.length === 1 ? fields.name : fields.name && `${fields.name}-${member}`;
    const known = tasks.find((each) => each.name === member);
    return {
      name: name ?? member,
      task: member,
      asks: member,
      trainable: known !== undefined,
      theory: known?.name ?? OVER_LINES[member] ?? null,
      ...settingsOf(place, fields, shared, askableNamed(member)),
    };
  });
}

function ownEntry(
  place: Place,
  fields: TaskFields,
  shared: Partial<MeasureSettings>,
  file: string,
): TaskEntry[] {
  const entries: TaskEntry[] = [];
  attempt(place, () => {
    const own = readOwnTask(file).task;
    const { name: task, operation } = own;
    entries.push({
      ...{ name: fields.name ?? task, task, asks: file, trainable: false, theory: operation },
      ...settingsOf(place, fields, shared, own),
    });
  });
  return entries;
}

function settingsOf(
  place: Place,
  fields: TaskFields,
  shared: Partial<MeasureSettings>,
  task: Parameters<typeof checkOptions>[0],
): Pick<TaskEntry, 'options' | 'train' | 'measure' | 'place'> {
  const { occurrences, where, pool, place: part, train = {}, measure = {} } = fields;
  const given = { alphabet: fields.alphabet?.value, occurrences, where, pool, place: part };
  const options = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as TaskOptions;
  const good = attempt(place, () => checkOptions(task, options));
  return {
    options: good ? options : {},
    train,
    measure: {
      lengths: measure.lengths ?? shared.lengths ?? [],
      n: measure.n ?? shared.n ?? DEFAULT_N,
      seed: measure.seed ?? shared.seed ?? DEFAULT_MEASURE_SEED,
      threshold: measure.threshold ?? shared.threshold ?? DEFAULT_THRESHOLD,
    },
    place,
  };
}

/** Where no task could be read, what else is in the file is still checked, with one that stands in. */
export function anyTask(place: Place): TaskEntry {
  const measure = { lengths: [], n: 1, seed: 1, threshold: DEFAULT_THRESHOLD };
  const about = { name: 'UR', task: 'UR', asks: 'UR', trainable: true, theory: 'UR' };
  return { ...about, options: {}, train: {}, measure, place };
}
