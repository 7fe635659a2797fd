/**
 * One call of `ask`: keeps as many requests under way as the server and the budget allow, makes those again that may
 * succeed, and gives what came in batches, until the questions are done or there is a reason to end.
 */
import type { Output } from '../../score/output.ts';
import type { AskOptions, Ending, Prompted, Questions, Responded } from '../respondent.ts';
import { promptCharacters } from './answer-room.ts';
import type { AnswerRoom } from './answer-room.ts';
import type { Connection } from './connection.node.ts';
import { isFault } from './endpoint.node.ts';
import type { Attempt, Undecided } from './endpoint.node.ts';
import type { Fault } from './reply/faults.ts';
import { failedOutput, NO_ROOM_LEFT, outputOf } from './outputs.ts';
import { NOT_SAID } from './pace/budget.ts';
import type { Tokens } from './pace/budget.ts';
import { inTrouble } from './pace/limiter.ts';
import { Outage } from './pace/outage.ts';
import { saysLimitTooLarge, saysNoRoomLeft, saysNotThere } from './reply/refusals.ts';
import type { Answered } from './reply/read.ts';
import { isDown, Patience, tooLong, Trouble } from './trouble.ts';

/** One request: what it can take at most, and the attempt itself, which never rejects. */
export interface RequestPlan {
  readonly most: Tokens;
  /** The most tokens of the output; null where none is generated. */
  readonly tokenLimit: number | null;
  /** Whether it has room for thoughts that the probe saw no need of, and how often that room was made smaller. */
  readonly roomy: boolean;
  readonly smaller: number;
  send(signal: AbortSignal): Promise<Attempt<Answered | Fault | Undecided>>;
}

/** How a sample is requested. */
export interface HowAsked {
  /** Whether it is known already that the answer has to be generated. */
  readonly generate: boolean;
  /** Whether it is to have room for thoughts, although the probe saw no need of it. */
  readonly roomy: boolean;
  /** How often the room for thoughts was made smaller, since the context has no more. */
  readonly smaller: number;
}

/** What a respondent requests for a sample; null where it can't be requested in that way. */
export type Requests = (prompted: Prompted, how: HowAsked) => RequestPlan | null;

/** The first wait before another attempt, doubled every time up to the longest; half of it is drawn at random. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** After Ctrl-C, what is under way has this long to arrive. */
const GRACE_MS = 10_000;

/** With so many questions waiting for another attempt no new one is begun: a server in trouble must not fill the memory. */
const MOST_WAITING = 500;

const STATE_EVERY_MS = 250;

/** A server that is gone is waited for as long as this for each attempt that may be made again: two minutes by default. */
const OUTAGE_EACH_MS = 20_000;

interface Due<P> extends HowAsked {
  readonly at: number;
  readonly prompted: P;
  /** How many attempts have failed, of those that may. */
  readonly attempts: number;
  /** How many requests were sent for it, whatever became of them. */
  readonly requests: number;
  /** What came under a limit that cut it: kept where nothing else comes. */
  readonly cut?: Output;
  /** How often its answer was empty, and when it was for the first time. */
  readonly timesEmpty?: number;
  readonly emptyAt?: number;
  /** What its last attempt came to, where that went wrong: its output if there is no other attempt. */
  readonly failed?: Output;
  /** When an attempt went wrong for the first time. */
  readonly failedAt?: number;
  /** Whether it is asked to find out what room brings. */
  readonly isTrial?: boolean;
}

export class Asking<P extends Prompted> {
  private readonly connection: Connection;
  private readonly requests: Requests;
  private readonly questions: Questions<P>;
  private readonly options: AskOptions;
  private readonly controller = new AbortController();
  private readonly trouble = new Trouble();
  private readonly patience = new Patience();
  private readonly outage: Outage;
  /** A server that is there and says nothing, after answers that said something. */
  private readonly silence: Outage;
  /** When the last request was sent whose answer said something. */
  private saidAt: number | null = null;
  private readonly room: AnswerRoom;
  /** Cut answers that wait for what a trial with room brings. */
  private held: Due<P>[] = [];
  private readonly retries: Due<P>[] = [];
  /** Prompts that did not fit the context with all the room, and the one that finds out whether they do with less. */
  private readonly unfit: Due<P>[] = [];
  private fitting: P | null = null;
  /** Whether outputs are to be taken that say of prompts that they do not fit. */
  private unfitArrived = false;
  private next: Due<P> | null = null;
  private arrived: Responded<P>[] = [];
  private wake: (() => void) | null = null;
  private waking = false;
  private ending: Ending | null = null;
  /** What went wrong with taking in what came: a mistake of ours, or of whoever is told of answers. */
  private broken: { readonly error: unknown } | null = null;
  private inFlight = 0;
  private retried = 0;
  /** How often the server has refused a request for how much it is asked. */
  private refused = 0;
  /** The questions of this run that failed, and the requests that were sent for them. */
  private failed = { questions: 0, requests: 0 };
  /** Whether it ends since questions failed one after the other. */
  private isGone = false;
  /** How many answers were empty twice. */
  private empty = 0;
  private lastState = 0;
  private readonly before: Connection['budget']['spent'];

