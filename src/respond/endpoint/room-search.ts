/** Finding out with how much room questions are asked: answers that were cut, and prompts that do not fit the context with all of it. */
import type { Output } from '../../score/output.ts';
import type { Prompted } from '../respondent.ts';
import { promptCharacters } from './answer-room.ts';
import type { AnswerRoom } from './answer-room.ts';
import { firstDue } from './due.ts';
import type { Due, Next, RequestPlan, Requests } from './due.ts';
import type { Budget, Tokens } from './pace/budget.ts';
import type { Fault } from './reply/faults.ts';
import type { Answered } from './reply/read.ts';
import type { Untried } from './request/room-lines.ts';

const NO_BUDGET: Untried = { reason: 'the budget has no room for it', mayPass: true };
const NO_ROOM: Untried = { reason: 'the context has no room for it', mayPass: false };
const EMPTY: Untried = { reason: 'the answers with room for thoughts were empty', mayPass: true };
const RUN_ENDED: Untried = { reason: 'the run ended before', mayPass: true };

export interface RoomSearchOptions<P> {
  readonly room: AnswerRoom;
  readonly requests: Requests;
  readonly budget: Pick<Budget, 'allows'>;
  readonly next: Next<P>;
}

export class RoomSearch<P extends Prompted> {
  private readonly room: AnswerRoom;
  private readonly requests: Requests;
  private readonly allows: (most: Tokens) => boolean;
  private readonly next: Next<P>;
  /** Cut answers that wait for what a trial with room brings. */
  private held: Due<P>[] = [];
  /** Prompts that did not fit the context with all the room, and the one that finds out whether they do with less. */
  private readonly unfit: Due<P>[] = [];
  private fitting: P | null = null;

  constructor({ room, requests, budget, next }: RoomSearchOptions<P>) {
    this.room = room;
    this.requests = requests;
    this.allows = (most) => budget.allows(most);
    this.next = next;
  }

  /** Whether it is being found out whether a prompt fits: others are hardly shorter. */
  get isFitting(): boolean {
    return this.fitting !== null;
  }

  /** Keeps an answer, unless it was cut and there may be more room for it. */
  answered(due: Due<P>, plan: RequestPlan, answered: Answered, output: Output): void {
    const { room } = this;
    const { prompted, cut, isTrial = false } = due;
    if (isTrial && cut !== undefined) {
      room.tried(answered, output, cut);
      this.next.keep(due, room.noticed ? output : cut);
    } else if (plan.roomy || !room.see(prompted, answered, output)) {
      this.next.keep(due, output);
    } else {
      this.afterCut({ ...due, cut: output });
    }
    this.settleHeld();
  }

  /** Asks again where the model is known to think, tries whether it does, or takes the answer for what it is. */
  private afterCut(due: Due<P> & { readonly cut: Output }): void {
    const { room } = this;
    const { prompted, requests, cut } = due;
    const again = { ...firstDue(prompted), requests, cut, at: Date.now(), generate: true, roomy: true };
    const plan = this.requests(prompted, again);
    if (room.noticed) this.next.again(again);
    else if (room.isTrying) this.held.push(due);
    else if (room.isOpen && plan !== null && this.allows(plan.most)) {
      room.try();
      this.next.again({ ...again, isTrial: true });
    } else {
      if (room.isOpen && plan !== null) room.leaveUntried(NO_BUDGET);
      this.next.keep(due, cut);
    }
  }

  private settleHeld(): void {
    if (this.room.isTrying && !this.room.noticed) return;
    for (const { cut, ...due } of this.held.splice(0)) if (cut !== undefined) this.afterCut({ ...due, cut });
  }

  /** The answer to a trial is empty, and stays so: it is cut answers of others that may show more. */
  emptyTrial(due: Due<P>): void {
    if (this.held.length > 0) return this.endTrial(due, EMPTY);
    this.room.failed(EMPTY);
    if (due.cut !== undefined) this.next.keep(due, due.cut);
  }

  /** No reply came to a trial. It waits behind the other cut answers, of which one is tried next. */
  endTrial(due: Due<P>, why: Untried = NO_BUDGET): void {
    this.room.failed(why);
    this.held.push({ ...due, isTrial: false });
    this.settleHeld();
  }

  /**
   * A prompt is refused. Whether it is for its length or its limit, and there is less room to ask it with: then it is asked so.
   * @param failed its output if nothing else comes
   */
  refused(due: Due<P>, plan: RequestPlan, fault: Fault, failed: Output): boolean {
    const { limitsNamed } = fault;
    const tooLarge = limitsNamed !== null;
    if (tooLarge && plan.tokenLimit !== null && this.room.cap(plan.tokenLimit, limitsNamed)) {
      this.next.again({ ...due, at: Date.now(), failed });
      return true;
    }
    const isTooLong = fault.failure === 'too-long' || fault.overAllowance;
    if (isTooLong) this.room.refuseWith(due.prompted, plan);
    if (!isTooLong && !tooLarge) return false;
    const smaller = { ...due, at: Date.now(), smaller: plan.smaller + 1, failed };
    const less = this.requests(due.prompted, smaller);
    if (tooLarge && plan.tokenLimit !== null && (less?.tokenLimit ?? Infinity) >= plan.tokenLimit) {
      if (!this.room.lower(plan.tokenLimit)) return false;
      this.next.again({ ...due, at: Date.now(), failed });
      return true;
    }
    if (less === null) return false;
    if (tooLarge) this.room.refuse(smaller.smaller);
    this.room.lessRoom(tooLarge ? 'limit' : fault.overAllowance ? 'allowance' : 'context', less.thinkTokens);
    this.withLessRoom(smaller, tooLarge);
    return true;
  }

  /**
   * Prompts that do not fit the context with all the room: one of them finds out whether less room will do, and the others wait for
   * what comes of it. Else each would be asked with every room that there is.
   */
  private withLessRoom(smaller: Due<P>, atOnce: boolean): void {
    if (!atOnce && this.fitting !== null && this.fitting !== smaller.prompted) {
      this.unfit.push(smaller);
      return;
    }
    if (!atOnce) this.fitting = smaller.prompted;
    this.next.again(smaller);
  }

  /**
   * A question is over. Where it was to find out whether the others fit, they are asked so if it fits; else the shortest of them,
   * which tells most, is the next to find out. Whether it was that one.
   */
  settleUnfit(prompted: P, fits: boolean): boolean {
    if (this.fitting !== prompted) return false;
    this.fitting = null;
    for (const due of this.unfit
      .splice(0)
      .sort((a, b) => promptCharacters(a.prompted) - promptCharacters(b.prompted))) {
      if (this.requests(due.prompted, due) !== null) this.withLessRoom(due, fits);
      else if (due.isTrial === true) this.endTrial(due, NO_ROOM);
      else if (due.failed !== undefined) this.next.keep(due, due.cut ?? due.failed);
    }
    return true;
  }

  /** How many questions wait here. */
  get waiting(): number {
    return this.held.length + this.unfit.length;
  }

  /** All that waits here, which does no longer. */
  leave(): Due<P>[] {
    if (this.room.isTrying && !this.room.noticed) this.room.leaveUntried(RUN_ENDED);
    return [...this.held.splice(0), ...this.unfit.splice(0)];
  }
}
