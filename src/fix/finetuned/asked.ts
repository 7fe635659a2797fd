/** What a fine-tuned model, and its base, are asked: tasks, ways of asking, lengths, and how many samples. */
import { taskNamed } from '../../tasks/index.ts';
import type { Task, TaskOptions } from '../../tasks/index.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import { askedLengths, isInRange, WITHIN } from './lengths.ts';
import type { AskedLength } from './lengths.ts';
import type { TunedFormat, TunedSources } from './rows.ts';

/** Five lengths in range with so many each are the 1,000 samples that say whether a task is learned. */
export const SAMPLES = 200;

/**
 * Of the samples that a base answers whose fine-tunings of all seeds are measured beside it. A model answers those of its own seed: what
 * all seeds have in common would look certain.
 */
export const BASE_SEED = 1;

/** A task that a model is asked about. */
export interface MeasuredTask {
  readonly task: string;
  readonly options: TaskOptions;
  /** How samples were written in training; null for symbol models. */
  readonly prompt: PromptTemplate | null;
  /** Whether samples began at random positions in training, so that they are asked so, too. */
  readonly offsets: boolean;
  readonly lengths: readonly AskedLength[];
}

/** The task of a fine-tuning, as it is asked afterwards. */
export function measuredTask({
  task,
  taskOptions = {},
  prompt,
  offsets,
  lengths,
}: Omit<FinetuneSpec, 'base'>): MeasuredTask {
  return {
    ...{ task, options: taskOptions, prompt, offsets: offsets !== false },
    lengths: askedLengths(lengths),
  };
}

/** How many questions a model is asked about these tasks. */
export function questionsAbout(specs: readonly Omit<FinetuneSpec, 'base'>[], n: number): number {
  const ways = specs.flatMap((spec) => waysOf(measuredTask(spec), n));
  return ways.reduce((sum, way) => sum + way.n * way.lengths.length, 0);
}

/** One way of asking a task. */
export interface Way {
  readonly format: TunedFormat;
  readonly sources: TunedSources;
  readonly lengths: readonly number[];
  /** Samples a length. */
  readonly n: number;
}

/**
 * The trained format and, of text models, the usual prompt; each on ordinary sources and on those with all occurrences of the query in the first half.
 * Within the training range only ordinary sources in the trained format are asked, which tells whether the task is learned, and that takes as many
 * samples however few lengths there are. From random positions on, ordinary sources are asked.
 */
export function waysOf({ task, options, prompt, offsets, lengths }: MeasuredTask, n: number): Way[] {
  const other: readonly TunedFormat[] = prompt !== null ? ['usual'] : offsets ? ['shifted'] : [];
  const sources: readonly TunedSources[] =
    taskNamed(task).family === 'retrieval' ? ['anywhere', 'first-half'] : ['anywhere'];
  return (['trained', ...other] as const).flatMap((format) =>
    sources.flatMap((each): Way[] => {
      if (format === 'shifted' && each !== 'anywhere') return [];
      const { min, max } = taskNamed(task).admits(sourceOptions({ task, options }, each));
      const admitted = lengths.filter(({ length }) => length >= min && length <= max);
      const part = (some: readonly AskedLength[], count: number): Way[] =>
        some.length === 0
          ? []
          : [{ format, sources: each, lengths: some.map(({ length }) => length), n: count }];
      if (format !== 'trained' || each !== 'anywhere')
        return part(
          admitted.filter(({ multiple }) => multiple !== null),
          n,
        );
      const within = admitted.filter(isInRange);
      const beyond = admitted.filter((one) => !isInRange(one));
      return [...part(within, Math.ceil((WITHIN * n) / Math.max(1, within.length))), ...part(beyond, n)];
    }),
  );
}

/** How sources are drawn, with all occurrences of the query in the first half where that is asked for. */
export function sourceOptions(
  { task: name, options }: Pick<MeasuredTask, 'task' | 'options'>,
  sources: TunedSources,
): TaskOptions {
  if (sources === 'anywhere') return options;
  const task: Task = taskNamed(name);
  return task.unique ? { ...options, place: { from: 0, to: 0.5 } } : { ...options, where: 'first-half' };
}
