/** Waiting for a server that is gone for a while, or that is there and says nothing: everybody waits, and the questions are asked again. */
import type { AskState, Prompted } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { backoff, FIRST_WAIT_MS } from './due.ts';
import type { Due } from './due.ts';
import { inTrouble } from './pace/limiter.ts';
import { Outage } from './pace/outage.ts';
import { replyFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';

/** Of a server that says nothing, after answers that said something. */
export const SILENT = replyFault('the answer is empty, after others that were not');

type Silence = NonNullable<AskState['silent']>;

export class ServerWaits {
  private readonly limiter: Connection['limiter'];
  private readonly maxRetries: number;
  private readonly outage: Outage;
  /** A server that is there and says nothing, after answers that said something. */
  private readonly silence: Outage;
  /** When the last request was sent whose answer said something. */
  private saidAt: number | null = null;
  /** How many answers were taken that are empty, twice. */
  private empty = 0;
  private lost: Silence | null = null;

  constructor({ limiter, maxRetries, outage }: Pick<Connection, 'limiter' | 'maxRetries' | 'outage'>) {
    this.limiter = limiter;
    this.maxRetries = maxRetries;
    this.outage = outage;
    this.silence = Outage.forRetries(maxRetries);
  }

  /** What became of empty answers, for the lines at the end. */
  get emptied(): Pick<AskState, 'empty' | 'silent'> {
    return { empty: this.empty, ...(this.lost === null ? {} : { silent: this.lost }) };
  }

  /** A reply came that says nothing of a server in trouble. */
  answered(): void {
    this.outage.answered();
  }

  /** An answer came that says something. */
  said(sentAt: number): void {
    this.saidAt = Math.max(sentAt, this.saidAt ?? 0);
    this.silence.answered();
  }

  /** An empty answer is taken for one. */
  tookEmpty(): void {
    this.empty += 1;
  }

  /** A question has failed since nothing but empty answers came. */
  lostToSilence({ emptyAt }: Due<Prompted>): void {
    const now = Date.now();
    const { count, from, to } = this.lost ?? { count: 0, from: now, to: now };
    this.lost = { count: count + 1, from: Math.min(from, emptyAt ?? now), to: Math.max(to, now) };
  }

  /** Whether the server is gone for a while, so that everybody waits for it: until when it is gone does not count as an attempt. */
  forServer({ prompted, failedAt }: Due<Prompted>, fault: Fault, sentAt: number): boolean {
    const now = Date.now();
    const waitMs = this.outage.troubled(now, sentAt, prompted, failedAt ?? null);
    if (waitMs === null) return false;
    if (waitMs > 0) this.limiter.down(now + waitMs, inTrouble(fault.reason));
    return true;
  }

  /** Why the run ends, where the server was waited for as long as it may be; else null. */
  inVain({ reason }: Fault): string | null {
    if (!this.outage.isOver(Date.now())) return null;
    return `${reason} (nothing was answered for ${Math.round(this.outage.longestMs / 1000)} s, in which it was waited for)`;
  }

  /**
   * An empty answer may be none: of a server that is not ready. It is asked for again after a wait: once, where the model says
   * nothing anyway, or has said something to others meanwhile; else as often as after trouble, and while nothing but empty answers
   * come, everybody waits as in an outage. When it is; or what is to be made of it. What stays empty when the server was waited for
   * as long as it may be has failed; else it is the answer.
   * @param isEnding whether no more is asked, so that there is no outage to wait for
   */
  forWords<P extends Prompted>(
    due: Due<P>,
    sentAt: number,
    isEnding: boolean,
  ): { readonly again: Due<P> | null; readonly isSilent: boolean } {
    if (due.isTrial === true) return { again: null, isSilent: false };
    const now = Date.now();
    const { prompted, timesEmpty = 0, emptyAt = now } = due;
    const again = { ...due, timesEmpty: timesEmpty + 1, emptyAt };
    const isSilent = this.saidAt !== null && this.saidAt <= emptyAt && this.empty === 0;
    const waitMs = isSilent ? this.silence.troubled(now, sentAt, prompted, emptyAt) : null;
    if (waitMs !== null && !isEnding) {
      if (waitMs > 0) this.limiter.down(now + waitMs, inTrouble('its answers are empty'));
      // Another question, which nobody has asked yet, tells more: this one may have no answer.
      return { again: { ...again, at: now + waitMs + FIRST_WAIT_MS }, isSilent };
    }
    const isOver = isSilent && this.silence.isOver(now);
    const most = isSilent && !isOver ? Math.max(1, this.maxRetries) : 1;
    if (timesEmpty >= most) return { again: null, isSilent: isOver };
    return { again: { ...again, at: now + backoff(timesEmpty + 1) }, isSilent };
  }
}
