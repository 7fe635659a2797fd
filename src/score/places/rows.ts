/** Accuracy by place, as tables have it. Types and nothing else. */

/** A share of right answers with its interval. */
export interface Share {
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/** The right and wrong answers whose evidence lies in one part of the source: those that failed, … say nothing of a place. */
export interface PlaceRow extends Omit<Share, 'accuracy'> {
  /** null where n is 0, with an interval from 0 to 1. */
  readonly accuracy: number | null;
  /** From (included) and to (excluded, but for 1), as shares of the source. */
  readonly from: number;
  readonly to: number;
}

/** A part of the source in which accuracy is surely below the threshold. */
export interface WeakPlace extends Share {
  readonly from: number;
  readonly to: number;
}
