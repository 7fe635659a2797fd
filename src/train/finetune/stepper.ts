/** Takes the steps of a fine-tuning, one after the other, and says how far it has come. */
import { createSession } from '../../graph/index.ts';
import type { Computing, Session, Tensor } from '../../graph/index.ts';
import { branchedFeeds } from '../../model/answers/branches.ts';
import type { BranchedGroup } from '../../model/answers/branches.ts';
import type { BucketAccuracy } from '../run/evaluation.ts';
import { longestAt } from '../spec/schedule.ts';
import {
  batchTensors,
  parameterTensors,
  scalarTensors,
  stateIn,
  stateTensors,
  takeRenewed,
} from '../step/feeds.ts';
import type { Feeds, State } from '../step/feeds.ts';
import type { Stepper, StepResult } from '../step/stepper.ts';
import { HeldOut } from './evaluation.ts';
import { batchAt, roomOf, usualRoom } from './sequences.ts';
import type { FinetuneSetting } from './setting.ts';
import { finetuneStep, frozenFeeds } from './step.ts';

/** A step is one run of one session, which is made anew when the room for a batch changes. */
export class FinetuneStepper implements Stepper {
  private readonly setting: FinetuneSetting;
  private readonly computing: Computing;
  private readonly frozen: Readonly<Record<string, Tensor>>;
  private readonly heldOut: HeldOut;
  private readonly arrays: Feeds;
  private usual: { readonly longest: number; readonly room: readonly BranchedGroup[] } | undefined;
  private current: { readonly room: string; readonly session: Session } | undefined;

  /** @param state becomes its own */
  constructor(setting: FinetuneSetting, state: State, computing: Computing) {
    this.setting = setting;
    this.computing = computing;
    this.frozen = frozenFeeds(setting);
    this.heldOut = new HeldOut(setting, computing);
    this.arrays = stateTensors(setting.tensors, state);
  }

  async step(step: number, rate: number): Promise<StepResult> {
    const { config } = this.setting.base;
    const usual = this.usualRoom(step);
    const batch = batchAt(this.setting, step, usual);
    const room = roomOf(usual, batch);
    const session = await this.session(room);
    const results = await session.run({
      ...this.frozen,
      ...this.arrays,
      ...batchTensors(branchedFeeds(config, room, batch.sequences, batch.offsets)),
      ...scalarTensors(step, rate),
    });
    takeRenewed(this.arrays, results);
    return { loss: Number(results.loss.data[0]), tokens: batch.tokens };
  }

  evaluate(): Promise<BucketAccuracy> {
    return this.heldOut.run(parameterTensors(this.setting.tensors, this.state()));
  }

  state(): State {
    return stateIn(this.arrays);
  }

  async release(): Promise<void> {
    await this.current?.session.release();
    this.current = undefined;
    await this.heldOut.release();
  }

  private usualRoom(step: number): readonly BranchedGroup[] {
    const longest = longestAt(this.setting.spec, step);
    if (this.usual?.longest !== longest) this.usual = { longest, room: usualRoom(this.setting, longest) };
    return this.usual.room;
  }

  private async session(room: readonly BranchedGroup[]): Promise<Session> {
    const key = JSON.stringify(room);
    if (this.current?.room === key) return this.current.session;
    await this.current?.session.release();
    this.current = undefined;
    const session = await createSession(finetuneStep(this.setting, room), this.computing);
    this.current = { room: key, session };
    return session;
  }
}
