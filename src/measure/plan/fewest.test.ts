import { expect, it } from 'vitest';
import { boundedInterval, exactInterval } from '../../score/statistics/index.ts';
import { fewestToShow } from './fewest.ts';
import type { FewestSpec } from './fewest.ts';
import { HorizonSearch } from './search.ts';

const TASK = { admits: () => ({ min: 2, max: Infinity }) };

function fewest(threshold: number, given: Partial<FewestSpec>) {
  const search = { lengths: null, n: 1, maxLength: 320, repeats: 1, seed: 1, drawnLengths: 0 };
  return fewestToShow({ ...search, threshold, tasks: [TASK], ...given });
}

it('a length takes as many right samples as its own interval does', () => {
  for (const threshold of [0.5, 0.9, 0.95]) {
    const once = fewest(threshold, { lengths: [5] });
    expect(once.most).toBe(once.first);
    expect(exactInterval(once.first, once.first).low).toBeGreaterThanOrEqual(threshold);
    expect(exactInterval(once.first - 1, once.first - 1).low).toBeLessThan(threshold);
    const several = fewest(threshold, { lengths: [5], repeats: 3 }).first;
    const right = (n: number) => boundedInterval(new Array<number>(n).fill(1)).low;
    expect(right(several)).toBeGreaterThanOrEqual(threshold);
    expect(right(several - 1)).toBeLessThan(threshold);
    expect(fewest(threshold, {}).first).toBeGreaterThan(several);
  }
  expect(fewest(0.9, {}).first).toBe(47);
});

/** What a search asks of a model that is always right up to a length and never beyond: the most samples of a length that holds. */
function mostAsked(upTo: number, maxLength: number, drawnLengths: number): number {
  const search = new HorizonSearch({
    ...{ threshold: 0.9, min: 2, max: maxLength, mostPerLength: 10_000, alpha: 0.025, drawnLengths, seed: 1 },
  });
  let most = 0;
  for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
    const isRight = wish.length <= upTo;
    search.record(wish.length, wish.index, Number(isRight));
    if (isRight) most = Math.max(most, wish.index + 1);
  }
  return most;
}

it.each([
  [5, 0],
  [10, 0],
  [40, 0],
  [320, 0],
  [320, 40],
  [77, 0],
])('a search up to %i with %i drawn lengths asks no length that is always right for more', (max, drawn) => {
  const lengths = Array.from({ length: max - 1 }, (_, i) => i + 2);
  const asked = Math.max(...lengths.map((upTo) => mostAsked(upTo, max, drawn)));
  expect(fewest(0.9, { maxLength: max, drawnLengths: drawn }).most).toBe(asked);
});

it('of several tasks, the one that takes most is told', () => {
  const copies = { admits: () => ({ min: 1, max: 5 }) };
  expect(fewest(0.9, { tasks: [copies] })).toEqual({ first: 47, most: 47 });
  expect(fewest(0.9, { tasks: [copies, TASK] })).toEqual(fewest(0.9, {}));
});
