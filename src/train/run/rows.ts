/** What training brings out while it runs and when it ends. Types and nothing else. */

/** How a run is going, for the line that says so; when it is told depends on the clock, so nothing else is made of it. */
export interface ProgressTick {
  readonly step: number;
  readonly steps: number;
  /** Mean cross-entropy (nats) on the answer since the last point of the learning curve. */
  readonly loss: number;
  /** Tokens that went in, padding not counted, in this sitting. */
  readonly tokensPerSecond: number;
  /** Seconds since the run began, all its sittings together. */
  readonly elapsed: number;
  /** Seconds until the last step at this pace; it may end sooner. */
  readonly left: number;
}

/** A point of the learning curve. */
export interface ProgressRow extends ProgressTick {
  readonly kind: 'progress';
  /** Exact match on held-out instances of the training range, per bucket of lengths; absent where it was not measured. */
  readonly accuracy?: readonly {
    readonly min: number;
    readonly max: number;
    readonly n: number;
    readonly correct: number;
  }[];
}

/** How a training run ended. */
export interface TrainedRow {
  readonly kind: 'trained';
  /** Why it stopped: 100 % on the training range, or the last step. */
  readonly reason: 'perfect' | 'steps';
  readonly step: number;
  /** Exact match on held-out instances of the training range at the end. */
  readonly accuracy: number;
  readonly parameters: number;
  readonly seconds: number;
  /** SHA-256 of the weights. */
  readonly weights: string;
}

export type TrainRow = ProgressRow | TrainedRow;
