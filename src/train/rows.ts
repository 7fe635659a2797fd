/** What training brings out while it runs and when it ends. Types and nothing else. */

/** A point of the learning curve. */
export interface ProgressRow {
  readonly kind: 'progress';
  readonly step: number;
  readonly steps: number;
  /** Mean cross-entropy (nats) on the answer since the last point. */
  readonly loss: number;
  /** Exact match on held-out instances of the training range, per bucket of lengths; absent between evaluations. */
  readonly accuracy?: readonly {
    readonly min: number;
    readonly max: number;
    readonly n: number;
    readonly correct: number;
  }[];
  readonly tokensPerSecond: number;
  /** Seconds since the run began (all its sittings together) and the estimate of what is left. */
  readonly elapsed: number;
  readonly left: number;
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
