/** When it makes no sense to go on asking: whoever answers refuses us, refuses every question alike, or is gone. */
import { LongestTaken } from '../longest-taken.ts';
import type { Prompted } from '../respondent.ts';
import type { Fault } from './reply/faults.ts';

/**
 * So many attempts without any answer, at so many questions or more: there is no server any more, or it is in trouble for
 * longer than anybody waits for one question. Questions that failed before the last answer do not count: some prompts crash a
 * server each time, and in the end they alone are left.
 */
const GONE_AFTER = 20;
const GONE_QUESTIONS = 3;

/** A 403 that doesn't say whether it is for the key or for the prompt, so often in a row: before any answer, and after. */
const UNCLEAR_AT_FIRST = 3;
const UNCLEAR_LATER = 10;

/** The very same refusal of so many questions before any answer: of their form, or of what they say. */
const SAME_FORM = 5;
const SAME_CONTENT = 20;

/** The very same refusal of so many questions in a row, after answers. */
const SAME_FORM_LATER = 20;

/** Longer than this nobody waits: the run ends, and the same command goes on. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** So long, and three times as long as the server asks to wait, without any answer: then it is not waited for any more. */
const NOTHING_FOR_MS = 3_600_000;
const TIMES_THE_WAIT = 3;

/**
 * A refusal that says how long to wait is no failed attempt: the question is asked again after that wait, however often.
 * Bounded by time alone.
 */
export class Patience {
  private since: number | null = null;
  private longest = 0;

  /** Whether a fault is such a refusal. */
  static isFor(fault: Fault): fault is Fault & { readonly waitMs: number } {
    const { retry, fatal, congested, waitMs } = fault;
    return retry && fatal !== 'yes' && congested && waitMs !== null;
  }

  answered(): void {
    this.since = null;
    this.longest = 0;
  }

  /** A request was refused with a wait. Why to ask nothing more; null: go on. `now` in milliseconds. */
  refused({ reason, waitMs }: Fault, now: number): string | null {
    this.since ??= now;
    this.longest = Math.max(this.longest, waitMs ?? 0);
    const lasted = now - this.since;
    if (lasted < Math.max(NOTHING_FOR_MS, TIMES_THE_WAIT * this.longest)) return null;
    return `${reason} (nothing was answered for ${Math.round(lasted / 60_000)} minutes of waiting as the server asks)`;
  }
}

/** A question among others. */
export interface AskedAmong {
  /** Whether prompts of its task were answered, now or in earlier runs, and it is longer than all of them. */
  readonly isLonger: boolean;
  /** How many questions with stored answers come before it. */
  readonly passed: number;
}

const NONE_ALIKE = { reason: '', count: 0 };

export class Trouble {
  /** Whether any answer came, now or in an earlier run. */
  answered: boolean;
  /** The longest prompts that were answered. */
  readonly taken = new LongestTaken();
  private lost = { questions: 0, attempts: 0 };
  /** When the last answer came, in milliseconds. */
  private answeredAt = -Infinity;
  private unclear = 0;
  private same = NONE_ALIKE;
  /** How many stored answers come before the question that failed last. */
  private passed = 0;

  constructor(answeredBefore = false) {
    this.answered = answeredBefore;
  }

  /** An answer came, of whatever kind: a server that answers is none that refuses us. `now` in milliseconds. */
  ended(prompted: Prompted, now: number): void {
    this.answered = true;
    this.answeredAt = now;
    this.taken.take(prompted);
    this.lost = { questions: 0, attempts: 0 };
    this.answeredBetween();
  }

  /** A question was answered between others: these were not refused in a row. */
  private answeredBetween(): void {
    this.unclear = 0;
    this.same = NONE_ALIKE;
  }

  /**
   * A question failed for good, after so many attempts, the first of them at `failedAt` (milliseconds). Why to ask nothing more;
   * null: go on.
   */
  failed(fault: Fault, attempts: number, asked: AskedAmong, failedAt: number): string | null {
    if (fault.fatal === 'yes') return fault.reason;
    const { isLonger, passed } = asked;
    if (passed !== this.passed) this.answeredBetween();
    this.passed = passed;
    const { failure, reason } = fault;
    const isLost = failure === 'connection' || failure === 'server';
    const { lost } = this;
    if (!isLost) this.lost = { questions: 0, attempts: 0 };
    else if (failedAt >= this.answeredAt)
      this.lost = { questions: lost.questions + 1, attempts: lost.attempts + attempts };
    if (this.lost.attempts >= GONE_AFTER && this.lost.questions >= GONE_QUESTIONS) return reason;
    this.unclear = fault.fatal === 'perhaps' ? this.unclear + 1 : 0;
    if (this.unclear >= (this.answered ? UNCLEAR_LATER : UNCLEAR_AT_FIRST)) {
      return `${fault.reason} (${this.unclear} times in a row)`;
    }
    // Of the longest prompt yet it may be the size that is refused: whoever asks finds that out.
    return isLonger ? null : this.alike(fault);
  }

  /** Refusals that name the same thing wrong with every question. Numbers in them (places, tokens) may differ. */
  private alike({ reason, failure }: Fault): string | null {
    const form = this.answered ? SAME_FORM_LATER : SAME_FORM;
    const content = this.answered ? Infinity : SAME_CONTENT;
    const most = failure === 'form' ? form : failure === 'content' ? content : Infinity;
    const words = reason.replace(/\d+/g, '#');
    this.same = { reason: words, count: words === this.same.reason ? this.same.count + 1 : 1 };
    return this.same.count < most ? null : `every question is refused alike: ${reason}`;
  }
}

/**
 * Whether a fault is trouble of the server itself, or of the way to it, whatever the status of the reply that tells of it: not of one
 * request, nor of how much it is asked.
 */
export function isDown(fault: Fault): boolean {
  const { failure, retry, ofPace, waitMs } = fault;
  if (!retry || waitMs !== null) return false;
  return failure === 'connection' ? !isTimeout(fault) : failure === 'server' && !ofPace;
}

/** Whether a request was given up since its answer did not come in time. */
export function isTimeout({ failure, congested }: Fault): boolean {
  return failure === 'connection' && congested;
}

/** Why a wait is too long to be waited for; null: it isn't. */
export function tooLong({ ms, why }: { readonly ms: number; readonly why: string }): string | null {
  if (ms <= LONGEST_WAIT_MS) return null;
  const hours = Math.round(ms / 3_600_000);
  const long = hours > 240 ? `${Math.round(hours / 24)} days` : `${hours} hours`;
  return `${why}, which takes ${long}: more than a day is not waited for`;
}
