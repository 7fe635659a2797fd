/**
 * Keeps as many questions under way as the server can take, until the plan is done, the budget spent or the user has
 * enough. Every row is in the store before it is counted.
 */
import { NOT_SAID } from '../respond/endpoint/pace/budget.ts';
import type { Budget, Tokens } from '../respond/endpoint/pace/budget.ts';
import { isFault } from '../respond/endpoint/endpoint.node.ts';
import type { Attempt, Undecided } from '../respond/endpoint/endpoint.node.ts';
import type { Fault } from '../respond/endpoint/faults.ts';
import type { Limiter } from '../respond/endpoint/pace/limiter.ts';
import type { Plan, Slot } from './plan/plan.ts';
import type { Answered } from '../respond/endpoint/protocol.ts';
import { rowFor } from './plan/question.ts';
import type { Question } from './plan/question.ts';
import type { MeasureStore, StoredRow } from './store/store.node.ts';

export interface PumpOptions {
  readonly plan: Plan;
  readonly store: MeasureStore;
  readonly limiter: Limiter;
  readonly budget: Budget;
  readonly maxRetries: number;
  readonly questionFor: (slot: Slot) => Question;
  /** The most that a request for the answer can take. */
  readonly mostOf: (question: Question) => Tokens;
  /** One attempt; never rejects. An undecided one is followed by one that has to `generate`. */
  readonly attempt: (
    question: Question,
    generate: boolean,
    signal: AbortSignal,
  ) => Promise<Attempt<Answered | Fault | Undecided>>;
  /** The row with the verdict on its answer, before it is stored. */
  readonly judged: (question: Question, row: StoredRow) => StoredRow;
  /** Counts a row that is stored. */
  readonly count: (row: StoredRow) => void;
  /** Called now and then while it runs. */
  readonly onProgress: (state: PumpState) => void;
  readonly signal: AbortSignal;
}

export interface PumpState {
  /** Rows from earlier runs; answered now; failed now for good. */
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  /** Attempts that went wrong and were, or will be, made again. */
  readonly retries: number;
  readonly inFlight: number;
  readonly startedAt: number;
}

export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'budget' }
  | { readonly kind: 'interrupted' }
  /** The server refuses us, or is gone. */
  | { readonly kind: 'stopped'; readonly reason: string };

/** The first wait before another attempt, doubled every time up to the longest; half of it is drawn at random. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** After Ctrl-C, what is under way has this long to arrive. */
const GRACE_MS = 10_000;

/** So many questions in a row without any connection: there is no server any more. */
const GONE_AFTER = 20;

/** With so many questions waiting for another attempt no new one is begun: a server in trouble must not fill the memory. */
const MOST_WAITING = 500;

const PROGRESS_EVERY_MS = 250;

interface Due {
  readonly at: number;
  readonly slot: Slot;
  readonly question: Question;
  readonly attempts: number;
  /** Whether it is known already that the answer has to be generated. */
  readonly generate: boolean;
}

export async function pump(options: PumpOptions): Promise<{ ending: Ending; state: PumpState }> {
  return new Pump(options).run();
}

class Pump {
  private readonly options: PumpOptions;
  private readonly controller = new AbortController();
  private readonly retries: Due[] = [];
  private next: Due | null = null;
  private wake: (() => void) | null = null;
  private ending: Ending | null = null;
  private lostInARow = 0;
  private readonly arrived: { readonly slot: Slot; readonly row: StoredRow }[] = [];
  /** What went wrong with the store (a full disk): it ends everything. */
  private broken: Error | undefined;
  private readonly counts = { reused: 0, answered: 0, failed: 0, retries: 0, inFlight: 0 };
  private readonly startedAt = Date.now();
  private readonly storeWasEmpty: boolean;
  private lastProgress = 0;

  constructor(options: PumpOptions) {
    this.options = options;
    this.storeWasEmpty = options.store.size === 0;
  }

