import { describe, expect, it } from 'vitest';
import { horizonOf } from '../../score/statistics/horizon.ts';
import { Repeats } from './repeats.ts';
import { HorizonSearch } from './search.ts';

const options = { threshold: 0.9, min: 1, max: 40, mostPerLength: 300, alpha: 0.025 };
const LOST = { least: 0, most: 1 };

describe('an outage', () => {
  it('settles no length: a model that is always right, whose server is gone from the 60th question on', () => {
    const search = new HorizonSearch(options);
    const counts = new Map<number, { n: number; correct: number }>();
    let asked = 0;
    for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
      asked += 1;
      const right = asked < 60;
      const { n, correct } = counts.get(wish.length) ?? { n: 0, correct: 0 };
      counts.set(wish.length, { n: n + 1, correct: correct + Number(right) });
      search.record(wish.length, wish.index, right ? 1 : LOST);
    }
    const cells = [...counts].map(([length, count]) => ({
      ...{ length, ...count },
      ...(search.interval(length) ?? { low: 0, high: 1 }),
    }));
    const horizon = horizonOf(cells, options.threshold);
    expect(horizon.high).toBe(null);
    expect(horizon.length).toBe(5);
    expect(horizon.undecided).not.toBe(null);
  });

  it('that is short costs samples and no truth: what is asked after it decides', () => {
    const search = new HorizonSearch({ ...options, max: 5 });
    for (let i = 0; i < 3; i++) {
      search.next();
      search.record(5, i, LOST);
    }
    let asked = 3;
    for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
      asked += 1;
      search.record(wish.length, wish.index, 1);
    }
    expect(search.interval(5)?.low).toBeGreaterThanOrEqual(0.9);
    expect(asked).toBeLessThan(300);
  });

  it('is no wrong answer of a sample that is asked several times, either', () => {
    const repeats = new Repeats(4);
    const add = (outcome: 'right' | 'wrong' | 'failed', failure: 'server' | 'too-long' | null = null) =>
      repeats.add('s', outcome, { failure });
    add('right');
    add('failed', 'server');
    add('failed', 'too-long');
    expect(add('wrong')).toEqual({ least: 0.25, most: 0.5 });
  });
});
