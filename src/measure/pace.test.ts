import { describe, expect, it } from 'vitest';
import { taskNamed } from '../tasks/index.ts';
import { sequenceSize } from '../tasks/sequence.ts';
import { Pace } from './pace.ts';
import type { MeasureTick } from './pace.ts';

const N = 20;
const BATCH = 5;

/**
 * Measures on a machine that reads 1,000 tokens a second, with so many passes for a batch at a length, in which the
 * slowest answer settles evenly. Every tick comes with the seconds that it really takes from there on.
 */
function measured(name: string, passes: ReadonlyMap<number, number>): (MeasureTick & { truly: number })[] {
  const task = taskNamed(name);
  const lengths = [...passes.keys()];
  let clock = 0;
  const ticks: (MeasureTick & { at: number })[] = [];
  const pace = new Pace(
    task,
    { lengths, n: N },
    (tick) => ticks.push({ ...tick, at: clock }),
    () => clock,
  );
  for (const [length, count] of passes) {
    const { prompt, target } = sequenceSize(task, length);
    for (let asked = 0; asked < N; asked += BATCH) {
      for (let pass = 1; pass <= count; pass++) {
        clock += BATCH * (prompt + target); // milliseconds
        pace.pass(length, BATCH, pass / count);
      }
    }
  }
  return ticks.map(({ at, ...tick }) => ({ ...tick, truly: (clock - at) / 1000 }));
}

describe('the time that a measurement still takes', () => {
  it('goes by tokens where a pass answers a batch', () => {
    for (const name of ['UR', 'UF']) {
      const ticks = measured(name, new Map([10, 20, 50].map((length) => [length, 1])));
      expect(ticks).toHaveLength((3 * N) / BATCH);
      for (const { left, truly } of ticks) expect(left).toBeCloseTo(truly, 9);
      expect(ticks.at(-1)).toMatchObject({ length: 50, answered: 3 * N, questions: 3 * N, left: 0 });
    }
  });

  it('counts the passes by which wrong copies are generated, as soon as there are some', () => {
    const passes = new Map([10, 20, 50].map((length) => [length, 1 + length]));
    const ticks = measured('UF', passes);
    expect(ticks).toHaveLength(((11 + 21 + 51) * N) / BATCH);
    for (const { left, truly } of ticks) expect(left).toBeCloseTo(truly, 9);
  });

  it('expects of a batch what the one before it took, though its first passes settle much', () => {
    const ticks: MeasureTick[] = [];
    let clock = 0;
    const task = taskNamed('UF');
    const pace = new Pace(
      task,
      { lengths: [20], n: 10 },
      (tick) => ticks.push(tick),
      () => clock,
    );
    for (const settled of [0.9, 0.9, 0.9, 0.9, 1, 0.9]) {
      clock += 1000; // a pass a second
      pace.pass(20, 5, settled);
    }
    expect(ticks.map(({ answered }) => answered)).toEqual([0, 0, 0, 0, 5, 5]);
    expect(ticks[4].left).toBeCloseTo(5, 9);
    expect(ticks[5].left).toBeCloseTo(4, 9);
  });

  it('is longer from the length on at which copies begin to fail', () => {
    const ticks = measured(
      'UF',
      new Map([
        [10, 1],
        [20, 8],
        [50, 20],
      ]),
    );
    const before = ticks.filter(({ length }) => length === 10);
    const after = ticks.filter(({ length }) => length > 10);
    for (const { left, truly } of before) expect(left).toBeLessThan(truly); // nothing tells yet
    for (const { left, truly } of after) expect(Math.abs(left - truly)).toBeLessThanOrEqual(0.1 * truly);
  });
});
