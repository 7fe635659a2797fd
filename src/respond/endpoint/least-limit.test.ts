import { expect, it } from 'vitest';
import { RefusedWithLeast } from './least-limit.ts';

function refusedWithLeast(...events: (number | { answered: number })[]): RefusedWithLeast {
  const refused = new RefusedWithLeast();
  for (const event of events) {
    if (typeof event === 'number') refused.add('UF', event);
    else refused.answered('UF', event.answered);
  }
  return refused;
}

it('one prompt or two that are refused with the least limit say nothing of others; three do, of those that are as long', () => {
  expect(refusedWithLeast(10, 10).tellsOf('UF', 20)).toBe(false);
  const three = refusedWithLeast(10, 12, 11);
  expect([11, 12, 20].map((size) => three.tellsOf('UF', size))).toEqual([false, true, true]);
  expect(three.tellsOf('UB', 20)).toBe(false);
});

it('nor do those among prompts that were answered, of the same length or of longer ones', () => {
  const early = refusedWithLeast(10, 10, 10, { answered: 10 });
  expect([10, 40].map((size) => early.tellsOf('UF', size))).toEqual([false, false]);
  const last = refusedWithLeast({ answered: 10 }, 10, 10, 10);
  expect([10, 40].map((size) => last.tellsOf('UF', size))).toEqual([true, false]);
});

it('those of a longer length do, whatever shorter ones were answered', () => {
  const longer = refusedWithLeast(40, { answered: 10 }, 40, { answered: 11 }, 40);
  expect([12, 40, 80].map((size) => longer.tellsOf('UF', size))).toEqual([false, true, true]);
});
