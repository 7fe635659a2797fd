import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { exactFixtures } from '../../../test/fixtures/statistics/exact.ts';
import { anytimeInterval, Bets, betsOn } from './sequential.ts';

/** Every list of `n` of these values with its chance under their probabilities. */
function* outcomes(
  values: readonly number[],
  chances: readonly number[],
  n: number,
): Generator<{ list: number[]; chance: number }> {
  if (n === 0) {
    yield { list: [], chance: 1 };
    return;
  }
  for (const { list, chance } of outcomes(values, chances, n - 1)) {
    for (const [i, value] of values.entries()) yield { list: [...list, value], chance: chance * chances[i] };
  }
}

const expected = (values: number[], chances: number[], n: number, of: (evidence: Bets) => number): number => {
  let total = 0;
  for (const { list, chance } of outcomes(values, chances, n)) total += chance * Math.exp(of(betsOn(list)));
  return total;
};

describe('evidence is a fair bet', () => {
  // Its expectation under the mean that it bets against is the capital it began with, for any distribution in [0, 1].
  it.each([
    [
      [0, 1],
      [0.1, 0.9],
    ],
    [
      [0, 1],
      [0.6, 0.4],
    ],
    [
      [0, 0.5, 1],
      [0.2, 0.3, 0.5],
    ],
    [
      [0.25, 0.75, 0.8],
      [0.5, 0.3, 0.2],
    ],
  ])('observations %j with chances %j: its capital neither grows nor falls on average', (values, chances) => {
    const mean = values.reduce((sum, value, i) => sum + value * chances[i], 0);
    for (const n of [1, 2, 7]) {
      expect(expected(values, chances, n, (evidence) => evidence.logAbove(mean))).toBeCloseTo(1, 10);
      expect(expected(values, chances, n, (evidence) => evidence.logBelow(mean))).toBeCloseTo(1, 10);
      // A mean below the one that "at most" names makes it lose.
      expect(expected(values, chances, n, (evidence) => evidence.logAbove(mean + 0.05))).toBeLessThan(1);
      expect(expected(values, chances, n, (evidence) => evidence.logBelow(mean - 0.05))).toBeLessThan(1);
    }
  });

  it('what is refuted is refuted for every mean farther away', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 40 }), share, share, (values, a, b) => {
        const evidence = betsOn(values);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(evidence.logAbove(low)).toBeGreaterThanOrEqual(evidence.logAbove(high) - 1e-9);
        expect(evidence.logBelow(high)).toBeGreaterThanOrEqual(evidence.logBelow(low) - 1e-9);
      }),
    );
  });

  it('errs less often than it may, although one looks after every answer', () => {
    const [alpha, runs] = [0.05, 400];
    const wrong = { holds: 0, fails: 0, open: 0 };
    for (let run = 0; run < runs; run++) {
      const stream = rng('at the threshold', run);
      const evidence = new Bets();
      let decision = evidence.decision(0.9, alpha);
      while (decision === 'open' && evidence.n < 500) {
        decision = evidence.add(Number(stream.float() < 0.9)).decision(0.9, alpha);
      }
      wrong[decision] += 1;
    }
    expect(wrong.holds / runs).toBeLessThan(alpha);
    expect(wrong.fails / runs).toBeLessThan(alpha);
  });

  it('refuses an observation that is no share', () => {
    expect(() => new Bets().add(1.5)).toThrow('observation 1.5: not in [0, 1]');
    expect(() => new Bets().add(NaN)).toThrow('observation NaN');
  });
});

describe('anytime intervals', () => {
  it('narrow as answers come: 1,600 of 2,000 right is no wider than 76 to 84 %', () => {
    const { low, high } = anytimeInterval(1600, 400, 0.0125);
    expect(low).toBeGreaterThanOrEqual(0.76);
    expect(high).toBeLessThanOrEqual(0.84);
  });

  it.each(exactFixtures.betaMixture)(
    '%d right and %d wrong at %d: within a seventh of the width of the beta mixture',
    (right, wrong, alpha, low, high) => {
      const ours = anytimeInterval(right, wrong, alpha);
      expect((ours.high - ours.low) / (high - low)).toBeLessThan(8 / 7);
      expect((ours.high - ours.low) / (high - low)).toBeGreaterThan(6 / 7);
    },
  );

  it('one wrong answer excludes "always right", and many answers "a little less than that"', () => {
    expect(anytimeInterval(283, 17, 0.0125).high).toBeLessThan(0.99);
    expect(anytimeInterval(99_000, 1000, 0.0125)).toMatchObject({
      low: expect.closeTo(0.99, 2) as number,
      high: expect.closeTo(0.99, 2) as number,
    });
  });

  it('say what the decision says, and contain the share', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.constantFrom(0.5, 0.9, 0.99), (right, wrong, threshold) => {
        fc.pre(right + wrong > 0);
        const evidence = new Bets().add(1, right).add(0, wrong);
        const { low, high } = evidence.interval(0.0125);
        expect(low).toBeLessThanOrEqual(right / (right + wrong));
        expect(high).toBeGreaterThanOrEqual(right / (right + wrong));
        const decision = evidence.decision(threshold, 0.0125);
        expect(low >= threshold - 1e-12).toBe(decision === 'holds');
        expect(high < threshold + 1e-12).toBe(decision === 'fails');
      }),
    );
  });

  it('do not hang on the order of answers, nor on how they are counted', () => {
    const values = [1, 0.5, 1, 0, 1, 1, 0.75, 1];
    const other = new Bets().add(0.75).add(0).add(0.5).add(1, 5);
    expect(betsOn(values).interval(0.025).low).toBeCloseTo(other.interval(0.025).low, 12);
  });

  it('at the ends: nothing shows a threshold of 1, one right answer shows that 0 is exceeded', () => {
    expect(new Bets().add(1, 500).decision(1, 0.0125)).toBe('open');
    expect(new Bets().add(1).add(0, 0).decision(1, 0.0125)).toBe('open');
    expect(new Bets().add(0).decision(0, 0.0125)).toBe('open');
    expect(new Bets().decision(0.9, 0.0125)).toBe('open');
  });
});

describe('fewestMore', () => {
  it('says how many answers could settle it, and not one fewer', () => {
    for (const [right, wrong] of [
      [0, 0],
      [20, 1],
      [40, 9],
    ]) {
      const state = (): Bets => new Bets().add(1, right).add(0, wrong);
      const fewest = state().fewestMore(0.9, 0.01);
      const open = (more: number): boolean =>
        [0, 1].every((value) => state().add(value, more).decision(0.9, 0.01) === 'open');
      expect(open(fewest)).toBe(false);
      expect(open(fewest - 1)).toBe(true);
    }
  });

  it('a perfect model takes not many more answers than any test must', () => {
    // 0.9^42 is the first power below 1.25 %: no valid test can accept sooner.
    expect(new Bets().add(1, 50).decision(0.9, 0.0125)).toBe('holds');
    expect(new Bets().add(1, 41).decision(0.9, 0.0125)).toBe('open');
  });
});
