/**
 * The road that every training takes, from scratch or from a model that is there: steps, a learning curve, ticks,
 * checkpoints, an end. A run that was killed at any moment and started again ends with the same weights as one that was
 * not: what a step computes depends on the step's number and the state alone, and the state is checkpointed whole.
 */
import { UserError } from '../../common/errors.ts';
import { makeFolders, removeIfEmpty } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import type { WorkOptions } from '../../common/work.ts';
import type { Device } from '../../graph/index.ts';
import { requireDevice } from '../../graph/runtime.node.ts';
import { longestAt } from '../spec/schedule.ts';
import type { TrainSpec } from '../spec/spec.ts';
import type { State } from '../step/feeds.ts';
import type { Stepper } from '../step/stepper.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.node.ts';
import type { Checkpoint } from './checkpoint.node.ts';
import { weightsHash } from './record.node.ts';
import type { ProgressRow, ProgressTick, TrainedRow } from './rows.ts';
import { deleteCheckpoint, refuseStrangers, tidyRunFolder } from './run-folder.node.ts';

/** What one kind of training brings along. */
export interface Course<Result> {
  /** For people: `training`, `fine-tuning`. */
  readonly name: string;
  /** All that determines it; these fields also say how it goes. */
  readonly spec: Pick<TrainSpec, 'lengths' | 'curriculum' | 'steps' | 'evaluateEvery' | 'learningRate'>;
  /** What stands in the folder of a finished one. @throws UserError when it is of other settings */
  readonly finished: (folder: string) => Finished<Result> | undefined;
  /** The learning rate of a step, by how it went so far. */
  readonly rateAt: (step: number, curve: readonly ProgressRow[]) => number;
  /** Opens what is needed to train, once there is something to train. */
  readonly begin: () => Promise<Work<Result>>;
}

export interface Work<Result> {
  /** Parameters and the optimizer's moments before the first step. */
  readonly initialState: () => ReadonlyMap<string, Float32Array>;
  /** Who takes the steps from `step` on. What comes out may depend on nothing but the state and each step's number. */
  readonly stepper: (state: State, step: number) => Promise<Stepper>;
  /** What was trained, of a state. */
  readonly weights: (state: State) => ReadonlyMap<string, Float32Array>;
  /** Puts what was trained, and a record of it, into the folder, which has nothing else but a checkpoint: at once or not at all. */
  readonly save: (ended: Ended, folder: string) => Promise<Result>;
  /** Why what was trained is worth nothing, as the end of a sentence; undefined where it is. Absent: nothing is looked at. */
  readonly faultOf?: (ended: Ended) => Promise<string | undefined>;
}

export interface Finished<Result> {
  readonly curve: readonly ProgressRow[];
  readonly result: Result;
}

/** How a run ended, and with what. */
export interface Ended {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly curve: readonly ProgressRow[];
  /** Without the name of its kind. */
  readonly outcome: Omit<TrainedRow, 'kind'>;
}

export interface CourseOptions<Result> extends WorkOptions<ProgressRow | Result, ProgressTick> {
  /** What computes; cpu unless given. */
  readonly device?: Device;
}

/** Work lost at most when a run is killed, in milliseconds, as long as checkpoints are small. */
const CHECKPOINT_EVERY = 10_000;
/** Checkpoints take at most one part in so many of the time. */
const CHECKPOINT_SHARE = 10;
const TICK_EVERY = 1000;

/** Nats a token. A model that knows nothing has the logarithm of its vocabulary, at most 12: no run comes back from here. */
const HOPELESS_LOSS = 10_000;

/**
 * Follows a course into `folder`, or goes on with it, or finds it finished already.
 * @throws UserError for a folder that holds something else or can't be written, a run that diverges, a machine without
 *   ONNX Runtime; DiskFullError, what was checkpointed before being kept
 */
