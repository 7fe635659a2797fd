/** The parts of the source in which a model breaks although it doesn't elsewhere. */
import { holm } from '../statistics/index.ts';
import { Bets } from '../statistics/sequential.ts';
import type { Level } from '../statistics/index.ts';
import type { PlaceRow, WeakPlace } from './rows.ts';
import { atMost } from './exact.ts';

/** A part that fewer samples reached, as a share of those in the failing part, is not called one in which accuracy holds. */
const FEWEST_REACHED = 0.1;

export interface PlacesBelow {
  /** Parts in which accuracy is surely below the threshold, although that of the whole is not. */
  readonly weak: readonly WeakPlace[];
  /** Where the whole is surely below the threshold: the parts to which that is due. */
  readonly failing: readonly WeakPlace[];
}

/** What is known of the whole, all parts together. */
export interface Whole extends Pick<Level, 'sequential'> {
  /** The upper end of its interval. */
  readonly high: number;
}

/**
 * The parts whose accuracy is surely below the threshold: the one-sided p of "at or above the threshold", corrected for all
 * parts with answers (Holm), is at most `alpha`. It is the exact binomial one; where the answers decided how many samples
 * were asked, or samples were asked several times, that of bets, which holds whenever one stops.
 *
 * Where the whole is not surely below the threshold, they are weak: a model that holds in every part has one with a chance of
 * at most `alpha`. Where the whole is, they are failing only if the accuracy of the other parts together is at or above the
 * threshold: the errors of a model that fails everywhere say nothing of a place. Parts that hardly any sample reached (of
 * copies, those behind the one that breaks) are nothing to compare with.
 */
export function placesBelow(
  parts: readonly PlaceRow[],
  whole: Whole,
  threshold: number,
  alpha = 0.05,
): PlacesBelow {
  if (!(threshold > 0 && threshold < 1)) throw new RangeError(`threshold ${threshold}: not in (0, 1)`);
  const asked = parts.flatMap((part) =>
    part.accuracy === null ? [] : [{ ...part, accuracy: part.accuracy }],
  );
  const p = holm(asked.map((part) => pBelow(part, threshold, whole)));
  const below = asked.filter((_, part) => p[part] <= alpha);
  if (whole.high >= threshold) return { weak: below, failing: [] };
  const most = Math.max(...below.map(({ n }) => n));
  const others = asked.filter((part, i) => p[i] > alpha && part.n >= FEWEST_REACHED * most);
  const n = others.reduce((sum, part) => sum + part.n, 0);
  const correct = others.reduce((sum, part) => sum + part.correct, 0);
  return { weak: [], failing: n > 0 && correct >= threshold * n ? below : [] };
}

/** Shares of right answers are rounded up, to the side on which nothing is marked by mistake. */
function pBelow({ correct, n }: PlaceRow, threshold: number, { sequential }: Whole): number {
  const right = Math.ceil(correct);
  if (sequential !== true) return atMost(right, n, threshold);
  return Math.min(
    1,
    Math.exp(
      -new Bets()
        .add(1, right)
        .add(0, n - right)
        .logBelow(threshold),
    ),
  );
}
