import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { askableNamed, askableNames } from '../../prompt/askable.ts';
import { placeAt, sourceParts } from '../../tasks/index.ts';
import { copyPlaceOf } from '../errors/index.ts';
import { exactInterval } from '../statistics/index.ts';
import { atMost } from './exact.ts';
import { binOf, CopyTally, evidenceOf, EvidenceTally, firstErrorPlace, placesBelow } from './index.ts';
import type { PlaceRow } from './rows.ts';
import type { PlacesBelow } from './weak-places.ts';

const letters = (text: string): string[] => text.split(' ');
const copiesOf = askableNames().filter((name) => askableNamed(name).family === 'copying');
const lookups = askableNames().filter((name) => askableNamed(name).family !== 'copying');

describe('the evidence of a sample', () => {
  it.each([
    ['UR', 'x b c d e', [1], { place: 0.3, distance: 4, occurrences: 1 }],
    ['NLFirst', 'x b c b e', [1, 3], { place: 0.3, distance: 4, occurrences: 2 }],
    ['NLLast', 'x b c b e', [1, 3], { place: 0.7, distance: 2, occurrences: 2 }],
    ['flip-flop', 'w 1 w 0 r 0 i 1', [], { place: 0.3125, distance: 6, occurrences: 2 }],
    ['table-lookup-first', 'K1,a K2,b K1,c K3,d', [0, 2], { place: 0.125, distance: 4, occurrences: 2 }],
    ['table-lookup-last', 'K1,a K2,b K1,c K3,d', [0, 2], { place: 0.625, distance: 2, occurrences: 2 }],
    ['table-lookup-after', 'K1,a K2,b K3,c', [1], { place: 0.5, distance: 2, occurrences: 1 }],
    ['UF', 'a b c', [], { place: null, distance: null, occurrences: null }],
    ['text-copy', 'a b c', [], { place: null, distance: null, occurrences: null }],
    ['something', 'a b c', [1], { place: null, distance: null, occurrences: null }],
  ])('%s of %j, asked about what stands at %j', (operation, source, positions, evidence) => {
    expect(evidenceOf(operation, { source: letters(source), positions })).toEqual(evidence);
  });

  it.each(lookups.filter((name) => name !== 'flip-flop'))(
    '%s: where the query stands there no more, the oracle finds the others, or too few',
    (name) => {
      const task = askableNamed(name);
      for (let index = 0; index < 40; index++) {
        const { source, query, positions } = task.instance({ length: 8 + index, seed: 4, index });
        const { distance } = evidenceOf(name, { source, positions });
        const at = source.length - (distance ?? NaN);
        const reply = task.answer(source.with(at, `other ${source[at]}`.replace(' ', '-')), query);
        if ('refusal' in reply) expect(positions.length).toBeLessThanOrEqual(2);
        else expect(reply.positions).toEqual(positions.filter((position) => position !== at));
        if (!name.startsWith('table')) {
          const step = name[1] === 'L' ? -1 : 1;
          const moved = task.answer(source.with(at + step, 'new'), query);
          expect(moved).toMatchObject({ answer: ['new'] });
        }
      }
    },
  );

  it('flip-flop: another bit written there is another answer', () => {
    const task = askableNamed('flip-flop');
    for (let index = 0; index < 40; index++) {
      const { source, answer } = task.instance({ length: 8 + index, seed: 4, index });
      const at = source.length - (evidenceOf('flip-flop', { source, positions: [] }).distance ?? NaN);
      const other = answer[0] === '0' ? '1' : '0';
      const changed = source.map((symbol, i) =>
        i === at + 1 || (i > at && source[i - 1] === 'r') ? other : symbol,
      );
      expect(task.answer(changed)).toMatchObject({ answer: [other] });
    }
  });
});

