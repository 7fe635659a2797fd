/** Accuracy by place, as tables have it. Types and nothing else. */

/** A share of right answers with its interval. */
export interface Share {
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** The answers whose evidence lies in one part of the source. */
export interface PlaceRow extends Share {
  /** From (included) and to (excluded, but for 1), as shares of the source. */
  readonly from: number;
  readonly to: number;
}
