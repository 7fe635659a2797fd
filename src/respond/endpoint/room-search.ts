/** Finding out with how much room questions are asked: answers that were cut, and prompts that do not fit the context with all of it. */
import type { Output } from '../../score/output.ts';
import type { Ending, Prompted } from '../respondent.ts';
import type { AnswerRoom } from './answer-room.ts';
import { cutOff, cutUnder, firstDue, leftOf, mostAnsweredWith } from './due.ts';
import type { AnsweredUnder, Due, Next, RequestPlan, Requests } from './due.ts';
import { mayBeForLimit, wasAnsweredBelow } from './limit-doubts.ts';
import { failedOutput } from './outputs.ts';
import { replyFault } from './reply/faults.ts';
import type { Fault } from './reply/faults.ts';
import type { Answered } from './reply/read.ts';
import { EMPTY_WITH_ROOM } from './room-trials.ts';
import { isSettled } from './request/room-lines.ts';
import type { Untried } from './request/room-lines.ts';
import { promptCharacters } from './tried-room.ts';

const NO_BUDGET: Untried = { reason: 'the budget has no room for it', way: 'more budget' };
const NO_ROOM: Untried = { reason: 'the context has no room for it', way: null };
const RUN_ENDED: Untried = { reason: 'the run ended before', way: 'again' };

export interface RoomSearchOptions<P> {
  readonly room: AnswerRoom;
  readonly requests: Requests;
  readonly next: Next<P> & {
    /** It has failed for good. */
    fail(due: Due<P>, fault: Fault, failed: Output): void;
  };
}

/** A request that was refused, and what is kept of it if nothing else comes. */
interface Refusal<P> {
  readonly due: Due<P>;
  readonly plan: RequestPlan;
  readonly fault: Fault;
  readonly failed: Output;
}

export class RoomSearch<P extends Prompted> {
  private readonly room: AnswerRoom;
  private readonly requests: Requests;
  private readonly next: RoomSearchOptions<P>['next'];
  /** Cut answers that wait for what a trial with room brings. */
  private held: Due<P>[] = [];
  /** Prompts that did not fit the context with all the room, and the one that finds out whether they do with less. */
  private readonly unfit: Due<P>[] = [];
  private fitting: P | null = null;
  /** Refusals that may be for the limit, while that is found out. */
  private readonly doubted = new Map<P, Refusal<P>>();

  constructor({ room, requests, next }: RoomSearchOptions<P>) {
    this.room = room;
    this.requests = requests;
    this.next = next;
  }

  /** Whether it is being found out whether a prompt fits: others are hardly shorter. */
  get isFitting(): boolean {
    return this.fitting !== null;
  }

  /** Keeps an answer, unless it was cut and there may be more room for it. */
  answered(due: Due<P>, plan: RequestPlan, answered: Answered, output: Output): void {
    const { room } = this;
    if (plan.limit === 'least') return this.answeredWithLeast(due, plan);
    const { refusedWith, ...asked } = { ...due, limit: undefined };
    if (refusedWith !== undefined) room.refuseLimit(due.prompted, refusedWith, plan);
    if (room.raisesLimit(due.prompted, plan, output))
      this.withMore(cutUnder(asked, { plan, answered, output }), false);
    else this.settle(asked, plan, answered, output);
  }

  /** An answer came under the largest limit that there is for it. */
  private settle(due: Due<P>, plan: RequestPlan, answered: Answered, output: Output): void {
    const { room } = this;
    const { prompted, cut, isTrial = false } = due;
    room.tellLimit(prompted, plan, output);
    if (isTrial && cut !== undefined) {
      const isInVain = room.trials.tried(prompted, answered, output, cut);
      // With the small limit it is asked for again where the model turns out to think later.
      this.next.keep(due, isInVain ? cut : output);
    } else if (plan.roomy || !room.see(prompted, answered, output)) {
      this.next.keep(due, output);
    } else {
      this.afterCut(cutOff(due, output));
    }
    this.settleHeld();
  }

