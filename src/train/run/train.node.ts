/**
 * Training from scratch, from a specification to a Hugging Face folder. The same seed gives the same weights on the
 * same machine, by one thread or two, and a run that was killed at any moment and started again ends with the same
 * weights as one that was not: what a step computes depends on the step's number and the state alone, and the state is
 * checkpointed whole.
 */
import { UserError } from '../../common/errors.ts';
import { makeFolders, removeIfEmpty } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { requireDevice } from '../../graph/runtime.node.ts';
import { saveFolder } from '../../model/files/folder.node.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.node.ts';
import type { Checkpoint } from './checkpoint.node.ts';
import { initialWeights } from '../spec/model.ts';
import { createStepper } from '../step/pair.node.ts';
import { readRecord, RECORD_FILE, recordText, weightsHash } from './record.node.ts';
import type { ProgressRow, ProgressTick, TrainedRow, TrainRow } from './rows.ts';
import { deleteCheckpoint, refuseStrangers, tidyRunFolder } from './run-folder.node.ts';
import { learnedAt, longestAt, rateAt } from '../spec/schedule.ts';
import type { Device } from '../../graph/index.ts';
import { settingOf } from '../spec/setting.ts';
import type { RunSetting } from '../spec/setting.ts';
import type { TrainSpec } from '../spec/spec.ts';
import type { Stepper } from '../step/stepper.ts';
import { initialState, weightsIn } from '../step/tensors.ts';

export interface TrainOptions {
  /** Stops at the next step with a checkpoint; `train` then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** How many threads may work on it; more than two have nothing to do. What comes out does not depend on them. */
  readonly threads: number;
  /** What computes; cpu unless given. Elsewhere it is one thread's work, and the same seed need not give the same weights. */
  readonly device?: Device;
  /** Gets every point of the learning curve, those before an interruption again, and at last the result. */
  readonly onRow: (row: TrainRow) => void | Promise<void>;
  /** Told how it is going about once a second, between the points of the curve, too. */
  readonly onTick?: (tick: ProgressTick) => void;
}

/** Work lost at most when a run is killed, in milliseconds. */
const CHECKPOINT_EVERY = 10_000;
const TICK_EVERY = 1000;

/** Nats a token. A model that knows nothing has the logarithm of its vocabulary, at most 12: no run comes back from here. */
const HOPELESS_LOSS = 10_000;

/**
 * Trains the model that `spec` describes into `folder`, or goes on with it, or finds it trained already.
 * @throws UserError for a specification that can't be, a folder that holds something else or can't be written, a run
 *   that diverges, a machine without ONNX Runtime; DiskFullError, what was checkpointed before being kept
 */
export async function train(spec: TrainSpec, folder: string, options: TrainOptions): Promise<TrainedRow> {
  const setting = settingOf(spec);
  await tidyRunFolder(folder);
  const finished = readRecord(folder, setting.spec);
  if (finished !== undefined) return replay(finished.curve, finished.result, options);
  try {
    requireDevice(options.device ?? 'cpu');
    return await trainOrGoOn(setting, folder, options);
  } finally {
    removeIfEmpty(folder);
  }
}

async function trainOrGoOn(setting: RunSetting, folder: string, options: TrainOptions): Promise<TrainedRow> {
  const checkpoint = lastCheckpoint(setting, folder) ?? firstCheckpoint(setting, folder);
  for (const row of checkpoint.curve) await options.onRow(row);
  const run = await Run.start(setting, checkpoint, folder, options);
  try {
    const result = await run.toTheEnd(options);
    await options.onRow(result);
    return result;
  } finally {
    await run.release();
  }
}

/** One run between its first step, or its last checkpoint, and its end. */
class Run {
  private readonly setting: RunSetting;
  private readonly folder: string;
  private readonly stepper: Stepper;
  private readonly curve: ProgressRow[];
  private readonly secondsBefore: number;
  private readonly began = performance.now();
  private step: number;
  private learned: number | undefined;
  private lossSum: number;
  private tokens = 0;
  private lastCheckpoint = performance.now();
  private lastTick = -Infinity;

  private constructor(setting: RunSetting, checkpoint: Checkpoint, folder: string, stepper: Stepper) {
    this.setting = setting;
    this.folder = folder;
    this.stepper = stepper;
    this.curve = [...checkpoint.curve];
    this.learned = learnedAt(setting.spec, this.curve);
    this.secondsBefore = checkpoint.seconds;
    this.step = checkpoint.step;
    this.lossSum = checkpoint.lossSum;
  }