export async function follow<Result>(
  course: Course<Result>,
  folder: string,
  options: CourseOptions<Result>,
): Promise<Result> {
  await tidyRunFolder(folder);
  const finished = course.finished(folder);
  if (finished !== undefined) {
    for (const row of [...finished.curve, finished.result]) await options.onRow(row);
    return finished.result;
  }
  try {
    requireDevice(options.device ?? 'cpu');
    return await beginOrGoOn(course, folder, options);
  } finally {
    removeIfEmpty(folder);
  }
}

async function beginOrGoOn<Result>(
  course: Course<Result>,
  folder: string,
  options: CourseOptions<Result>,
): Promise<Result> {
  const last = lastCheckpoint(course, folder);
  const work = await course.begin();
  const checkpoint = last ?? firstCheckpoint(course, work, folder);
  for (const row of checkpoint.curve) await options.onRow(row);
  const stepper = await work.stepper(checkpoint.arrays, checkpoint.step + 1);
  try {
    const result = await new Run(course, work, checkpoint, folder, stepper).toTheEnd(options);
    await options.onRow(result);
    return result;
  } finally {
    await stepper.release();
  }
}

/** @throws UserError where a course could not go on in a folder, or find itself finished there: before any work */
export function checkCourseFolder<Result>(
  course: Pick<Course<Result>, 'spec' | 'name' | 'finished'>,
  folder: string,
): void {
  if (course.finished(folder) === undefined) lastCheckpoint(course, folder);
}

/** One run between its first step, or its last checkpoint, and its end. */
class Run<Result> {
  private readonly course: Course<Result>;
  private readonly work: Work<Result>;
  private readonly folder: string;
  private readonly stepper: Stepper;
  private readonly curve: ProgressRow[];
  private readonly secondsBefore: number;
  private readonly began = performance.now();
  private step: number;
  private lossSum: number;
  private tokens = 0;
  private lastCheckpoint = performance.now();
  private checkpointTook = 0;
  private lastTick = -Infinity;

  constructor(
    course: Course<Result>,
    work: Work<Result>,
    checkpoint: Checkpoint,
    folder: string,
    stepper: Stepper,
  ) {
    this.course = course;
    this.work = work;
    this.folder = folder;
    this.stepper = stepper;
    this.curve = [...checkpoint.curve];
    this.secondsBefore = checkpoint.seconds;
    this.step = checkpoint.step;
    this.lossSum = checkpoint.lossSum;
  }

  async toTheEnd({ signal, onRow, onTick }: CourseOptions<Result>): Promise<Result> {
    const { spec } = this.course;
    while (this.step < spec.steps) {
      if (signal.aborted) {
        this.checkpoint();
        throw signal.reason;
      }
      await this.takeStep();
      if (performance.now() - this.lastTick > TICK_EVERY) {
        onTick?.(this.standing());
        this.lastTick = performance.now();
      }
      if (this.step % spec.evaluateEvery === 0 || this.step === spec.steps) {
        const row = await this.evaluate();
        this.curve.push(row);
        await onRow(row);
        if (this.isPerfect(row)) return this.finish('perfect');
      }
      if (performance.now() - this.lastCheckpoint > this.checkpointEvery()) this.checkpoint();
    }
    return this.finish('steps');
  }

  private async takeStep(): Promise<void> {
    const next = this.step + 1;
    const rate = this.course.rateAt(next, this.curve);
    const { loss, tokens } = await this.stepper.step(next, rate);
    if (!(loss < HOPELESS_LOSS)) this.diverged(`the loss of step ${next} is ${loss}`);
    this.step++;
    this.lossSum += loss;
    this.tokens += tokens;
  }

  /** A run that diverged would diverge again: nothing is kept of it. */
  private diverged(sign: string): never {
    deleteCheckpoint(this.folder);
    throw new UserError(
      `${this.course.name} diverged: ${sign}; a learning rate below ${this.course.spec.learningRate} may help`,
    );
  }