  /** Asks again where the model is known to think, tries whether it does, or takes the answer for what it is. */
  private afterCut(due: Due<P> & { readonly cut: Output }): void {
    const { room } = this;
    const { prompted, passed, requests, cut, failed } = due;
    if (!room.hasRoomFor(prompted, cut)) {
      this.noMoreFor(due);
      this.next.keep(due, cut);
      return;
    }
    const again = {
      ...firstDue(prompted, passed),
      requests,
      cut,
      failed,
      at: Date.now(),
      generate: true,
      roomy: true,
    };
    if (room.noticed) this.next.again(again);
    else if (room.trials.isTrying) this.held.push(due);
    else if (room.trials.isOpenFor(cut) && this.requests(prompted, again) !== null) {
      room.trials.try(cut);
      this.next.again({ ...again, isTrial: true });
    } else {
      this.next.keep(due, this.withoutMore(due));
    }
  }

  /** What is kept of an answer that was cut and is not asked for with room: it, unless it could not be found out whether room helps. */
  private withoutMore({ cut, requests }: Due<P> & { readonly cut: Output }): Output {
    const untried = this.room.trials.untriedFor(cut);
    if (untried !== null && isSettled(untried)) this.room.leaveCut();
    if (untried === null || isSettled(untried)) return cut;
    const { reason } = untried;
    const fault = replyFault(
      `the answer was cut off, and whether room for thoughts helps is not known (${reason})`,
    );
    return failedOutput(fault, cut.tokenLimit, cut.latencyMs, requests);
  }

  private settleHeld(): void {
    if (this.room.trials.isTrying && !this.room.noticed) return;
    for (const { cut, ...due } of this.held.splice(0)) if (cut !== undefined) this.afterCut({ ...due, cut });
  }

  /** The answer to a trial is empty, and stays so: cut answers of others may show more. Without any, it is what it was before. */
  emptyTrial(due: Due<P>): void {
    if (this.held.length > 0) return this.endTrial(due, EMPTY_WITH_ROOM);
    this.room.trials.failed(EMPTY_WITH_ROOM);
    if (due.cut !== undefined) this.next.keep(due, due.cut);
  }

  /** A trial showed nothing. It waits behind the other cut answers, of which one is tried next. */
  endTrial(due: Due<P>, why: Untried): void {
    this.room.trials.failed(why);
    this.held.push({ ...due, isTrial: false });
    this.settleHeld();
  }

  /**
   * A prompt is refused. Whether something else is to be done about it than to let it fail: it is for its length or its limit, and there is
   * less room to ask it with, or it was answered with less.
   * @param failed its output if nothing else comes
   */
  refused(due: Due<P>, plan: RequestPlan, fault: Fault, failed: Output): boolean {
    if (this.isAskedOtherwise({ due, plan, fault, failed })) return true;
    if (due.under === undefined || !isOfPrompt(fault)) return false;
    this.settleUnder({ ...due, under: due.under });
    return true;
  }

  private isAskedOtherwise(refusal: Refusal<P>): boolean {
    const { due, plan, fault, failed } = refusal;
    if (this.room.streams(fault, plan)) {
      this.next.again({ ...due, at: Date.now(), failed });
      return true;
    }
    if (fault.limitsNamed !== null) return this.isBelowNamed(refusal, fault.limitsNamed);
    if (fault.failure !== 'too-long' && !fault.overAllowance)
      return mayBeForLimit(fault) && this.doubts(refusal);
    const mayPass = fault.failure === 'too-long' && this.room.hasTakenAsLong(due.prompted, plan);
    if (mayPass && due.askedOnceMore !== true) {
      this.withLessRoom({ ...usual(refusal), askedOnceMore: true }, false);
      return true;
    }
    this.room.refuseWith(due.prompted, plan, fault.overAllowance ? 'allowance' : 'context');
    const smaller = { ...usual(refusal), smaller: plan.smaller + 1 };
    const isSmaller = this.isAskable(smaller);
    if (isSmaller) this.withLessRoom(smaller, false);
    else if (fault.failure === 'too-long') this.noMoreFor(due);
    return isSmaller;
  }

  /** The limit is too large, surely: it is asked with the one that is named, else with less room for thoughts, else one is looked for. */
  private isBelowNamed(refusal: Refusal<P>, named: readonly number[]): boolean {
    const { due, plan } = refusal;
    const { prompted } = due;
    const { tokenLimit } = plan;
    const again = usual(refusal);
    if (tokenLimit !== null && this.room.cap(tokenLimit, named)) {
      this.next.again(again);
      return true;
    }
    const smaller = { ...again, smaller: plan.smaller + 1 };
    const less = this.requests(prompted, smaller);
    if (tokenLimit !== null && (less?.tokenLimit ?? Infinity) >= tokenLimit) return this.doubts(refusal);
    if (less === null) return false;
    this.room.refuse(smaller.smaller);
    this.withLessRoom(smaller, false);
    return true;
  }

