/** When it makes no sense to go on asking: whoever answers refuses us, refuses every question alike, or is gone. */
import type { Fault } from './reply/faults.ts';

/**
 * So many attempts in a row without any answer, at so many questions or more: there is no server any more, or it is in
 * trouble for longer than anybody waits for one question.
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

/** The size of a prompt, and of the longest one that was answered in earlier runs, in characters. */
export interface PromptSize {
  readonly size: number;
  readonly takenBefore: number;
}

export class Trouble {
  private answered = false;
  /** The size of the longest prompt that was answered. */
  private longest = 0;
  private lost = { questions: 0, attempts: 0 };
  private unclear = 0;
  private same = { reason: '', count: 0 };

  /** An answer came, of whatever kind: a server that answers is none that refuses us. */
  ended(size: number): void {
    this.answered = true;
    this.longest = Math.max(this.longest, size);
    this.lost = { questions: 0, attempts: 0 };
    this.unclear = 0;
    this.same = { reason: '', count: 0 };
  }

  /** A question failed for good, after so many attempts. Why to ask nothing more; null: go on. */
  failed(fault: Fault, attempts: number, { size, takenBefore }: PromptSize): string | null {
    if (fault.fatal === 'yes') return fault.reason;
    const { failure, reason } = fault;
    const isLost = failure === 'connection' || failure === 'server';
    const { lost } = this;
    this.lost = isLost
      ? { questions: lost.questions + 1, attempts: lost.attempts + attempts }
      : { questions: 0, attempts: 0 };
    if (this.lost.attempts >= GONE_AFTER && this.lost.questions >= GONE_QUESTIONS) {
      return `${reason} (${this.lost.questions} questions in a row failed, ${this.lost.attempts} attempts)`;
    }
    this.unclear = fault.fatal === 'perhaps' ? this.unclear + 1 : 0;
    if (this.unclear >= (this.answered ? UNCLEAR_LATER : UNCLEAR_AT_FIRST)) {
      return `${fault.reason} (${this.unclear} times in a row)`;
    }
    // Of the longest prompt yet it may be the size that is refused: whoever asks finds that out.
    const longest = Math.max(this.longest, takenBefore);
    return longest > 0 && size > longest ? null : this.alike(fault);
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

/** Why a wait is too long to be waited for; null: it isn't. */
export function tooLong({ ms, why }: { readonly ms: number; readonly why: string }): string | null {
  if (ms <= LONGEST_WAIT_MS) return null;
  const hours = Math.round(ms / 3_600_000);
  const long = hours > 240 ? `${Math.round(hours / 24)} days` : `${hours} hours`;
  return `${why}, which takes ${long}: more than a day is not waited for`;
}
