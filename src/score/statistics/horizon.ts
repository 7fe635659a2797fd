/** The horizon: the largest length up to which accuracy is at or above a threshold. */
import type { Interval } from './interval.ts';

/** What the horizon needs to know of a cell: its length and the interval of its accuracy. */
export interface HorizonCell extends Interval {
  readonly length: number;
}

export interface Horizon {
  readonly threshold: number;
  /** The largest measured length such that it and every shorter measured one is reliable; null: not even the shortest. */
  readonly length: number | null;
  /** Whether that is the largest length measured, so that the true horizon may lie beyond. */
  readonly censored: boolean;
  /** A lower bound for the true horizon among the measured lengths: `length`, or 0 (see `horizonOf`). */
  readonly low: number;
  /** An upper bound: the largest measured length below the first surely unreliable one, or 0; null: none is. */
  readonly high: number | null;
}

/**
 * The horizon of cells, by the lower end of their intervals.
 *
 * Going up from the shortest length and ending at the first cell that fails is a test in a fixed order (Maurer, Hothorn
 * and Lehmacher 1995): the chance to claim too long a horizon is at most the chance that one interval's lower end
 * errs (2.5 % for 95 % intervals), however many lengths there are. So `length` is a lower confidence bound. `high`
 * goes by upper ends, each at its own 2.5 %.
 */
export function horizonOf(cells: Iterable<HorizonCell>, threshold = 0.9): Horizon {
  const ordered = [...cells].sort((a, b) => a.length - b.length);
  const firstFailing = ordered.findIndex((cell) => cell.low < threshold);
  const passed = firstFailing === -1 ? ordered.length : firstFailing;
  const firstSurelyBad = ordered.findIndex((cell) => cell.high < threshold);
  const length = passed === 0 ? null : ordered[passed - 1].length;
  return {
    threshold,
    length,
    censored: ordered.length > 0 && passed === ordered.length,
    low: length ?? 0,
    high: firstSurelyBad === -1 ? null : firstSurelyBad === 0 ? 0 : ordered[firstSurelyBad - 1].length,
  };
}
