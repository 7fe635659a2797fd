/** How far the measurement of a model is, and how long it will still take. */
import type { BatchWork } from '../respond/local/answerer.node.ts';

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

/** What is asked of a model: how many questions of each length, and how many tokens one has there. */
export interface Workload {
  readonly counts: ReadonlyMap<number, number>;
  readonly tokensAt: (length: number) => number;
}

/**
 * Estimates the time that is left. Questions are asked in batches: one forward pass, whose time goes by its tokens, and
 * for copies that are wrong what generating them takes. Of that, all that is left is expected to take as long as the
 * latest batch, in proportion to tokens and length.
 */
export class Pace {
  /** How it is going, as far as it was told. */
  latest: MeasureTick | undefined;
  private readonly workload: Workload;
  private readonly now: () => number;
  /** When what is timed now began, in milliseconds. */
  private began: number;
  /** The batch that is being asked. */
  private batch = { length: -1, count: 0 };
  /** Questions answered, by length. */
  private readonly done = new Map<number, number>();
  private answered = 0;
  /** Of all forward passes so far. */
  private seconds = 0;
  private tokens = 0;
  /** What generation took in the batch before, and what it is expected to take from now on: seconds for a unit of work. */
  private generation = 0;
  private expected = 0;
  /** How far the batch's generation was when it was told first. */
  private first: { readonly seconds: number; readonly share: number } | undefined;

  /** @param now a clock in milliseconds */
  constructor(workload: Workload, now: () => number = () => performance.now()) {
    this.workload = workload;
    this.now = now;
    this.began = now();
  }

  /** What a respondent says of its batches. */
  told(work: BatchWork): void {
    switch (work.step) {
      case 'passed':
        return this.passed(work.length, work.count);
      case 'generated':
        return this.generated(work.share);
      case 'done':
        return this.ended();
    }
  }

  /** The forward pass of the next batch, with `count` questions of a length, has ended. */
  private passed(length: number, count: number): void {
    this.batch = { length, count };
    this.seconds += this.elapsed();
    this.tokens += count * this.workload.tokensAt(length);
  }

  /** Of its wrong copies that share is generated, above 0. */
  private generated(share: number): void {
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
  private ended(): void {
    const { length, count } = this.batch;
    const seconds = this.elapsed();
    this.generation = this.first === undefined ? 0 : seconds / this.workOf(length, count);
    this.expected = this.generation;
    this.first = undefined;
    this.answered += count;
    this.done.set(length, (this.done.get(length) ?? 0) + count);
    this.batch = { length, count: 0 };
    this.tell(0);
  }

  /** @param own seconds that are left of the batch */
  private tell(own: number): void {
    let [left, questions] = [own, 0];
    for (const [length, count] of this.workload.counts) {
      const under = length === this.batch.length ? this.batch.count : 0;
      left += this.secondsOf(length, Math.max(0, count - (this.done.get(length) ?? 0) - under));
      questions += count;
    }
    this.latest = { length: this.batch.length, answered: this.answered, questions, left };
  }

  /** Seconds since the last call. */
  private elapsed(): number {
    const seconds = (this.now() - this.began) / 1000;
    this.began = this.now();
    return seconds;
  }

  private secondsOf(length: number, count: number): number {
    const pass = (this.seconds / this.tokens) * count * this.workload.tokensAt(length);
    return pass + this.expected * this.workOf(length, count);
  }

  private generationOf(length: number, count: number): number {
    return this.generation * this.workOf(length, count);
  }

  /** Of generating wrong copies: in proportion to their tokens, and to how much there is to look back at. */
  private workOf(length: number, count: number): number {
    return count * this.workload.tokensAt(length) * length;
  }
}
