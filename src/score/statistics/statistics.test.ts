import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from './correction.ts';
import { horizonOf } from './horizon.ts';
import { clusteredInterval, clusteredVariance, wilson } from './interval.ts';
import {
  clusteredDifference,
  mcnemar,
  pairedCounts,
  pairedDifference,
  unpairedDifference,
} from './paired.ts';
import { betaQuantile, incompleteBeta, normalQuantile, studentQuantile } from './special.ts';

interface Fixtures {
  normalQuantile: [number, number][];
  incompleteBeta: [number, number, number, number][];
  betaQuantile: [number, number, number, number][];
  studentQuantile: [number, number, number][];
  wilson: [number, number, number, number, number][];
  mcnemar: [number, number, number][];
  holm: [number[], number[]][];
  unpaired: [number, number, number, number, number, number][];
  clusteredVariance: [number, number[], number][];
}

/** Computed by scipy and statsmodels; the versions stand in the file. */
const elsewhere = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/statistics/scipy-statsmodels.json', import.meta.url), 'utf8'),
) as Fixtures;

function expectNear(actual: number, expected: number, relative = 1e-10): void {
  const room = Math.max(relative * Math.abs(expected), 1e-16); // statsmodels gives 7e-18 where 0 is meant
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(room);
}

describe('special functions agree with scipy', () => {
  it.each(elsewhere.normalQuantile)('normal quantile of %d', (p, expected) => {
    expectNear(normalQuantile(p), expected, 1e-12);
    expect(() => normalQuantile(1)).toThrow('not in (0, 1)');
  });
  it.each(elsewhere.incompleteBeta)('I_%d(%d, %d)', (x, a, b, expected) => {
    expectNear(incompleteBeta(x, a, b), expected);
  });
  it.each(elsewhere.betaQuantile)('beta quantile %d of (%d, %d)', (p, a, b, expected) => {
    expectNear(betaQuantile(p, a, b), expected);
  });
  it.each(elsewhere.studentQuantile)("Student's t, quantile %d, %d degrees", (p, degrees, expected) => {
    expectNear(studentQuantile(p, degrees), expected, 1e-9);
  });
});

describe('wilson', () => {
  it.each(elsewhere.wilson)('%d of %d at %d as in statsmodels', (correct, n, confidence, low, high) => {
    const interval = wilson(correct, n, confidence);
    expectNear(interval.low, low, 1e-9);
    expectNear(interval.high, high, 1e-9);
  });
  it('knows nothing when nothing was asked, and refuses what is no share', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(() => wilson(3, 2)).toThrow('not a share');
  });
  it('contains the share, and narrows as answers come', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (right, wrong) => {
        fc.pre(right + wrong > 0);
        const { low, high } = wilson(right, right + wrong);
        const share = right / (right + wrong);
        expect(low).toBeLessThanOrEqual(share);
        expect(high).toBeGreaterThanOrEqual(share);
        const more = wilson(4 * right, 4 * (right + wrong));
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });
});

describe('clustered answers', () => {
  it.each(elsewhere.clusteredVariance)(
    'repeats of %d: the variance of statsmodels’ cluster-robust OLS',
    (n, counts, expected) => {
      expectNear(clusteredVariance(counts.map((correct) => ({ correct, n }))), expected);
    },
  );
  it('is wider than if the repeats were independent when they always agree', () => {
    const agreeing = Array.from({ length: 40 }, (_, i) => ({ correct: i < 30 ? 5 : 0, n: 5 }));
    const clustered = clusteredInterval(agreeing);
    const single = wilson(30, 40);
    expect(clustered.high - clustered.low).toBeGreaterThan(0.98 * (single.high - single.low));
    const perfect = clusteredInterval(Array.from({ length: 40 }, () => ({ correct: 5, n: 5 })));
    expect(perfect.low).toBeGreaterThan(0.9);
    expect(perfect.low).toBeLessThan(wilson(40, 40).low);
  });
  it('is Wilson’s interval when nothing is repeated', () => {
    const once = [1, 1, 0, 1].map((correct) => ({ correct, n: 1 }));
    expect(clusteredInterval(once)).toEqual(wilson(3, 4));
  });
});