  /**
   * The limit may be too large, alone or together with the prompt. Whether it is asked with less, or it is found out first which of them is
   * refused.
   */
  private doubts(refusal: Refusal<P>): boolean {
    const { due, plan } = refusal;
    const { prompted } = due;
    const isAnswered = wasAnsweredBelow(due, plan);
    if (plan.limit === 'least') this.room.refuseWithLeast(prompted);
    if (!isAnswered && !this.room.mayBeTooMuch(prompted, plan)) return false;
    const isKnown = isAnswered || this.room.isKnownTooMuch(prompted, plan);
    if (isKnown && !this.isFittingAnother(prompted)) this.refusedUnsaid(refusal, false);
    else this.findOut(refusal);
    return true;
  }

  /**
   * A prompt is refused with more tokens than it is taken with, in words that name no limit. Where one as long was taken with as many, that
   * may pass: it is asked once more as it was. Else it is asked with less room for thoughts, as one that does not fit the context. Where there
   * is none, it is the limit alone if the prompt is taken with as much as any other was.
   */
  private refusedUnsaid(refusal: Refusal<P>, atOnce: boolean): void {
    const { room } = this;
    const { due, plan, fault, failed } = refusal;
    const { prompted } = due;
    const answeredWith = mostAnsweredWith(due) || room.leastLimit;
    const again = { ...usual(refusal), answeredWith };
    const hasTakenAsLong = room.hasTakenAsLong(prompted, plan);
    const mayBeLimit = !hasTakenAsLong && room.mayBeLimitAlone(plan);
    if (hasTakenAsLong && due.askedOnceMore !== true)
      return this.withLessRoom({ ...again, askedOnceMore: true }, atOnce);
    const smaller = { ...again, smaller: plan.smaller + 1 };
    room.refuseWith(prompted, plan, mayBeLimit ? 'limit' : 'context');
    if (this.isAskable(smaller, answeredWith)) return this.withLessRoom(smaller, atOnce);
    const { tokenLimit } = plan;
    if (mayBeLimit && tokenLimit !== null) {
      if (room.isAboveMost(tokenLimit)) room.refuseLimit(prompted, tokenLimit, plan);
      else if (room.mayTakeMore(prompted, answeredWith))
        return this.withLessRoom({ ...again, limit: 'taken', refusedWith: tokenLimit }, atOnce);
      else if (room.isMostTaken(answeredWith)) room.refuseLimit(prompted, tokenLimit, plan);
    }
    if (due.under !== undefined) return this.withMore({ ...again, under: due.under }, atOnce);
    if (mayBeLimit && tokenLimit !== null && room.isAboveMost(tokenLimit) && this.isAskable(again))
      return this.withLessRoom(again, atOnce && !room.seeksLimit);
    if (hasTakenAsLong) return this.next.fail(again, fault, failed);
    this.noMoreFor(due);
    const error = `the context has no room for its answer: ${fault.reason}`;
    this.next.fail(again, { ...fault, failure: 'too-long' }, { ...failed, error, failure: 'too-long' });
  }

  /** An answer was cut by the largest limit that was taken: it is asked with a larger one, where there may be one. */
  private withMore(due: Due<P> & { readonly under: AnsweredUnder }, atOnce: boolean): void {
    const { tokenLimit } = due.under.output;
    if (this.isFittingAnother(due.prompted) && !atOnce) this.unfit.push(due);
    else if (tokenLimit !== null && this.room.raises(tokenLimit) && this.isAskable(due, tokenLimit))
      this.withLessRoom(due, atOnce && !this.room.seeksLimit);
    else this.settleUnder(due);
  }

  /** No larger limit is taken. */
  private settleUnder({ under, ...due }: Due<P> & { readonly under: AnsweredUnder }): void {
    this.settle(due, under.plan, under.answered, under.output);
  }

  /** Whether a question can be asked so, with more tokens than these. */
  private isAskable(due: Due<P>, above = 0): boolean {
    const plan = this.requests(due.prompted, due);
    return plan !== null && (plan.tokenLimit === null || plan.tokenLimit > above);
  }

