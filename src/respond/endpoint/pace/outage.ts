/**
 * A server that is gone for a while: started, restarted, replaced, loading its model. While nothing but its trouble comes back,
 * everybody waits, longer each time, and one request at a time finds out whether it is back. Time is passed in, in milliseconds.
 */

/**
 * So many troubles in a row, of so many questions, are an outage; fewer happen by chance. Questions that failed before the last answer do not
 * count: some prompts crash a server each time, and in the end they alone are left.
 */
export const IN_A_ROW = 5;
const QUESTIONS = 3;

/** Of trouble that comes by turns with answers anyway, more in a row come by chance. */
export const IN_A_ROW_BY_TURNS = 20;

/** It is waited for as long as this for each attempt that may be made again: two minutes by default. */
const EACH_MS = 20_000;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Outage {
  readonly longestMs: number;
  private inARow = 0;
  private readonly questions = new Set<unknown>();
  private since = 0;
  private waits = 0;
  private waitedAt = -Infinity;

  /** @param longestMs how long it is waited for at most */
  constructor(longestMs: number) {
    this.longestMs = longestMs;
  }

  /** @param maxRetries how often one request is made again; 0: nothing is waited for */
  static forRetries(maxRetries: number): Outage {
    return new Outage(EACH_MS * maxRetries);
  }

  /** A reply came that says nothing of a server in trouble. */
  answered(): void {
    this.inARow = 0;
    this.questions.clear();
    this.waits = 0;
  }

  /**
   * A request came to nothing by trouble of the server. How long nobody asks from now on, 0 where a wait that has begun since it was
   * sent is enough; null: it is no outage, or was waited for as long as it may be (`isOver`).
   * @param failedAt when the question failed for the first time; null: now
   * @param most so many troubles in a row are an outage
   */
  troubled(
    now: number,
    sentAt: number,
    question: unknown,
    failedAt: number | null,
    most = IN_A_ROW,
  ): number | null {
    if (this.inARow === 0) this.since = now;
    if (failedAt === null || failedAt >= this.since) {
      this.inARow += 1;
      this.questions.add(question);
    }
    const isOutage = this.inARow >= most && this.questions.size >= QUESTIONS;
    return isOutage ? this.wait(now, sentAt) : null;
  }

  /** Everything that was asked came to nothing by such trouble, however little that is: likewise. */
  gone(now: number): number | null {
    if (this.inARow === 0) this.since = now;
    this.inARow += 1;
    return this.wait(now, now);
  }

  private wait(now: number, sentAt: number): number | null {
    if (this.longestMs === 0 || this.isOver(now)) return null;
    if (sentAt < this.waitedAt) return 0;
    this.waits += 1;
    this.waitedAt = now;
    const left = Math.max(0, this.since + this.longestMs - now);
    return Math.min(left, LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.waits - 1));
  }

  /** Whether there was nothing but trouble for so long, after a wait, that it is waited for no longer. */
  isOver(now: number): boolean {
    return this.waits > 0 && now - this.since >= this.longestMs;
  }
}
