import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { correctedRows, holm } from './correction.ts';
import { wilson } from './interval.ts';
import {
  clusteredDifference,
  mcnemar,
  pairedCounts,
  pairedDifference,
  sequentialDifference,
  sequentialSignTest,
  unpairedDifference,
} from './paired.ts';
import { betaQuantile, incompleteBeta, normalQuantile } from './special.ts';

interface Fixtures {
  normalQuantile: [number, number][];
  incompleteBeta: [number, number, number, number][];
  betaQuantile: [number, number, number, number][];
  wilson: [number, number, number, number, number][];
  mcnemar: [number, number, number][];
  holm: [number[], number[]][];
  unpaired: [number, number, number, number, number, number][];
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
  it('pairs asked several times: two that agree are not "surely no difference"', () => {
    const same = clusteredDifference([0, 0]);
    expect(same.low).toBeLessThan(-0.5);
    expect(same.high).toBeGreaterThan(0.5);
    expect(same.p).toBe(1);
    const apart = clusteredDifference([1, 1]);
    expect(apart.low).toBeLessThan(0);
    expect(apart.high).toBe(1);
    expect(apart.p).toBeGreaterThan(0.25); // what an exact sign test of two pairs allows at best is .5
    expect(clusteredDifference([])).toEqual({ difference: 0, low: -1, high: 1, p: 1 });
  });

  it('pairs asked several times: p and interval agree, and many pairs that differ a little are seen', () => {
    const many = clusteredDifference(Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 0.5 : 0)));
    expect(many.difference).toBe(0.125);
    expect(many.low).toBeGreaterThan(0);
    expect(many.high).toBeLessThan(0.25);
    expect(many.p).toBeLessThan(0.001);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, -0.5, 0, 0.5, 1), { maxLength: 60 }), (shares) => {
        const { low, high, p, difference } = clusteredDifference(shares);
        expect(low).toBeLessThan(high);
        expect(low).toBeLessThanOrEqual(difference + 1e-12);
        expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
        expect(p <= 0.05).toBe(low > 1e-12 || high < -1e-12);
      }),
    );
  });

  it('the sign test that survives a search errs at most 5 % although one looks after every pair; McNemar’s does not', () => {
    const runs = 200;
    const errs = { sequential: 0, mcnemar: 0 };
    for (let run = 0; run < runs; run++) {
      const stream = rng('two tasks that are equally hard', run);
      const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
      let [sequential, ordinary] = [1, 1];
      for (let pair = 0; pair < 200; pair++) {
        const [first, second] = [stream.float() < 0.8, stream.float() < 0.8];
        if (first === second) counts[first ? 'both' : 'neither'] += 1;
        else counts[first ? 'onlyFirst' : 'onlySecond'] += 1;
        sequential = Math.min(sequential, sequentialSignTest(counts.onlyFirst, counts.onlySecond).p);
        ordinary = Math.min(ordinary, mcnemar(counts.onlyFirst, counts.onlySecond).p);
      }
      errs.sequential += Number(sequential <= 0.05);
      errs.mcnemar += Number(ordinary <= 0.05);
    }
    expect(errs.sequential / runs).toBeLessThan(0.05);
    expect(errs.mcnemar / runs).toBeGreaterThan(0.1);
  });

  it('the sign test that survives a search is never surer than the exact one, and sees what is plain', () => {
    for (const [b, c] of [
      [0, 0],
      [6, 0],
      [12, 1],
      [30, 10],
      [100, 60],
    ]) {
      expect(sequentialSignTest(b, c).p).toBeGreaterThanOrEqual(mcnemar(b, c).p - 1e-12);
      expect(sequentialSignTest(b, c).p).toBeCloseTo(sequentialSignTest(c, b).p, 12);
    }
    expect(sequentialSignTest(12, 0).p).toBeLessThan(0.05);
    expect(sequentialSignTest(40, 10).p).toBeLessThan(0.01);
  });

  it('the difference after a search: agreeing pairs narrow it and leave p alone', () => {
    const few = sequentialDifference({ both: 10, onlyFirst: 12, onlySecond: 2, neither: 0 });
    const many = sequentialDifference({ both: 400, onlyFirst: 12, onlySecond: 2, neither: 0 });
    expect(few.difference).toBeCloseTo(10 / 24, 12);
    expect(few.p).toBeCloseTo(sequentialSignTest(12, 2).p, 12);
    expect(many.p).toBeCloseTo(few.p, 9);
    expect(many.high - many.low).toBeLessThan(0.3 * (few.high - few.low));
    const newcombe = pairedDifference({ both: 400, onlyFirst: 12, onlySecond: 2, neither: 0 });
    expect(many.high - many.low).toBeGreaterThan(newcombe.high - newcombe.low);
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

describe('correctedRows', () => {
  it('corrects exactly the rows handed in, and no others', () => {
    const shown = [
      { name: 'a', p: 0.04 },
      { name: 'b', p: null },
      { name: 'c', p: 0.3 },
    ];
    expect(correctedRows(shown)).toEqual([
      { name: 'a', p: 0.04, pAdjusted: 0.08 },
      { name: 'b', p: null, pAdjusted: null },
      { name: 'c', p: 0.3, pAdjusted: 0.3 },
    ]);
    expect(correctedRows(shown.slice(0, 2))[0].pAdjusted).toBe(0.04);
  });

  it('rows over all lengths are tests like others: six of noise with one at .0444 are .27', () => {
    const rows = [0.0444, 0.3, 0.5, 0.7, 0.8, 0.9].map((p) => ({ p, length: null }));
    expect(correctedRows(rows)[0].pAdjusted).toBeCloseTo(0.2664, 12);
  });
});