  static async start(
    setting: RunSetting,
    checkpoint: Checkpoint,
    folder: string,
    { threads, device }: Pick<TrainOptions, 'threads' | 'device'>,
  ): Promise<Run> {
    const { arrays, step } = checkpoint;
    const stepper = await createStepper(setting, arrays, step + 1, { threads, device });
    return new Run(setting, checkpoint, folder, stepper);
  }

  async toTheEnd({ signal, onRow, onTick }: TrainOptions): Promise<TrainedRow> {
    const { spec } = this.setting;
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
        this.learned = learnedAt(spec, this.curve);
        await onRow(row);
        if (this.isPerfect(row)) return this.finish('perfect');
      }
      if (performance.now() - this.lastCheckpoint > CHECKPOINT_EVERY) this.checkpoint();
    }
    return this.finish('steps');
  }

  release(): Promise<void> {
    return this.stepper.release();
  }

  private async takeStep(): Promise<void> {
    const next = this.step + 1;
    const rate = rateAt(this.setting.spec, next, this.learned);
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
      `training diverged: ${sign}; a learning rate below ${this.setting.spec.learningRate} may help`,
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
    const { steps, evaluateEvery } = this.setting.spec;
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
    const { spec } = this.setting;
    return (
      longestAt(spec, this.step) === spec.lengths.max && accuracy!.every(({ n, correct }) => correct === n)
    );
  }

  private checkpoint(): void {
    writeCheckpoint(this.folder, {
      spec: canonicalJson(this.setting.spec),
      step: this.step,
      seconds: this.secondsBefore + (performance.now() - this.began) / 1000,
      curve: this.curve,
      lossSum: this.lossSum,
      arrays: this.stepper.state(),
    });
    this.lastCheckpoint = performance.now();
  }

  /** The checkpoint's folder becomes the model's: with the record of how it was trained, at once or not at all. */
  private async finish(reason: TrainedRow['reason']): Promise<TrainedRow> {
    const { spec, config, tokenizer, tensors } = this.setting;
    const weights = weightsIn(tensors, this.stepper.state());
    for (const [name, numbers] of weights) {
      if (!numbers.every(Number.isFinite))
        this.diverged(`${name} is no longer finite after step ${this.step}`);
    }
    const last = this.curve.at(-1)!.accuracy!;
    const result: TrainedRow = {
      kind: 'trained',
      reason,
      step: this.step,
      accuracy: last.reduce((sum, { correct }) => sum + correct, 0) / last.reduce((sum, { n }) => sum + n, 0),
      parameters: [...weights.values()].reduce((sum, { length }) => sum + length, 0),
      seconds: this.secondsBefore + (performance.now() - this.began) / 1000,
      weights: weightsHash(weights),
    };
    const record = recordText({ spec, curve: this.curve, result });
    refuseStrangers(this.folder);
    await saveFolder(
      this.folder,
      { config, weights, tokenizer },
      { extraFiles: { [RECORD_FILE]: record }, replace: true },
    );
    return result;
  }
}

async function replay(
  curve: readonly ProgressRow[],
  result: TrainedRow,
  { onRow }: TrainOptions,
): Promise<TrainedRow> {
  for (const row of [...curve, result]) await onRow(row);
  return result;
}

/** The checkpoint to go on from, if there is one. @throws UserError when the folder is another's */
function lastCheckpoint({ spec }: { spec: TrainSpec }, folder: string): Checkpoint | undefined {
  refuseStrangers(folder);
  const checkpoint = readCheckpoint(folder);
  if (checkpoint === undefined || checkpoint.spec === canonicalJson(spec)) return checkpoint;
  throw new UserError(`${folder} holds a training with other settings: choose another folder, or delete it`);
}

/** The state before the first step. It is written at once: a folder that can't be written is found out before any work. */
function firstCheckpoint({ spec, config, tensors }: RunSetting, folder: string): Checkpoint {
  const arrays = initialState(tensors, initialWeights(spec, config));
  const checkpoint = {
    spec: canonicalJson(spec),
    step: 0,
    seconds: 0,
    curve: [],
    lossSum: 0,
    arrays,
  };
  makeFolders(folder);
  writeCheckpoint(folder, checkpoint);
  return checkpoint;
}