describe('the place of the first error of a copy', () => {
  it.each([
    ['UF', 'a b c d e', 'a b c d e', null],
    ['UF', 'a b c d e', 'x b c d e', 0.1],
    ['UB', 'e d c b a', 'e d x b a', 0.5],
    ['UF', 'a b c d e', 'a b', 0.5],
    ['UF', 'a b c d e', 'a b c d e f', null], // ended late: at no place of the source
  ])('%s: %j asked, %j came', (name, answer, output, place) => {
    const sample = {
      task: name,
      length: 5,
      source: letters(answer),
      query: null,
      answer: letters(answer),
      positions: [],
    };
    const found = copyPlaceOf({ name, family: 'copying' }, sample, letters(output));
    expect(firstErrorPlace(name, sample.answer, { firstWrong: found?.firstWrong ?? null })).toBe(place);
  });

  it('counts words in texts', () => {
    expect(firstErrorPlace('text-copy', ['one two', ' three  four five'], { firstWrong: 2 })).toBe(0.5);
  });
});

describe('exact limits', () => {
  // scipy 1.x: binomtest(k, n).proportion_ci(0.95, 'exact')
  it.each([
    [8, 10, 0.4439045377, 0.9747892737],
    [0, 5, 0, 0.5218237501],
    [36, 36, 0.9026062441, 1],
    [1, 200, 0.00012658102801, 0.0275418985],
  ])('%d of %d', (correct, n, low, high) => {
    const interval = exactInterval(correct, n);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it('the tail is the sum of its terms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 99 }),
        (n, k, percent) => {
          const share = percent / 100;
          let term = (1 - share) ** n;
          let sum = 0;
          for (let i = 0; i <= Math.min(k, n); i++) {
            sum += term;
            term *= ((n - i) / (i + 1)) * (share / (1 - share));
          }
          expect(atMost(k, n, share)).toBeCloseTo(Math.min(1, sum), 9);
        },
      ),
    );
  });
});

describe('accuracy by place', () => {
  it('every symbol of a source lies in the fifth that holds it, and 1 in the last', () => {
    for (let length = 1; length < 300; length++)
      for (let position = 0; position < length; position++) {
        const bin = Math.floor((5 * (2 * position + 1)) / (2 * length)); // in whole numbers
        expect(binOf(placeAt(position, length))).toBe(bin);
      }
    expect(binOf(1)).toBe(4);
    expect(() => binOf(1.1)).toThrow(RangeError);
  });

  it('look-ups: n and right answers of each part, and no sample lost', () => {
    const tally = new EvidenceTally();
    for (const [place, right] of [
      [0.1, 1],
      [0.19, 0],
      [0.5, 1],
      [0.95, 1 / 3],
      [0.95, 1 / 3],
      [0.95, 1 / 3],
    ])
      tally.add(place, right);
    const rows = tally.rows();
    expect(rows.map(({ n, correct }) => [n, correct])).toEqual([
      [2, 1],
      [0, 0],
      [1, 1],
      [0, 0],
      [3, 1],
    ]);
    expect(rows[1]).toMatchObject({ from: 0.2, to: 0.4, accuracy: null, low: 0, high: 1 });
    expect(rows[0]).toMatchObject(exactInterval(1, 2));
  });

  it('copies: of those that were right up to a part, those that passed it', () => {
    const tally = new CopyTally();
    for (const place of [null, 0.5, 0.5, 0.1, 1]) tally.add([place]);
    tally.add([null, 0.3, 0.5]); // asked three times: two of three come to the middle, one of these passes it
    expect(tally.rows().map(({ n, correct }) => [n, correct])).toEqual([
      [6, 5],
      [5, 4 + 2 / 3],
      [5, 2.5],
      [3, 3],
      [3, 3], // what is too much behind a whole copy is at no place
    ]);
  });

  it('copies: the product of the parts is the accuracy of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), { minLength: 1 }),
        (places) => {
          const tally = new CopyTally();
          for (const place of places) tally.add([place]);
          const whole = places.filter((place) => place === null).length / places.length;
          const product = tally.rows().reduce((all, { accuracy }) => all * (accuracy ?? 1), 1);
          expect(product).toBeCloseTo(whole, 12);
        },
      ),
    );
  });
});

