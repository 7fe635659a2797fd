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
  /** Seconds until all are answered: an estimate by the tokens that are left. */
  readonly left: number;
}

/** Tells `onTick` how it is going; questions take as long as they have tokens. */
export class Pace {
  private readonly task: Task;
  private readonly onTick: ((tick: MeasureTick) => void) | undefined;
  private readonly began = performance.now();
  private readonly questions: number;
  private readonly tokens: number;
  private answered = 0;
  private tokensDone = 0;

  constructor(
    task: Task,
    { lengths, n }: { readonly lengths: readonly number[]; readonly n: number },
    onTick: ((tick: MeasureTick) => void) | undefined,
  ) {
    this.task = task;
    this.onTick = onTick;
    this.questions = n * lengths.length;
    this.tokens = n * lengths.reduce((sum, length) => sum + this.tokensAt(length), 0);
  }

  /** So many more questions of a length are answered. */
  see(length: number, count: number): void {
    this.answered += count;
    this.tokensDone += count * this.tokensAt(length);
    const seconds = (performance.now() - this.began) / 1000;
    const left = (seconds / this.tokensDone) * (this.tokens - this.tokensDone);
    this.onTick?.({ length, answered: this.answered, questions: this.questions, left });
  }

  private tokensAt(length: number): number {
    const { prompt, target } = sequenceSize(this.task, length);
    return prompt + target;
  }
}
