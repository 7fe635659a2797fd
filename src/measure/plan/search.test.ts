import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { drawing, promisesAreKept, wrongOn } from './fixtures/promises.ts';
import { searchHorizon } from './simulate.ts';
import { HorizonSearch } from './search.ts';

const options = { threshold: 0.9, min: 2, max: 320, mostPerLength: 300, alpha: 0.025 };

/** Asks until the search wants no more; `value(length, index)` is what a sample is worth. */
function run(search: HorizonSearch, value: (length: number, index: number) => number | null): number {
  let asked = 0;
  for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
    asked += 1;
    search.record(wish.length, wish.index, value(wish.length, wish.index));
  }
  return asked;
}

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

  it.each([
    [0.85, 'fails'],
    [0.94, 'holds'],
  ] as const)(
    'a true accuracy of %d is decided within 2,000 samples in 99 of 100 searches',
    (accuracy, truth) => {
      const one = { threshold: 0.9, min: 10, max: 10, mostPerLength: 2000, alpha: 0.025 };
      const runs = 200;
      const counts = { undecided: 0, mistaken: 0 };
      for (let run = 0; run < runs; run++) {
        const { bounds } = searchHorizon(() => accuracy, one, rng('decided', accuracy, run));
        counts.undecided += Number(bounds.undecided !== null);
        counts.mistaken += Number(
          (bounds.length !== null) !== (truth === 'holds') && bounds.undecided === null,
        );
      }
      expect(counts.undecided / runs).toBeLessThanOrEqual(0.01);
      expect(counts.mistaken / runs).toBeLessThanOrEqual(0.0125);
    },
  );

  it('answers in another order than the questions give the same horizon', () => {
    const search = new HorizonSearch(options);
    const asked: { length: number; index: number }[] = [];
    for (let wish = search.next(); wish.kind !== 'done'; wish = search.next()) {
      if (wish.kind === 'ask') asked.push(wish);
      else
        for (const { length, index } of asked.splice(0).reverse())
          search.record(length, index, Number(length <= 10));
    }
    expect(search.ladder.slice(0, 3)).toEqual([5, 10, 20]);
    expect(search.interval(10)?.low).toBeGreaterThanOrEqual(0.9);
    expect(search.interval(11)?.high).toBeLessThan(0.9);
  });

  it('answers of an earlier run, told before anything is asked, lead to the same place', () => {
    const truth = (length: number, index: number): number =>
      Number(rng(length, index).float() < (length <= 30 ? 0.98 : 0.6));
    const live = new HorizonSearch(options);
    const told: [number, number, number][] = [];
    run(live, (length, index) => {
      const value = truth(length, index);
      told.push([length, index, value]);
      return value;
    });
    const again = new HorizonSearch(options);
    for (const [length, index, value] of told) again.record(length, index, value);
    expect(again.next()).toEqual({ kind: 'done' });
    for (const length of new Set(told.map(([at]) => at)))
      expect(again.interval(length)).toEqual(live.interval(length));
    // In the reverse order they come before it is their length's turn, and are worth the same.
    const reversed = new HorizonSearch(options);
    for (const [length, index, value] of told.reverse()) reversed.record(length, index, value);
    expect(reversed.next()).toEqual({ kind: 'done' });
  });

  it('asks no more at once than could settle the length: three wrong answers would', () => {
    const search = new HorizonSearch(options);
    let open = 0;
    while (search.next().kind === 'ask') open += 1;
    expect(open).toBe(3);
    for (let index = 0; index < open; index++) search.record(5, index, 1);
    expect(search.next()).toMatchObject({ kind: 'ask', length: 5, index: open });
  });
});

describe('fewestAnswers', () => {
  it('is how many right answers the first length takes: with one fewer nothing holds', () => {
    const fewest = new HorizonSearch(options).fewestAnswers();
    const at = (mostPerLength: number) =>
      searchHorizon(() => 1, { ...options, mostPerLength }, rng(1)).horizon;
    expect(at(fewest)).toBe(320);
    expect(at(fewest - 1)).toBeNull();
  });
});

