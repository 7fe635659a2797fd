/** Measuring a model in a folder: exact match per length, horizon, and the anatomy of its errors. */
import { UserError } from '../../common/errors.ts';
import { Answering } from '../../model/answers/answering.ts';
import type { GreedyWatch } from '../../model/answers/answering.ts';
import type { AnswerGroup, PromptAndTarget } from '../../model/answers/answers.ts';
import { loadFolder } from '../../model/files/folder.node.ts';
import type { SavedModel } from '../../model/files/folder.node.ts';
import { drawInstance, taskNamed } from '../../tasks/index.ts';
import type { Instance, Task, TaskOptions } from '../../tasks/index.ts';
import { sequenceOf, sequenceSize, symbolsOf } from '../../tasks/sequence.ts';
import { anatomyOf } from '../../score/errors/index.ts';
import { Pace } from './time-left.ts';
import type { MeasureTick } from './time-left.ts';
import type { CellRow, InstanceRow, MeasureRow } from '../../score/tables/rows.ts';
import { horizonOf, wilson } from '../../score/statistics/index.ts';

/** What a model in a folder is asked. */
export interface TrainedMeasureSpec {
  readonly task: string;
  /** Defaults to the alphabet that the model was made for. */
  readonly taskOptions?: TaskOptions;
  /** Of the sources; by default the usual ones, as far as the task and the model have them. */
  readonly lengths?: readonly number[];
  /** Instances per length. */
  readonly n: number;
  readonly seed: number;
  readonly threshold: number;
}

/** How it is asked; the answers do not depend on it. */
export interface TrainedMeasureOptions {
  readonly signal: AbortSignal;
  readonly threads: number;
  /** Told how it is going after every pass. */
  readonly onTick?: (tick: MeasureTick) => void;
}

/** What is asked where nobody says otherwise: a few times as far as the paper trains. */
const USUAL_LENGTHS = [10, 25, 50, 75, 100, 150];

/** Tokens in one forward pass: enough for full speed, little enough for any machine's memory. */
const TOKENS_PER_PASS = 16_384;

/**
 * Asks the model `n` instances of each length and yields every instance, a cell per length, and the horizon.
 * Whether an answer is right is decided by one teacher-forced pass; for copies that are wrong, what the model says
 * by itself is generated, because what follows a first error depends on it.
 * @throws UserError for a folder that is no model, symbols that it does not know, lengths beyond its positions
 */
export async function* measureModel(
  folder: string,
  spec: TrainedMeasureSpec,
  options: TrainedMeasureOptions,
): AsyncGenerator<MeasureRow> {
  const model = await loadFolder(folder);
  const task = taskNamed(spec.task);
  const taskOptions = optionsFor(task, model, spec.taskOptions);
  const lengths = lengthsOf(spec, (length) => faultOfLength(length, task, taskOptions, model, folder));
  model.tokenizer.encode(symbolsOf(task, taskOptions)); // the model knows them all
  const pace = new Pace(task, { lengths, n: spec.n }, options.onTick);
  const cells: CellRow[] = [];
  for (const length of lengths) {
    const instances = Array.from({ length: spec.n }, (_, index) =>
      drawInstance(task, { length, seed: spec.seed, index }, taskOptions),
    );
    const outputs = await answersOf(model, task, instances, options, pace);
    const rows = instances.map((instance, index) => instanceRow(task, instance, index, outputs[index]));
    yield* rows;
    const cell = cellOf(task, length, rows);
    cells.push(cell);
    yield cell;
  }
  const { length, censored } = horizonOf(cells, spec.threshold);
  yield { kind: 'horizon', task: task.name, threshold: spec.threshold, length, censored };
}

/** What the model answers to instances of one length, as symbols, without the mark that ends a copy. */
async function answersOf(
  model: SavedModel,
  task: Task,
  instances: readonly Instance[],
  { signal, threads }: TrainedMeasureOptions,
  pace: Pace,
): Promise<string[][]> {
  const { config, weights, tokenizer } = model;
  const size = sequenceSize(task, instances[0].length);
  const longest = longestAnswer(task, size, config.positions);
  const fitting = Math.max(1, Math.floor(TOKENS_PER_PASS / (size.prompt + longest)));
  const batch = Math.ceil(instances.length / Math.ceil(instances.length / fitting)); // all about equally full
  const group: AnswerGroup = { batch, prompt: size.prompt, target: longest };
  const answering = await Answering.create(config, weights, group, threads);
  try {
    const answers: string[][] = [];
    for (let first = 0; first < instances.length; first += batch) {
      signal.throwIfAborted();
      const sequences = instances.slice(first, first + batch).map((instance) => {
        const { prompt, target } = sequenceOf(task, instance);
        return { prompt: tokenizer.encode(prompt), target: tokenizer.encode(target) };
      });
      const ids = await answerIds(answering, task, sequences, longest, tokenizer.eos, {
        checked: () => pace.passed(instances[0].length, sequences.length),
        generated: (share) => {
          signal.throwIfAborted();
          pace.generated(share);
        },
      });
      pace.done();
      answers.push(...ids.map((answer) => answer.map((id) => tokenizer.tokens[id] ?? `<${id}>`)));
    }
    return answers;
  } finally {
    await answering.release();
  }
}

