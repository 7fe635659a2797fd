/** Waiting for a server that is gone for a while: everybody waits, and the questions are asked again. */
import type { Prompted } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import type { Due } from './due.ts';
import { inTrouble, otherModelAnswers } from './pace/limiter.ts';
import { IN_A_ROW, IN_A_ROW_BY_TURNS } from './pace/outage.ts';
import type { Outage } from './pace/outage.ts';
import type { Fault } from './reply/faults.ts';

/** A router has hundreds of models. */
const MOST_MODELS = 1000;

export class ServerWaits {
  private readonly limiter: Connection['limiter'];
  private readonly outage: Outage;
  /** Models that answered and were not asked: since when; null once the one that was asked has answered after that. */
  private readonly others = new Map<string, number | null>();

  constructor({ limiter, outage }: Pick<Connection, 'limiter' | 'outage'>) {
    this.limiter = limiter;
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

  /** Whether the server is gone for a while, so that everybody waits for it: until when it is gone does not count as an attempt. */
  forServer({ prompted, failedAt }: Due<Prompted>, fault: Fault, sentAt: number): boolean {
    const now = Date.now();
    const most = this.isByTurns(fault, now) ? IN_A_ROW_BY_TURNS : IN_A_ROW;
    const waitMs = this.outage.troubled(now, sentAt, prompted, failedAt ?? null, most);
    if (waitMs === null) return false;
    const { otherModel, reason } = fault;
    const why = otherModel === null ? inTrouble(reason) : otherModelAnswers(otherModel);
    if (waitMs > 0) this.limiter.down(now + waitMs, why);
    return true;
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
