/**
 * One of two that take a run's steps together. Each computes the gradients over one share of the batch; then each
 * updates one half of the tensors, for which it takes the other's gradients from memory that both see. Between the two
 * parts, and between steps, one waits for the other: whoever calls sees to that.
 */
import { createSession, discard } from '../../graph/index.ts';
import type { Session, Tensor } from '../../graph/index.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { batchFeeds, planBatch } from '../batch/batch.ts';
import { Evaluation } from '../run/evaluation.ts';
import type { BucketAccuracy } from '../run/evaluation.ts';
import { batchTensors, parameterTensors, scalarTensors, stateTensors } from './feeds.ts';
import type { State } from './feeds.ts';
import { longestAt } from '../spec/schedule.ts';
import type { RunSetting } from '../spec/setting.ts';
import { feedsOfShare } from '../batch/shares.ts';
import type { BatchPlan } from '../batch/shares.ts';
import { gradientKey, gradientStep, renewed, shareKey, updateStep } from './step.ts';
import type { StepResult } from './stepper.ts';
import { float32 } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

export type Side = 0 | 1;

/** What both see. Each array is written by one of them alone, while the other reads none of it. */
export interface SharedMemory {
  /** Parameters and moments. Whose tensor it is writes them as it updates. */
  readonly state: State;
  /** By tensor, the gradient over the share of the one whose tensor it is not. */
  readonly slopes: ReadonlyMap<string, Float32Array>;
}

/** Memory for a run that begins with, or goes on from, a state. */
export function sharedMemory(tensors: readonly TrainedTensor[], state: State): SharedMemory {
  const shared = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));
  const copies = new Map<string, Float32Array>();
  for (const [key, data] of state) {
    const copy = shared(data.length);
    copy.set(data);
    copies.set(key, copy);
  }
  return { state: copies, slopes: new Map(tensors.map(({ name, shape }) => [name, shared(sizeOf(shape))])) };
}

/** The tensors of each side: about the same work, the largest first to whoever has less. */
export function divideTensors(
  tensors: readonly TrainedTensor[],
): readonly [readonly TrainedTensor[], readonly TrainedTensor[]] {
  const work = ({ shape, optimizer }: TrainedTensor) => sizeOf(shape) * optimizer.work(shape);
  const sides: [TrainedTensor[], TrainedTensor[]] = [[], []];
  const load = [0, 0];
  for (const tensor of [...tensors].sort((a, b) => work(b) - work(a))) {
    const lighter = load[0] <= load[1] ? 0 : 1;
    sides[lighter].push(tensor);
    load[lighter] += work(tensor);
  }
  return sides;
}

/** Long and short lengths for each side. */
const SIDE_OF_BUCKET: readonly Side[] = [0, 1, 1, 0];

export class Half {
  private readonly setting: RunSetting;
  private readonly side: Side;
  private readonly memory: SharedMemory;
  private readonly own: readonly TrainedTensor[];
  private readonly others: readonly TrainedTensor[];
  private readonly evaluation: Evaluation;
  private longest = -1;
  private plan: BatchPlan = { shares: [], order: [] };
  /** None where the batch has no share for this side. */
  private gradientSession: Session | undefined;
  private updateSession: Session | undefined;
  /** Gradients by tensor over the own share, between the two parts of a step. */
  private gradients: ReadonlyMap<string, Tensor> = new Map();

  constructor(setting: RunSetting, side: Side, memory: SharedMemory) {
    this.setting = setting;
    this.side = side;
    this.memory = memory;
    const sides = divideTensors(setting.tensors);
    this.own = sides[side];
    this.others = sides[1 - side];
    this.evaluation = new Evaluation(setting, { isWanted: (bucket) => SIDE_OF_BUCKET[bucket] === side });
  }

  /** Makes the sessions for a step, unless they are there. */
  async prepare(step: number): Promise<void> {
    const { spec, lessons, config, tensors } = this.setting;
    const longest = longestAt(spec, step);
    if (this.longest === longest) return;
    await this.releaseSessions();
    this.longest = longest;
    this.plan = planBatch(spec, lessons, config, longest);
    const { shares } = this.plan;
    if (this.side < shares.length) {
      this.gradientSession = await createSession(gradientStep(config, tensors, shares[this.side]));
    }
    this.updateSession = await createSession(updateStep(this.own, shares.length));
  }

  /** The first part of a step. The loss is that of the share. */
  async computeGradients(step: number): Promise<StepResult> {
    const { spec, lessons, config, tokenizer, tensors } = this.setting;
    await this.prepare(step);
    const batch = batchFeeds(spec, lessons, config, tokenizer, this.plan, this.longest, step);
    if (this.gradientSession === undefined) return { loss: 0, tokens: batch.tokens };
    const results = await this.gradientSession.run({
      ...parameterTensors(tensors, this.memory.state),
      ...batchTensors(feedsOfShare(batch, this.plan, this.side)),
    });
    this.gradients = new Map(this.own.map(({ name }) => [name, results[gradientKey(name)]]));
    for (const { name } of this.others) {
      this.memory.slopes.get(name)!.set(results[gradientKey(name)].data as Float32Array);
      discard(results[gradientKey(name)]);
    }
    return { loss: Number(results.loss.data[0]), tokens: batch.tokens };
  }

  /** The second part, after both are done with the first. */
  async update(step: number, rate: number): Promise<void> {
    const shares = this.plan.shares.length;
    const feeds = { ...stateTensors(this.own, this.memory.state), ...scalarTensors(step, rate) };
    for (const { name, shape } of this.own) {
      for (let share = 0; share < shares; share++) {
        const other = () => float32(this.memory.slopes.get(name)!, shape);
        feeds[shareKey(share, name)] = share === this.side ? this.gradients.get(name)! : other();
      }
    }
    const results = await this.updateSession!.run(feeds);
    for (const gradient of this.gradients.values()) discard(gradient);
    for (const key of Object.keys(stateTensors(this.own, this.memory.state))) {
      this.memory.state.get(key)!.set(results[renewed(key)].data as Float32Array);
      discard(results[renewed(key)]);
    }
  }

  /** The accuracy in this side's buckets. */
  evaluate(): Promise<BucketAccuracy> {
    return this.evaluation.run(parameterTensors(this.setting.tensors, this.memory.state));
  }

  async release(): Promise<void> {
    await this.releaseSessions();
    await this.evaluation.release();
  }

  private async releaseSessions(): Promise<void> {
    await this.gradientSession?.release();
    await this.updateSession?.release();
    this.gradientSession = this.updateSession = undefined;
  }
}
