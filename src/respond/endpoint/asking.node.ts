/**
 * One call of `ask`: keeps as many requests under way as the server and the budget allow, makes those again that may
 * succeed, and gives what came in batches, until the questions are done or there is a reason to end.
 */
import type { RenderedPrompt } from '../../prompt/render.ts';
import type { Output } from '../../score/output.ts';
import type { AskOptions, Ending, Prompted, Questions, Responded } from '../respondent.ts';
import type { AnswerRoom } from './answer-room.ts';
import { AskProgress } from './ask-progress.ts';
import type { Connection } from './connection.node.ts';
import { firstDue, generated, isHalfAnswered, leftOf, unsettled, waitBefore } from './due.ts';
import type { Due, RequestPlan, Requests } from './due.ts';
import { isFault } from './endpoint.node.ts';
import type { Attempt } from './endpoint.node.ts';
import type { Fault } from './reply/faults.ts';
import { EmptyAnswers } from './empty-answers.ts';
import type { EmptyAnswersOptions } from './empty-answers.ts';
import { failedOutput, NO_ROOM_LEFT, outputOf } from './outputs.ts';
import { NOT_SAID } from './pace/budget.ts';
import { Pause } from './pause.ts';
import { NO_CHOICES } from './reply/read.ts';
import type { Answered } from './reply/read.ts';
import { saysNoRoomLeft, saysNotThere } from './reply/refusals.ts';
import { refusalText } from './reply/refusal-text.ts';
import { RefusalDoubts } from './refusal-doubts.ts';
import type { Untried } from './request/room-lines.ts';
import { RoomSearch } from './room-search.ts';
import type { RoomSearchOptions } from './room-search.ts';
import { ServerCheck } from './server-check.ts';
import { ServerWaits } from './server-waits.ts';
import { isDown, isTimeout, Patience, tooLong, Trouble } from './trouble.ts';

/** After Ctrl-C, what is under way has this long to arrive. */
const GRACE_MS = 10_000;

/** With so many questions waiting for another attempt no new one is begun: a server in trouble must not fill the memory. */
const MOST_WAITING = 500;

export class Asking<P extends Prompted> {
  private readonly connection: Connection;
  private readonly requests: Requests;
  private readonly questions: Questions<P>;
  private readonly options: AskOptions;
  private readonly controller = new AbortController();
  private readonly trouble: Trouble;
  private readonly patience = new Patience();
  private readonly waits: ServerWaits;
  private readonly check: ServerCheck<P>;
  private readonly empties: EmptyAnswers<P>;
  private readonly room: AnswerRoom;
  private readonly roomSearch: RoomSearch<P>;
  private readonly doubts: RefusalDoubts<P>;
  private readonly retries: Due<P>[] = [];
  /** Whether outputs are to be taken that say of prompts that they do not fit. */
  private unfitArrived = false;
  private next: Due<P> | null = null;
  private arrived: Responded<P>[] = [];
  private readonly pause = new Pause();
  private ending: Ending | null = null;
  /** What went wrong with taking in what came: a mistake of ours, or of whoever is told of answers. */
  private broken: { readonly error: unknown } | null = null;
  private readonly inFlight = new Set<Due<P>>();
  /** While it is being found out what empty answers are, or whether the server is there: when that is known. Never rejects. */
  private settling: Promise<void> | null = null;
  private readonly told: AskProgress;
  /** The questions of this run that failed, and the requests that were sent for them. */
  private failed = { questions: 0, requests: 0 };
  /** Whether it ends since questions failed one after the other. */
  private isGone = false;
  /** When the last answer came, in milliseconds. */
  private answeredAt = -Infinity;
  /** Whether a request was given up since that for having waited behind ours. */
  private wasQueue = false;