describe('paired answers', () => {
  it.each(elsewhere.mcnemar)('McNemar %d against %d as in statsmodels', (b, c, expected) => {
    expectNear(mcnemar(b, c).p, expected, 1e-9);
  });
  // The first and the last: Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10. The second: Bentur's data in
  // Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33:2850-2875.
  it.each([
    [36, 12, 2, 0, 0.2, 0.0569, 0.3404],
    [1, 1, 7, 12, -6 / 21, -0.507, -0.0256],
    [54, 0, 0, 0, 0, -0.0664, 0.0664],
  ])(
    'Newcombe’s paired interval of (%d, %d, %d, %d)',
    (both, onlyFirst, onlySecond, neither, d, low, high) => {
      const result = pairedDifference({ both, onlyFirst, onlySecond, neither });
      expect(result.difference).toBeCloseTo(d, 10);
      expect(result.low).toBeCloseTo(low, 3);
      expect(result.high).toBeCloseTo(high, 3);
    },
  );
  it.each(elsewhere.unpaired)('unpaired %d/%d - %d/%d as in statsmodels', (a, n, b, m, low, high) => {
    const result = unpairedDifference({ correct: a, n }, { correct: b, n: m });
    expectNear(result.low, low, 1e-9);
    expectNear(result.high, high, 1e-9);
  });
  it('pairs that were asked several times: the paired t of scipy', () => {
    // scipy.stats.ttest_1samp([1, .5, 0, .5, -.5, 1, .5, 0], 0): t 2.0494, p 0.0796; its 95 % interval
    const result = clusteredDifference([1, 0.5, 0, 0.5, -0.5, 1, 0.5, 0]);
    expect(result.difference).toBe(0.375);
    expect(result.p).toBeCloseTo(0.0796, 4);
    expect(result.low).toBeCloseTo(-0.0577, 4);
    expect(result.high).toBeCloseTo(0.8077, 4);
  });
  it('counts pairs in order and refuses lists of different length', () => {
    expect(pairedCounts([true, true, false, false], [true, false, true, false])).toEqual({
      both: 1,
      onlyFirst: 1,
      onlySecond: 1,
      neither: 1,
    });
    expect(() => pairedCounts([true], [])).toThrow('pairs of 1 and 0');
  });
  it('turns round when the two are exchanged', () => {
    const count = fc.nat(60);
    fc.assert(
      fc.property(count, count, count, count, (both, onlyFirst, onlySecond, neither) => {
        const there = pairedDifference({ both, onlyFirst, onlySecond, neither });
        const back = pairedDifference({ both, onlyFirst: onlySecond, onlySecond: onlyFirst, neither });
        expect(there.low).toBeCloseTo(-back.high, 10);
        expect(there.low).toBeLessThanOrEqual(there.difference);
      }),
    );
  });
});

describe('holm', () => {
  it.each(elsewhere.holm)('%j as in statsmodels', (pValues, expected) => {
    holm(pValues).forEach((p, i) => expectNear(p, expected[i]));
  });
  it('of nothing is nothing', () => expect(holm([])).toEqual([]));
});

describe('horizonOf', () => {
  const cell = (length: number, correct: number, n = 200) => ({ length, ...wilson(correct, n) });

  it('goes by the lower end of the interval, not by the share', () => {
    expect(horizonOf([cell(10, 200), cell(20, 184), cell(30, 120)], 0.9).length).toBe(10);
    expect(horizonOf([cell(10, 200), cell(20, 192), cell(30, 120)], 0.9).length).toBe(20);
  });
  it('ends at the first cell that fails, even if a longer one passes', () => {
    expect(horizonOf([cell(30, 200), cell(10, 200), cell(20, 150)], 0.9)).toEqual({
      threshold: 0.9,
      length: 10,
      censored: false,
      low: 10,
      high: 10,
    });
  });
  it('says when it is no more than the largest length measured, or not even the smallest', () => {
    expect(horizonOf([cell(10, 200)], 0.9)).toMatchObject({ length: 10, censored: true, high: null });
    expect(horizonOf([cell(10, 20)], 0.9)).toMatchObject({ length: null, censored: false, low: 0, high: 0 });
    expect(horizonOf([], 0.9)).toMatchObject({ length: null, censored: false, high: null });
  });
});
