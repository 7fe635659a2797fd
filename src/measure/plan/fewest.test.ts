import { expect, it } from 'vitest';
import { boundedInterval, exactInterval } from '../../score/statistics/index.ts';
import { fewestToShow } from './fewest.ts';

it('a length takes as many right samples as its own interval does', () => {
  for (const threshold of [0.5, 0.9, 0.95]) {
    const once = fewestToShow(threshold, { searched: false, repeats: 1 });
    expect(exactInterval(once, once).low).toBeGreaterThanOrEqual(threshold);
    expect(exactInterval(once - 1, once - 1).low).toBeLessThan(threshold);
    const several = fewestToShow(threshold, { searched: false, repeats: 3 });
    const right = (n: number) => boundedInterval(new Array<number>(n).fill(1)).low;
    expect(right(several)).toBeGreaterThanOrEqual(threshold);
    expect(right(several - 1)).toBeLessThan(threshold);
    expect(fewestToShow(threshold, { searched: true, repeats: 1 })).toBeGreaterThan(several);
  }
  expect(fewestToShow(0.9, { searched: true, repeats: 1 })).toBe(47);
});
