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
import type { FixResult, MitigationResult } from './rows.ts';
import { wayHorizonText, whyNone } from './text.ts';

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

/** By length, how many of n are right; the wrong ones come last. */
function atLengths(right: Readonly<Record<number, number>>, n = 100): SampleOutcome[] {
  return Object.entries(right).flatMap(([length, count]) =>
    outcomes(count, n).map((one) => ({ ...one, length: Number(length) })),
  );
}

function tried(mitigation: typeof reverse, before: number, right: number, tokens: number | null = 50) {
  return {
    mitigation,
    prompts: ['pair'],
    before: { n: 20, right: before },
    outcomes: outcomes(right, 100, tokens),
  };
}

const NOTHING_FOUND: Omit<FixResult, 'plain' | 'mitigations'> = {
  ...{ format: 'lengthwise fix 1', target: 'x', task: 'UL', threshold: 0.9, seed: 0, n: 100, toMend: [8] },
  ...{ recommended: null, chunk: null, samples: [], incomplete: null, handedOver: null },
};

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
  const plain = plainResult(outcomes(94), wanted);
  expect(recommendedOf(plain, close)).toBeNull();
  const better = mitigationResults(outcomes(10), [tried(place, 20, 50)], wanted);
  const why = (mitigations: readonly MitigationResult[]): string | null =>
    whyNone({ ...NOTHING_FOUND, plain, mitigations });
  expect(why(close)).toBe('shown to hold up to 8, but not shown to be better than plain: reverse');
  expect(why(better)).toBe(
    'nothing that was tried is shown to hold up to 8; better than plain, but not shown to hold: place',
  );
  expect(why([...close, ...better])).toBe(
    'shown to hold up to 8, but not shown to be better than plain: reverse; better than plain, but not shown to hold: place',
  );
});

describe('a mitigation helps where the plain prompt is not shown to hold', () => {
  const results = (plain: SampleOutcome[], own: SampleOutcome[], more = wanted) =>
    mitigationResults(plain, [{ ...tried(reverse, 20, 0), outcomes: own }], more);

  it('at a shorter length alone', () => {
    const plain = atLengths({ 2: 63, 4: 100, 8: 100 });
    const [one] = results(plain, atLengths({ 2: 100, 4: 100, 8: 100 }));
    expect(one).toMatchObject({ holds: true, helps: true, helpsAt: 2, difference: 0, pAdjusted: 1 });
    expect(one.comparisons.map(({ length, n, difference }) => [length, n, difference])).toEqual([
      ...[[2, 100, 0.37]],
      ...[
        [4, 100, 0],
        [8, 100, 0],
      ],
    ]);
    expect(recommendedOf(plainResult(plain, wanted), [one])).toBe('reverse');
  });

  it('and not where that holds, however much better it is', () => {
    const half = { length: 8, threshold: 0.5, n: 300 };
    const plain = atLengths({ 4: 200, 8: 145 }, 300);
    // At 8 they are right on other samples: 155 against 128 of those on which they differ, p = 0.12.
    const own = atLengths({ 4: 290, 8: 172 }, 300).map((one) =>
      one.length === 8 ? { ...one, right: one.index >= 128 } : one,
    );
    const [one] = results(plain, own, half);
    expect(plainResult(plain, half)).toMatchObject({ holds: false, horizon: 4 });
    expect(one).toMatchObject({ holds: true, helps: false, helpsAt: null });
    expect(one.comparisons[0].pAdjusted).toBeLessThan(1e-9);
    expect(one.pAdjusted).toBeGreaterThan(0.1);
  });

  it('with p corrected for all lengths, those at which it was not asked included', () => {
    // Six pairs differ, all in its favour: p is 2 / 2^6.
    const p = 0.03125;
    const [alone] = results(atLengths({ 8: 90 }), atLengths({ 8: 96 }));
    expect([alone.pAdjusted, alone.helps]).toEqual([expect.closeTo(p, 9), true]);
    for (const own of [atLengths({ 8: 96 }), atLengths({ 2: 100, 4: 100, 8: 96 })]) {
      const [one] = results(atLengths({ 2: 100, 4: 100, 8: 90 }), own);
      expect([one.pAdjusted, one.helps]).toEqual([expect.closeTo(3 * p, 9), false]);
    }
  });
});

it('one that holds at the first look, and not with what was asked since, does not hold', () => {
  const own = outcomes(300, 300).map((one) => ({ ...one, right: one.index < 100 || one.index >= 130 }));
  expect(holdsAtFirstLook(own, { ...wanted, n: 300 })).toBe(true);
  const all = [{ ...tried(reverse, 20, 0), outcomes: own }];
  expect(mitigationResults(outcomes(0, 300), all, { ...wanted, n: 300 })[0]).toMatchObject({
    ...{ right: 270, holds: false, horizon: null },
  });
});

it('samples that did not reach the model are in no pair and no n', () => {
  const lost = outcomes(100).map((one) => (one.index < 40 ? { ...one, lost: true, right: false } : one));
  const [one] = mitigationResults(outcomes(50), [{ ...tried(reverse, 20, 100), outcomes: lost }], wanted);
  expect(one).toMatchObject({ n: 60, right: 60, accuracy: 1 });
  expect(one.difference).toBeCloseTo(50 / 60, 9); // of the plain ones 10 of these 60 are right
});

it('horizons are written as in measure, and with a ? where they are reached by their own limits alone', () => {
  const text = (right: Readonly<Record<number, number>>, n = 100, threshold = 0.9): string => {
    const all = { length: 8, threshold, n };
    return wayHorizonText(plainResult(atLengths(right, n), all), threshold);
  };
  expect(text({ 2: 100, 4: 100, 8: 100 })).toBe('≥ 8');
  expect(text({ 2: 20, 4: 100, 8: 100 })).toBe('< 2');
  expect(text({ 8: 20 })).toBe('< 8');
  expect(text({ 2: 100, 4: 20, 8: 20 })).toBe('2');
  expect(text({ 2: 90, 4: 20, 8: 20 })).toBe('≤ 2 (undecided at 2: 90 of 100)');
  expect(text({ 2: 100, 4: 90, 8: 20 })).toBe('≥ 2, ≤ 4 (undecided at 4: 90 of 100)');
  expect(text({ 8: 20 }, 20)).toBe('undecided at 8: 20 of 20, too few to show 90 %');
  expect(text({ 8: 300 }, 300, 0.99)).toBe('undecided at 8: 300 of 300, too few to show 99 %');
  const all = [tried(reverse, 20, 90), tried(place, 19, 97)];
  const [, behind] = mitigationResults(outcomes(10), all, wanted);
  expect(wayHorizonText(behind, 0.9)).toBe('≥ 8 ?');
  expect(wayHorizonText(plainResult([], wanted), 0.9)).toBe('–');
});
