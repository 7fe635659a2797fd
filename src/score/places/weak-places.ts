/** The parts of the source in which a model breaks although it doesn't elsewhere. */
import { holm } from '../statistics/index.ts';
import type { PlaceRow } from './rows.ts';
import { atMost } from './exact.ts';

/** A part that fewer samples reached, as a share of those in the weak part, is not called one in which accuracy holds. */
const FEWEST_REACHED = 0.1;

/**
 * Those parts whose accuracy is surely below the threshold, while that of the others together is at or above it. Surely:
 * the exact one-sided binomial p of "at or above the threshold", corrected for all parts with answers (Holm), is at most
 * `alpha`. So a model that holds in every part is marked with a chance of at most alpha; and one that is below the threshold
 * everywhere is not marked, since its errors say nothing of a place. Parts that hardly any sample reached (of copies, those
 * behind the one that breaks) are nothing to compare with.
 */
export function weakPlaces(parts: readonly PlaceRow[], threshold: number, alpha = 0.05): PlaceRow[] {
  if (!(threshold > 0 && threshold < 1)) throw new RangeError(`threshold ${threshold}: not in (0, 1)`);
  const asked = parts.filter(({ n }) => n > 0);
  const p = holm(asked.map(({ correct, n }) => atMost(Math.ceil(correct), n, threshold)));
  const weak = asked.filter((_, part) => p[part] <= alpha);
  const most = Math.max(...weak.map(({ n }) => n));
  const others = asked.filter((part, i) => p[i] > alpha && part.n >= FEWEST_REACHED * most);
  const n = others.reduce((sum, part) => sum + part.n, 0);
  const correct = others.reduce((sum, part) => sum + part.correct, 0);
  return n > 0 && correct >= threshold * n ? weak : [];
}