  constructor(
    connection: Connection,
    { requests, room }: { readonly requests: Requests; readonly room: AnswerRoom },
    questions: Questions<P>,
    options: AskOptions,
  ) {
    this.connection = connection;
    this.outage = new Outage(OUTAGE_EACH_MS * connection.maxRetries);
    this.silence = new Outage(OUTAGE_EACH_MS * connection.maxRetries);
    this.requests = requests;
    this.room = room;
    this.questions = questions;
    this.options = options;
    this.before = connection.budget.spent;
  }

  async *run(): AsyncGenerator<readonly Responded<P>[], Ending> {
    const { signal } = this.options;
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      this.ending ??= { kind: 'interrupted' };
      grace = setTimeout(() => this.controller.abort(), GRACE_MS);
      this.wake?.();
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      for (;;) {
        if (this.broken !== null) throw this.broken.error;
        const waitMs = this.startAll();
        this.tell();
        if (this.arrived.length > 0) {
          yield this.arrived.splice(0);
          this.unfitArrived = false;
        } else if (this.inFlight === 0 && this.ending !== null) {
          if (this.ending.kind === 'interrupted' || !this.settleWaiting()) return this.counted(this.ending);
        } else await this.untilWoken(waitMs);
      }
    } finally {
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
      // Whoever takes no more outputs has no use for those that are under way.
      if (this.inFlight > 0) this.controller.abort();
      this.tell(true);
    }
  }

  /** Starts what may be started; gives the time after which it is worth looking again, null for the next answer. */
  private startAll(): number | null {
    const { limiter, budget } = this.connection;
    while (this.ending === null) {
      const due = this.nextDue();
      if (due === 'wait') return this.untilNextRetry();
      if (due === 'soon') return 0;
      if (due === 'done') {
        if (this.retries.length > 0 || this.underWay) return this.untilNextRetry();
        this.ending = { kind: 'done' };
        return null;
      }
      const plan = this.requests(due.prompted, due);
      if (plan === null) throw new Error('a question that can be asked in no way');
      const { most } = plan;
      if (!budget.allows(most)) {
        if (due.isTrial === true && due.cut !== undefined) {
          this.endTrial(due, due.cut);
          continue;
        }
        this.putBack(due);
        if (this.underWay) return null; // what is under way may take less than it might
        this.ending = { kind: 'budget' };
        return null;
      }
      const now = Date.now();
      const place = limiter.acquire(now, most.promptTokens + most.completionTokens);
      if (!place.granted) {
        this.putBack(due);
        this.endWhereTooLong(now);
        return place.at === null ? this.untilNextRetry() : Math.max(1, place.at - now);
      }
      this.start(due, plan);
    }
    return null;
  }

  /** Whether outputs are still to come or to be taken. */
  private get underWay(): boolean {
    return this.inFlight > 0 || this.arrived.length > 0;
  }

  /** Keeps what could not be started yet: what has waited before stays first. */
  private putBack(due: Due<P>): void {
    if (due.at > 0) this.retries.unshift(due);
    else this.next = due;
  }

  /** The retry whose time has come, else the next question. */
  private nextDue(): Due<P> | 'wait' | 'soon' | 'done' {
    const now = Date.now();
    const ready = this.retries.findIndex(({ at }) => at <= now);
    if (ready !== -1) return this.retries.splice(ready, 1)[0];
    if (this.fitting !== null || this.unfitArrived) return 'wait'; // others are hardly shorter: the length may be too long
    if (this.next !== null) {
      const kept = this.next;
      this.next = null;
      return kept;
    }
    if (this.retries.length >= MOST_WAITING) return 'wait';
    const prompted = this.questions.next();
    if (prompted === 'wait' && !this.underWay && this.retries.length === 0) {
      throw new Error('the questions wait for outputs, and none is under way');
    }
    if (typeof prompted === 'string') return prompted;
    return { at: 0, prompted, attempts: 0, requests: 0, generate: false, roomy: false, smaller: 0 };
  }

  private start(waiting: Due<P>, plan: RequestPlan): void {
    const { limiter, budget } = this.connection;
    const { most, tokenLimit } = plan;
    const sentAt = Date.now();
    const due = { ...waiting, requests: waiting.requests + 1 };
    budget.begin(most);
    this.inFlight += 1;
    const taken = plan.send(this.controller.signal).then((came) => {
      this.inFlight -= 1;
      const now = Date.now();
      limiter.release(now, most.promptTokens + most.completionTokens, came.headers);
      const result = isFault(came.result) ? this.judged(due, plan, came.result) : came.result;
      if (isFault(result)) {
        budget.end(most, result.usage ?? (result.charged ? NOT_SAID : null));
        if (result.congested) {
          if (result.failure !== 'connection') this.refused += 1;
          limiter.congested(now, sentAt, result.waitMs, result.ofPace ? null : result.reason);
        }
        if (!isDown(result)) this.outage.answered();
        this.afterFault(due, plan, result, { ...came, sentAt });
      } else {
        budget.end(most, result.usage);
        limiter.succeeded();
        this.patience.answered();
        this.outage.answered();
        this.trouble.ended(promptCharacters(due.prompted), now);
        this.room.take(due.prompted, plan);
        if (!('undecided' in result) && result.isEmpty !== true) {
          this.saidAt = Math.max(sentAt, this.saidAt ?? 0);
          this.silence.answered();
        }
        if ('undecided' in result) this.retries.push({ ...due, at: now, generate: true });
        else {
          const output = outputOf(result, tokenLimit, came.latencyMs, due.requests);
          if (result.isEmpty === true && this.waitsForWords(due, output, sentAt)) this.retried += 1;
          else this.answered(due, plan, result, output);
        }
      }
      this.settleUnfit(due.prompted, !isFault(result));
      this.wakeSoon();
    });
    void taken.catch((error: unknown) => {
      this.broken ??= { error };
      this.wakeSoon();
    });
  }

  /**
   * A model that has answered is there again soon. And a prompt can't be too long where a longer one was answered: what is too
   * much then is not the prompt, and may pass.
   */
  private judged({ prompted }: Due<P>, plan: RequestPlan, fault: Fault): Fault {
    const hasAnswered = this.trouble.answered || this.takenBefore > 0;
    if (hasAnswered && saysNotThere(fault)) return { ...fault, failure: 'server', retry: true };
    if (fault.failure !== 'too-long' || !this.room.hasTakenLonger(prompted, plan)) return fault;
    return { ...fault, failure: 'server', retry: true, congested: true, ofPace: true };
  }

  /** Characters of the longest prompt that this server answered in earlier runs; 0 where it did not. */
  private get takenBefore(): number {
    return this.questions.longestTaken ?? 0;
  }

  /** Keeps an answer, unless it was cut and there may be more room for it. */
  private answered(due: Due<P>, plan: RequestPlan, answered: Answered, output: Output): void {
    const { room } = this;
    const { prompted, cut, isTrial = false } = due;
    if (answered.isEmpty === true) this.empty += 1;
    if (isTrial && cut !== undefined) {
      room.tried(answered, cut);
      this.keep(due, room.noticed ? output : cut);
    } else if (plan.roomy || !room.see(prompted, answered, output)) {
      this.keep(due, output);
    } else {
      this.afterCut({ ...due, cut: output });
    }
    this.settleHeld();
  }

  /**
   * An empty answer may be none: of a server that is not ready. It is asked for again after a wait: once, where the model says
   * nothing anyway, or has said something to others meanwhile; else as often as after trouble, and while nothing but empty answers
   * come, everybody waits as in an outage. Whether it is; what stays empty then is the answer.
   */
  private waitsForWords(due: Due<P>, output: Output, sentAt: number): boolean {
    if (due.isTrial === true) return false;
    const now = Date.now();
    const { prompted, timesEmpty = 0, emptyAt = now } = due;
    const again = { ...due, timesEmpty: timesEmpty + 1, emptyAt, cut: output };
    const isSilent = this.saidAt !== null && this.saidAt <= emptyAt && this.empty === 0;
    const waitMs = isSilent ? this.silence.troubled(now, sentAt, prompted, emptyAt) : null;
    if (waitMs !== null && this.ending === null) {
      if (waitMs > 0) this.connection.limiter.down(now + waitMs, inTrouble('its answers are empty'));
      // Another question, which nobody has asked yet, tells more: this one may have no answer.
      this.retries.push({ ...again, at: now + waitMs + FIRST_WAIT_MS });
      return true;
    }
    const most = isSilent && !this.silence.isOver(now) ? Math.max(1, this.connection.maxRetries) : 1;
    if (timesEmpty >= most) return false;
    this.retries.push({ ...again, at: now + backoff(timesEmpty + 1) });
    return true;
  }

  /** Asks again where the model is known to think, tries whether it does, or takes the answer for what it is. */
  private afterCut(due: Due<P> & { readonly cut: Output }): void {
    const again = { ...due, at: Date.now(), generate: true, roomy: true };
    const plan = this.requests(due.prompted, again);
    if (this.room.noticed) this.retries.push(again);
    else if (this.room.isTrying) this.held.push(due);
    else if (plan !== null && this.connection.budget.allows(plan.most) && this.room.tries())
      this.retries.push({ ...again, isTrial: true });
    else this.keep(due, due.cut);
  }

  /**
   * A run that ends leaves nobody waiting: what went wrong so far has failed, and what was cut stays so. Else those who answer
   * at once would be all that is counted. Says whether there were any.
   */
  private settleWaiting(): boolean {
    for (const due of [...this.retries.splice(0), ...this.held.splice(0), ...this.unfit.splice(0)])
      this.keepFailed(due);
    return this.arrived.length > 0;
  }

  private settleHeld(): void {
    if (this.room.isTrying && !this.room.noticed) return;
    for (const { cut, ...due } of this.held.splice(0)) if (cut !== undefined) this.afterCut({ ...due, cut });
  }

  private afterFault(
    due: Due<P>,
    plan: RequestPlan,
    fault: Fault,
    came: Attempt<unknown> & { readonly sentAt: number },
  ): void {
    const attempts = due.attempts + 1;
    if (this.controller.signal.aborted) return; // interrupted: asked again by the next run
    if (saysNoRoomLeft(fault)) {
      this.trouble.ended(promptCharacters(due.prompted), Date.now());
      if (!plan.roomy && plan.tokenLimit !== null) this.room.notice('unsaid');
      this.answered(
        due,
        plan,
        NO_ROOM_LEFT,
        outputOf(NO_ROOM_LEFT, plan.tokenLimit, came.latencyMs, due.requests),
      );
      return;
    }
    const tooLarge = saysLimitTooLarge(fault);
    const isTooLong = fault.failure === 'too-long' || fault.overAllowance;
    if (isTooLong) this.room.refuseWith(due.prompted, plan);
    const smaller = { ...due, at: Date.now(), smaller: plan.smaller + 1 };
    if ((isTooLong || tooLarge) && this.requests(due.prompted, smaller) !== null) {
      if (tooLarge) this.room.refuse(smaller.smaller);
      const failed = failedOutput(fault, plan.tokenLimit, came.latencyMs, due.requests);
      this.withLessRoom({ ...smaller, failed }, tooLarge);
      return;
    }
    if (Patience.isFor(fault)) {
      const now = Date.now();
      const inVain = this.patience.refused(fault, now);
      if (inVain === null || this.ending !== null) {
        this.retried += 1;
        this.retries.push({ ...due, at: now + fault.waitMs });
        return;
      }
      this.ending = { kind: 'stopped', reason: inVain };
      this.keep(due, due.cut ?? failedOutput(fault, plan.tokenLimit, came.latencyMs, due.requests));
      return;
    }
    if (isDown(fault) && this.waitsForServer(due, fault, came.sentAt)) {
      this.retried += 1;
      const failed = failedOutput(fault, plan.tokenLimit, came.latencyMs, due.requests);
      this.retries.push({ failedAt: Date.now(), ...due, at: Date.now(), failed });
      return;
    }
    if (
      due.isTrial !== true &&
      fault.retry &&
      fault.fatal !== 'yes' &&
      attempts <= this.connection.maxRetries
    ) {
      this.retried += 1;
      const failed = failedOutput(fault, plan.tokenLimit, came.latencyMs, due.requests);
      const at = Date.now() + waitBefore(attempts, fault);
      this.retries.push({ failedAt: Date.now(), ...due, at, attempts, failed });
      return;
    }
    const size = { size: promptCharacters(due.prompted), takenBefore: this.takenBefore };
    const reason = this.trouble.failed(fault, attempts, size, due.failedAt ?? Date.now());
    if (reason !== null && this.ending === null) {
      this.ending = { kind: 'stopped', reason };
      this.isGone = fault.failure === 'connection' || fault.failure === 'server';
    }
    if (due.isTrial === true && due.cut !== undefined) this.endTrial(due, due.cut);
    else this.keep(due, due.cut ?? failedOutput(fault, plan.tokenLimit, came.latencyMs, due.requests));
  }

  /** Whether the server is gone for a while, so that everybody waits for it; the run ends where that has lasted too long. */
  private waitsForServer({ prompted, isTrial, failedAt }: Due<P>, fault: Fault, sentAt: number): boolean {
    const now = Date.now();
    const waitMs = this.outage.troubled(now, sentAt, prompted, failedAt ?? null);
    if (waitMs !== null) {
      if (waitMs > 0) this.connection.limiter.down(now + waitMs, inTrouble(fault.reason));
      return isTrial !== true && this.ending === null;
    }
    if (this.outage.isOver(now)) {
      const reason = `${fault.reason} (nothing was answered for ${Math.round(this.outage.longestMs / 1000)} s, in which it was waited for)`;
      this.ending ??= { kind: 'stopped', reason };
    }
    return false;
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
    this.retries.push(smaller);
  }

  /** Where one fits, the others are asked so, too; else the shortest of them, which tells most, is the next to find out. */
  private settleUnfit(prompted: P, fits: boolean): void {
    if (this.fitting !== prompted || this.retries.some((due) => due.prompted === prompted)) return;
    this.fitting = null;
    for (const due of this.unfit
      .splice(0)
      .sort((a, b) => promptCharacters(a.prompted) - promptCharacters(b.prompted))) {
      if (this.requests(due.prompted, due) !== null) this.withLessRoom(due, fits);
      else this.keepFailed(due);
    }
    this.unfitArrived = !fits && this.arrived.length > 0;
  }

  private keepFailed(due: Due<P>): void {
    const output = due.cut ?? due.failed;
    if (output !== undefined) this.keep(due, output);
  }

  /** A trial that brought nothing: what was cut stays so. */
  private endTrial(due: Due<P>, cut: Output): void {
    this.room.tried(null, cut);
    this.keep(due, cut);
    this.settleHeld();
  }

  /** An output costs what was sent for its question, with what came after it and brought nothing. */
  private keep({ prompted, requests }: Due<P>, output: Output): void {
    if (output.error !== null) {
      const { failed } = this;
      this.failed = { questions: failed.questions + 1, requests: failed.requests + requests };
    }
    this.arrived.push({ prompted, output: { ...output, attempts: requests } });
  }

  /** With how many failed, which is known when those that waited have failed, too. */
  private counted(ending: Ending): Ending {
    if (ending.kind !== 'stopped' || !this.isGone) return ending;
    const { questions, requests } = this.failed;
    const [many, times] = [questions, requests].map((count) => count.toLocaleString('en-US'));
    return { ...ending, reason: `${ending.reason} (${many} questions failed, ${times} attempts)` };
  }

  /** What arrives together goes on together: a batch costs whoever stores it as much as one output. */
  private wakeSoon(): void {
    if (this.waking) return;
    this.waking = true;
    setImmediate(() => {
      this.waking = false;
      this.wake?.();
    });
  }

  private endWhereTooLong(now: number): void {
    const waiting = this.connection.limiter.waiting(now);
    const reason = waiting === null ? null : tooLong(waiting);
    if (reason !== null) this.ending ??= { kind: 'stopped', reason };
  }

  private untilNextRetry(): number | null {
    if (this.retries.length === 0) return null;
    return Math.max(1, Math.min(...this.retries.map(({ at }) => at)) - Date.now());
  }

  /** Until something came, at most so long; the state is due now and then in any case. */
  private untilWoken(waitMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, Math.min(waitMs ?? STATE_EVERY_MS, STATE_EVERY_MS));
      this.wake = done;
    });
  }

  private tell(last = false): void {
    const now = Date.now();
    if (this.options.onState === undefined || (!last && now - this.lastState < STATE_EVERY_MS)) return;
    this.lastState = now;
    const { budget, limiter } = this.connection;
    const { requests, tokens, money } = budget.spent;
    const waiting = this.ending === null ? limiter.waiting(now) : null;
    this.options.onState({
      inFlight: this.inFlight,
      retries: this.retried,
      refused: this.refused,
      empty: this.empty,
      waitMs: waiting?.ms ?? 0,
      waitFor: waiting?.why ?? null,
      requests: requests - this.before.requests,
      tokens: tokens - this.before.tokens,
      money: money === null ? null : money - (this.before.money ?? 0),
    });
  }
}

function waitBefore(attempts: number, { waitMs }: Fault): number {
  const jittered = backoff(attempts);
  return waitMs === null ? jittered : waitMs + jittered / 10;
}

/** A wait that grows with the attempts; half of it is drawn at random. */
function backoff(attempts: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  return longest * (0.5 + Math.random() / 2);
}