  private async evaluate(): Promise<ProgressRow> {
    const accuracy = await this.stepper.evaluate();
    const row: ProgressRow = { kind: 'progress', ...this.standing(), accuracy };
    this.lossSum = 0;
    return row;
  }

  /** How it is going after at least one step; the loss is the mean since the last point of the curve. */
  private standing(): ProgressTick {
    const { steps, evaluateEvery } = this.course.spec;
    const sitting = (performance.now() - this.began) / 1000;
    const elapsed = this.secondsBefore + sitting;
    return {
      step: this.step,
      steps,
      loss: this.lossSum / (((this.step - 1) % evaluateEvery) + 1),
      tokensPerSecond: this.tokens / sitting,
      elapsed,
      left: (elapsed / this.step) * (steps - this.step),
    };
  }

  /** 100 % on held-out instances of all training lengths (a curriculum must have reached them all). */
  private isPerfect({ accuracy }: ProgressRow): boolean {
    const { spec } = this.course;
    return (
      longestAt(spec, this.step) === spec.lengths.max && accuracy!.every(({ n, correct }) => correct === n)
    );
  }

  private checkpointEvery(): number {
    return Math.max(CHECKPOINT_EVERY, CHECKPOINT_SHARE * this.checkpointTook);
  }

  private checkpoint(): void {
    const began = performance.now();
    writeCheckpoint(this.folder, {
      spec: canonicalJson(this.course.spec),
      step: this.step,
      seconds: this.secondsBefore + (performance.now() - this.began) / 1000,
      curve: this.curve,
      lossSum: this.lossSum,
      arrays: this.stepper.state(),
    });
    this.lastCheckpoint = performance.now();
    this.checkpointTook = this.lastCheckpoint - began;
  }

  /** The checkpoint's folder becomes that of what was trained. */
  private async finish(reason: TrainedRow['reason']): Promise<Result> {
    const weights = this.work.weights(this.stepper.state());
    for (const [name, numbers] of weights) {
      if (!numbers.every(Number.isFinite))
        this.diverged(`${name} is no longer finite after step ${this.step}`);
    }
    const last = this.curve.at(-1)!.accuracy!;
    const outcome = {
      reason,
      step: this.step,
      accuracy: last.reduce((sum, { correct }) => sum + correct, 0) / last.reduce((sum, { n }) => sum + n, 0),
      parameters: [...weights.values()].reduce((sum, { length }) => sum + length, 0),
      seconds: this.secondsBefore + (performance.now() - this.began) / 1000,
      weights: weightsHash(weights),
    };
    refuseStrangers(this.folder);
    const fault = await this.work.faultOf?.({ weights, curve: this.curve, outcome });
    if (fault !== undefined) {
      deleteCheckpoint(this.folder); // the same steps would come to the same
      throw new UserError(`the ${this.course.name} ${fault}`);
    }
    return this.work.save({ weights, curve: this.curve, outcome }, this.folder);
  }
}

/** The checkpoint to go on from, if there is one. @throws UserError when the folder is another's */
function lastCheckpoint<Result>(
  { spec, name }: Pick<Course<Result>, 'spec' | 'name'>,
  folder: string,
): Checkpoint | undefined {
  refuseStrangers(folder);
  const checkpoint = readCheckpoint(folder);
  if (checkpoint === undefined || checkpoint.spec === canonicalJson(spec)) return checkpoint;
  throw new UserError(`${folder} holds a ${name} with other settings: choose another folder, or delete it`);
}

/** The state before the first step. It is written at once: a folder that can't be written is found out before any work. */
function firstCheckpoint<Result>(
  { spec }: Course<Result>,
  { initialState }: Work<Result>,
  folder: string,
): Checkpoint {
  const checkpoint = {
    spec: canonicalJson(spec),
    step: 0,
    seconds: 0,
    curve: [],
    lossSum: 0,
    arrays: initialState(),
  };
  makeFolders(folder);
  writeCheckpoint(folder, checkpoint);
  return checkpoint;
}
