import { describe, expect, it } from 'vitest';
import { exactFixtures, expectNear } from '../../../test/fixtures/statistics/exact.ts';
import { rng } from '../../common/random.ts';
import { fewestDraws, promiseError, PROMISE_LENGTHS } from './promise.ts';

const usual = { alpha: 0.0125, claimed: 0.025 };

describe('promiseError', () => {
  it.each(exactFixtures.drawnPass)(
    '%d lengths, %d drawn, %d: as scipy’s hypergeometric',
    (lengths, drawn, alpha, all) => {
      // With nothing claimed before, it is the chance that all drawn pass.
      const error = promiseError({ lengths, asked: 0, alpha, claimed: drawn === lengths ? 1 : 0 }, drawn);
      expectNear(error, all, 1e-9);
    },
  );

  it('bounds what happens when 7 lengths were asked, each passed by mistake as often as it may be', () => {
    const draw = { lengths: 60, asked: 7, alpha: 0.0125, claimed: 0.025 };
    const drawn = fewestDraws(draw, 0.025) ?? NaN;
    let printed = 0;
    const runs = 20_000;
    for (let run = 0; run < runs; run++) {
      const stream = rng('promise', run);
      const bad = new Set(stream.distinct(60, 7)); // 53 of 60 hold: fewer than 90 %
      const passes = (place: number, alpha: number): boolean => !bad.has(place) || stream.float() < alpha;
      // Places 0 … 6 were asked before: if one is bad, the search says so but for a mistake.
      let held = true;
      for (let place = 0; place < 7; place++) held &&= passes(place, 0.0125);
      if (held && stream.distinct(53, drawn).every((place) => passes(7 + place, 0.0125))) printed += 1;
    }
    expect(printed / runs).toBeLessThan(0.025);
  });
});

describe('fewestDraws', () => {
  it('36 for a horizon of any size, fewer for a short one, all where that is all there are', () => {
    expect(fewestDraws({ lengths: 1_000_000, asked: 7, ...usual }, 0.025)).toBe(PROMISE_LENGTHS);
    expect(fewestDraws({ lengths: 316, asked: 7, ...usual }, 0.025)).toBeLessThan(PROMISE_LENGTHS);
    expect(fewestDraws({ lengths: 8, asked: 0, ...usual }, 0.025)).toBe(8);
    expect(fewestDraws({ lengths: 4, asked: 4, ...usual }, 0.025)).toBe(0);
  });

  it('never more than 36 at the level of a search, whatever was asked before', () => {
    for (let lengths = 1; lengths <= 1500; lengths += lengths < 60 ? 1 : 97) {
      for (const asked of [0, 1, 4, 9, 16]) {
        if (asked > lengths) continue;
        const drawn = fewestDraws({ lengths, asked, ...usual }, 0.025);
        expect(drawn).not.toBeNull();
        expect(drawn).toBeLessThanOrEqual(Math.min(PROMISE_LENGTHS, lengths - asked));
      }
    }
  });

  it('no number is enough where what was asked is already less certain than what is to be promised', () => {
    expect(fewestDraws({ lengths: 8, asked: 4, alpha: 0.0125, claimed: 0.1 }, 0.025)).toBeNull();
  });
});
