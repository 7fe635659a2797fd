/** Intervals for a sum of counters that hold every time a string is in a place, found by carrying them along. */
import { Bounds, type Intervals } from './intervals.ts';
import type { Situations } from './situations.ts';

/**
 * Per place, the least interval in which the sum always lies, or a wider one. `steps`: per situation, what it adds.
 * One group of places that lead to each other is done before the next begins.
 */
export function leastIntervals(situations: Situations, steps: Intervals): Intervals {
  const low = new Bounds(situations.places, (fresh, old) => fresh < old, -Infinity);
  const high = new Bounds(situations.places, (fresh, old) => fresh > old, Infinity);
  settle(situations, low, steps.low);
  settle(situations, high, steps.high);
  return { low: low.at, high: high.at };
}

/** Carries one side of the intervals round in each component until nothing changes, and then out of it. */
function settle(situations: Situations, bounds: Bounds, steps: Float64Array): void {
  const { at } = bounds;
  at[0] = 0;
  /** Carries the bound of a place along one letter; says whether that widened the one it leads to. */
  const carry = (place: number, letter: number): boolean =>
    bounds.include(situations.after(place, letter), at[place] + steps[situations.situationOf(place, letter)]);
  for (const component of situations.components) {
    const number = situations.componentOf[component[0]];
    const isInside = (place: number): boolean => situations.componentOf[place] === number;
    const waiting = new Set(component.filter((place) => !Number.isNaN(at[place])));
    // First in, first out: short ways first, so that bounds settle before they are widened.
    for (const place of waiting) {
      waiting.delete(place);
      for (let letter = 0; letter < situations.letters; letter++) {
        const to = situations.after(place, letter);
        if (isInside(to) && carry(place, letter)) waiting.add(to);
      }
    }
    for (const place of component) {
      for (let letter = 0; letter < situations.letters; letter++) {
        if (!isInside(situations.after(place, letter))) carry(place, letter);
      }
    }
  }
}