  constructor(
    connection: Connection,
    {
      requests,
      room,
      ...words
    }: { readonly requests: Requests; readonly room: AnswerRoom } & Pick<
      EmptyAnswersOptions<P>,
      'speaks' | 'speaksNow'
    >,
    questions: Questions<P>,
    options: AskOptions,
  ) {
    this.connection = connection;
    this.waits = new ServerWaits(connection);
    this.requests = requests;
    this.room = room;
    const next = {
      again: (due: Due<P>) => void this.retries.push(due),
      keep: (due: Due<P>, output: Output) => this.keep(due, output),
    };
    const fail: RoomSearchOptions<P>['next']['fail'] = (...failing) => this.fail(...failing);
    this.roomSearch = new RoomSearch({ room, requests, next: { ...next, fail } });
    const again = (due: Due<P>): void => {
      this.told.retried();
      next.again(due);
    };
    const keep = (due: Due<P>, output: Output): void => {
      if (due.isTrial !== true) this.keep(due, output);
      else if (output.error === null) this.roomSearch.emptyTrial(due);
      else this.roomSearch.endTrial(due, { reason: output.error, way: 'again' });
    };
    this.questions = questions;
    room.recall((task) => questions.takenBefore?.(task) ?? null);
    this.trouble = new Trouble(questions.answeredBefore);
    this.check = new ServerCheck({ connection, requests, questions });
    const known = (): RenderedPrompt | null => this.check.question?.prompt ?? null;
    this.doubts = new RefusalDoubts({
      ...{ room, maxRetries: connection.maxRetries },
      isLonger: (prompted) => this.isLonger(prompted),
      next: { again, keep: (due, output) => this.handOver(due, output) },
    });
    this.empties = new EmptyAnswers({ connection, ...words, known, next: { keep, again } });
    this.options = options;
    this.told = new AskProgress(connection, options.onState);
  }

