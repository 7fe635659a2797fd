/** Intervals for a sum of counters that hold every time a string is in a place, found by carrying them along. */
import { type Intervals, WIDEN_AFTER } from './intervals.ts';
import type { Budget } from './refusal.ts';
import type { Situations } from './situations.ts';

/** What carrying a bound along a transition takes, in operands that are looked at; a place takes as much as some letters. */
const CARRYING = 4;
const PLACE = 4;

/**
 * Per place, the least interval in which the sum always lies, or a wider one. `steps`: per situation, what it adds.
 * One group of places that lead to each other is done before the next begins.
 */
export function leastIntervals(situations: Situations, steps: Intervals, work: Budget): Intervals {
  const low = leastBounds(situations, steps.low, -1, work);
  const high = leastBounds(situations, steps.high, 1, work);
  return { low: low.map((bound) => -bound), high };
}

/** Upper bounds of sign · sum, carried round in each component until nothing changes, and then out of it. */
function leastBounds(
  situations: Situations,
  steps: Float64Array,
  sign: 1 | -1,
  work: Budget,
): Float64Array<ArrayBuffer> {
  const { letters, places, componentOf, transitions } = situations;
  const bounds = new Float64Array(places).fill(-Infinity); // no string has come by yet
  const changes = new Uint32Array(places);
  const isWaiting = new Uint8Array(places);
  bounds[0] = 0;
  /** Carries a bound along the letters that stay in the component, or leave it; those that it widens wait again. */
  const carry = (place: number, stays: boolean, waiting: number[]): void => {
    work.spend(CARRYING * (letters + PLACE));
    const first = situations.situationOf(place, 0);
    for (let letter = 0; letter < letters; letter++) {
      const to = transitions[place * letters + letter];
      const value = bounds[place] + sign * steps[first + letter];
      if (value <= bounds[to] || (componentOf[to] === componentOf[place]) !== stays) continue;
      bounds[to] = changes[to]++ < WIDEN_AFTER ? value : Infinity;
      if (!stays || isWaiting[to] === 1) continue;
      isWaiting[to] = 1;
      waiting.push(to);
    }
  };
  for (const component of situations.components) {
    const waiting = component.filter((place) => bounds[place] > -Infinity);
    for (const place of waiting) isWaiting[place] = 1;
    // First in, first out: short ways first, so that bounds settle before they are widened.
    for (const place of waiting) {
      isWaiting[place] = 0;
      carry(place, true, waiting);
    }
    for (const place of component) carry(place, false, []);
  }
  return bounds;
}
