import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactFixtures } from '../../../test/fixtures/statistics/exact.ts';
import { seedSummary, signFlip } from './seeds.ts';

const intervalOf = (values: readonly number[], kind: 'accuracy' | 'difference' = 'accuracy') => {
  const { interval } = seedSummary(values, kind);
  if (interval === null) throw new Error('no interval');
  return interval;
};

describe('the interval over seeds', () => {
  it.each([0.5, 0.8, 0.9, 0.97])(
    'holds the mean in at least 95 %% of cases, where each seed learns the task with a chance of %d or not at all',
    (chance) => {
      for (const seeds of [2, 3, 5, 6, 10]) {
        let held = 0;
        for (let learned = 0; learned <= seeds; learned++) {
          const values = Array.from({ length: seeds }, (_, i) => (i < learned ? 0.995 : 0.02));
          const { low, high } = intervalOf(values);
          const mean = chance * 0.995 + (1 - chance) * 0.02;
          if (low <= mean && mean <= high) held += binomial(learned, seeds, chance);
        }
        expect(held).toBeGreaterThanOrEqual(0.95);
      }
    },
  );

  it('of three seeds that learned the task allows for seven in ten that do not', () => {
    // Did three in ten of all seeds learn it, three of three would with 2.7 %: more than 2.5 %.
    for (const values of [
      [1, 1, 1],
      [1, 1, 0.995],
    ]) {
      expect(intervalOf(values).low).toBeLessThan(0.025 ** (1 / 3));
      expect(intervalOf(values).high).toBe(1);
    }
  });

  it('has lower ends where any seed is worse: worse data never look better', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(shares, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (values, which, factor) => {
        const at = which % values.length;
        const [better, worse] = [
          intervalOf(values),
          intervalOf(values.map((value, i) => (i === at ? factor * value : value))),
        ];
        expect(worse.low).toBeLessThanOrEqual(better.low + 1e-9);
        expect(worse.high).toBeLessThanOrEqual(better.high + 1e-9);
      }),
    );
  });

  it('never leaves 0 out below six seeds, and above only where the sign flip’s p is below .05', () => {
    for (const seeds of [2, 3, 4, 5])
      expect(intervalOf(new Array<number>(seeds).fill(1), 'difference').low).toBeLessThan(0);
    const difference = fc.double({ min: -1, max: 1, noNaN: true });
    const leaning = fc.oneof(difference, fc.double({ min: 0.4, max: 1, noNaN: true }), fc.constant(1));
    fc.assert(
      fc.property(fc.array(leaning, { minLength: 6, maxLength: 10 }), (values) => {
        const { low, high } = intervalOf(values, 'difference');
        if (low > 0 || high < 0) expect(seedSummary(values, 'difference').p).toBeLessThan(0.05);
      }),
      { numRuns: 300 },
    );
  });

  it('of three seeds that disagree shows nothing, however many answers each gave', () => {
    const summary = seedSummary([0.9, -0.7, 0.3], 'difference');
    expect(summary).toMatchObject({ seeds: 3, lowest: -0.7, highest: 0.9, p: null });
    expect(summary.mean).toBeCloseTo(1 / 6, 12);
    expect(summary.interval?.low).toBeLessThan(-0.7);
    expect(summary.interval?.high).toBeGreaterThan(0.8);
  });

  it('has a width where seeds agree, and there is none of a single seed', () => {
    expect(intervalOf([1, 1, 1]).low).toBeLessThan(0.5);
    expect(intervalOf([0, 0], 'difference').low).toBeLessThan(-0.5);
    expect(intervalOf([0, 0], 'difference').high).toBeGreaterThan(0.5);
    expect(seedSummary([0.8], 'accuracy').interval).toBeNull();
  });
});

describe('the sign flip', () => {
  it.each(exactFixtures.signFlips)('of %j: the permutation test of scipy', (values, p) => {
    expect(signFlip(values)).toBeCloseTo(p, 12);
  });

  it('has no p below six seeds, where the smallest would be .25 at three and .031 at six', () => {
    expect(signFlip([0.2, 0.3, 0.1])).toBe(0.25);
    expect(seedSummary([0.2, 0.3, 0.1, 0.2, 0.2], 'difference').p).toBeNull();
    expect(seedSummary([0.2, 0.3, 0.1, 0.2, 0.2, 0.1], 'difference').p).toBe(0.03125);
    expect(seedSummary([0.9, 0.8, 0.9, 0.9, 0.8, 0.9], 'accuracy').p).toBeNull();
  });

  it('counts ties whatever the order of adding', () => {
    expect(signFlip([0.1, 0.2, 0.3])).toBe(signFlip([0.3, 0.1, 0.2]));
    expect(signFlip([0.1, 0.2, -0.3])).toBe(1);
  });
});

it('what is no accuracy, no difference, or too many is refused', () => {
  expect(() => seedSummary([], 'accuracy')).toThrow('accuracy of each seed');
  expect(() => seedSummary([-0.1], 'accuracy')).toThrow('expected numbers in [0, 1]');
  expect(() => signFlip(new Array<number>(21).fill(1))).toThrow('at most 20');
});

/** The chance of k of n. */
function binomial(k: number, n: number, chance: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways *= (n - i + 1) / i;
  return ways * chance ** k * (1 - chance) ** (n - k);
}