describe('the parts where a model breaks', () => {
  const runs = 100;
  const n = 200;
  const middle = [sourceParts[2]];

  it.each([undefined, 'stratified'] as const)(
    'a server that fails in the middle fifth: that fifth alone is named in 95 of 100 runs (place %s)',
    (place) => {
      for (const [name, length] of [
        ['UR', 10],
        ['NRLast', 40],
        ['table-lookup-after', 25],
        ...(place === undefined ? [] : [['flip-flop', 31] as const]),
      ] as const) {
        const task = askableNamed(name, { options: { place } });
        let found = 0;
        for (let seed = 0; seed < runs; seed++) {
          const tally = new EvidenceTally();
          for (let index = 0; index < n; index++) {
            const sample = task.instance({ length, seed, index });
            const at = evidenceOf(name, sample).place ?? NaN;
            tally.add(at, at >= 0.4 && at < 0.6 ? 0 : 1);
          }
          const { weak, failing } = named(tally.rows());
          const places = [...weak, ...failing].map(({ from, to }) => ({ from, to }));
          if (JSON.stringify(places) === JSON.stringify(middle)) found += 1;
        }
        expect([name, found >= 95]).toEqual([name, true]);
      }
    },
  );

  it('also where it fails there half of the time, or in several parts', () => {
    for (const [accuracies, parts] of [
      [[1, 1, 0.5, 1, 1], [2]],
      [
        [1, 0.4, 0, 0.4, 1],
        [1, 2, 3],
      ],
      [
        [0, 1, 1, 1, 0],
        [0, 4],
      ],
    ] as const) {
      let found = 0;
      for (let seed = 0; seed < runs; seed++) {
        const { weak, failing } = named(simulated(accuracies, n, seed));
        const places = [...weak, ...failing].map(({ from }) => Math.round(from * 5));
        if (JSON.stringify(places) === JSON.stringify(parts)) found += 1;
      }
      expect(found).toBeGreaterThanOrEqual(95);
    }
  });

  it('a model that is as right everywhere is marked in at most 5 % of runs, whatever its accuracy', () => {
    for (const accuracy of [0.95, 0.9, 0.87, 0.8, 0.5])
      for (const asked of [20, 200, 600]) {
        let marked = 0;
        for (let seed = 0; seed < 300; seed++) {
          const rows = simulated([accuracy, accuracy, accuracy, accuracy, accuracy], asked, seed);
          if (isMarked(named(rows))) marked += 1;
        }
        expect([accuracy, asked, marked <= 0.05 * 300]).toEqual([accuracy, asked, true]);
      }
  });

  it('one that holds on average and breaks in the last fifth is weak there; where the whole fails no place is weak', () => {
    const tally = new EvidenceTally();
    for (const part of [0, 1, 2, 3]) tally.addPart(part, 1, 80);
    tally.addPart(4, 1, 50);
    tally.addPart(4, 0, 30);
    // 370 of 400 is 92.5 %; 50 of 80 is surely below 90 %.
    expect(named(tally.rows())).toMatchObject({ weak: [{ from: 0.8, n: 80, correct: 50 }], failing: [] });
    const worse = simulated([0.8, 0.7, 0.7, 0.7, 0.1], n, 1);
    expect(named(worse)).toEqual({ weak: [], failing: [] });
  });

  it('after a search only what bets show, which hold whenever one stops', () => {
    const tally = new EvidenceTally();
    for (const part of [0, 1, 2, 3]) tally.addPart(part, 1, 30);
    tally.addPart(4, 1, 22);
    tally.addPart(4, 0, 8);
    const rows = tally.rows();
    // P(X ≤ 22), X binomial (30, 0.9): 0.0078, five times that is below 5 %.
    expect(placesBelow(rows, { high: 0.95 }, 0.9).weak).toHaveLength(1);
    expect(placesBelow(rows, { high: 0.95, sequential: true }, 0.9).weak).toEqual([]);
  });

  it('copies that break in the middle fifth, and copies that may break anywhere', () => {
    const inMiddle = new CopyTally();
    for (let index = 0; index < n; index++) inMiddle.add([0.5]);
    const fails = { high: 0.5 };
    expect(placesBelow(inMiddle.rows(), fails, 0.9)).toMatchObject({ weak: [], failing: middle });
    for (const symbolRight of [0.999, 0.99, 0.97, 0.9]) {
      let marked = 0;
      for (let seed = 0; seed < 200; seed++) {
        const stream = rng('copies', seed);
        const tally = new CopyTally();
        let right = 0;
        for (let index = 0; index < n; index++) {
          const wrong = Array.from({ length: 20 }, () => stream.float() >= symbolRight).indexOf(true);
          tally.add([wrong === -1 ? null : placeAt(wrong, 20)]);
          right += Number(wrong === -1);
        }
        if (isMarked(placesBelow(tally.rows(), exactInterval(right, n), 0.9))) marked += 1;
      }
      expect([symbolRight, marked <= 10]).toEqual([symbolRight, true]);
    }
  });

  it('copies that come whole and go on, or that hardly ever get past the beginning, break at no place', () => {
    const late = new CopyTally();
    for (let index = 0; index < n; index++) late.add([1]);
    expect(isMarked(placesBelow(late.rows(), { high: 0.1 }, 0.9))).toBe(false);
    const never = new CopyTally();
    for (let index = 0; index < n; index++) never.add([index === 0 ? null : 0.1]);
    expect(isMarked(placesBelow(never.rows(), { high: 0.1 }, 0.9))).toBe(false);
  });

  it('shares of repeats count for the part: 13.5 of 20 right is no less than 14 of 20, which may be luck', () => {
    const tally = new EvidenceTally();
    for (const part of [0, 1, 3, 4]) tally.addPart(part, 1, 100);
    tally.addPart(2, 1, 13);
    tally.addPart(2, 0.5, 1);
    tally.addPart(2, 0, 6);
    expect(tally.rows()[2]).toMatchObject({ n: 20, correct: 13.5 });
    // Five times the chance of at most 14 of 20 at 0.9 is 5.6 %, of at most 13 it is 1.2 %.
    expect(isMarked(placesBelow(tally.rows(), { high: 1 }, 0.9))).toBe(false);
  });

  it('are none where nothing was asked, and a threshold of 1 is none', () => {
    expect(isMarked(placesBelow(new EvidenceTally().rows(), { high: 1 }, 0.9))).toBe(false);
    expect(() => placesBelow([], { high: 1 }, 1)).toThrow(RangeError);
  });

  /** Of look-ups: the parts together are the whole. */
  function named(rows: readonly PlaceRow[]): PlacesBelow {
    const of = (count: 'n' | 'correct'): number => rows.reduce((sum, row) => sum + row[count], 0);
    return placesBelow(rows, exactInterval(of('correct'), of('n')), 0.9);
  }

  function isMarked({ weak, failing }: PlacesBelow): boolean {
    return weak.length + failing.length > 0;
  }

  /** Samples whose places are uniform, with an accuracy of its own in each fifth. */
  function simulated(
    accuracies: readonly number[],
    asked: number,
    seed: number,
  ): ReturnType<EvidenceTally['rows']> {
    const stream = rng('simulated', asked, accuracies.join(' '), seed);
    const tally = new EvidenceTally();
    for (let index = 0; index < asked; index++) {
      const place = stream.float();
      tally.add(place, Number(stream.float() < accuracies[binOf(place)]));
    }
    return tally.rows();
  }
});

it('copies have no evidence', () => {
  for (const name of copiesOf) {
    const sample = askableNamed(name).instance({ length: 8, seed: 1, index: 0 });
    expect(evidenceOf(name, sample).place).toBeNull();
  }
});
