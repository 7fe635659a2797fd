import { describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import type { SampleOutcome } from '../asking/answers.ts';
import { mitigationsOf } from '../mitigations/table.ts';
import {
  fewestToHold,
  holdsAtFirstLook,
  mitigationResults,
  plainHoldsAtFirstLook,
  plainResult,
  recommendedOf,
} from './recommend.ts';

const [reverse, place, recite, twice, padded] = mitigationsOf(askableNamed('UL'), { chunk: null });
const wanted = { length: 8, threshold: 0.9, n: 100 };

function outcomes(right: number, n = 100, tokens: number | null = 50): SampleOutcome[] {
  return Array.from({ length: n }, (_, index) => ({
    ...{
      length: 8,
      index,
      right: index < right,
      answered: true,
      lost: false,
      tooLong: false,
      tokens,
      latencyMs: 10,
    },
  }));
}

function tried(mitigation: typeof reverse, before: number, right: number, tokens: number | null = 50) {
  return {
    mitigation,
    prompts: ['pair'],
    before: { n: 20, right: before },
    outcomes: outcomes(right, 100, tokens),
  };
}

describe('which mitigations hold', () => {
  const held = (all: ReturnType<typeof tried>[]): string[] =>
    mitigationResults(outcomes(10), all, wanted)
      .filter(({ holds }) => holds)
      .map(({ name }) => name);

  it('is decided in the order of right answers on other samples: 96 of 100 are enough for the first', () => {
    expect(held([tried(reverse, 20, 96), tried(place, 3, 20)])).toEqual(['reverse']);
    expect(held([tried(reverse, 20, 95), tried(place, 3, 20)])).toEqual([]);
    expect(held([tried(place, 19, 96), tried(reverse, 20, 97)])).toEqual(['place', 'reverse']);
  });

  it('ends at the first that does not, but for one that holds beyond doubt', () => {
    expect(held([tried(reverse, 20, 90), tried(place, 19, 97)])).toEqual([]);
    expect(held([tried(reverse, 20, 90), tried(place, 19, 100)])).toEqual(['place']);
  });

  it('leaves a placebo out', () => {
    expect(held([tried(padded, 20, 50), tried(twice, 18, 97)])).toEqual(['twice']);
  });
});

it('what 100 samples leave open is decided by more, at a level that counts both looks', () => {
  // The wrong ones come first, so that the first look leaves it open.
  const more = (right: number, n: number) => ({
    ...tried(reverse, 20, 0),
    outcomes: outcomes(0, n).map((one) => ({ ...one, right: one.index >= n - right })),
  });
  const holds = (right: number, n: number): boolean =>
    mitigationResults(outcomes(10, 300), [more(right, n)], { ...wanted, n: 300 })[0].holds;
  expect([97, 98].map((right) => holdsAtFirstLook(outcomes(right), { ...wanted, n: 300 }))).toEqual([
    false,
    true,
  ]);
  expect([holds(278, 300), holds(284, 300)]).toEqual([false, true]);
});

describe('how many samples it takes, all right', () => {
  it('is what the tests take at their levels', () => {
    // 0.97^n is below 0.024 from 123 on, too many for one look; at two it takes 0.4 % at 100, or 2 % at all.
    const fewest = (threshold: number, n: number): number => fewestToHold({ threshold, n });
    expect([fewest(0.9, 5), fewest(0.95, 72), fewest(0.97, 122), fewest(0.99, 368)]).toEqual([
      36, 73, 129, 390,
    ]);
    expect([fewest(0.963, 50), fewest(0.963, 101), fewest(0.9, 300)]).toEqual([99, 104, 300]);
  });

  it('is where a mitigation that is right every time holds, and not before', () => {
    for (const threshold of [0.5, 0.9, 0.945, 0.95, 0.955, 0.963, 0.965]) {
      for (let n = 1; n <= 130; n++) {
        const all = [{ ...tried(reverse, 20, 0), outcomes: outcomes(n, n) }];
        const [{ holds }] = mitigationResults(outcomes(0, n), all, { length: 8, threshold, n });
        expect(fewestToHold({ threshold, n }) === n, `${threshold} ${n}`).toBe(holds);
      }
    }
  });
});

it('the plain prompt holds at the level of one interval, which two looks share', () => {
  const holds = (right: number, all: number, n: number): boolean =>
    plainResult(
      outcomes(0, all).map((one) => ({ ...one, right: one.index >= all - right })),
      { ...wanted, n },
    ).holds;
  // The largest tails at 0.9 that are at most 2.5 %, 0.5 % and 2 %: 96 and 98 of 100, 281 of 300.
  expect([holds(95, 100, 100), holds(96, 100, 100)]).toEqual([false, true]);
  const first = [97, 98].map((right) => plainHoldsAtFirstLook(outcomes(right), { ...wanted, n: 300 }));
  expect(first).toEqual([false, true]);
  expect([holds(280, 300, 300), holds(281, 300, 300)]).toEqual([false, true]);
});

it('the cheapest of those that hold and help is recommended; where tokens are not told, the first', () => {
  const recommended = (tokens: readonly (number | null)[]) => {
    const all = [tried(reverse, 20, 100, tokens[0]), tried(recite, 20, 100, tokens[1])];
    return recommendedOf(plainResult(outcomes(10), wanted), mitigationResults(outcomes(10), all, wanted));
  };
  expect(recommended([50, 40])).toBe('recite');
  expect(recommended([40, 50])).toBe('reverse');
  expect(recommended([50, null])).toBe('reverse');
});

it('nothing is recommended where the plain prompt holds, or nothing is better than it', () => {
  const all = [tried(reverse, 20, 100)];
  const results = mitigationResults(outcomes(99), all, wanted);
  expect(recommendedOf(plainResult(outcomes(99), wanted), results)).toBeNull();
  const close = mitigationResults(outcomes(94), [tried(reverse, 20, 97)], wanted);
  expect(close[0]).toMatchObject({ holds: true, helps: false });
  expect(recommendedOf(plainResult(outcomes(94), wanted), close)).toBeNull();
});

it('samples that did not reach the model are in no pair and no n', () => {
  const lost = outcomes(100).map((one) => (one.index < 40 ? { ...one, lost: true, right: false } : one));
  const [one] = mitigationResults(outcomes(50), [{ ...tried(reverse, 20, 100), outcomes: lost }], wanted);
  expect(one).toMatchObject({ n: 60, right: 60, accuracy: 1 });
  expect(one.difference).toBeCloseTo(50 / 60, 9); // of the plain ones 10 of these 60 are right
});