describe('repeats', () => {
  it('a sample asked three times is one observation: 1 of 3 right everywhere is not 90 to 100 %', () => {
    const search = new HorizonSearch({ ...options, max: 10 });
    run(search, () => 1 / 3);
    const interval = search.interval(5);
    expect(interval?.low).toBeLessThan(1 / 3);
    expect(interval?.high).toBeGreaterThan(1 / 3);
    expect(interval?.high).toBeLessThan(0.9);
    expect(search.interval(10)).toBeUndefined();
  });

  it('refuses what is no share', () => {
    expect(() => {
      new HorizonSearch(options).record(5, 0, 3);
    }).toThrow('not in [0, 1]');
  });
});

describe('intervals', () => {
  it('are headed by their own level: 97.5 % on the way up, higher after a length that did not pass', () => {
    const search = new HorizonSearch(options);
    run(search, (length) => Number(length <= 37));
    expect(search.interval(40)?.confidence).toBeCloseTo(0.975, 12);
    expect(search.interval(30)?.confidence).toBeCloseTo(0.9875, 12);
  });
});

describe('samples without an answer', () => {
  it('count as wrong: a length at which half of them fail does not hold', () => {
    const search = new HorizonSearch({ ...options, max: 5 });
    run(search, (_, index) => (index % 2 === 0 ? 1 : null));
    expect(search.interval(5)?.high).toBeLessThan(0.9);
  });

  it('never take more than the most samples a length may have', () => {
    const search = new HorizonSearch({ ...options, mostPerLength: 10, threshold: 0.1 });
    expect(run(search, () => null)).toBe(10);
  });

  it('where prompts are taken no longer nothing more is asked, and the search looks below', () => {
    const search = new HorizonSearch(options);
    const asked = new Map<number, number>();
    for (let wish = search.next(); wish.kind === 'ask'; wish = search.next()) {
      const { length, index } = wish;
      asked.set(length, (asked.get(length) ?? 0) + 1);
      if (length <= 77) search.record(length, index, 1);
      else search.endsAt(length);
    }
    expect(asked.get(80)).toBe(1);
    expect(Math.max(...[...asked.keys()].filter((length) => length < 80))).toBe(75);
    expect(search.promise(75)).toBeNull();
  });
});

describe('lengths drawn inside the horizon', () => {
  it('a model that is always right gets the promise; without drawing there is none', () => {
    const { promise, lengths } = searchHorizon(() => 1, drawing, rng('right'));
    expect(promise).toMatchObject({ share: 0.9, confidence: 0.975 });
    expect(promise?.drawn).toBeLessThanOrEqual(36);
    expect(lengths.length).toBe(7 + (promise?.drawn ?? 0));
    expect(new Set(lengths).size).toBe(lengths.length);
    expect(searchHorizon(() => 1, options, rng('right')).promise).toBeNull();
    expect(searchHorizon(() => 1, { ...drawing, drawnLengths: 10 }, rng('right')).promise).toBeNull();
  });

  it('the seed says which, and the same seed says the same', () => {
    const lengthsOf = (seed: number) => searchHorizon(() => 1, { ...drawing, seed }, rng('right')).lengths;
    expect(lengthsOf(3)).toEqual(lengthsOf(3));
    expect(lengthsOf(3)).not.toEqual(lengthsOf(4));
  });

  it('of a short horizon all lengths are asked, and all are promised', () => {
    const { promise, lengths, horizon } = searchHorizon(
      (length) => Number(length <= 7),
      drawing,
      rng('short'),
    );
    expect(horizon).toBe(7);
    expect([...lengths].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
    expect(promise).toMatchObject({ share: 1, confidence: 0.975 });
  });

  it('one that does not hold ends it: the horizon comes down, and nothing is promised', () => {
    // Right at 5, 10, 20, 40 … and nowhere else.
    const { promise, horizon, lengths } = searchHorizon(
      (length) => Number([5, 10, 20, 40, 80, 160, 320].includes(length)),
      drawing,
      rng('holes'),
    );
    expect(lengths).toHaveLength(8);
    expect(promise).toBeNull();
    expect(horizon ?? 0).toBeLessThan(lengths[7]);
  });

  // The slow tests do the same with 400 runs.
  it.each(wrongOn)('a model wrong on %s: the promise is false in at most one of 40 runs', (name) =>
    promisesAreKept(name, 80),
  );
});
