import { describe, expect, it } from 'vitest';
import { unpairedDifference } from './paired.ts';
import { seedDifference, studentQuantile } from './seed-difference.ts';

const seed = (first: number, second: number, n = 1000) => ({
  first: { correct: first, n },
  second: { correct: second, n },
});

describe('a difference over seeds', () => {
  it("has Student's t as SciPy has it", () => {
    // scipy.stats.t.ppf
    expect(studentQuantile(0.975, 2)).toBeCloseTo(4.302652729696142, 9);
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.7764451051977987, 9);
    expect(studentQuantile(0.95, 1)).toBeCloseTo(6.313751514675043, 9);
    expect(studentQuantile(0.5, 7)).toBeCloseTo(0, 6);
    expect(() => studentQuantile(0.4, 2)).toThrow(RangeError);
  });

  it('is the paired t interval where seeds differ more than samples do', () => {
    // scipy.stats.ttest_1samp([.1, .3, .5], 0).confidence_interval(): (-.1968, .7968)
    const { difference, low, high } = seedDifference([seed(900, 800), seed(900, 600), seed(900, 400)]);
    expect(difference).toBeCloseTo(0.3, 12);
    expect(low).toBeCloseTo(-0.19682754, 7);
    expect(high).toBeCloseTo(0.79682754, 7);
  });

  it('has the width that samples leave where all seeds agree', () => {
    const agreeing = [seed(100, 90, 100), seed(100, 90, 100), seed(100, 90, 100)];
    const pooled = unpairedDifference({ correct: 300, n: 300 }, { correct: 270, n: 300 });
    const { low, high } = seedDifference(agreeing);
    expect([low, high]).toEqual([pooled.low, pooled.high]);
    expect(high).toBeGreaterThan(low);
  });

  it('needs two seeds, and stays within -1 and 1', () => {
    expect(() => seedDifference([seed(1, 1)])).toThrow(RangeError);
    expect(() => seedDifference([seed(1, 1), seed(0, 0, 0)])).toThrow(RangeError);
    const { low, high } = seedDifference([seed(1000, 0), seed(0, 1000)]);
    expect([low, high]).toEqual([-1, 1]);
  });
});
