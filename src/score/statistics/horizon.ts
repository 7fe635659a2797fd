/** The horizon: the largest length asked up to which accuracy is shown to be at or above a threshold. */
import type { Interval } from './interval.ts';

/** What the horizon needs to know of a cell: its length, its counts and the interval of its accuracy. */
export interface HorizonCell extends Interval {
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  /** Of n, those that say nothing of the model, which was not asked. */
  readonly lost?: number;
}

/** A length that is neither shown to hold nor to fail, with its samples; `lost` is absent where all reached the model. */
export type Undecided = Pick<HorizonCell, 'length' | 'n' | 'correct' | 'lost'>;

/** All that cells say about a horizon: fields of a `HorizonRow`. */
export interface Horizon {
  readonly threshold: number;
  /** The largest length asked such that it and every shorter one asked hold; null: not even the shortest. */
  readonly length: number | null;
  /** Whether that is the largest length asked, so that the true horizon may lie beyond. */
  readonly censored: boolean;
  /** A lower bound for the true horizon among the lengths asked: `length`, or 0 (see `horizonOf`). */
  readonly low: number;
  /** An upper bound: the largest length asked below the first that surely fails, or 0; null: none surely fails. */
  readonly high: number | null;
  /** The first length that does not hold, where it does not surely fail either; null: it does, or all hold. */
  readonly undecided: Undecided | null;
  /** The shortest length asked; null where nothing was. */
  readonly shortest: number | null;
}

/**
 * The horizon of cells. A length holds where the lower end of its interval is at or above the threshold, and surely
 * fails where the upper end is below it; between them it is undecided, which is not failing: more samples decide it.
 *
 * Going up from the shortest length and ending at the first cell that does not hold is a test in a fixed order (Maurer,
 * Hothorn and Lehmacher 1995): a length that is truly below the threshold is part of the horizon with at most the chance
 * that one interval's lower end errs (2.5 % for exact 95 % intervals), however many lengths there are. That is said of
 * the lengths asked; nothing is said of lengths between them. `high` goes by upper ends, each at its own 2.5 %.
 */
export function horizonOf(cells: Iterable<HorizonCell>, threshold = 0.9): Horizon {
  const ordered = [...cells].filter(({ n }) => n > 0).sort((a, b) => a.length - b.length);
  const firstOpen = ordered.findIndex((cell) => cell.low < threshold);
  const passed = firstOpen === -1 ? ordered.length : firstOpen;
  const firstSurelyBad = ordered.findIndex((cell) => cell.high < threshold);
  const length = passed === 0 ? null : ordered[passed - 1].length;
  return {
    threshold,
    length,
    censored: ordered.length > 0 && passed === ordered.length,
    low: length ?? 0,
    high: firstSurelyBad === -1 ? null : firstSurelyBad === 0 ? 0 : ordered[firstSurelyBad - 1].length,
    undecided: firstOpen === -1 || firstOpen === firstSurelyBad ? null : undecidedAt(ordered[firstOpen]),
    shortest: ordered[0]?.length ?? null,
  };
}

function undecidedAt({ length, n, correct, lost = 0 }: HorizonCell): Undecided {
  return { length, n, correct, ...(lost === 0 ? {} : { lost }) };
}

/** A horizon is known to this share of itself: nothing between two lengths that are nearer is asked. */
const RESOLUTION = 0.1;

/** Whether the gap between a length that holds and one that does not is too narrow to be halved. */
export function isNarrow(low: number, high: number): boolean {
  return high - low <= Math.max(1, Math.floor(RESOLUTION * low));
}
