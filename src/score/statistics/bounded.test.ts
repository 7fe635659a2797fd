import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { boundedDifference, boundedInterval } from './bounded.ts';
import { exactInterval } from './exact.ts';

describe('boundedInterval', () => {
  it('is never narrower than the exact one where all are right or wrong', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (right, wrong) => {
        const values = [...new Array<number>(right).fill(1), ...new Array<number>(wrong).fill(0)];
        const [bounded, exact] = [boundedInterval(values), exactInterval(right, right + wrong)];
        expect(bounded.low).toBeLessThanOrEqual(exact.low + 1e-9);
        expect(bounded.high).toBeGreaterThanOrEqual(exact.high - 1e-9);
      }),
    );
  });

  it('has a width where all samples agree, and knows nothing of none', () => {
    expect(boundedInterval([])).toEqual({ low: 0, high: 1 });
    for (const value of [0, 0.5, 1]) {
      const few = boundedInterval([value, value]);
      expect(few.high - few.low).toBeGreaterThan(0.4);
      const many = boundedInterval(new Array<number>(200).fill(value));
      expect(many.high - many.low).toBeGreaterThan(0.005);
      expect(many.high - many.low).toBeLessThan(0.1);
    }
  });

  it('is narrower where repeats of a sample say more than one answer: shares near 0.8 each', () => {
    const stream = rng('shares near 0.8');
    const shares = Array.from({ length: 100 }, () => 0.7 + 0.05 * stream.below(5));
    const [bounded, single] = [boundedInterval(shares), exactInterval(80, 100)];
    expect(bounded.high - bounded.low).toBeLessThan(0.8 * (single.high - single.low));
  });

  it('contains the mean as often as it says, also where a normal interval does not: few and lopsided observations', () => {
    const [runs, n] = [2000, 8];
    // 1 with a chance of 0.85, a third with 0.1, else 0: mean 0.8833…
    const mean = 0.85 + 0.1 / 3;
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const stream = rng('lopsided', run);
      const values = Array.from({ length: n }, () => {
        const drawn = stream.float();
        return drawn < 0.85 ? 1 : drawn < 0.95 ? 1 / 3 : 0;
      });
      const { low, high } = boundedInterval(values);
      missed += Number(mean < low || mean > high);
    }
    expect(missed / runs).toBeLessThan(0.05);
  });

  it('refuses what is no share', () => expect(() => boundedInterval([0.5, 2])).toThrow('not in [0, 1]'));
});

describe('boundedDifference', () => {
  it('of lists that are not paired: contains what it estimates, and is the same turned round', () => {
    const of = (n: number, share: number) => ({
      right: 0,
      wrong: 0,
      shares: new Array<number>(n).fill(share),
    });
    const [first, second] = [of(100, 0.9), of(80, 0.2)];
    const there = boundedDifference(first, second);
    const back = boundedDifference(second, first);
    expect(there.difference).toBeCloseTo(0.7, 12);
    expect(there.low).toBeGreaterThan(0);
    expect(there.low).toBeCloseTo(-back.high, 12);
    expect(boundedDifference(of(0, 0), second)).toEqual({ difference: 0, low: -1, high: 1 });
  });
});
