/** What is wrong with a training specification, all of it at once, before anything is computed. */
import { messageOf, UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { parameterCount, Tokenizer } from '../../model/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { lessonsNamed } from '../lessons/lessons.ts';
import type { Lessons } from '../lessons/lessons.ts';
import { configOf } from './model.ts';
import { schedules } from './spec.ts';
import type { TrainSpec } from './spec.ts';

/** More parameters than this train for days on a CPU; a slip of the keyboard is likelier than patience. */
const MAX_DIM = 4096;
const MAX_LAYERS = 64;
/** Parameters with their two moments have to fit into a checkpoint of 2 GiB, which is the most that Node reads at once. */
export const MAX_PARAMETERS = 150_000_000;
/** Longer sequences than this need more memory for attention than a machine without a GPU has. */
const MAX_LENGTH = 16_384;
export const MAX_BATCH = 65_536;

/** Whole numbers, with the least that they can be. */
const COUNTS = [
  ['layers', 1],
  ['heads', 1],
  ['dim', 1],
  ['batch', 1],
  ['steps', 1],
  ['evaluateEvery', 1],
  ['maxLength', 1],
  ['warmup', 0],
  ['curriculum', 0],
  ['seed', 0],
] as const;

/** Names, of which one is chosen. */
const CHOICES = {
  positions: ['ape', 'nope', 'rope'],
  optimizer: ['adamw', 'muon'],
  schedule: schedules,
  positionStart: ['normal', 'sinusoid'],
} as const satisfies { [Field in keyof TrainSpec]?: readonly TrainSpec[Field][] };

export interface Fault<Field = keyof TrainSpec> {
  /** The field of the specification that would have to change. */
  readonly field: Field;
  readonly message: string;
}

/** Every fault of a specification; none means that it can be trained. @throws UserError for a task that does not exist */
export function faultsOf(spec: TrainSpec): Fault[] {
  const lessons = lessonsNamed(spec.task);
  const faults: Fault[] = [];
  const fault = (field: keyof TrainSpec, message: string) => faults.push({ field, message });

  faults.push(...faultsOfCounts(spec, COUNTS));
  for (const [field, names] of Object.entries(CHOICES) as [keyof typeof CHOICES, readonly string[]][]) {
    if (!names.includes(spec[field])) fault(field, unknownName(field, spec[field], names));
  }
  if (faults.length > 0) return faults; // what follows computes with these

  if (spec.dim > MAX_DIM)
    fault('dim', `${spec.dim} is more than ${MAX_DIM}, the most that can be trained here`);
  if (spec.layers > MAX_LAYERS)
    fault('layers', `${spec.layers} is more than ${MAX_LAYERS}, the most that can be trained here`);
  if (spec.batch > MAX_BATCH)
    fault('batch', `${spec.batch} is more than ${MAX_BATCH}, the most that fits into memory`);
  if (spec.maxLength > MAX_LENGTH)
    fault('maxLength', `${spec.maxLength} is more than ${MAX_LENGTH}, the most that fits into memory`);
  if (spec.dim <= MAX_DIM && spec.dim % spec.heads !== 0) {
    fault(
      'heads',
      `${spec.heads} heads do not divide dim ${spec.dim}; take ${divisorsNear(spec.dim, spec.heads)} heads`,
    );
  } else if (spec.positions === 'rope' && (spec.dim / spec.heads) % 2 !== 0) {
    fault('heads', `rope turns pairs of numbers: dim / heads must be even, not ${spec.dim / spec.heads}`);
  }
  if (typeof spec.offsets !== 'boolean' && !(spec.offsets > 0 && spec.offsets < 1)) {
    fault('offsets', `must be true, false or a share between 0 and 1, not ${spec.offsets}`);
  } else if (spec.offsets && spec.positions !== 'ape') {
    fault(
      'offsets',
      `${spec.positions} has no absolute positions to offset; only ape has: leave offsets out`,
    );
  }
  if (!(spec.learningRate > 0 && spec.learningRate < Infinity))
    fault('learningRate', `must be above 0, not ${spec.learningRate}`);
  if (!(spec.weightDecay >= 0 && spec.weightDecay < Infinity))
    fault('weightDecay', `must not be negative, not ${spec.weightDecay}`);
  faults.push(...faultsOfLengths(spec, lessons));
  return faults.length > 0 ? faults : faultsOfSize(spec, lessons);
}

/** @param counts whole numbers, with the least that they can be */
export function faultsOfCounts<Field extends string>(
  spec: Readonly<Record<Field, number>>,
  counts: readonly (readonly [Field, number])[],
): Fault<Field>[] {
  return counts.flatMap(([field, least]) =>
    Number.isSafeInteger(spec[field]) && spec[field] >= least
      ? []
      : [{ field, message: `must be a whole number of at least ${least}, not ${spec[field]}` }],
  );
}

/** The specification with its training lengths cut to those that the task admits; throws UserError on any fault. */
export function checkedSpec(spec: TrainSpec): TrainSpec {
  const faults = faultsOf(spec);
  if (faults.length > 0)
    throw new UserError(faults.map(({ field, message }) => `${field}: ${message}`).join('; '));
  return withAdmittedLengths(spec, lessonsNamed(spec.task));
}

/** With the training lengths cut to those that the task admits. */
export function withAdmittedLengths<T extends Pick<TrainSpec, 'lengths' | 'taskOptions'>>(
  spec: T,
  lessons: Lessons,
): T {
  const admitted = lessons.admits(spec.taskOptions);
  const min = Math.max(spec.lengths.min, admitted.min);
  return min === spec.lengths.min ? spec : { ...spec, lengths: { min, max: spec.lengths.max } };
}

/** @param spec without `maxLength`, where the model is there and its positions are no matter of the specification */
export function faultsOfLengths(
  spec: Pick<TrainSpec, 'lengths' | 'taskOptions'> & Partial<Pick<TrainSpec, 'maxLength'>>,
  lessons: Lessons,
): Fault<'lengths' | 'taskOptions'>[] {
  const { min, max } = Object(spec.lengths) as TrainSpec['lengths']; // without types, it can be missing
  if (![min, max].every(Number.isSafeInteger) || min < 0 || max < min)
    return [{ field: 'lengths', message: `${min}-${max} is no range` }];
  let admitted: { min: number; max: number };
  try {
    admitted = lessons.admits(spec.taskOptions);
    new Tokenizer(lessons.symbols(spec.taskOptions)); // refuses what can't be a token
  } catch (error) {
    return [{ field: 'taskOptions', message: messageOf(error) }];
  }
  const faults: Fault<'lengths'>[] = [];
  if (max < admitted.min || max > admitted.max) {
    faults.push({
      field: 'lengths',
      message: `${lessons.name} has lengths ${rangeText(admitted)}${givenText(lessons, spec.taskOptions)}, not ${min}-${max}; ${wayOut(lessons, max > admitted.max)}`,
    });
  }
  if (spec.maxLength !== undefined && spec.maxLength < max) {
    const { prompt, target } = lessons.taught.size(spec.maxLength);
    faults.push({
      field: 'lengths',
      message: `length ${max} is beyond the positions: maxLength ${spec.maxLength} gives ${prompt + target - 1} of them; raise maxLength`,
    });
  }
  return faults;
}

/** Of a specification that is right in all else. */
function faultsOfSize(spec: TrainSpec, lessons: Lessons): Fault[] {
  const count = parameterCount(configOf(spec, lessons, new Tokenizer(lessons.symbols(spec.taskOptions))));
  return count <= MAX_PARAMETERS
    ? []
    : [{ field: 'dim', message: `makes ${count} parameters; at most ${MAX_PARAMETERS} can be trained here` }];
}

/** What the admitted lengths come from, and what would mend it. */
function givenText(lessons: Lessons, options: TaskOptions = {}): string {
  const { pool, occurrences } = options;
  if (lessons.task?.family === 'copying' && lessons.task.unique)
    return ` with ${lessons.symbols(options).length} symbols that are all different`;
  if (pool !== undefined) return ` with a pool of ${pool}`;
  return occurrences === undefined ? '' : ` with so many occurrences`;
}

function wayOut(lessons: Lessons, tooLong: boolean): string {
  if (!tooLong) return 'take longer ones';
  return lessons.uses.includes('alphabet') ? 'shorten them, or take a larger alphabet' : 'shorten them';
}

/**
 * Lengths that nobody has asked for, such as a preset's: as far as the task has them with these options.
 * @returns `lengths` themselves where they are all there, or where nothing would be left of them
 */
export function lengthsThatExist(
  lengths: TrainSpec['lengths'],
  lessons: Lessons,
  options: TaskOptions | undefined,
): TrainSpec['lengths'] {
  const max = Math.min(lengths.max, longestAdmitted(lessons, options));
  return max === lengths.max || max < lengths.min ? lengths : { min: lengths.min, max };
}

/** The longest source that the task has. Options that make no sense admit nothing: that is said with all other faults. */
export function longestAdmitted(lessons: Lessons, options: TaskOptions | undefined): number {
  try {
    return lessons.admits(options).max;
  } catch {
    return Infinity;
  }
}

function rangeText({ min, max }: { min: number; max: number }): string {
  return max === Infinity ? `from ${min}` : `${min}-${max}`;
}

/** `2, 4 or 8`: the numbers of heads nearest to what was asked for that divide the width. */
function divisorsNear(dim: number, heads: number): string {
  const divisors = Array.from({ length: dim }, (_, i) => i + 1).filter((n) => dim % n === 0);
  const nearest = divisors
    .sort((a, b) => Math.abs(a - heads) - Math.abs(b - heads))
    .slice(0, 3)
    .sort((a, b) => a - b);
  return nearest.length === 1
    ? String(nearest[0])
    : `${nearest.slice(0, -1).join(', ')} or ${nearest.at(-1)}`;
}
