/**
 * The largest limit on an answer that a server takes, where it refuses larger ones. If it doesn't name it, it lies between the largest
 * that was taken and the smallest that was refused: halfway between them is tried next. All limits are in tokens.
 *
 * One refusal that names no limit may have passed by the time that a smaller limit is taken. Until a second question is refused, only the
 * first is asked with less.
 */
export class LargestLimit {
  /** The largest limit with which a prompt was answered. */
  taken = 0;
  /** The smallest that was refused for itself; Infinity: none was. */
  refused = Infinity;
  /** The largest that is asked with, once it is sure that larger ones are refused; null: any. */
  most: number | null = null;
  /** The first question that was refused for its limit. */
  private refusedFirst: object | null = null;
  private isSeenTwice = false;
  /** Whether the server has named it. */
  isNamed = false;

  /** A prompt was answered with this limit: it is not the limit that one as large was refused for. */
  take(limit: number): void {
    this.taken = Math.max(this.taken, limit);
    if (limit < this.refused || this.isNamed) return;
    this.refused = Infinity;
    this.most = null;
    this.refusedFirst = null;
    this.isSeenTwice = false;
  }

  /** Whether it is no passing refusal: the server names a limit, or several questions were refused. */
  get isSure(): boolean {
    return this.isNamed || this.isSeenTwice;
  }

  /** The largest that a question is asked with; null: any. */
  mostFor(question: object): number | null {
    return this.isSure || question === this.refusedFirst ? this.most : null;
  }

  /** The server says that this is the largest. Whether that is news: others may have been told of a smaller one meanwhile. */
  name(most: number): boolean {
    if (most >= (this.most ?? Infinity)) return false;
    this.most = most;
    this.refused = most + 1;
    this.isNamed = true;
    return true;
  }

  /**
   * A question was refused for its limit alone, and the server names none that it takes.
   * @param question null: no other is to be refused before that is sure
   */
  refuse(limit: number, question: object | null): void {
    this.isSeenTwice ||= question === null || (this.refusedFirst !== null && question !== this.refusedFirst);
    this.refusedFirst ??= question;
    if (limit >= this.refused) return;
    this.refused = limit;
    this.most = this.halfway;
  }

  /** An answer was cut by this limit. Whether there is a larger one to ask with: one that is taken, or may be. */
  raise(limit: number): boolean {
    if (this.most === null || limit < this.most) return true;
    if (this.halfway <= limit) return false;
    this.most = this.halfway;
    return true;
  }

  /** Between what was taken and what was refused; where nothing is between them, what was taken. */
  private get halfway(): number {
    return this.refused === Infinity ? Infinity : Math.floor((this.taken + this.refused) / 2);
  }
}
