/** Lengths drawn at random inside a horizon, for a promise about those that were not asked (`promise.ts`). */
import { rng } from '../../common/random.ts';
import { fewestDraws } from '../../score/statistics/promise.ts';

/** The lengths drawn inside a horizon. */
export interface Drawn {
  /** Those that were not asked yet, in the order in which they will be. */
  readonly left: number[];
  readonly count: number;
  /** Whether they are as many as a promise takes. */
  readonly enough: boolean;
  /** Whether all that were asked so far hold. */
  allHold: boolean;
}

export interface DrawOptions {
  /** The shortest length of the task. */
  readonly min: number;
  /** The chance that a promise may be false, and that a length that is said to hold does not. */
  readonly alpha: number;
  /** The most lengths to draw; fewer where fewer make the promise. */
  readonly drawnLengths?: number;
  readonly seed?: number;
}

/**
 * Draws lengths from `min` to the horizon that were not asked, without replacement; null where none are wanted. The seed
 * and the horizon determine them.
 *
 * @param asked lengths that were asked, ascending
 * @param testAlpha the chance that the test of one drawn length passes a bad one
 */
export function drawLengths(
  horizon: number,
  asked: readonly number[],
  testAlpha: number,
  { min, alpha, drawnLengths = 0, seed = 0 }: DrawOptions,
): Drawn | null {
  if (drawnLengths === 0) return null;
  const lengths = horizon - min + 1;
  const within = asked.filter((length) => length <= horizon);
  const unasked = lengths - within.length;
  const needed = fewestDraws({ lengths, asked: within.length, alpha: testAlpha, claimed: alpha }, alpha);
  const count = Math.min(drawnLengths, needed ?? unasked, unasked);
  const places = rng('lengths inside the horizon', seed, horizon).distinct(unasked, count);
  return {
    left: places.map((place) => unaskedAt(place, min, within)),
    count,
    enough: needed !== null && count >= needed,
    allHold: true,
  };
}

/** The first drawn length that does not hold ends the search: the horizon comes down, and there is no promise. */
export function afterDrawn(drawn: Drawn, held: boolean): number | null {
  drawn.allHold &&= held;
  return held ? (drawn.left.shift() ?? null) : null;
}

/** A length that was not asked, by its place among all such lengths from the shortest on. */
function unaskedAt(place: number, min: number, asked: readonly number[]): number {
  return asked.reduce((length, taken) => length + Number(taken <= length), min + place);
}
