import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { anytimeInterval, fewestMore, sequentialVerdict } from '../../score/statistics/sequential.ts';
import { searchHorizon } from './simulate.ts';
import { HorizonSearch } from './search.ts';

const options = { threshold: 0.9, min: 2, max: 320, mostPerLength: 300, alpha: 0.025 };

describe('the sequential test', () => {
  it('errs less often than it may, although it is looked at after every answer', () => {
    const [alpha, runs] = [0.05, 400];
    let wrong = 0;
    for (let run = 0; run < runs; run++) {
      const stream = rng('at the threshold', run);
      let right = 0;
      for (let n = 1; n <= 200; n++) {
        right += Number(stream.float() < 0.9);
        if (n % 2 === 0 && sequentialVerdict(right, n - right, 0.9001, alpha) === 'reliable') {
          wrong += 1;
          break;
        }
      }
    }
    expect(wrong / runs).toBeLessThan(alpha);
  });

  it('its interval holds the verdict: reliable means that the lower end is above the threshold', () => {
    for (const [right, wrong] of [
      [100, 2],
      [50, 0],
      [30, 30],
      [0, 9],
      [200, 21],
      [1, 0],
    ]) {
      const { low, high } = anytimeInterval(right, wrong, 0.0125);
      expect(low).toBeLessThanOrEqual(right / (right + wrong));
      expect(high).toBeGreaterThanOrEqual(right / (right + wrong));
      const verdict = sequentialVerdict(right, wrong, 0.9, 0.0125);
      expect(low >= 0.9 - 1e-9).toBe(verdict === 'reliable');
      expect(high <= 0.9 + 1e-9).toBe(verdict === 'unreliable');
    }
  });

  it('says how many answers could settle it, and not one fewer', () => {
    const needed = fewestMore(20, 1, 0.9, 0.01);
    expect(
      sequentialVerdict(20 + needed, 1, 0.9, 0.01) === 'open' &&
        sequentialVerdict(20, 1 + needed, 0.9, 0.01) === 'open',
    ).toBe(false);
    expect(sequentialVerdict(20 + needed - 1, 1, 0.9, 0.01)).toBe('open');
    expect(sequentialVerdict(20, needed, 0.9, 0.01)).toBe('open');
  });
});

describe('the search', () => {
  it('finds a sharp edge, and asks little far from it', () => {
    const found = searchHorizon((length) => (length <= 37 ? 1 : 0.1), options, rng('edge'));
    expect(found.horizon).toBeGreaterThanOrEqual(34);
    expect(found.horizon).toBeLessThanOrEqual(37);
    expect(found.questions).toBeLessThan(400);
  });

  it('ends at the longest length, at none, and at once where nothing is admitted', () => {
    expect(searchHorizon(() => 1, options, rng(1)).horizon).toBe(320);
    expect(searchHorizon(() => 0, options, rng(1))).toMatchObject({ horizon: null });
    expect(new HorizonSearch({ ...options, max: 1 }).next()).toEqual({ kind: 'done' });
  });

  it('its horizon is too long no more often than it says', () => {
    const wrong = Array.from({ length: 60 }, (_, run) =>
      searchHorizon((length) => (length <= 20 ? 0.99 : 0.89), options, rng('too long', run)),
    ).filter(({ horizon }) => (horizon ?? 0) > 20).length;
    expect(wrong).toBeLessThanOrEqual(3);
  });

  it('answers in another order than the questions give the same horizon', () => {
    const search = new HorizonSearch(options);
    const asked: { length: number; index: number }[] = [];
    for (let wish = search.next(); wish.kind !== 'done'; wish = search.next()) {
      if (wish.kind === 'ask') asked.push(wish);
      else
        for (const { length, index } of asked.splice(0).reverse()) search.record(length, index, length <= 10);
    }
    expect(search.ladder.slice(0, 3)).toEqual([5, 10, 20]);
    expect(search.interval(10)?.low).toBeGreaterThanOrEqual(0.9);
    expect(search.interval(11)?.high).toBeLessThan(0.9);
  });

  it('a length at which every question fails for good does not keep it for ever', () => {
    const search = new HorizonSearch({ ...options, mostPerLength: 10 });
    let questions = 0;
    for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
      questions += 1;
      search.record(wish.length, wish.index, null);
    }
    expect(questions).toBe(20);
  });
});
