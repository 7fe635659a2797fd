/** Runs training steps: keeps the state, a session for the current longest length, and feeds one with the other. */
import { createSession } from '../graph/index.ts';
import type { Session, Tensor } from '../graph/index.ts';
import type { AnswerGroup } from '../model/answers.ts';
import type { ModelConfig, Tokenizer } from '../model/index.ts';
import type { Task } from '../tasks/index.ts';
import { batchFeeds, batchGroups } from './batch.ts';
import { longestAt, rateAt } from './schedule.ts';
import type { TrainSpec } from './spec.ts';
import { renewed, scalarFeeds, trainingStep } from './step.ts';
import { float32, int32, parameterKey, slotKey } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

/** What stays the same over a run. */
export interface RunSetting {
  readonly spec: TrainSpec;
  readonly task: Task;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly tensors: readonly TrainedTensor[];
  readonly threads: number;
}

export class Stepper {
  private readonly setting: RunSetting;
  private state: Record<string, Tensor>;
  private groups: readonly AnswerGroup[] = [];
  private longest = -1;
  private session: Session | undefined;

  constructor(setting: RunSetting, state: ReadonlyMap<string, Float32Array>) {
    this.setting = setting;
    this.state = {};
    for (const { name, shape, optimizer } of setting.tensors) {
      for (const key of [parameterKey(name), ...optimizer.slots.map((slot) => slotKey(slot, name))]) {
        this.state[key] = float32(state.get(key)!, shape);
      }
    }
  }

  /** Takes one step; steps count from 1. Returns the loss before it (nats per answer token) and the tokens it read. */
  async step(step: number): Promise<{ loss: number; tokens: number }> {
    const { spec, task, config, tokenizer } = this.setting;
    const session = await this.sessionFor(longestAt(spec, step));
    const batch = batchFeeds(spec, task, config, tokenizer, this.groups, this.longest, step);
    const feeds: Record<string, Tensor> = {
      ...this.state,
      targets: int32(batch.targets),
      weights: float32(batch.weights),
    };
    for (const [name, data] of Object.entries(batch.inputs)) feeds[name] = int32(data);
    const rate = spec.learningRate * rateAt(spec, step);
    for (const [name, value] of Object.entries(scalarFeeds(step, rate))) {
      feeds[name] = float32(Float32Array.of(value), []);
    }
    const results = await session.run(feeds);
    for (const key of Object.keys(this.state)) this.state[key] = results[renewed(key)];
    return { loss: Number(results.loss.data[0]), tokens: batch.tokens };
  }

  /** The current parameters, as inputs of a graph. */
  parameters(): Record<string, Tensor> {
    return Object.fromEntries(
      this.setting.tensors.map(({ name }) => [parameterKey(name), this.state[parameterKey(name)]]),
    );
  }

  /** All arrays that a checkpoint needs. */
  arrays(): Map<string, Float32Array> {
    return new Map(Object.entries(this.state).map(([key, { data }]) => [key, data as Float32Array]));
  }

  async release(): Promise<void> {
    await this.session?.release();
    this.session = undefined;
  }

  private async sessionFor(longest: number): Promise<Session> {
    if (this.session !== undefined && this.longest === longest) return this.session;
    await this.release();
    const { spec, task, config, tensors, threads } = this.setting;
    this.longest = longest;
    this.groups = batchGroups(spec, task, longest);
    this.session = await createSession(trainingStep(config, tensors, this.groups), { threads });
    return this.session;
  }
}
