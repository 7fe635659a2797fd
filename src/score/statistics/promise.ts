/**
 * What lengths drawn at random say about those that were not asked: "at least 90 % of the lengths up to H hold".
 *
 * H is fixed before the draw. Were fewer than 90 % of the lengths good, every draw from those that were not asked yet would
 * hit a bad one with a tenth of a chance, and a bad one passes its test with a chance of at most α. So all k pass with
 * at most (0.9 + 0.1 α)^k, about: 2.4 % for k = 36 and α = 1.25 %. `promiseError` works it out without replacement.
 *
 * It also pays for lengths that the search had asked before and passed by mistake: j or more of them with a chance of at
 * most q^j, where q is the chance of one (`claimed`); then j fewer bad lengths are left among those that are drawn from.
 */

/** The share of lengths that is promised. */
export const PROMISED_SHARE = 0.9;

/** How many lengths a promise about any number of them takes at most, where each is tested at 1.25 %. */
export const PROMISE_LENGTHS = 36;

export interface Draw {
  /** Lengths up to the horizon that the task has. */
  readonly lengths: number;
  /** Of those, the ones that were asked, and held, before any was drawn. */
  readonly asked: number;
  /** The chance that the test of a drawn length passes a bad one. */
  readonly alpha: number;
  /** The chance that any length that is said to hold, asked or drawn, does not. */
  readonly claimed: number;
}

/** The chance that all of `drawn` lengths pass although fewer than `PROMISED_SHARE` of the lengths hold: a bound. */
export function promiseError(draw: Draw, drawn: number): number {
  const { lengths, asked, alpha, claimed } = draw;
  const unasked = lengths - asked;
  const bad = Math.floor(lengths * (1 - PROMISED_SHARE) + 1e-9) + 1; // the fewest that break the promise
  let error = 0;
  for (let mistaken = 0; mistaken <= Math.min(asked, bad); mistaken++) {
    error += claimed ** mistaken * allPass(unasked, bad - mistaken, drawn, alpha);
  }
  // Where all were asked, the promise is false only if one that is said to hold does not.
  return drawn === unasked ? Math.min(error, claimed) : error;
}

/** The fewest lengths to draw for a promise that is false with a chance of at most `error`; null: no number is enough. */
export function fewestDraws(draw: Draw, error: number): number | null {
  const unasked = draw.lengths - draw.asked;
  for (let drawn = 0; drawn <= Math.min(unasked, MOST_DRAWS); drawn++) {
    if (promiseError(draw, drawn) <= error) return drawn;
  }
  return null;
}

/** Never needed at the levels in use; keeps a strange level from going through millions of lengths. */
const MOST_DRAWS = 1000;

/** The chance that `drawn` of `lengths`, drawn without replacement, all pass when `bad` of them pass with `alpha` each. */
function allPass(lengths: number, bad: number, drawn: number, alpha: number): number {
  if (bad <= 0) return 1;
  if (bad > lengths) return 0; // that many bad ones can't be there
  let byHits = [1]; // the chance that all passed so far, by how many of them were bad
  for (let i = 0; i < drawn; i++) {
    const next = new Array<number>(byHits.length + 1).fill(0);
    byHits.forEach((chance, hits) => {
      const hit = Math.max(0, bad - hits) / (lengths - i);
      next[hits] += chance * Math.max(0, 1 - hit);
      next[hits + 1] += chance * hit * alpha;
    });
    byHits = next;
  }
  return byHits.reduce((sum, chance) => sum + chance, 0);
}
