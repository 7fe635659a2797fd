/**
 * Empty answers: of a model that has nothing to say to a question, or of a server that is there and is not ready. An answer that is empty
 * twice, with one between that says something, is the model's. Where nothing but empty answers come, a question is asked again that was
 * answered before: if the server says something to that, it is the model that is silent; else the server is waited for.
 */
import type { RenderedPrompt } from '../../prompt/render.ts';
import type { Output } from '../../score/output.ts';
import type { AskState, Prompted } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { backoff, FIRST_WAIT_MS } from './due.ts';
import type { Due, Next } from './due.ts';
import { inTrouble } from './pace/limiter.ts';
import { IN_A_ROW, Outage } from './pace/outage.ts';
import { replyFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';

/** Of a server that says nothing, after answers that said something. */
const SILENT = replyFault('the answer is empty, after others that were not');

/** Of a question that could not be asked as often as an empty answer takes: the budget or the run came to its end. */
const UNCONFIRMED = replyFault('the answer is empty, and it could not be asked again whether it stays so');

const WAITS_FOR_WORDS = inTrouble('its answers are empty');

/** With so many that wait for others to say something, it is found out at once what they are: they must not fill the memory. */
const MOST_HELD = 500;

/** A question whose answer came empty. */
export interface Empty<P> {
  readonly due: Due<P>;
  readonly output: Output;
  /** The output of its question if it is to have failed. */
  readonly failed: (fault: Fault) => Output;
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAt: number;
}

/**
 * Asks the server something that it has answered before, a question or (null) the probe's, and tells whether it says something. Rejects
 * where it can't be asked: the budget is spent, or the run is interrupted.
 */
export type SpeaksNow = (question: RenderedPrompt | null) => Promise<boolean>;

export interface EmptyAnswersOptions<P> {
  readonly connection: Pick<Connection, 'limiter' | 'maxRetries'>;
  /** Whether an answer of the probe has said something. */
  readonly speaks: boolean;
  /** null: the server can't be asked so. */
  readonly speaksNow: SpeaksNow | null;
  /** A question that was answered with words, now or in an earlier run; null: none is known. */
  readonly known: () => RenderedPrompt | null;
  readonly next: Next<P>;
}

export class EmptyAnswers<P extends Prompted> {
  private readonly limiter: Connection['limiter'];
  private readonly next: Next<P>;
  private readonly speaksNow: SpeaksNow | null;
  private readonly known: EmptyAnswersOptions<P>['known'];
  /** Answers in a row that say nothing. */
  private readonly silence: Outage;
  /** Whether any answer has said something, the probe's included; and when the last request was sent whose answer did. */
  private hasSpoken: boolean;
  private saidAt = 0;
  /** Whether so many came empty in a row that it is to be found out what they are. */
  private isSuspicious = false;
  /** How often the server was found to speak all the same; and whether it was waited for in vain. */
  private foundSpeaking = 0;
  private isGone = false;
  /** Questions whose answers stay empty while no other says anything: what these are is known once one does, or nothing else is left to ask. */
  private readonly held: Empty<P>[] = [];
  /** How many were taken for answers; those of them that were before any answer had said something, though others did later. */
  private taken = 0;
  private unheard = 0;
  private lost: AskState['silent'];

  constructor({ connection, speaks, speaksNow, known, next }: EmptyAnswersOptions<P>) {
    this.limiter = connection.limiter;
    this.silence = Outage.forRetries(connection.maxRetries);
    this.hasSpoken = speaks;
    this.speaksNow = speaksNow;
    this.known = known;
    this.next = next;
  }

  /** What became of them, for the lines at the end. */
  get counts(): Pick<AskState, 'empty' | 'unheard' | 'silent'> {
    const { taken, unheard, lost } = this;
    return {
      empty: taken,
      ...(unheard === 0 ? {} : { unheard }),
      ...(lost === undefined ? {} : { silent: lost }),
    };
  }

  /** An answer came that says something: those that were empty before it was asked for are asked for once more. */
  said(sentAt: number): void {
    if (!this.hasSpoken) this.unheard = this.taken;
    this.hasSpoken = true;
    this.isGone = false;
    this.saidAt = Math.max(sentAt, this.saidAt);
    this.silence.answered();
    for (const one of this.held.splice(0)) {
      if (this.isSilentSince(one.due)) this.held.push(one);
      else this.next.again({ ...one.due, at: Date.now() });
    }
  }

  /**
   * An empty answer came. It is asked for again; it is taken where it was empty before and others have said something since. Where nothing
   * else comes, it is found out whether the server speaks; until any question was answered, everybody waits before that, at most as long as
   * for a server that is gone.
   * @param isEnding whether no more is asked, so that there is nothing to wait for
   */
  came(empty: Empty<P>, isEnding: boolean): void {
    const { due, sentAt } = empty;
    const now = Date.now();
    const { prompted, timesEmpty = 0, emptyAt = now } = due;
    const counted: Due<P> = {
      ...due,
      timesEmpty: timesEmpty + 1,
      emptyAt,
      failed: empty.failed(UNCONFIRMED),
    };
    const isSilent = this.isSilentSince(counted);
    // Of a model that is silent to many questions, more come in a row.
    const many = IN_A_ROW * 2 ** this.foundSpeaking;
    const waitMs = isSilent && !isEnding ? this.silence.troubled(now, sentAt, prompted, emptyAt, many) : null;
    if (waitMs !== null && this.canTell) {
      this.held.push({ ...empty, due: counted });
      this.isSuspicious = true;
    } else if (waitMs !== null) {
      if (waitMs > 0) this.limiter.down(now + waitMs, WAITS_FOR_WORDS);
      // Another question, which nobody has asked yet, tells more: this one may have no answer.
      this.next.again({ ...counted, at: now + waitMs + FIRST_WAIT_MS });
    } else if (timesEmpty === 0) this.next.again({ ...counted, at: now + backoff(1) });
    else if (!isSilent) this.take(empty);
    else if (this.isGone) this.lose(empty, SILENT);
    else {
      this.held.push({ ...empty, due: counted });
      if (this.isFull && !this.hasSpoken) this.takeHeld();
      this.isSuspicious ||= this.hasSpoken && this.silence.isOver(now);
    }
  }

  /** Whether the server can be asked at once what it is, by a question that was surely answered. */
  private get canTell(): boolean {
    return this.speaksNow !== null && (this.known() !== null || this.foundSpeaking > 0);
  }

  /** Whether no answer has said anything that was asked for after this one came empty. */
  private isSilentSince({ emptyAt = 0 }: Due<P>): boolean {
    return this.saidAt <= emptyAt;
  }

  /** Whether it has to be found out now what those are that are held. */
  get isDue(): boolean {
    return this.isSuspicious || this.isFull;
  }

  private get isFull(): boolean {
    return this.held.length >= MOST_HELD;
  }

  /**
   * Finds out what those are that are held, since they are many or nothing else is left to ask: it is asked whether the server speaks at
   * all. Where no answer ever did, they are the answers. Null: there are none; else when that is found out.
   */
  settle(): Promise<void> | null {
    this.isSuspicious = false;
    if (this.held.length === 0) return null;
    const { speaksNow, silence } = this;
    if (this.hasSpoken && speaksNow !== null) return this.waitForWords(speaksNow);
    if (this.hasSpoken && silence.isOver(Date.now())) this.loseHeld(SILENT);
    else this.takeHeld();
    return Promise.resolve();
  }

  private async waitForWords(speaksNow: SpeaksNow): Promise<void> {
    for (let waitMs: number | null = 0; waitMs !== null; waitMs = this.silence.gone(Date.now())) {
      if (waitMs > 0) this.limiter.down(Date.now() + waitMs, WAITS_FOR_WORDS);
      const sentAt = Date.now();
      try {
        if (await speaksNow(this.known())) {
          this.foundSpeaking = waitMs === 0 ? this.foundSpeaking + 1 : 0;
          return this.said(sentAt);
        }
      } catch {
        return this.loseHeld(UNCONFIRMED);
      }
    }
    this.isGone = true;
    this.loseHeld(SILENT);
  }

  /** All that waits here, which does no longer: where no answer has ever said anything, they are the answers. */
  leave(): Due<P>[] {
    if (!this.hasSpoken) this.takeHeld();
    return this.held.splice(0).map(({ due }) => due);
  }

  private takeHeld(): void {
    for (const empty of this.held.splice(0)) this.take(empty);
  }

  private loseHeld(why: Fault): void {
    for (const empty of this.held.splice(0)) this.lose(empty, why);
  }

  private take({ due, output }: Empty<P>): void {
    // A trial's is kept as the answer that was cut.
    if (due.isTrial !== true) this.taken += 1;
    this.next.keep(due, output);
  }

  private lose({ due, failed }: Empty<P>, why: Fault): void {
    if (why === SILENT && due.cut === undefined) this.tellLost(due);
    this.next.keep(due, failed(why));
  }

  private tellLost({ emptyAt }: Due<P>): void {
    const now = Date.now();
    const { count, from, to } = this.lost ?? { count: 0, from: now, to: now };
    this.lost = { count: count + 1, from: Math.min(from, emptyAt ?? now), to: Math.max(to, now) };
  }
}