  async *run(): AsyncGenerator<readonly Responded<P>[], Ending> {
    const { signal } = this.options;
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      this.ending ??= { kind: 'interrupted' };
      grace = setTimeout(() => this.controller.abort(), GRACE_MS);
      this.pause.end();
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
        } else if (this.inFlight.size === 0 && !this.isSettling && this.ending !== null) {
          if (!this.settleWaiting(this.ending)) return this.counted(this.ending);
        } else await this.pause.begin(waitMs);
      }
    } finally {
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
      // Whoever takes no more outputs has no use for those that are under way.
      if (this.inFlight.size > 0) this.controller.abort();
      this.tell(true);
    }
  }

  /** Starts what may be started; gives the time after which it is worth looking again, null for the next answer. */
  private startAll(): number | null {
    const { limiter, budget } = this.connection;
    while (this.ending === null && !this.isSettling) {
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

  private get isSettling(): boolean {
    return this.settling !== null;
  }

  /** Whether outputs are still to come or to be taken. */
  private get underWay(): boolean {
    return this.inFlight.size > 0 || this.isSettling || this.arrived.length > 0;
  }

  /** Keeps what could not be started yet: what has waited before stays first. */
  private putBack(due: Due<P>): void {
    if (due.at > 0) this.retries.unshift(due);
    else this.next = due;
  }

  /** The retry whose time has come, else the next question. */
  private nextDue(): Due<P> | 'wait' | 'soon' | 'done' {
    if (this.empties.isDue && this.settleEmpties()) return 'wait';
    const now = Date.now();
    const ready = this.retries.findIndex(({ at }) => at <= now);
    if (ready !== -1) return this.retries.splice(ready, 1)[0];
    if (this.roomSearch.isFitting || this.unfitArrived) return 'wait'; // others are hardly shorter: the length may be too long
    if (this.next !== null) {
      const kept = this.next;
      this.next = null;
      return kept;
    }
    if (this.retries.length + this.roomSearch.waiting >= MOST_WAITING) return 'wait';
    const prompted = this.questions.next();
    if (typeof prompted !== 'string') return firstDue(prompted, this.questions.passed);
    if (prompted === 'soon' || this.underWay || this.retries.length > 0) return prompted;
    if (this.settleEmpties()) return 'wait';
    if (prompted === 'wait') throw new Error('the questions wait for outputs, and none is under way');
    return prompted;
  }

  /** Finds out what answers are that stay empty while no other says anything. Whether there are any. */
  private settleEmpties(): boolean {
    const settled = this.isSettling ? null : this.empties.settle();
    if (settled === null) return this.isSettling;
    this.pauseUntil(settled);
    return true;
  }

  /** Nothing new is asked before something is known. */
  private pauseUntil(settled: Promise<void>): void {
    this.settling = settled
      .catch((error: unknown) => {
        this.broken ??= { error };
      })
      .then(() => {
        this.settling = null;
        this.settleDoubts();
        this.pause.endSoon();
      });
  }

  private start(waiting: Due<P>, plan: RequestPlan): void {
    const { limiter, budget } = this.connection;
    const { most } = plan;
    const sentAt = Date.now();
    const due = { ...waiting, requests: waiting.requests + 1 };
    budget.begin(most);
    this.inFlight.add(due);
    const { underWay } = limiter;
    const taken = plan.send(this.controller.signal).then((came) => {
      this.inFlight.delete(due);
      const now = Date.now();
      limiter.release(now, most.promptTokens + most.completionTokens, came.headers);
      const result = isFault(came.result) ? this.judged(due, plan, came.result) : came.result;
      if (isFault(result)) {
        budget.end(most, result.usage ?? (result.charged ? NOT_SAID : null));
        if (result.otherModel !== null) this.told.discarded();
        const isLong = isLongTrial(due, result);
        if (!isLong && isTimeout(result) && this.isQueue(underWay, sentAt)) limiter.overfull(now, sentAt);
        else if (!isLong && result.congested && !this.isOfPrompt(result)) {
          if (isDown(result)) this.told.refusedOrDown();
          else if (!isTimeout(result)) this.told.refused();
          limiter.congested(now, sentAt, result.waitMs, result.ofPace ? null : result.reason);
        }
        if (!isDown(result)) this.waits.replied();
        this.afterFault(due, plan, result, { ...came, sentAt });
      } else {
        budget.end(most, result.usage);
        [this.answeredAt, this.wasQueue] = [now, false];
        this.told.answered();
        limiter.succeeded({ latencyMs: now - sentAt, underWay }, sentAt);
        this.patience.answered();
        this.waits.answered(sentAt);
        this.doubts.answered(due.prompted, sentAt);
        this.trouble.ended(due.prompted, now);
        this.room.take(due.prompted, plan);
        if ('undecided' in result) this.retries.push(generated(due, now, came.latencyMs));
        else this.afterAnswer(due, plan, result, { ...came, sentAt });
      }
      this.settleUnfit(due.prompted, !isFault(result) && plan.limit !== 'least');
      this.settleDoubts();
      this.tell();
      this.pause.endSoon();
    });
    void taken.catch((error: unknown) => {
      this.broken ??= { error };
      this.pause.endSoon();
    });
  }

  /**
   * Whether a request that was not answered in time has waited behind others of ours: these were answered to the end of that time, not
   * only at its beginning, as by a server that is gone since. And until they are again: it may go on with those that were given up.
   */
  private isQueue(underWay: number, sentAt: number): boolean {
    this.wasQueue ||= underWay > 1 && this.answeredAt > (sentAt + Date.now()) / 2;
    return this.wasQueue;
  }

  /**
   * A model that has answered is there again soon. And a prompt can't be too long where a longer one was answered: what is too
   * much then is not the prompt, and may pass.
   */
  private judged({ prompted }: Due<P>, plan: RequestPlan, fault: Fault): Fault {
    if (this.trouble.answered && (saysNotThere(fault) || fault.reason === NO_CHOICES))
      return { ...fault, failure: 'server', retry: true };
    if (fault.failure !== 'too-long' || !this.room.hasTakenLonger(prompted, plan)) return fault;
    return { ...fault, failure: 'server', retry: true, congested: true, ofPace: true };
  }

  /** Hands an answer over, unless there may be a better one: in more room, or of a server that is ready. */
  private afterAnswer(
    due: Due<P>,
    plan: RequestPlan,
    answered: Answered,
    { latencyMs, sentAt }: { readonly latencyMs: number; readonly sentAt: number },
  ): void {
    const output = outputOf(answered, plan.tokenLimit, latencyMs, due.requests);
    if (answered.isEmpty === true && plan.limit !== 'least') {
      const failed = (fault: Fault): Output => failedOutput(fault, plan.tokenLimit, latencyMs, due.requests);
      this.empties.came({ due, output, failed, sentAt }, this.ending !== null);
      return;
    }
    this.check.said(due.prompted);
    this.empties.said(sentAt);
    this.roomSearch.answered(due, plan, answered, output);
  }

  /**
   * A run that ends leaves nobody waiting: what went wrong so far has failed, and so has what was cut and not asked again. Else those who answer
   * at once would be all that is counted. After Ctrl-C, what only met trouble is left to the next run. Says whether there were any.
   */
  private settleWaiting(ending: Ending): boolean {
    const waiting = [...this.retries.splice(0), ...this.roomSearch.leave(ending), ...this.empties.leave()];
    this.doubts.leave(ending);
    for (const due of waiting) if (ending.kind !== 'interrupted' || isHalfAnswered(due)) this.keepFailed(due);
    return this.arrived.length > 0;
  }

  private afterFault(
    due: Due<P>,
    plan: RequestPlan,
    fault: Fault,
    came: Attempt<unknown> & { readonly sentAt: number },
  ): void {
    const attempts = due.attempts + 1;
    if (this.controller.signal.aborted) {
      // Interrupted: asked again by the next run.
      if (isHalfAnswered(due)) this.keepFailed(due);
      return;
    }
    const { latencyMs, sentAt } = came;
    const failed = failedOutput(fault, plan.tokenLimit, latencyMs, due.requests);
    if (saysNoRoomLeft(fault)) {
      this.trouble.ended(due.prompted, Date.now());
      if (!plan.roomy && plan.tokenLimit !== null) this.room.notice('unsaid');
      const output = outputOf(NO_ROOM_LEFT, plan.tokenLimit, latencyMs, due.requests);
      this.roomSearch.answered(due, plan, NO_ROOM_LEFT, output);
      return;
    }
    if (this.roomSearch.refused(due, plan, fault, failed)) return;
    if (Patience.isFor(fault)) {
      const now = Date.now();
      const inVain = this.patience.refused(fault, now);
      if (inVain === null || this.ending !== null) {
        this.told.retried();
        this.retries.push({ ...due, at: now + fault.waitMs });
        return;
      }
      this.ending = { kind: 'stopped', reason: inVain };
      this.keep(due, failed);
      return;
    }
    if (isDown(fault) && this.waitsForServer(due, fault, sentAt)) {
      this.told.retried();
      this.retries.push({ failedAt: Date.now(), ...due, at: Date.now(), failed });
      return;
    }
    if (isLongTrial(due, fault))
      return this.roomSearch.endTrial(due, { reason: fault.reason, way: 'more time' });
    if (fault.retry && fault.fatal !== 'yes' && attempts <= this.connection.maxRetries) {
      this.told.retried();
      const at = Date.now() + waitBefore(attempts, fault);
      this.retries.push({ failedAt: Date.now(), ...due, at, attempts, failed });
      return;
    }
    this.fail(due, fault, failed);
  }

  /** A question has failed for good, with this attempt. */
  private fail(due: Due<P>, fault: Fault, failed: Output): void {
    const { prompted, passed, attempts, failedAt = Date.now() } = due;
    const isLonger = this.isLonger(prompted);
    const why = this.trouble.failed(fault, attempts + 1, { isLonger, passed }, failedAt);
    if (why !== null && this.ending === null) {
      const isRefused = fault.fatal !== 'no';
      const reason = isRefused ? refusalText(this.connection.endpoint, fault, why) : why;
      const isGone = fault.failure === 'connection' || fault.failure === 'server';
      const stop = (): void => {
        this.ending ??= { kind: 'stopped', reason };
        this.isGone = isGone;
      };
      if (isGone && !isRefused) this.unlessThere(stop);
      else stop();
    }
    if (due.isTrial === true) this.roomSearch.endTrial(due, untriedFor(fault));
    else this.keep(due, leftOf(due, failed));
  }

  /** Whether the server is gone for a while, so that everybody waits for it; the run ends where that has lasted too long. */
  private waitsForServer(due: Due<P>, fault: Fault, sentAt: number): boolean {
    const wait = this.waits.forServer(due, fault, sentAt, this.check.found);
    if (wait !== null) {
      const { ms, why } = wait;
      const waitFrom = (now: number): void => {
        this.told.waitsForServer();
        this.connection.limiter.down(now + ms, why);
      };
      if (ms > 0) this.unlessThere(() => waitFrom(Date.now()));
      return this.ending === null;
    }
    const reason = this.waits.inVain(fault);
    if (reason !== null) this.ending ??= { kind: 'stopped', reason };
    return false;
  }

  /** Whether trouble is a prompt's, since the server was found to be there: nothing is too much for that. */
  private isOfPrompt(fault: Fault): boolean {
    return this.check.found > 0 && isDown(fault);
  }

  /** What is to be done where the server is gone, unless it turns out to be there, as by what it has answered before: then prompts fail, not it. */
  private unlessThere(gone: () => void): void {
    if (this.check.isUnderWay) return;
    // What is being found out may show that it is there.
    if (this.settling !== null) return void this.settling.then(() => this.unlessThere(gone));
    const sentAt = Date.now();
    const { question } = this.check;
    const found = this.check.begin(this.controller.signal);
    if (found === null || question === null) return gone();
    this.pauseUntil(
      found.then((is) => {
        if (is === 'gone') return gone();
        if (is === 'refuses') return this.waits.replied();
        this.waits.answered(sentAt);
        this.trouble.ended(question, Date.now());
      }),
    );
  }

  /** Nobody else is asked until what does not fit the context was taken: the length may be too long. */
  private settleUnfit(prompted: P, fits: boolean): void {
    if (this.retries.some((due) => due.prompted === prompted)) return;
    if (this.roomSearch.settleUnfit(prompted, fits)) this.unfitArrived = !fits && this.arrived.length > 0;
  }

  private keepFailed(due: Due<P>): void {
    if (due.failed !== undefined) this.keep(due, leftOf(due, unsettled(due.failed)));
  }

  /** Whether a prompt is longer than all of its task that were answered, of which there are some. */
  private isLonger(prompted: P): boolean {
    return this.trouble.taken.isExceededBy(prompted, this.questions.longestTaken);
  }

  /** An output is handed over, unless it is a refusal that may pass. */
  private keep(due: Due<P>, output: Output): void {
    if (this.ending !== null || !this.doubts.holds(due, output)) this.handOver(due, output);
  }

  /** Settles refusals that may pass. Where nothing else will tell, a question is asked again that was answered before. */
  private settleDoubts(): void {
    const kept = this.arrived.length;
    const isLeft = this.doubts.settle(Array.from(this.inFlight, ({ prompted }) => prompted));
    if (this.arrived.length > kept) this.unfitArrived = true;
    if (!isLeft || this.retries.length > 0 || this.isSettling || this.ending !== null) return;
    const found = this.check.look(this.controller.signal);
    if (found === null) return this.doubts.refused();
    this.pauseUntil(found.then((is) => (is === 'gone' ? this.doubts.pass() : this.doubts.refused())));
  }

  /** An output costs what was sent for its question, with what came after it and brought nothing. */
  private handOver(due: Due<P>, output: Output): void {
    const { prompted, requests } = due;
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

  private endWhereTooLong(now: number): void {
    const waiting = this.connection.limiter.waiting(now);
    const reason = waiting === null ? null : tooLong(waiting);
    if (reason !== null) this.ending ??= { kind: 'stopped', reason };
  }

  private untilNextRetry(): number | null {
    if (this.retries.length === 0 || this.isSettling) return null;
    return Math.max(1, Math.min(...this.retries.map(({ at }) => at)) - Date.now());
  }

  private tell(last = false): void {
    this.told.tell({
      inFlight: this.inFlight.size,
      isEnding: this.ending !== null,
      empties: this.empties.counts,
      last,
    });
  }
}

/** Whether a trial was given up: it was given room to take long, which says nothing of the server. */
function isLongTrial({ isTrial }: Due<Prompted>, fault: Fault): boolean {
  return isTrial === true && isTimeout(fault);
}

/** What a trial that has failed leaves open. */
function untriedFor({ reason, failure, retry }: Fault): Untried {
  return { reason, way: failure === 'too-long' ? null : retry ? 'again' : 'less room' };
}
