import { describe, expect, it } from 'vitest';
import { taskNamed } from '../tasks/index.ts';
import { sequenceSize } from '../tasks/sequence.ts';
import { Pace } from './time-left.ts';
import type { MeasureTick } from './time-left.ts';

const N = 20;
const BATCH = 5;
const CALLS = 4;

/**
 * Measures on a machine that reads 1,000 tokens a second and at each length generates wrong copies with so many passes'
 * work a symbol of the source, in a few calls. Every tick comes with the seconds that it really takes from there on.
 */
function measured(name: string, wrong: ReadonlyMap<number, number>): (MeasureTick & { truly: number })[] {
  const task = taskNamed(name);
  let clock = 0;
  const ticks: (MeasureTick & { at: number })[] = [];
  const tokensAt = (length: number): number => {
    const { prompt, target } = sequenceSize(task, length);
    return prompt + target;
  };
  const counts = new Map([...wrong.keys()].map((length) => [length, N]));
  const pace = new Pace({ counts, tokensAt }, () => clock);
  const told = (work: Parameters<Pace['told']>[0]): void => {
    pace.told(work);
    if (work.step !== 'passed' && pace.latest !== undefined) ticks.push({ ...pace.latest, at: clock });
  };
  for (const [length, factor] of wrong) {
    const { prompt, target } = sequenceSize(task, length);
    const pass = BATCH * (prompt + target); // milliseconds
    for (let asked = 0; asked < N; asked += BATCH) {
      clock += pass;
      told({ step: 'passed', length, count: BATCH });
      for (let call = 1; factor > 0 && call <= CALLS; call++) {
        clock += (factor * length * pass) / CALLS;
        told({ step: 'generated', share: call / CALLS });
      }
      told({ step: 'done' });
    }
  }
  return ticks.map(({ at, ...tick }) => ({ ...tick, truly: (clock - at) / 1000 }));
}

describe('the time that a measurement still takes', () => {
  it('goes by tokens where a pass answers a batch', () => {
    for (const name of ['UR', 'UF']) {
      const ticks = measured(
        name,
        new Map([
          [10, 0],
          [20, 0],
          [50, 0],
        ]),
      );
      expect(ticks).toHaveLength((3 * N) / BATCH);
      for (const { left, truly } of ticks) expect(left).toBeCloseTo(truly, 9);
      expect(ticks.at(-1)).toMatchObject({ length: 50, answered: 3 * N, questions: 3 * N, left: 0 });
    }
  });

  it('counts what generating wrong copies takes, once the second call has shown how long', () => {
    const ticks = measured(
      'UF',
      new Map([
        [10, 1],
        [20, 1],
        [50, 1],
      ]),
    );
    const [first, ...others] = ticks;
    expect(first.left).toBeLessThan(first.truly); // nothing tells yet
    for (const { left, truly } of others) expect(left).toBeCloseTo(truly, 9);
  });

  it('is longer from the length on at which copies begin to fail', () => {
    const ticks = measured(
      'UF',
      new Map([
        [10, 0],
        [20, 0],
        [50, 2],
        [60, 2],
      ]),
    );
    const failing = ticks.findIndex(({ length }) => length === 50) + 1;
    for (const { left, truly } of ticks.slice(0, failing)) expect(left).toBeLessThan(truly);
    for (const { left, truly } of ticks.slice(failing)) expect(left).toBeCloseTo(truly, 9);
  });

  it('goes from what the batch before took to what this one takes', () => {
    const ticks: MeasureTick[] = [];
    let clock = 0;
    const pace = new Pace({ counts: new Map([[20, 10]]), tokensAt: (length) => 2 * length }, () => clock);
    const told = (work: Parameters<Pace['told']>[0]): void => {
      pace.told(work);
      if (work.step !== 'passed' && pace.latest !== undefined) ticks.push(pace.latest);
    };
    for (const secondsOfACall of [1, 2]) {
      told({ step: 'passed', length: 20, count: 5 });
      for (const share of [0.25, 0.5, 0.75, 1]) {
        clock += 1000 * secondsOfACall;
        told({ step: 'generated', share });
      }
      told({ step: 'done' });
    }
    const second = ticks.slice(5, 9).map(({ left }) => left); // in truth 6, 4, 2, 0
    expect(second[0]).toBeCloseTo(0.75 * 4, 9);
    expect(second[1]).toBeCloseTo(0.5 * (0.5 * 4 + 0.5 * 8), 9);
    expect(second[2]).toBeCloseTo(0.25 * (0.25 * 4 + 0.75 * 8), 9);
    expect(second[3]).toBe(0);
  });
});