  async run(): Promise<{ ending: Ending; state: PumpState }> {
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
        const waitMs = this.startAll();
        this.report();
        if (this.broken !== undefined) throw this.broken;
        if (this.counts.inFlight === 0 && this.arrived.length === 0 && this.ending !== null) break;
        await this.untilWoken(waitMs);
      }
    } finally {
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
    }
    return { ending: this.ending, state: this.state() };
  }

  /** Starts what may be started; gives the time after which it is worth looking again, null for the next answer. */
  private startAll(): number | null {
    const { limiter, budget } = this.options;
    while (this.ending === null) {
      const due = this.nextDue();
      if (due === 'wait') return this.untilNextRetry();
      if (due === 'done') {
        if (this.retries.length > 0 || this.underWay) return this.untilNextRetry();
        this.ending = { kind: 'done' };
        return null;
      }
      const most = this.options.mostOf(due.question);
      if (!budget.allows(most)) {
        this.next = due;
        if (this.underWay) return null; // what is under way may take less than it might
        this.ending = { kind: 'budget' };
        return null;
      }
      const place = limiter.acquire(Date.now(), most.promptTokens + most.completionTokens);
      if (!place.granted) {
        this.next = due;
        return place.at === null ? this.untilNextRetry() : Math.max(1, place.at - Date.now());
      }
      this.start(due, most);
    }
    return null;
  }

  /** Whether answers are still to come or to be counted. */
  private get underWay(): boolean {
    return this.counts.inFlight > 0 || this.arrived.length > 0;
  }

  /** The retry whose time has come, else the plan's next question that is not in the store already. */
  private nextDue(): Due | 'wait' | 'done' {
    if (this.next !== null) {
      const kept = this.next;
      this.next = null;
      return kept;
    }
    const now = Date.now();
    const ready = this.retries.findIndex(({ at }) => at <= now);
    if (ready !== -1) return this.retries.splice(ready, 1)[0];
    if (this.retries.length >= MOST_WAITING) return 'wait';
    const { plan, store, questionFor } = this.options;
    for (;;) {
      const slot = plan.next();
      if (slot === 'wait' || slot === 'done') return slot;
      const question = questionFor(slot);
      const stored = this.storeWasEmpty ? undefined : store.get(question.key);
      if (stored === undefined || stored.error !== null) {
        return { at: 0, slot, question, attempts: 0, generate: false };
      }
      this.counts.reused += 1;
      this.options.count(stored);
      plan.record(slot, stored.verdict?.correct ?? null);
    }
  }

  private start(due: Due, most: Tokens): void {
    const { slot, question, attempts, generate } = due;
    const { limiter, budget, attempt } = this.options;
    const sentAt = Date.now();
    budget.begin(most);
    this.counts.inFlight += 1;
    void attempt(question, generate, this.controller.signal).then((came) => {
      this.counts.inFlight -= 1;
      const now = Date.now();
      limiter.release(now, most.promptTokens + most.completionTokens, came.headers);
      const { result } = came;
      if (isFault(result)) {
        budget.end(most, result.charged ? NOT_SAID : null);
        if (result.congested) limiter.congested(now, sentAt, result.waitMs);
        this.afterFault(due, result, came);
      } else {
        budget.end(most, result.usage);
        limiter.succeeded();
        this.lostInARow = 0;
        if ('undecided' in result) this.retries.push({ ...due, at: now, generate: true });
        else this.afterAnswer(slot, question, attempts + 1, result, came.latencyMs);
      }
      this.wake?.();
    });
  }

  private afterAnswer(
    slot: Slot,
    question: Question,
    attempts: number,
    answered: Answered,
    latencyMs: number,
  ): void {
    this.counts.answered += 1;
    const { output, finishReason, usage, promptIds, outputIds } = answered;
    const came = { output, finishReason, ...usage, promptIds, outputIds, latencyMs, attempts, error: null };
    this.keep(slot, rowFor(question, came), question);
  }

  private afterFault(due: Due, fault: Fault, came: Pick<Attempt, 'headers' | 'latencyMs'>): void {
    const { slot, question } = due;
    const attempts = due.attempts + 1;
    if (this.controller.signal.aborted) return; // interrupted: asked again by the next run
    if (fault.fatal) this.ending ??= { kind: 'stopped', reason: fault.reason };
    if (fault.retry && attempts <= this.options.maxRetries) {
      this.counts.retries += 1;
      this.retries.push({ ...due, at: Date.now() + waitBefore(attempts, fault), attempts });
      return;
    }
    this.lostInARow = came.headers === null ? this.lostInARow + 1 : 0;
    if (this.lostInARow >= GONE_AFTER) this.ending ??= { kind: 'stopped', reason: fault.reason };
    this.counts.failed += 1;
    const none = { promptTokens: null, completionTokens: null, promptIds: null, outputIds: null };
    const nothing = { output: null, finishReason: null, ...none };
    this.keep(
      slot,
      rowFor(question, { ...nothing, latencyMs: came.latencyMs, attempts, error: fault.reason }),
      question,
    );
  }

  /** Rows that arrive together go into the store together: one transaction costs as much as one row. */
  private keep(slot: Slot, row: StoredRow, question: Question): void {
    this.arrived.push({ slot, row: this.options.judged(question, row) });
    if (this.arrived.length === 1) setImmediate(() => this.flush());
  }

  /** Stores what has arrived, and only then counts it. */
  private flush(): void {
    const { store, plan, count } = this.options;
    const rows = this.arrived.splice(0);
    try {
      store.putAll(rows.map(({ row }) => row));
      for (const { slot, row } of rows) {
        count(row);
        plan.record(slot, row.verdict?.correct ?? null);
      }
    } catch (error) {
      this.broken = error instanceof Error ? error : new Error(String(error));
      this.controller.abort();
    }
    this.wake?.();
  }

  private untilNextRetry(): number | null {
    if (this.retries.length === 0) return null;
    return Math.max(1, Math.min(...this.retries.map(({ at }) => at)) - Date.now());
  }

  /** Until an answer came, at most so long; a line of progress is due now and then in any case. */
  private untilWoken(waitMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, Math.min(waitMs ?? PROGRESS_EVERY_MS, PROGRESS_EVERY_MS));
      this.wake = done;
    });
  }

  private report(): void {
    const now = Date.now();
    if (now - this.lastProgress < PROGRESS_EVERY_MS) return;
    this.lastProgress = now;
    this.options.onProgress(this.state());
  }

  private state(): PumpState {
    return { ...this.counts, startedAt: this.startedAt };
  }
}

function waitBefore(attempts: number, { waitMs }: Fault): number {
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  const jittered = backoff * (0.5 + Math.random() / 2);
  return waitMs === null ? jittered : waitMs + jittered / 10;
}
