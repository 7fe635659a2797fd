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
  low.at[0] = high.at[0] = 0;
  /** Carries the interval of a place along one letter; says whether that widened the one it leads to. */
  const carry = (place: number, letter: number): boolean => {
    const situation = situations.situationOf(place, letter);
    const to = situations.after(place, letter);
    const lowered = low.include(to, low.at[place] + steps.low[situation]);
    return high.include(to, high.at[place] + steps.high[situation]) || lowered;
  };
  for (const component of situations.components) settle(situations, component, low, carry);
  return { low: low.at, high: high.at };
}

/** Carries intervals round in a component until nothing changes, and then out of it. */
function settle(
  situations: Situations,
  component: readonly number[],
  { at }: Bounds,
  carry: (place: number, letter: number) => boolean,
): void {
  const isInside = (place: number): boolean =>
    situations.componentOf[place] === situations.componentOf[component[0]];
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