/**
 * Look-ups have one symbol to say. Of copies, the right answer is the draft: one pass is teacher-forced on it, and those
 * that are right are answered by then.
 */
async function answerIds(
  answering: Answering,
  task: Task,
  sequences: readonly PromptAndTarget[],
  longest: number,
  end: number,
  watch: GreedyWatch,
): Promise<number[][]> {
  if (task.family === 'copying') {
    const [prompts, drafts] = [sequences.map(({ prompt }) => prompt), sequences.map(({ target }) => target)];
    return answering.greedy(prompts, drafts, longest, end, watch);
  }
  const predicted = await answering.teacherForced(sequences);
  watch.checked?.();
  return predicted;
}

/** Room to see a copy that goes on after its end, as far as the model has positions. */
function longestAnswer(task: Task, size: { prompt: number; target: number }, positions: number): number {
  if (task.family !== 'copying') return size.target;
  const room = positions - size.prompt + 1;
  return Math.max(size.target, Math.min(room, size.target + 2 + Math.ceil(size.target / 4)));
}

function instanceRow(task: Task, instance: Instance, index: number, output: readonly string[]): InstanceRow {
  const error = anatomyOf(task, instance, output);
  const { length, source, query, answer } = instance;
  return {
    kind: 'instance',
    task: task.name,
    length,
    index,
    repeat: 0,
    source,
    query,
    answer,
    output,
    correct: error === null,
    error,
  };
}

function cellOf(task: Task, length: number, rows: readonly InstanceRow[]): CellRow {
  const n = rows.length;
  const correct = rows.filter((row) => row.correct).length;
  const errors: Record<string, number> = {};
  for (const { error } of rows) if (error !== null) errors[error] = (errors[error] ?? 0) + 1;
  return {
    kind: 'cell',
    task: task.name,
    length,
    n,
    correct,
    accuracy: correct / n,
    ...wilson(correct, n),
    errors,
  };
}

/** The task's options with the model's own symbols as the alphabet unless another is given. */
function optionsFor(task: Task, { tokenizer }: SavedModel, given: TaskOptions = {}): TaskOptions {
  if (given.alphabet !== undefined || !task.uses.includes('alphabet')) return given;
  return { ...given, alphabet: tokenizer.symbols };
}

/** The lengths to ask about, ascending. @throws UserError for those that were asked for and can't be */
function lengthsOf(
  { lengths, n }: TrainedMeasureSpec,
  faultOf: (length: number) => string | undefined,
): readonly number[] {
  if (!Number.isSafeInteger(n) || n < 1) throw new UserError(`n: at least 1 instance a length, not ${n}`);
  if (lengths === undefined) {
    const shorter = Array.from({ length: USUAL_LENGTHS[0] }, (_, i) => USUAL_LENGTHS[0] - i);
    const usual = USUAL_LENGTHS.filter((length) => faultOf(length) === undefined);
    return usual.length > 0 ? usual : shorter.filter((length) => faultOf(length) === undefined).slice(0, 1);
  }
  const fault = lengths.map(faultOf).find((found) => found !== undefined);
  if (fault !== undefined) throw new UserError(fault);
  return [...new Set(lengths)].sort((a, b) => a - b);
}

/** Why the task or the model has no such length, or undefined. @throws UserError for options of no use to the task */
function faultOfLength(
  length: number,
  task: Task,
  taskOptions: TaskOptions,
  { config }: SavedModel,
  folder: string,
): string | undefined {
  const { min, max } = task.admits(taskOptions);
  if (!Number.isSafeInteger(length) || length < min || length > max) {
    const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
    return `length ${length}: ${task.name} has lengths ${range}${given(task, taskOptions, folder)}`;
  }
  const { prompt, target } = sequenceSize(task, length);
  const tokens = prompt + target - 1;
  return tokens <= config.positions
    ? undefined
    : `length ${length}: a sequence of ${tokens} tokens, and ${folder} has ${config.positions} positions; train with a larger --max-length`;
}

/** What a task's lengths come from, where it is not the task alone. */
function given({ family, unique }: Task, { occurrences, where, pool }: TaskOptions, folder: string): string {
  if (family === 'copying' && unique) return ` with ${folder}'s alphabet`;
  const options = { occurrences, where, pool };
  const named = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return named.length === 0 ? '' : ` with the given ${named.join(' and ')}`;
}
