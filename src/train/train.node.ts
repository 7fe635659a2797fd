/**
 * Training from scratch, from a specification to a Hugging Face folder. The same seed gives the same weights on the
 * same machine, and a run that was killed at any moment and started again ends with the same weights as one that was
 * not: what a step computes depends on the step's number and the state alone, and the state is checkpointed whole.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf, UserError } from '../common/errors.ts';
import { canonicalJson } from '../common/json.ts';
import { Tokenizer } from '../model/index.ts';
import { saveFolder } from '../model/folder.node.ts';
import { taskNamed } from '../tasks/index.ts';
import { symbolsOf } from '../tasks/sequence.ts';
import { checkedSpec } from './check.ts';
import { CHECKPOINT_FILE, readCheckpoint, writeCheckpoint } from './checkpoint.node.ts';
import type { Checkpoint } from './checkpoint.node.ts';
import { Evaluation } from './evaluation.ts';
import { configOf, initialWeights } from './model.ts';
import { readRecord, RECORD_FILE, recordText, weightsHash } from './record.node.ts';
import type { ProgressRow, TrainedRow, TrainRow } from './rows.ts';
import { longestAt } from './schedule.ts';
import type { TrainSpec } from './spec.ts';
import { Stepper } from './stepper.ts';
import type { RunSetting } from './stepper.ts';
import { initialState, trainedTensors, weightsIn } from './tensors.ts';

export interface TrainOptions {
  /** Stops at the next step with a checkpoint; `train` then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Threads of the engine. */
  readonly threads: number;
  /** Gets every point of the learning curve, those before an interruption again, and at last the result. */
  onRow(row: TrainRow): void | Promise<void>;
}

/** Work lost at most when a run is killed, in milliseconds. */
const CHECKPOINT_EVERY = 10_000;

/**
 * Trains the model that `spec` describes into `folder`, or goes on with it, or finds it trained already.
 * @throws UserError for a specification that can't be, a folder that holds something else, a run that diverges
 */
export async function train(spec: TrainSpec, folder: string, options: TrainOptions): Promise<TrainedRow> {
  const setting = settingOf(spec, options.threads);
  const finished = readRecord(folder, setting.spec);
  if (finished !== undefined) return replay(finished.curve, finished.result, options);

  const checkpoint = openFolder(folder, setting.spec);
  for (const row of checkpoint.curve) await options.onRow(row);
  const run = await Run.start(setting, checkpoint, folder);
  try {
    const result = await run.toTheEnd(options);
    await options.onRow(result);
    return result;
  } finally {
    await run.release();
  }
}

function settingOf(spec: TrainSpec, threads: number): RunSetting {
  const task = taskNamed(spec.task);
  const checked = checkedSpec(spec, task);
  const tokenizer = new Tokenizer(symbolsOf(task, checked.taskOptions));
  const config = configOf(checked, task, tokenizer);
  return { spec: checked, task, config, tokenizer, tensors: trainedTensors(config, checked), threads };
}

/** One run between its first step, or its last checkpoint, and its end. */
class Run {
  private readonly setting: RunSetting;
  private readonly folder: string;
  private readonly stepper: Stepper;
  private readonly evaluation: Evaluation;
  private readonly curve: ProgressRow[];
  private readonly secondsBefore: number;
  private readonly began = performance.now();
  private step: number;
  private lossSum: number;
  private tokens = 0;
  private lastCheckpoint = performance.now();

  private constructor(setting: RunSetting, checkpoint: Checkpoint, folder: string, evaluation: Evaluation) {
    this.setting = setting;
    this.folder = folder;
    this.evaluation = evaluation;
    this.stepper = new Stepper(setting, checkpoint.arrays);
    this.curve = [...checkpoint.curve];
    this.secondsBefore = checkpoint.seconds;
    this.step = checkpoint.step;
    this.lossSum = checkpoint.lossSum;
  }

  static async start(setting: RunSetting, checkpoint: Checkpoint, folder: string): Promise<Run> {
    return new Run(setting, checkpoint, folder, await Evaluation.create(setting));
  }

  async toTheEnd({ signal, onRow }: TrainOptions): Promise<TrainedRow> {
    const { spec } = this.setting;
    while (this.step < spec.steps) {
      if (signal.aborted) {
        this.checkpoint();
        throw signal.reason;
      }
      await this.takeStep();
      if (this.step % spec.evaluateEvery === 0 || this.step === spec.steps) {
        const row = await this.evaluate();
        this.curve.push(row);
        await onRow(row);
        if (this.isPerfect(row)) return this.finish('perfect');
      }
      if (performance.now() - this.lastCheckpoint > CHECKPOINT_EVERY) this.checkpoint();
    }
    return this.finish('steps');
  }

  async release(): Promise<void> {
    await this.stepper.release();
    await this.evaluation.release();
  }

  private async takeStep(): Promise<void> {
    const { loss, tokens } = await this.stepper.step(this.step + 1);
    if (!Number.isFinite(loss)) {
      rmSync(path.join(this.folder, CHECKPOINT_FILE), { force: true });
      throw new UserError(
        `training diverged: the loss of step ${this.step + 1} is ${loss}; a learning rate below ${this.setting.spec.learningRate} may help`,
      );
    }
    this.step++;
    this.lossSum += loss;
    this.tokens += tokens;
  }

  private async evaluate(): Promise<ProgressRow> {
    const { steps, evaluateEvery } = this.setting.spec;
    const accuracy = await this.evaluation.run(this.stepper.parameters());
    const sinceLast = this.step % evaluateEvery === 0 ? evaluateEvery : this.step % evaluateEvery;
    const sitting = (performance.now() - this.began) / 1000;
    const loss = this.lossSum / sinceLast;
    this.lossSum = 0;
    const elapsed = this.secondsBefore + sitting;
    return {
      kind: 'progress',
      step: this.step,
      steps,
      loss,
      accuracy,
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
      arrays: this.stepper.arrays(),
    });
    this.lastCheckpoint = performance.now();
  }

  /** The checkpoint's folder becomes the model's: with the record of how it was trained, at once or not at all. */
  private async finish(reason: TrainedRow['reason']): Promise<TrainedRow> {
    const { spec, config, tokenizer, tensors } = this.setting;
    const weights = weightsIn(tensors, this.stepper.arrays());
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

/** The checkpoint to go on from, or a fresh start. @throws UserError when the folder is not this run's */
function openFolder(folder: string, spec: TrainSpec): Checkpoint {
  const text = canonicalJson(spec);
  const checkpoint = readCheckpoint(folder);
  if (checkpoint !== undefined) {
    if (checkpoint.spec === text) return checkpoint;
    throw new UserError(
      `${folder} holds a training with other settings; choose another folder, or delete it`,
    );
  }
  makeFolder(folder);
  const task = taskNamed(spec.task);
  const config = configOf(spec, task, new Tokenizer(symbolsOf(task, spec.taskOptions)));
  const arrays = initialState(trainedTensors(config, spec), initialWeights(spec, config));
  return { spec: text, step: 0, seconds: 0, curve: [], lossSum: 0, arrays };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const strangers = readdirSync(folder).filter((name) => !name.startsWith(CHECKPOINT_FILE));
    if (strangers.length === 0) return;
    throw new UserError(
      `${folder} is not empty (${strangers.slice(0, 3).join(', ')}); choose another folder`,
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot write to ${folder}: ${messageOf(error)}`);
  }
}