  /** The context has no more room for a prompt: what was cut stays so. */
  private noMoreFor({ prompted, cut }: Due<P>): void {
    this.room.hasNoMore(prompted);
    if (cut !== undefined) this.room.leaveCut();
  }

  private isFittingAnother(prompted: P): boolean {
    return this.fitting !== null && this.fitting !== prompted;
  }

  /** Asks with as few tokens as may be, unless another one finds out at present what is refused. */
  private findOut(refusal: Refusal<P>): void {
    const { due } = refusal;
    this.doubted.set(due.prompted, refusal);
    const least = { ...due, at: Date.now(), failed: refusal.failed, limit: 'least' as const };
    if (this.isFittingAnother(due.prompted)) {
      this.unfit.push(least);
      return;
    }
    this.fitting = due.prompted;
    this.next.again(least);
  }

  /** It was answered with as few tokens: it is asked with fewer than were refused. */
  private answeredWithLeast(due: Due<P>, { tokenLimit }: RequestPlan): void {
    const refusal = this.doubted.get(due.prompted);
    if (refusal === undefined || tokenLimit === null) throw new Error('a limit that nobody has refused');
    this.doubted.delete(due.prompted);
    this.refusedUnsaid({ ...refusal, due: { ...due, answeredWith: tokenLimit } }, false);
  }

  /**
   * Prompts that do not fit the context with all the room: one of them finds out whether less room will do, and the others wait for
   * what comes of it. Else each would be asked with every room that there is.
   */
  private withLessRoom(smaller: Due<P>, atOnce: boolean): void {
    if (!atOnce && this.isFittingAnother(smaller.prompted)) {
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
    this.doubted.delete(prompted);
    for (const due of this.unfit
      .splice(0)
      .sort((a, b) => promptCharacters(a.prompted) - promptCharacters(b.prompted))) {
      const refusal = due.limit === 'least' ? this.doubted.get(due.prompted) : undefined;
      if (refusal !== undefined) this.settleDoubt(due, refusal, fits);
      else if (due.under !== undefined) this.withMore({ ...due, under: due.under }, fits);
      else if (this.requests(due.prompted, due) !== null) this.withLessRoom(due, fits);
      else if (due.isTrial === true) this.endTrial(due, NO_ROOM);
      else if (due.failed !== undefined) {
        if (due.failed.failure === 'too-long') this.noMoreFor(due);
        this.next.keep(due, leftOf(due, due.failed));
      }
    }
    return true;
  }

  /** It may be known of another one what was refused: then it is asked with what is left now, or has failed likewise. */
  private settleDoubt(due: Due<P>, refusal: Refusal<P>, fits: boolean): void {
    const { plan, fault, failed } = refusal;
    const isAnswered = wasAnsweredBelow(due, plan);
    if (!isAnswered && !this.room.mayBeTooMuch(due.prompted, plan)) {
      this.doubted.delete(due.prompted);
      this.next.fail({ ...due, limit: undefined }, fault, failed);
    } else if (this.room.isKnownTooMuch(due.prompted, plan)) {
      this.doubted.delete(due.prompted);
      this.refusedUnsaid(refusal, fits);
    } else if (isAnswered && !this.isFittingAnother(due.prompted)) {
      this.doubted.delete(due.prompted);
      this.refusedUnsaid(refusal, false);
    } else this.findOut(refusal);
  }

  /** How many questions wait here. */
  get waiting(): number {
    return this.held.length + this.unfit.length;
  }

  /** All that waits here, which does no longer: the run ends. */
  leave({ kind }: Ending): Due<P>[] {
    this.room.trials.leave(kind === 'budget' ? NO_BUDGET : RUN_ENDED);
    return [...this.held.splice(0), ...this.unfit.splice(0)];
  }
}

/** The same question, to be asked with as much as there is for it. */
function usual<P>({ due, failed }: Refusal<P>): Due<P> {
  return { ...due, at: Date.now(), limit: undefined, refusedWith: undefined, failed };
}

/** Whether a fault is a refusal of what was asked, which says nothing of what was asked with fewer tokens. */
function isOfPrompt({ failure, overAllowance }: Fault): boolean {
  return failure === 'too-long' || failure === 'form' || overAllowance;
}
