/**
 * The largest limit on an answer that a server takes, where it refuses larger ones. If it doesn't name it, it lies between the largest
 * that was taken and the smallest that was refused: halfway between them is tried next. All limits are in tokens.
 */
export class LargestLimit {
  /** The largest limit with which a prompt was answered. */
  taken = 0;
  /** The smallest that was refused for itself; Infinity: none was. */
  refused = Infinity;
  /** The largest that is asked with; null: any. */
  most: number | null = null;
  /** Whether the server has named it. */
  isNamed = false;

  /** A prompt was answered with this limit: it is not the limit that one as large was refused for. */
  take(limit: number): void {
    this.taken = Math.max(this.taken, limit);
    if (limit < this.refused || this.isNamed) return;
    this.refused = Infinity;
    this.most = null;
  }

  /** The server says that this is the largest. Whether that is news: others may have been told of a smaller one meanwhile. */
  name(most: number): boolean {
    if (most >= (this.most ?? Infinity)) return false;
    this.most = most;
    this.refused = most + 1;
    this.isNamed = true;
    return true;
  }

  /** A limit was refused for itself, and the server names none that it takes. */
  refuse(limit: number): void {
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
