/** The part of a study file that says what is explained: which tasks of which models, and how. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { ablationKinds, demonstratedTasks, experiments } from '../../explain/index.ts';
import type { AblationKind, Experiment } from '../../explain/index.ts';
import { ABLATION, DRAWS, LENGTH, SAMPLES, SEED } from '../../explain/settings/defaults.ts';
import type { Device } from '../../graph/index.ts';
import { fileFault } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { checkLength } from '../../tasks/check-options.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Symbols } from '../../tasks/index.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import { attempt, list, located, oneOf, record, wholeNumber } from './reading.ts';
import type { Located, Reader } from './reading.ts';
import { alphabet, MAX_LENGTH } from './settings.ts';
import { taskText } from './tasks.ts';
import type { TaskEntry } from './tasks.ts';

export interface Explaining {
  /** Names of the study's tasks; null: all that can be explained. */
  readonly tasks: Located<readonly string[]> | null;
  /** Models that are not trained here. */
  readonly models: readonly ExplainedModel[];
  readonly length: Located<number>;
  readonly n: number;
  readonly only: readonly Experiment[];
  readonly ablation: AblationKind;
  readonly draws: number;
  readonly seed: number;
  /** The symbols that models of text are asked about; undefined: the lower letters. */
  readonly alphabet: Symbols | undefined;
  readonly device: Device;
}

/** A folder or a GGUF file. */
export interface ExplainedModel {
  readonly name: string;
  readonly target: string;
}

const MAX_MODELS = 100;
const MAX_SEED = 4_294_967_295;
const DEVICES = ['cpu', 'cuda'] as const satisfies readonly Device[];

/** `base`: paths are relative to it. */
export function explaining(base: string): Reader<Explaining> {
  const fields = record('explain', {
    tasks: located(list(taskText, { max: 100, reason: 'split the study' })),
    models: list(modelPath(base), { max: MAX_MODELS, reason: 'split the study' }),
    length: located(wholeNumber({ min: 3, max: MAX_LENGTH })),
    n: wholeNumber({ min: 2, max: 10_000 }),
    only: list(oneOf('experiment', experiments), { max: experiments.length, reason: 'name each once' }),
    ablation: oneOf('ablation', ablationKinds),
    draws: wholeNumber({ min: 1, max: 10_000 }),
    seed: wholeNumber({ min: 0, max: MAX_SEED }),
    alphabet,
    device: oneOf('device', DEVICES),
  });
  return (place) => {
    const read = fields(place);
    return (
      read && {
        tasks: read.tasks ?? null,
        models: read.models ?? [],
        length: read.length ?? { value: LENGTH, place },
        n: read.n ?? SAMPLES,
        only: read.only ?? experiments,
        ablation: read.ablation ?? ABLATION,
        draws: read.draws ?? DRAWS,
        seed: read.seed ?? SEED,
        alphabet: read.alphabet,
        device: read.device ?? 'cpu',
      }
    );
  };
}

/** Whether a task of the study is explained. */
export function isExplained({ tasks }: Explaining, { name, task }: TaskEntry): boolean {
  return demonstratedTasks.includes(task) && (tasks === null || tasks.value.includes(name));
}

/** Writes down, each at its place, what can't be explained so. */
export function checkExplaining(
  { tasks, length }: Explaining,
  entries: readonly TaskEntry[],
  trainingOf: (entry: TaskEntry) => TrainSpec | null,
): void {
  for (const name of tasks?.value ?? []) {
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined)
      tasks!.place.fail(unknownName('task of this study', name, entries.map((one) => one.name))); // prettier-ignore
    else if (!demonstratedTasks.includes(entry.task))
      tasks!.place.fail(`${name} is not explained here; take some of ${demonstratedTasks.join(', ')}`);
  }
  for (const entry of entries) {
    if (!isExplained({ tasks } as Explaining, entry)) continue;
    const training = trainingOf(entry);
    if (training === null) continue;
    if (length.value > training.maxLength)
      length.place.fail(`${entry.name} is explained at length ${length.value}, but 'maxLength' ends at ${training.maxLength}`); // prettier-ignore
    const { alphabet: own } = training.taskOptions ?? {};
    attempt(length.place, () => checkLength(taskNamed(entry.task), length.value, { alphabet: own }, '; take a shorter length')); // prettier-ignore
  }
}

/** A file or a folder that is there, relative to `base`. */
export function modelPath(base: string): Reader<ExplainedModel> {
  return (place) => {
    const value = place.scalar();
    if (typeof value !== 'string' || value === '')
      return place.fail(`'${place.name}' is the path of a folder or a GGUF file, not ${place.shown()}`);
    const target = path.resolve(base, value);
    try {
      statSync(target); // what it holds is read when it is planned
      return { name: path.basename(target), target };
    } catch (error) {
      return place.fail(
        `cannot read ${value}: ${fileFault(error)}; a GGUF file or a model folder was expected`,
      );
    }
  };
}
