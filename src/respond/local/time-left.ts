/** How far the measurement of a model is, and how long it will still take. */
import type { Task } from '../../tasks/index.ts';
import { sequenceSize } from '../../tasks/sequence.ts';

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
 * Tells `onTick` how it is going. Questions are asked in batches: one forward pass, whose time goes by its tokens, and
 * for copies that are wrong what generating them takes. Of that, all that is left is expected to take as long as the
 * latest batch, in proportion to tokens and length.
 */
export class Pace {
  private readonly task: Task;
  private readonly lengths: readonly number[];
  private readonly n: number;
  private readonly onTick: ((tick: MeasureTick) => void) | undefined;
  private readonly now: () => number;
  /** When what is timed now began, in milliseconds. */
  private began: number;
  /** The batch that is being asked, and the questions of its length that were answered before it. */
  private batch = { length: -1, count: 0, before: 0 };
  /** Questions answered, of all lengths. */
  private answered = 0;
  /** Of all forward passes so far. */
  private seconds = 0;
  private tokens = 0;
  /** What generation took in the batch before, and what it is expected to take from now on: seconds for a unit of work. */
  private generation = 0;
  private expected = 0;
  /** How far the batch's generation was when it was told first. */
  private first: { readonly seconds: number; readonly share: number } | undefined;

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

  /** The forward pass of the next batch, with `count` questions of a length, has ended. */
  passed(length: number, count: number): void {
    const before = this.batch.length === length ? this.batch.before + this.batch.count : 0;
    this.batch = { length, count, before };
    this.seconds += this.elapsed();
    this.tokens += count * this.tokensAt(length);
  }

  /** Of its wrong copies that share is generated, above 0. */
  generated(share: number): void {
    const { length, count } = this.batch;
    const seconds = (this.now() - this.began) / 1000;
    const before = this.generationOf(length, count);
    const { first } = this;
    this.first ??= { seconds, share }; // it made ready what the others only use
    const slope = first === undefined ? before : (seconds - first.seconds) / (share - first.share);
    const whole = before > 0 ? (1 - share) * before + share * slope : slope;
    if (before === 0) this.expected = whole / this.workOf(length, count);
    this.tell((1 - share) * whole);
  }

  /** It is answered. */
  done(): void {
    const { length, count } = this.batch;
    const seconds = this.elapsed();
    this.generation = this.first === undefined ? 0 : seconds / this.workOf(length, count);
    this.expected = this.generation;
    this.first = undefined;
    this.answered += count;
    this.tell(0);
  }

  /** @param own seconds that are left of the batch */
  private tell(own: number): void {
    const { length, count, before } = this.batch;
    const later = this.lengths
      .filter((each) => each > length)
      .reduce((sum, each) => sum + this.secondsOf(each, this.n), 0);
    this.onTick?.({
      length,
      answered: this.answered,
      questions: this.n * this.lengths.length,
      left: own + this.secondsOf(length, this.n - before - count) + later,
    });
  }

  /** Seconds since the last call. */
  private elapsed(): number {
    const seconds = (this.now() - this.began) / 1000;
    this.began = this.now();
    return seconds;
  }

  private secondsOf(length: number, count: number): number {
    const pass = (this.seconds / this.tokens) * count * this.tokensAt(length);
    return pass + this.expected * this.workOf(length, count);
  }

  private generationOf(length: number, count: number): number {
    return this.generation * this.workOf(length, count);
  }

  /** Of generating wrong copies: in proportion to their tokens, and to how much there is to look back at. */
  private workOf(length: number, count: number): number {
    return count * this.tokensAt(length) * length;
  }

  private tokensAt(length: number): number {
    const { prompt, target } = sequenceSize(this.task, length);
    return prompt + target;
  }
}
