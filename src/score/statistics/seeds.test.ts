import { describe, expect, it } from 'vitest';
import { exactFixtures, expectNear } from '../../../test/fixtures/statistics/exact.ts';
import { seedSummary, signFlip } from './seeds.ts';

describe('seedSummary', () => {
  it.each(exactFixtures.seeds)(
    'of %j: Student’s t and the permutation test of scipy',
    (values, low, high, p) => {
      const { interval } = seedSummary(values, 'difference');
      expectNear(interval?.low ?? NaN, Math.max(-1, low), 1e-9);
      expectNear(interval?.high ?? NaN, Math.min(1, high), 1e-9);
      expect(signFlip(values)).toBeCloseTo(p, 12);
    },
  );

  it('three seeds that disagree show nothing, however many answers each gave', () => {
    const summary = seedSummary([0.9, -0.7, 0.3], 'difference');
    expect(summary).toMatchObject({ seeds: 3, lowest: -0.7, highest: 0.9, p: null });
    expect(summary.mean).toBeCloseTo(1 / 6, 12);
    expect(summary.interval?.low).toBe(-1);
    expect(summary.interval?.high).toBe(1);
  });

  it('there is no p below six seeds, where the smallest would be .25 at three and .031 at six', () => {
    expect(signFlip([0.2, 0.3, 0.1])).toBe(0.25);
    expect(seedSummary([0.2, 0.3, 0.1, 0.2, 0.2], 'difference').p).toBeNull();
    expect(seedSummary([0.2, 0.3, 0.1, 0.2, 0.2, 0.1], 'difference').p).toBe(0.03125);
    expect(seedSummary([0.9, 0.8, 0.9, 0.9, 0.8, 0.9], 'accuracy').p).toBeNull();
  });

  it('ties count whatever the order of adding', () => {
    expect(signFlip([0.1, 0.2, 0.3])).toBe(signFlip([0.3, 0.1, 0.2]));
    expect(signFlip([0.1, 0.2, -0.3])).toBe(1);
  });

  it('seeds that agree do not make a width of zero, and a single one makes no interval', () => {
    const same = seedSummary([1, 1, 1], 'accuracy').interval;
    expect(same?.low).toBeLessThan(0.5);
    expect(same?.high).toBe(1);
    const none = seedSummary([0, 0], 'difference').interval;
    expect(none?.low).toBeLessThan(-0.5);
    expect(none?.high).toBeGreaterThan(0.5);
    expect(seedSummary([0.8], 'accuracy').interval).toBeNull();
  });

  it('five seeds of which three learned it: an interval over seeds, not over 2,500 answers', () => {
    const { interval } = seedSummary([1, 1, 0, 0, 1], 'accuracy');
    expect(interval?.low).toBeLessThan(0.2);
    expect(interval?.high).toBeGreaterThan(0.9);
  });

  it('refuses what is no accuracy, no difference, or too many', () => {
    expect(() => seedSummary([], 'accuracy')).toThrow('accuracy of each seed');
    expect(() => seedSummary([-0.1], 'accuracy')).toThrow('expected numbers in [0, 1]');
    expect(() => signFlip(new Array<number>(21).fill(1))).toThrow('at most 20');
  });
});
