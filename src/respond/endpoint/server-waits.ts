/** Waiting for a server that is gone for a while: everybody waits, and the questions are asked again. */
import type { Prompted } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import type { Due } from './due.ts';
import { inTrouble, otherModelAnswers } from './pace/limiter.ts';
import type { Waiting } from './pace/limiter.ts';
import { IN_A_ROW, IN_A_ROW_BY_TURNS } from './pace/outage.ts';
import type { Outage } from './pace/outage.ts';
import type { Fault } from './reply/faults.ts';

/** A router has hundreds of models. */
const MOST_MODELS = 1000;

export class ServerWaits {
  private readonly outage: Outage;
  /** Models that answered and were not asked: since when; null once the one that was asked has answered after that. */
  private readonly others = new Map<string, number | null>();

  constructor({ outage }: Pick<Connection, 'outage'>) {
    this.outage = outage;
  }

  /** A reply came that says nothing of a server in trouble. */
  replied(): void {
    this.outage.answered();
  }

  /** An answer came, of the model that was asked. */
  answered(sentAt: number): void {
    this.replied();
    for (const [model, since] of this.others) {
      if (since !== null && sentAt > since) this.others.set(model, null);
    }
  }

  /**
   * How long everybody is to wait for a server that is gone for a while, and why: until it is back nothing counts as an attempt. 0 ms where
   * the wait that has begun is enough; null: it is not gone.
   * @param found how often in a row it was found to be there all the same: more trouble in a row is of prompts then
   */
  forServer(
    { prompted, failedAt }: Due<Prompted>,
    fault: Fault,
    sentAt: number,
    found: number,
  ): Waiting | null {
    const now = Date.now();
    const most = (this.isByTurns(fault, now) ? IN_A_ROW_BY_TURNS : IN_A_ROW) * 2 ** found;
    const ms = this.outage.troubled(now, sentAt, prompted, failedAt ?? null, most);
    if (ms === null) return null;
    const { otherModel, reason } = fault;
    return { ms, why: otherModel === null ? inTrouble(reason) : otherModelAnswers(otherModel) };
  }

  /** Whether another model answers by turns with the one that was asked. Until that is seen, it may be there in its place for a while. */
  private isByTurns({ otherModel }: Fault, now: number): boolean {
    if (otherModel === null) return false;
    if (!this.others.has(otherModel) && this.others.size < MOST_MODELS) this.others.set(otherModel, now);
    return this.others.get(otherModel) === null;
  }

  /** Why the run ends, where the server was waited for as long as it may be; else null. */
  inVain({ reason }: Fault): string | null {
    if (!this.outage.isOver(Date.now())) return null;
    return `${reason} (nothing was answered for ${Math.round(this.outage.longestMs / 1000)} s, in which it was waited for)`;
  }
}
