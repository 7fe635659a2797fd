/** What `lengthwise train` is to train: preset, settings file and options put together, and all that is wrong with them. */
import { UserError } from '../../common/errors.ts';
import type { Mistake } from '../../study/file/reading.ts';
import type { TrainingFile } from '../../study/file/training-file.ts';
import type { Placing } from '../../tasks/index.ts';
import { TEXT } from '../../train/lessons/lessons.ts';
import type { Lessons } from '../../train/lessons/lessons.ts';
import type { Fault } from '../../train/spec/check.ts';
import type { Positions, TrainSpec } from '../../train/spec/spec.ts';
import { readAlphabet } from '../shared/alphabet.ts';
import type { Io } from '../shared/command.ts';

/** The options that say what is trained. */
export interface SettingFlags {
  readonly task?: string;
  readonly pe?: Positions;
  readonly preset?: string;
  readonly config?: string;
  readonly layers?: number;
  readonly heads?: number;
  readonly dim?: number;
  readonly lr?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly lengths?: { min: number; max: number };
  readonly maxLength?: number;
  readonly offsets?: boolean | number;
  readonly optimizer?: TrainSpec['optimizer'];
  readonly curriculum?: number;
  readonly alphabet?: string;
  readonly place?: Placing;
  readonly seed?: number;
}

/** The options that set parts of a specification, as people write them. */
const FLAGS: Partial<Record<keyof TrainSpec, { key: keyof SettingFlags; option: string }>> = {
  task: { key: 'task', option: '--task' },
  taskOptions: { key: 'alphabet', option: '--alphabet' },
  positions: { key: 'pe', option: '--pe' },
  layers: { key: 'layers', option: '--layers' },
  heads: { key: 'heads', option: '--heads' },
  dim: { key: 'dim', option: '--dim' },
  lengths: { key: 'lengths', option: '--lengths' },
  maxLength: { key: 'maxLength', option: '--max-length' },
  offsets: { key: 'offsets', option: '--offsets' },
  batch: { key: 'batch', option: '--batch' },
  steps: { key: 'steps', option: '--steps' },
  learningRate: { key: 'lr', option: '--lr' },
  optimizer: { key: 'optimizer', option: '--optimizer' },
  curriculum: { key: 'curriculum', option: '--curriculum' },
  seed: { key: 'seed', option: '--seed' },
};

const PLACE_FLAG = { key: 'place', option: '--place' } as const;

/** Positions are kept for lengths up to this multiple of the longest training length: to be measured there. */
const LENGTHS_BEYOND = 3;

/** The specification that the options ask for. @throws UserError after saying all that is wrong with it */
export async function checkedSpecOf(flags: SettingFlags, io: Io): Promise<TrainSpec> {
  const { checkedSpec, faultsOf } = await import('../../train/spec/check.ts');
  const { lessonsNamed } = await import('../../train/lessons/lessons.ts');
  const file = flags.config === undefined ? undefined : await readConfig(flags.config, io);
  const name = flags.task ?? file?.task;
  if (name === undefined) throw new UserError('which task? Give one with --task, such as --task UR');
  const spec = await specOf(lessonsNamed(name), flags, file);
  refuseFaults(faultsOf(spec), flags, file, io);
  return checkedSpec(spec);
}

/** Preset, then the settings file, then the options. */
async function specOf(
  lessons: Lessons,
  flags: SettingFlags,
  file: TrainingFile | undefined,
): Promise<TrainSpec> {
  const { preset } = await import('../../train/spec/presets.ts');
  const base = preset(
    flags.preset ?? file?.preset ?? 'quick',
    lessons.name,
    flags.pe ?? file?.positions ?? 'ape',
  );
  const said = {
    layers: flags.layers,
    heads: flags.heads,
    dim: flags.dim,
    learningRate: flags.lr,
    steps: flags.steps,
    batch: flags.batch,
    lengths: flags.lengths,
    maxLength: flags.maxLength,
    offsets: flags.offsets,
    optimizer: flags.optimizer,
    curriculum: flags.curriculum,
    seed: flags.seed,
  };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const alphabet = flags.alphabet === undefined ? {} : { alphabet: await readAlphabet(flags.alphabet) };
  const place = flags.place === undefined ? {} : { place: flags.place };
  const taskOptions = { ...base.taskOptions, ...file?.options, ...alphabet, ...place };
  const { lengthsThatExist, longestAdmitted } = await import('../../train/spec/check.ts');
  const merged: TrainSpec = {
    ...base,
    lengths: lengthsThatExist(base.lengths, lessons, taskOptions),
    ...file?.train,
    ...(file?.seed !== undefined && { seed: file.seed }),
    ...given,
    taskOptions,
  };
  if (flags.maxLength !== undefined || file?.train.maxLength !== undefined) return merged;
  return { ...merged, maxLength: roomBeyond(merged, longestAdmitted(lessons, taskOptions)) };
}

/** Positions for lengths well beyond the training range, as far as the task has such lengths. */
function roomBeyond({ task, maxLength, lengths }: TrainSpec, longest: number): number {
  // What was trained on text is asked other things: the preset's positions are for these.
  const wanted = task === TEXT ? maxLength : Math.max(maxLength, LENGTHS_BEYOND * lengths.max);
  return Math.max(lengths.max, Math.min(longest, wanted));
}

/** The settings file; its mistakes are said one a line. */
async function readConfig(name: string, io: Io): Promise<TrainingFile> {
  const { parseTrainingFile, readTrainingFile } = await import('../../study/file/training-file.ts');
  const { StudyFileError } = await import('../../study/file/study-file.ts');
  try {
    return parseTrainingFile(readTrainingFile(name), name);
  } catch (error) {
    if (error instanceof StudyFileError)
      for (const mistake of error.mistakes) io.say(mistakeLine(name, mistake));
    throw error;
  }
}

/** Says every fault at once: where the settings file has it, or by the option that would mend it. */
function refuseFaults(
  faults: readonly Fault[],
  flags: SettingFlags,
  file: TrainingFile | undefined,
  io: Io,
): void {
  const lines = faults.map(({ field, message }) => {
    // Two options set how samples are drawn: the message says which of them is meant.
    const flag = message.includes("'place'") ? PLACE_FLAG : FLAGS[field];
    const at = flag !== undefined && flags[flag.key] !== undefined ? undefined : file?.placeOf(field);
    return at === undefined
      ? `${flag?.option ?? field}: ${message}`
      : mistakeLine(file!.name, { ...at, message: `${field}: ${message}` });
  });
  if (lines.length === 0) return;
  if (lines.length === 1) throw new UserError(lines[0]);
  for (const line of lines) io.say(line);
  throw new UserError(`${lines.length} mistakes; nothing was done`);
}

function mistakeLine(file: string, { line, column, message }: Mistake): string {
  return `${file}:${line}:${column}: ${message}`;
}
