/** Takes the steps of a run, one after the other, and says how far the model has come. */
import { createSession } from '../../graph/index.ts';
import type { Device, Session } from '../../graph/index.ts';
import { batchFeeds, planBatch } from '../batch/batch.ts';
import { Evaluation } from '../run/evaluation.ts';
import type { BucketAccuracy } from '../run/evaluation.ts';
import {
  batchTensors,
  parameterTensors,
  scalarTensors,
  stateIn,
  stateTensors,
  takeRenewed,
} from './feeds.ts';
import type { Feeds, State } from './feeds.ts';
import { longestAt } from '../spec/schedule.ts';
import type { RunSetting } from '../spec/setting.ts';
import type { BatchPlan } from '../batch/shares.ts';
import { trainingStep } from './step.ts';

export interface StepResult {
  /** Before the step, nats per answer token. */
  readonly loss: number;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
}

export interface Stepper {
  /** Steps count from 1. `rate` is the learning rate. */
  step(step: number, rate: number): Promise<StepResult>;
  /** Exact match on held-out instances, per bucket of lengths. */
  evaluate(): Promise<BucketAccuracy>;
  /** All arrays that a checkpoint needs. */
  state(): State;
  release(): Promise<void>;
}

/**
 * On one thread: a step is one run of one session, which is made anew when the longest length changes. The arrays that it
 * begins with become its own.
 */
export class SoloStepper implements Stepper {
  private readonly setting: RunSetting;
  private readonly evaluation: Evaluation;
  private arrays: Feeds;
  private longest = -1;
  private readonly device: Device;
  private plan: BatchPlan | undefined;
  private session: Session | undefined;

  constructor(setting: RunSetting, state: State, device: Device = 'cpu') {
    this.setting = setting;
    this.device = device;
    this.evaluation = new Evaluation(setting, { device });
    this.arrays = stateTensors(setting.tensors, state);
  }

  /** Makes the session for a step, unless it is there. */
  async prepare(step: number): Promise<{ session: Session; plan: BatchPlan }> {
    const { spec, lessons, config, tensors } = this.setting;
    const longest = longestAt(spec, step);
    if (this.session === undefined || this.plan === undefined || this.longest !== longest) {
      await this.session?.release();
      this.longest = longest;
      this.plan = planBatch(spec, lessons, config, longest);
      this.session = await createSession(trainingStep(config, tensors, this.plan.shares), {
        device: this.device,
      });
    }
    return { session: this.session, plan: this.plan };
  }

  async step(step: number, rate: number): Promise<StepResult> {
    const { spec, lessons, config, tokenizer } = this.setting;
    const { session, plan } = await this.prepare(step);
    const batch = batchFeeds(spec, lessons, config, tokenizer, plan, this.longest, step);
    const results = await session.run({
      ...this.arrays,
      ...batchTensors(batch),
      ...scalarTensors(step, rate),
    });
    takeRenewed(this.arrays, results);
    return { loss: Number(results.loss.data[0]), tokens: batch.tokens };
  }

  evaluate(): Promise<BucketAccuracy> {
    return this.evaluation.run(parameterTensors(this.setting.tensors, this.state()));
  }

  state(): State {
    return stateIn(this.arrays);
  }

  async release(): Promise<void> {
    await this.session?.release();
    this.session = undefined;
    await this.evaluation.release();
  }
}
