import { describe, expect, it } from 'vitest';
import { exactFixtures, expectNear } from '../../../test/fixtures/statistics/exact.ts';
import { exactInterval, fewestAnswers, thresholdFault } from './exact.ts';

/** The chances of 0 … n right answers, by multiplication alone. */
function binomial(n: number, p: number): number[] {
  let chances = [1];
  for (let i = 0; i < n; i++) {
    chances = Array.from(
      { length: i + 2 },
      (_, k) => (chances[k] ?? 0) * (1 - p) + (chances[k - 1] ?? 0) * p,
    );
  }
  return chances;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('exactInterval', () => {
  it.each(exactFixtures.clopperPearson)(
    '%d of %d at %d as in statsmodels',
    (correct, n, level, low, high) => {
      const interval = exactInterval(correct, n, level);
      expectNear(interval.low, low, 1e-9);
      expectNear(interval.high, high, 1e-9);
    },
  );

  it('knows nothing where nothing was asked, and refuses what is no count', () => {
    expect(exactInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(() => exactInterval(3, 2)).toThrow('3 right of 2');
    expect(() => exactInterval(1.5, 2)).toThrow('not a count');
    expect(() => exactInterval(1, 2, 95)).toThrow('confidence 95');
  });

  it.each([0.5, 0.8, 0.9, 0.95, 0.99])(
    'at a true accuracy of %d it errs in at most 1 of 40 cases a side, for every n up to 200, and not needlessly less',
    (threshold) => {
      for (let n = 1; n <= 200; n++) {
        const chances = binomial(n, threshold);
        const counts = chances.map((_, correct) => correct);
        // How many right answers are taken for "at least the threshold", and how few for "below it".
        const shown = lowestWhere(n, (correct) => exactInterval(correct, n).low >= threshold);
        const failing = lowestWhere(n, (correct) => exactInterval(correct, n).high >= threshold);
        expect(sum(chances.filter((_, correct) => correct >= shown))).toBeLessThanOrEqual(0.025 + 1e-12);
        expect(sum(chances.filter((_, correct) => correct < failing))).toBeLessThanOrEqual(0.025 + 1e-12);
        if (shown > 0) expect(sum(counts.slice(shown - 1).map((c) => chances[c]))).toBeGreaterThan(0.025);
        if (failing <= n)
          expect(sum(counts.slice(0, failing + 1).map((c) => chances[c]))).toBeGreaterThan(0.025);
      }
    },
  );
});

/** The smallest count from which on something is so; n + 1 where it never is. */
function lowestWhere(n: number, so: (correct: number) => boolean): number {
  let [low, high] = [-1, n + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (so(middle)) high = middle;
    else low = middle;
  }
  return high;
}

describe('fewestAnswers', () => {
  it('36 right answers of 36 show 90 %, and 35 of 35 do not', () => {
    expect(fewestAnswers(0.9)).toBe(36);
    expect(exactInterval(36, 36).low).toBeGreaterThanOrEqual(0.9);
    expect(exactInterval(35, 35).low).toBeLessThan(0.9);
  });

  it.each([0.01, 0.3, 0.5, 0.8, 0.95, 0.99, 0.999])('is what the interval takes at %d', (threshold) => {
    let n = 1;
    while (exactInterval(n, n).low < threshold) n += 1;
    expect(fewestAnswers(threshold)).toBe(n);
  });

  it('a threshold that nothing can show is refused in one line, with the way out', () => {
    expect(thresholdFault(0.9)).toBeNull();
    expect(thresholdFault(1)).toMatch(/^threshold 1: no number of right answers .* such as 0\.99/);
    for (const threshold of [0, -1, 90, NaN]) {
      expect(thresholdFault(threshold)).toMatch(/above 0 and below 1, such as 0\.9$/);
    }
    expect(() => fewestAnswers(1)).toThrow('threshold 1');
  });
});
