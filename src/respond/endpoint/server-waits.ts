/** Waiting for a server that is gone for a while, or that is there and says nothing: everybody waits, and the questions are asked again. */
import type { AskState, Prompted } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { backoff, FIRST_WAIT_MS } from './due.ts';
import type { Due } from './due.ts';
import { inTrouble, otherModelAnswers } from './pace/limiter.ts';
import { Outage } from './pace/outage.ts';
import { replyFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';

/** Of a server that says nothing, after answers that said something. */
export const SILENT = replyFault('the answer is empty, after others that were not');

/** A router has hundreds of models. */
const MOST_MODELS = 1000;

type Silence = NonNullable<AskState['silent']>;

export class ServerWaits {
  private readonly limiter: Connection['limiter'];
  private readonly maxRetries: number;
  private readonly outage: Outage;
  /** A server that is there and says nothing, after answers that said something. */
  private readonly silence: Outage;
  /** Whether any answer has said something, the probe's included; and when the last request was sent whose answer did. */
  private hasSpoken: boolean;
  private saidAt = 0;
  /** Models that answered and were not asked: since when; null once the one that was asked has answered after that. */
  private readonly others = new Map<string, number | null>();
  /** How many answers were taken that are empty, twice. */
  private empty = 0;
  /** Those of them that were taken before any answer had said something, though others did later. */
  private unheard = 0;
  private lost: Silence | null = null;

  /** @param speaks whether an answer of the probe has said something */
  constructor(
    { limiter, maxRetries, outage }: Pick<Connection, 'limiter' | 'maxRetries' | 'outage'>,
    speaks: boolean,
  ) {
    this.hasSpoken = speaks;
    this.limiter = limiter;
    this.maxRetries = maxRetries;
    this.outage = outage;
    this.silence = Outage.forRetries(maxRetries);
  }

  /** What became of empty answers, for the lines at the end. */
  get emptied(): Pick<AskState, 'empty' | 'unheard' | 'silent'> {
    const { empty, unheard, lost } = this;
    return { empty, ...(unheard === 0 ? {} : { unheard }), ...(lost === null ? {} : { silent: lost }) };
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

  /** An answer came that says something. */
  said(sentAt: number): void {
    if (!this.hasSpoken) this.unheard = this.empty;
    this.hasSpoken = true;
    this.saidAt = Math.max(sentAt, this.saidAt);
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
    const byTurns = this.isByTurns(fault, now);
    const waitMs = this.outage.troubled(now, sentAt, prompted, failedAt ?? null, byTurns);
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

  /**
   * An empty answer may be none: of a server that is not ready. It is asked for again after a wait: once, where the model says
   * nothing anyway, or has said something to others meanwhile; else as often as after trouble, and while nothing but empty answers
   * come, everybody waits as in an outage. When it is; or what is to be made of it. What stays empty when the server was waited for
   * as long as it may be has failed (`isSilent`), if any answer has ever said something; else it is the answer.
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
    const isSilent = this.saidAt <= emptyAt && this.empty === 0;
    const waitMs = isSilent ? this.silence.troubled(now, sentAt, prompted, emptyAt) : null;
    if (waitMs !== null && !isEnding) {
      if (waitMs > 0) this.limiter.down(now + waitMs, inTrouble('its answers are empty'));
      // Another question, which nobody has asked yet, tells more: this one may have no answer.
      return { again: { ...again, at: now + waitMs + FIRST_WAIT_MS }, isSilent: this.hasSpoken };
    }
    const isOver = isSilent && this.silence.isOver(now);
    const most = isSilent && !isOver ? Math.max(1, this.maxRetries) : 1;
    if (timesEmpty >= most) return { again: null, isSilent: isOver && this.hasSpoken };
    return { again: { ...again, at: now + backoff(timesEmpty + 1) }, isSilent: isSilent && this.hasSpoken };
  }
}
