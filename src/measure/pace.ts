/** How far the measurement of a model is, and how long it will still take. */
import type { Task } from '../tasks/index.ts';
import { sequenceSize } from '../tasks/sequence.ts';

export interface MeasureTick {
  /** The length that is being asked about. */
  readonly length: number;
  /** Questions answered, of all lengths. */
  readonly answered: number;
  /** Questions there are. */
  readonly questions: number;
  /** Seconds until all are answered: an estimate by the tokens that are left to be read. */
  readonly left: number;
}

/**
 * Tells `onTick` how it is going. Questions are asked in batches, and a batch takes one forward pass or, where it has
 * wrong copies, many: as many as it took lately, in proportion to the length, are expected of all that is left. The
 * time of a pass goes by its tokens.
 */
export class Pace {
  private readonly task: Task;
  private readonly lengths: readonly number[];
  private readonly n: number;
  private readonly onTick: ((tick: MeasureTick) => void) | undefined;
  private readonly now: () => number;
  private readonly began: number;
  /** Questions answered, of all lengths and of the latest. */
  private answered = 0;
  private answeredAt = { length: -1, count: 0 };
  /** Of the batch that is being asked. */
  private passes = 0;
  /** Tokens read in all passes so far. */
  private tokensRead = 0;
  /** Passes beyond the first, per symbol of the source, that a batch took lately or is expected to take now. */
  private extraPasses = 0;

  /**
   * @param lengths ascending, `n` questions each
   * @param now a clock in milliseconds
   */
  constructor(
    task: Task,
    { lengths, n }: { readonly lengths: readonly number[]; readonly n: number },
    onTick: ((tick: MeasureTick) => void) | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.task = task;
    this.lengths = lengths;
    this.n = n;
    this.onTick = onTick;
    this.now = now;
    this.began = now();
  }

  /**
   * One more pass over a batch has ended.
   * @param settled how much of the batch's slowest answer is known by now, above 0; 1 when all of them are
   */
  pass(length: number, count: number, settled: number): void {
    if (this.answeredAt.length !== length) this.answeredAt = { length, count: 0 };
    this.passes += 1;
    this.tokensRead += count * this.tokensAt(length);
    const passesLeft = settled === 1 ? 0 : this.passesLeft(length, settled);
    this.extraPasses = (this.passes + passesLeft - 1) / length;
    if (settled === 1) {
      this.answered += count;
      this.answeredAt.count += count;
      this.passes = 0;
    }
    const own = settled === 1 ? 0 : count;
    const tokensLeft =
      own * passesLeft * this.tokensAt(length) +
      (this.n - this.answeredAt.count - own) * this.tokensOfAnswer(length) +
      this.lengths
        .filter((later) => later > length)
        .reduce((sum, later) => sum + this.n * this.tokensOfAnswer(later), 0);
    const seconds = (this.now() - this.began) / 1000;
    this.onTick?.({
      length,
      answered: this.answered,
      questions: this.n * this.lengths.length,
      left: (seconds / this.tokensRead) * tokensLeft,
    });
  }

  /** Of a batch that is not done: as its answers got settled so far, but no fewer than the batch before it took. */
  private passesLeft(length: number, settled: number): number {
    const expected = 1 + this.extraPasses * length;
    return Math.max(expected - this.passes, (this.passes * (1 - settled)) / settled);
  }

  /** Tokens to be read until a question is answered. */
  private tokensOfAnswer(length: number): number {
    return this.tokensAt(length) * (1 + this.extraPasses * length);
  }

  private tokensAt(length: number): number {
    const { prompt, target } = sequenceSize(this.task, length);
    return prompt + target;
  }
}
