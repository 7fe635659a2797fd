/** Asking more of the same samples, and stopping when a horizon is shown. */
import { describe, expect, it } from 'vitest';
import { anytimeInterval, exactInterval } from '../../score/statistics/index.ts';
import { looksOf } from './looks.ts';
import { holdsAtAnyLook } from './simulate.ts';

describe('lengths whose number of samples was decided after answers had come', () => {
  /** Of the lengths, those; `chosen` are what a search has chosen. */
  const at = (
    runs: Parameters<typeof looksOf>[0],
    lengths: readonly number[],
    chosen: readonly number[] = [],
  ): number[] => lengths.filter((length) => looksOf(runs).at(length, chosen.includes(length)));

  it('were asked with several numbers of samples, whichever came first', () => {
    const runs = [
      { lengths: [5, 10], n: 100 },
      { lengths: [10, 20], n: 200 },
      { lengths: [40], n: 100 },
    ];
    expect(at(runs, [5, 10, 20, 40])).toEqual([10]);
    expect(at(runs.toReversed(), [5, 10, 20, 40])).toEqual([10]);
  });

  it('are none where a run was resumed, or another length asked', () => {
    const same = { lengths: [5, 10], n: 100 };
    expect(looksOf([same, same, { lengths: [20], n: 200 }]).any).toBe(false);
  });

  const search = { lengths: null, n: 300 };
  it('are those that are given after a search, and not those that it alone chose', () => {
    expect(at([search, { lengths: [40], n: 600 }], [20, 40], [20])).toEqual([40]);
  });

  it('are those that were given before a search if it chose them, too', () => {
    const before = { lengths: [7, 10], n: 100 };
    expect(at([before, search], [5, 7, 10], [5, 10])).toEqual([10]);
    expect(at([before, search, before], [5, 7, 10], [5, 10])).toEqual([10]);
  });
});

describe('asking 100, 200, 400 … samples until a length is shown to hold', () => {
  const first = (right: number, n: number): number => exactInterval(right, n).low;
  const again = (right: number, n: number): number => anytimeInterval(right, n - right, 0.0125).low;

  it.each([
    [0.9, [100, 200, 400]],
    [0.9, [36, 50, 100, 200, 400]],
    [0.9, [100, 110, 120, 130, 140, 150]],
    [0.8, [100, 200, 400]],
    [0.5, [50, 100, 200, 400, 800]],
    [0.95, [100, 200, 400]],
  ])('errs in at most 2.5 % at a threshold of %s, looking at %j', (threshold, looks) => {
    // At the threshold itself the chance is as large as it can be for whatever lies below it.
    const error = holdsAtAnyLook(threshold, looks, threshold, (right, n, look) =>
      look === 0 ? first(right, n) : again(right, n),
    );
    expect(error).toBeLessThanOrEqual(0.025);
  });

  it('errs more often with intervals for a number of samples that was fixed beforehand', () => {
    expect(holdsAtAnyLook(0.899, [100, 200, 400], 0.9, first)).toBeGreaterThan(0.04);
  });
});
