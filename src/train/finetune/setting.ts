/** All that a specification determines about a fine-tuning of a base, and that stays the same over it. */
import { messageOf, UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { adapterParameters, initialAdapter, largestRank } from '../../model/adapters/adapter.ts';
import { rng } from '../../common/random.ts';
import type { PromptAndTarget } from '../../model/answers/answers.ts';
import { parameterCount } from '../../model/index.ts';
import type { Weights } from '../../model/index.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { shownCount } from '../../prompt/as-sent.ts';
import { demonstrations } from '../../prompt/render.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Instance, Task } from '../../tasks/index.ts';
import { sequenceOf, symbolsOf } from '../../tasks/sequence.ts';
import { encode } from '../batch/batch.ts';
import { lessonsOf } from '../lessons/lessons.ts';
import {
  faultsOfCounts,
  faultsOfLengths,
  MAX_BATCH,
  MAX_PARAMETERS,
  withAdmittedLengths,
} from '../spec/check.ts';
import { schedules } from '../spec/spec.ts';
import { adamw } from '../step/optimizers/adamw.ts';
import { trainedTensors } from '../step/tensors.ts';
import type { TrainedTensor } from '../step/tensors.ts';
import type { Base, BaseFacts } from './base.ts';
import { usualOptions } from './defaults.ts';
import { TextWriter } from './format.ts';
import type { FinetuneSpec } from './spec.ts';

export interface FinetuneSetting {
  readonly spec: FinetuneSpec;
  readonly task: Task;
  readonly base: Base;
  /** What is trained: the adapter's numbers in one tensor, or all of the model's parameters. */
  readonly tensors: readonly TrainedTensor[];
  /** A sample as the base reads it, after demonstrations that are given. */
  readonly write: (sample: Instance, shown: readonly Instance[]) => PromptAndTarget;
  /** The demonstrations before a sample. @param seed says which */
  readonly shown: (sample: Instance, seed: number) => readonly Instance[];
}

/** @throws UserError for a specification that can't be, or is of another base */
export function settingOf(given: FinetuneSpec, base: Base): FinetuneSetting {
  const task = taskNamed(given.task);
  const spec = checkedSpec(given, base);
  return { spec, task, base, tensors: tensorsOf(spec, base), ...writing(spec, task, base) };
}

/** The specification with what it leaves to the base, and its lengths cut to those that the task admits. @throws UserError as `settingOf` does, with every fault */
export function checkedSpec(given: FinetuneSpec, base: BaseFacts): FinetuneSpec {
  if (given.base !== base.hash) {
    throw new UserError(
      `${base.name} is another model than the one that is to be fine-tuned: its files have the SHA-256 ${base.hash}, not ${given.base}`,
    );
  }
  const faults = finetuneFaults(given, base);
  if (faults.length > 0)
    throw new UserError(faults.map(({ field, message }) => `${field}: ${message}`).join('; '));
  return completed(given, base);
}

/** Every fault of a specification for a base; none means that it can be fine-tuned. @throws UserError for a task that does not exist */
export function finetuneFaults(given: FinetuneSpec, base: BaseFacts): FinetuneFault[] {
  const task = taskNamed(given.task);
  const faults = faultsOf(withOptions(given, task, base), task, base);
  return faults.length > 0 ? faults : faultsOfRoom(completed(given, base), task, base);
}

function completed(given: FinetuneSpec, base: BaseFacts): FinetuneSpec {
  const task = taskNamed(given.task);
  return withAdmittedLengths(withOptions(given, task, base), lessonsOf(task));
}

function withOptions(given: FinetuneSpec, task: Task, base: BaseFacts): FinetuneSpec {
  return { ...given, taskOptions: usualOptions(base, task, given.taskOptions) };
}

/** Symbols that the base has not, a prompt that can't be written, and more tokens in a sample of the longest length than it has positions. */
function faultsOfRoom(spec: FinetuneSpec, task: Task, base: BaseFacts): FinetuneFault[] {
  const { max } = spec.lengths;
  if (base.kind === 'symbols') {
    const strange = faultIn('taskOptions', () => base.tokenizer.encode(symbolsOf(task, spec.taskOptions)));
    if (strange.length > 0) return strange;
  }
  let tokens = 0;
  const unwritten = faultIn('prompt', () => {
    const { write, shown } = writing(spec, task, base);
    const sample = task.sample(max, rng('fits', task.name), spec.taskOptions);
    const { prompt, target } = write(sample, shown(sample, 0));
    tokens = prompt.length + target.length - 1;
  });
  if (unwritten.length > 0 || tokens <= base.config.positions) return unwritten;
  const message = `a sample of length ${max} takes ${tokens} tokens, and ${base.name} has ${base.config.positions} positions: take shorter ones`;
  return [{ field: 'lengths', message }];
}

/** What a user has got wrong there, as a fault. */
function faultIn(field: FinetuneFault['field'], work: () => void): FinetuneFault[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof UserError) return [{ field, message: error.message }];
    throw error;
  }
}

