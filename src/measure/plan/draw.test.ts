import { expect, it } from 'vitest';
import { drawLengths } from './draw.ts';

const options = { min: 1, alpha: 0.025, drawnLengths: 100 };

it('lengths are drawn among those up to the horizon that were not asked: the horizon itself was', () => {
  for (let seed = 0; seed < 20; seed++) {
    const drawn = drawLengths(10, [5, 10, 20], 0.0125, { ...options, seed });
    expect(drawn?.left.length).toBe(drawn?.count);
    for (const length of drawn?.left ?? []) expect([1, 2, 3, 4, 6, 7, 8, 9]).toContain(length);
    expect(new Set(drawn?.left).size).toBe(drawn?.count);
  }
});

it('a test that passes bad lengths more often takes more lengths: half of them pass, and (0.9 + 0.1 / 2)^k is 2.5 % at 72', () => {
  const asked = [5, 10, 20, 40, 80, 160, 320];
  const often = drawLengths(320, asked, 0.5, options);
  const seldom = drawLengths(320, asked, 0.0125, options);
  expect(often?.count).toBeGreaterThan(60);
  expect(often?.enough).toBe(true);
  expect(seldom?.count).toBeLessThanOrEqual(36);
  expect(drawLengths(320, asked, 0.0125, { ...options, drawnLengths: 20 })).toMatchObject({
    count: 20,
    enough: false,
  });
});