/** What is trained before the first step: the adapter as `peft` begins it, or the base's own weights. */
export function startingWeights({ spec, base }: Pick<FinetuneSetting, 'spec' | 'base'>): Weights {
  const { method, seed } = spec;
  return method.kind === 'full' ? base.weights : initialAdapter(base.config, method, rng('adapter', seed));
}

const ADAPTER = 'adapter';

/** The adapter's numbers lie in one tensor: hundreds of small updates would cost more than their arithmetic. */
function tensorsOf({ method, weightDecay }: FinetuneSpec, { config }: BaseFacts): readonly TrainedTensor[] {
  if (method.kind === 'full') return trainedTensors(config, { optimizer: 'adamw', weightDecay });
  const members = adapterParameters(config, method);
  const length = members.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [{ name: ADAPTER, shape: [length], members, optimizer: adamw, weightDecay }];
}

function writing(
  { prompt, taskOptions }: FinetuneSpec,
  task: Task,
  base: BaseFacts,
): Pick<FinetuneSetting, 'write' | 'shown'> {
  if (base.kind === 'symbols') {
    const { tokenizer } = base;
    return { write: (sample) => encode(tokenizer, sequenceOf(task, sample)), shown: () => [] };
  }
  const template = prompt!;
  const writer = new TextWriter(base.tokenizer, task, template);
  const asked = askableNamed(task.name, { options: taskOptions });
  return {
    write: (sample, shown) => writer.write(sample, shown),
    shown: (sample, seed) =>
      shownCount(template) === 0
        ? []
        : demonstrations(asked, sample, { length: sample.length, seed, index: 0 }, template),
  };
}

/** Whole numbers, with the least that they can be. */
const COUNTS = [
  ['batch', 1],
  ['queries', 1],
  ['steps', 1],
  ['evaluateEvery', 1],
  ['warmup', 0],
  ['curriculum', 0],
  ['seed', 0],
] as const;

const ownSchedules = schedules.filter((name) => name !== 'settle');

export interface FinetuneFault {
  /** The field of the specification that would have to change. */
  readonly field: keyof FinetuneSpec;
  readonly message: string;
}

function faultsOf(spec: FinetuneSpec, task: Task, { kind, config, name }: BaseFacts): FinetuneFault[] {
  const faults: FinetuneFault[] = [
    ...faultsOfCounts(spec, COUNTS),
    ...faultsOfLengths(spec, lessonsOf(task)),
  ];
  const fault = (field: keyof FinetuneSpec, message: string) => faults.push({ field, message });
  if (!ownSchedules.includes(spec.schedule))
    fault('schedule', unknownName('schedule', spec.schedule, ownSchedules));
  if (spec.batch > MAX_BATCH)
    fault('batch', `${spec.batch} is more than ${MAX_BATCH}, the most that fits into memory`);
  if (!(spec.learningRate > 0 && spec.learningRate < Infinity))
    fault('learningRate', `must be above 0, not ${spec.learningRate}`);
  if (!(spec.weightDecay >= 0 && spec.weightDecay < Infinity))
    fault('weightDecay', `must not be negative, not ${spec.weightDecay}`);
  if (typeof spec.offsets !== 'boolean' && !(spec.offsets > 0 && spec.offsets < 1))
    fault('offsets', `must be true, false or a share between 0 and 1, not ${spec.offsets}`);
  else if (spec.offsets !== false && config.positionEncoding.kind !== 'learned')
    fault('offsets', `${name} has no learned positions to offset: leave offsets out`);
  if (kind === 'symbols' && spec.prompt !== null)
    fault('prompt', `${name} is a symbol model, which reads symbols and no prompt: leave the prompt out`);
  if (kind === 'text' && spec.prompt === null) fault('prompt', `${name} is a text model, which needs one`);
  faults.push(...faultsOfMethod(spec, config));
  return faults;
}

function faultsOfMethod({ method }: FinetuneSpec, config: BaseFacts['config']): FinetuneFault[] {
  const fault = (message: string): FinetuneFault[] => [{ field: 'method', message }];
  if (method.kind === 'lora') {
    const { rank, alpha } = method;
    if (!Number.isSafeInteger(rank) || rank < 1) return fault(`a rank is a whole number from 1, not ${rank}`);
    if (rank > largestRank(config))
      return fault(
        `a rank of ${rank}, and the largest side of the model's matrices is ${largestRank(config)}`,
      );
    if (!(alpha > 0 && alpha < Infinity)) return fault(`alpha must be above 0, not ${alpha}`);
    try {
      adapterParameters(config, method);
    } catch (error) {
      return fault(messageOf(error));
    }
  }
  const count =
    method.kind === 'full'
      ? parameterCount(config)
      : sum(adapterParameters(config, method).map(({ shape }) => sizeOf(shape)));
  if (count <= MAX_PARAMETERS) return [];
  const way = method.kind === 'full' ? 'train an adapter instead' : 'take a smaller rank, or fewer modules';
  return fault(`${count} parameters; at most ${MAX_PARAMETERS} can be trained here: ${way}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
