/** Differences between tasks and between models: over seeds, under stopping, at chance and at the ceiling. */
import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import {
  anytimeInterval,
  boundedInterval,
  clusteredDifference,
  correctedRows,
  exactInterval,
  mcnemar,
  sequentialDifference,
  unpairedDifference,
} from '../statistics/index.ts';
import { asymmetriesOf, asymmetriesOfSeeds } from './contrasts.ts';
import { differenceOf, differencesOf } from './differences.ts';
import type { SeedCells } from './differences.ts';
import { nearOf } from './near.ts';
import { Cell, Tally } from './tally.ts';
import type { Counted } from './tally.ts';

function answer(
  task: string,
  length: number,
  source: number,
  right: boolean,
  chance: number | null,
): Counted {
  return {
    ...{ task, length, sourceKey: String(source), promptTokens: null },
    score: {
      ...{ outcome: right ? 'right' : 'wrong', exact: right, retrieved: right, extra: false, error: null },
      ...{ similarity: { symbol: 1, word: 1, character: 1 }, changed: [] },
      ...(chance === null ? {} : { chance }),
    },
  };
}

/** Samples 0 … n - 1 of one length, of which the first `right` are right, each asked `repeats` times. */
function cell(
  task: string,
  length: number,
  right: number,
  n: number,
  { chance = 0.05, from = 0, repeats = 1 }: { chance?: number | null; from?: number; repeats?: number } = {},
) {
  const made = new Cell(task, length);
  for (let i = 0; i < n; i++)
    for (let times = 0; times < repeats; times++) made.add(answer(task, length, from + i, i < right, chance));
  return made;
}

const of = (...cells: Cell[]): SeedCells[] => [{ seed: null, cells }];

describe('samples without numbers, beside numbered ones', () => {
  const cellOf = (answers: readonly (readonly [key: string, right: boolean])[]): Cell => {
    const made = new Cell('UR', 5);
    for (const [sourceKey, right] of answers) made.add({ ...answer('UR', 5, 0, right, 0.05), sourceKey });
    return made;
  };
  const others = Array.from({ length: 8 }, (_, i) => `s${i}`);

  it('pair by what was asked: what was asked twice is one pair, of two shares', () => {
    const numbered = cellOf([
      ['0 twice', true],
      ['1 twice', false],
      ...others.map((source, i) => [`${i + 2} ${source}`, true] as const),
    ]);
    const bare = cellOf([
      ...others.map((source, i) => [`- ${source}`, i > 2] as const),
      ['- twice', true],
      ['- twice', true],
    ]);
    expect([numbered.counts.n, bare.counts.n]).toEqual([10, 9]);
    const shares = [0.5 - 1, 1, 1, 1, 0, 0, 0, 0, 0];
    const expected = clusteredDifference(shares);
    const found = differenceOf([{ first: numbered, second: bare }]);
    expect(found).toMatchObject({ n: 9, paired: true });
    expect(found.difference).toBeCloseTo(2.5 / 9, 12);
    expect(found.p).toBeCloseTo(expected.p, 9);
    expect([found.low, found.high]).toEqual([
      expect.closeTo(expected.low, 9) as number,
      expect.closeTo(expected.high, 9) as number,
    ]);
    const lost = numbered.withLostRight().sharedWith(bare.withLostRight(), 'source');
    expect(lost).toHaveLength(9);
  });

  it('do not pair by the few sources that two samplers draw again and again', () => {
    const drawn = (from: number, right: number): Cell =>
      cellOf(Array.from({ length: 20 }, (_, i) => [`${i} s${(i + from) % 3}`, i < right] as const));
    const found = differenceOf([{ first: drawn(0, 10), second: drawn(1, 11) }]);
    expect(found).toMatchObject({ n: 20, paired: false });
  });
});

describe('models that were trained with several seeds', () => {
  /** Each seed's share of right answers to the first task minus that to the second, of 1,000 samples. */
  const trained = (differences: readonly number[]): SeedCells[] =>
    differences.map((difference, i) => ({
      seed: i + 1,
      cells: [
        cell('UR', 20, 500 + Math.round(500 * difference), 1000),
        cell('UL', 20, 500 - Math.round(500 * difference), 1000),
      ],
    }));

  it('are as many observations as there are seeds: +0.9, −0.7 and +0.3 show nothing', () => {
    const [row] = asymmetriesOfSeeds(trained([0.9, -0.7, 0.3]));
    expect(row.p).toBeNull();
    expect(row.difference).toBeCloseTo(0.5 / 3, 10);
    const over = boundedInterval([0.95, 0.15, 0.65]); // −79 % to +89 %
    expect(row.low).toBeCloseTo(2 * over.low - 1, 9);
    expect(row.high).toBeCloseTo(2 * over.high - 1, 9);
    expect(row.seeds?.map(({ seed, difference }) => [seed, difference])).toEqual([
      ...[
        [1, 0.9],
        [2, -0.7],
        [3, 0.3],
      ],
    ]);
  });

  it('have a p-value from six seeds on: the sign flip’s, 2 of 64 where all agree', () => {
    expect(asymmetriesOfSeeds(trained([0.2, 0.3, 0.25, 0.1, 0.4]))[0].p).toBeNull();
    expect(asymmetriesOfSeeds(trained([0.2, 0.3, 0.25, 0.1, 0.4, 0.35]))[0].p).toBeCloseTo(2 / 64, 12);
  });

  it('and two tasks that share no source: each seed is one observation all the same', () => {
    const apart = (seed: number, unique: number, repeated: number): SeedCells => ({
      seed,
      cells: [cell('UF', 20, unique, 100), cell('NF', 20, repeated, 100, { from: 1000 })],
    });
    const [row] = asymmetriesOfSeeds([apart(1, 90, 50), apart(2, 90, 40), apart(3, 90, 30)]);
    expect(row).toMatchObject({ contrast: 'unique - repeated', length: 20, n: 300, paired: false, p: null });
    expect(row.seeds?.map(({ seed, n }) => [seed, n])).toEqual([1, 2, 3].map((seed) => [seed, 100]));
    for (const [i, difference] of [0.4, 0.5, 0.6].entries())
      expect(row.seeds?.[i].difference).toBeCloseTo(difference, 12);
    expect(row.difference).toBeCloseTo(0.5, 12);
    // Three seeds can't show on which side of 0 the others are.
    const over = boundedInterval([0.7, 0.75, 0.8]);
    expect(row.low).toBeCloseTo(2 * over.low - 1, 9);
    expect(row.high).toBeCloseTo(2 * over.high - 1, 9);
    expect(row.low).toBeLessThan(0);
  });

  it('are compared with a model without seeds by an interval over seeds, and no test', () => {
    const several = [90, 50, 70].map((right, i) => ({ seed: i, cells: [cell('UR', 20, right, 100)] }));
    const [row] = differencesOf(several, of(cell('UR', 20, 60, 100)));
    expect(row).toMatchObject({ paired: false, p: null });
    expect(row.difference).toBeCloseTo(0.1, 10);
    // Both at 97.5 %, the seeds' and that of 100 samples, so that both hold together.
    const [seeds, samples] = [boundedInterval([0.9, 0.5, 0.7], 0.975), exactInterval(60, 100, 0.975)];
    expect(row.low).toBeCloseTo(seeds.low - samples.high, 9);
    expect(row.high).toBeCloseTo(seeds.high - samples.low, 9);
    expect(row.seeds).toHaveLength(3);
  });

  it.each([
    ['first', 1],
    ['second', -1],
  ])('and such a one that a search asked, as the %s: what is said holds whenever it stopped', (_, sign) => {
    const several = [72, 70, 68].map((right, i) => ({ seed: i, cells: [cell('UR', 20, right, 100)] }));
    const searched = of(cell('UR', 20, 60, 100));
    const [first, second] = sign === 1 ? [several, searched] : [searched, several];
    const [row] = differencesOf(first, second, { sequential: true });
    expect(row).toMatchObject({ paired: false, p: null, sequential: true });
    expect(row.difference).toBeCloseTo(sign * 0.1, 10);
    // Each at 97.5 %, and that of the samples survives stopping.
    const [seeds, alone] = [boundedInterval([0.72, 0.7, 0.68], 0.975), anytimeInterval(60, 40, 0.0125)];
    const ends = [seeds.low - alone.high, seeds.high - alone.low];
    const [low, high] = sign === 1 ? ends : [-ends[1], -ends[0]];
    expect(row.low).toBeCloseTo(low, 6);
    expect(row.high).toBeCloseTo(high, 6);
  });
});

describe('after a search', () => {
  it('the test and the interval are those that hold whenever it stopped', () => {
    const [first, second] = [cell('UR', 10, 80, 100), cell('UL', 10, 60, 100)];
    const fixed = differenceOf([{ first, second }]);
    const searched = differenceOf([{ first, second }], true);
    expect(fixed.p).toBe(mcnemar(20, 0).p);
    expect(searched).toMatchObject(
      sequentialDifference({ both: 60, onlyFirst: 20, onlySecond: 0, neither: 20 }),
    );
    expect(searched.high - searched.low).toBeGreaterThan(fixed.high - fixed.low);
  });

  it('of one task only, the contrast is such a one, too', () => {
    const cells = [cell('UR', 10, 80, 100), cell('UL', 10, 60, 100)];
    const searched = asymmetriesOf(cells, { sequential: (task) => task === 'UL' });
    expect(searched[0].sequential).toBe(true);
    expect(asymmetriesOf(cells)[0].sequential).toBe(false);
  });

  it('unpaired samples have an interval that is wider than that of fixed numbers', () => {
    const pair = { first: cell('UR', 10, 80, 100), second: cell('UL', 10, 60, 100, { from: 500 }) };
    const [fixed, searched] = [differenceOf([pair]), differenceOf([pair], true)];
    expect([searched.paired, searched.p]).toEqual([false, null]);
    expect(searched.low).toBeLessThan(fixed.low);
    expect(searched.high).toBeGreaterThan(fixed.high);
  });
});

describe('over several lengths, without shared sources', () => {
  const unpaired = (counts: readonly (readonly [number, number, number, number, number])[], repeats = 1) =>
    counts.map(([length, right, n, otherRight, other]) => ({
      first: cell('UR', length, right, n, { repeats }),
      second: cell('UL', length, otherRight, other, { from: 1000, repeats }),
    }));
  /** As right at each length; only the numbers of samples differ. */
  const mixed = [
    [5, 300, 300, 47, 47],
    [40, 23, 47, 150, 300],
  ] as const;

  it('another mix of lengths is no difference: 0 and −1 % are not +36 %', () => {
    const row = differenceOf(unpaired(mixed));
    expect(row).toMatchObject({ paired: false, p: null, n: 94 });
    expect(row.difference).toBeCloseTo((0 + (23 / 47 - 0.5)) / 2, 12);
    expect(row.low).toBeLessThan(-0.05);
    expect(row.high).toBeGreaterThan(0.05);
    expect(row.high).toBeLessThan(0.15);
    for (const wide of [differenceOf(unpaired(mixed), true), differenceOf(unpaired(mixed, 2))]) {
      expect(wide.difference).toBeCloseTo(row.difference, 12);
      expect(wide.low).toBeLessThan(row.low);
      expect(wide.high).toBeGreaterThan(row.high);
    }
  });

  it('one length with shared sources and one without count, both', () => {
    const [pair] = unpaired([[40, 20, 100, 60, 100]]);
    const shared = { first: cell('UR', 5, 100, 100), second: cell('UL', 5, 90, 100) };
    const row = differenceOf([shared, pair]);
    expect(row).toMatchObject({ n: 200, paired: false, p: null });
    expect(row.difference).toBeCloseTo((0.1 - 0.4) / 2, 12);
  });

  it.each([9, 11, 18, 22, 36])(
    'all right against all wrong at %d lengths is +100 %, and no more',
    (count) => {
      const lengths = Array.from({ length: count }, (_, i) => i + 1);
      const row = differenceOf(unpaired(lengths.map((length) => [length, 20, 20, 0, 20] as const)));
      expect([row.difference, row.high]).toEqual([1, 1]);
      // What goes by it takes no difference above 1.
      const seeds = [1, 2].map((seed) => ({
        seed,
        cells: lengths.flatMap((length) => [
          cell('UF', length, 20, 20),
          cell('NF', length, 0, 20, { from: 1000 }),
        ]),
      }));
      expect(asymmetriesOfSeeds(seeds).find(({ length }) => length === null)).toMatchObject({
        difference: 1,
      });
    },
  );

  it('20 + 20 right against 30 + 10 is no difference, to the last bit', () => {
    const rows = asymmetriesOf([
      ...[cell('UR', 5, 30, 100), cell('UR', 10, 10, 100)],
      ...[cell('UL', 5, 20, 100, { from: 1000 }), cell('UL', 10, 20, 100, { from: 1000 })],
    ]);
    expect(rows.map(({ length, difference }) => [length, Number(difference.toFixed(9))])).toEqual([
      ...[
        [5, 0.1],
        [10, -0.1],
        [null, 0],
      ],
    ]);
    expect(rows[2].difference).toBe(0);
  });

  it('each interval after a search is at the level that lets all of them hold together', () => {
    const pairs = unpaired([
      [5, 80, 100, 60, 100],
      [10, 50, 100, 60, 100],
    ]);
    const row = differenceOf(pairs, true);
    // Two lengths: 97.5 % each; of each two intervals at 98.75 %, whose ends are wrong with 0.625 % each.
    const ends = (right: number) => anytimeInterval(right, 100 - right, 0.00625);
    const [low, high] = (['low', 'high'] as const).map((end) => {
      const other = end === 'low' ? 'high' : 'low';
      return (ends(80)[end] - ends(60)[other] + ends(50)[end] - ends(60)[other]) / 2;
    });
    expect(row.low).toBeCloseTo(low, 9);
    expect(row.high).toBeCloseTo(high, 9);
  });

  it('the interval holds the common difference in 95 % of simulated comparisons', () => {
    const stream = rng('over lengths');
    const [runs, first, second] = [300, [0.95, 0.5], [0.9, 0.6]];
    const counts = [
      [200, 40],
      [50, 160],
    ]; // of the first and of the second, by length
    const right = (share: number, n: number) =>
      Array.from({ length: n }, () => Number(stream.float() < share)).reduce((sum, one) => sum + one, 0);
    const truth = (50 * (first[0] - second[0]) + 40 * (first[1] - second[1])) / 90;
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const { low, high } = differenceOf(
        unpaired(
          [0, 1].map((i) => [
            ...([i + 1, right(first[i], counts[0][i]), counts[0][i]] as const),
            ...([right(second[i], counts[1][i]), counts[1][i]] as const),
          ]),
        ),
      );
      held += Number(low <= truth && truth <= high);
    }
    expect(held / runs).toBeGreaterThan(0.92);
  });
});

describe('sources that are alike by accident', () => {
  /** 200 samples, the first 147 of them right, beside 200 of other sources but for the last `alike`, all right. */
  const difference = (alike: number) =>
    differencesOf(of(cell('UR', 20, 200, 200, { from: 200 - alike })), of(cell('UR', 20, 147, 200)));

  it('don’t stand for all samples: these are compared by counts', () => {
    const [row] = difference(13);
    const [{ low, high }, p] = [unpairedDifference({ correct: 200, n: 200 }, { correct: 147, n: 200 }), null];
    expect(row).toMatchObject({ n: 200, paired: false, difference: 53 / 200, p, low, high });
    expect(difference(179)).toMatchObject([{ n: 200, paired: false, p: null }]);
  });

  it('of a run that was stopped early all are the other’s, and those are pairs', () => {
    const [row] = differencesOf(of(cell('UR', 20, 13, 13)), of(cell('UR', 20, 3, 200)));
    expect(row).toMatchObject({ n: 13, paired: true, difference: 10 / 13, p: mcnemar(10, 0).p });
    expect(difference(180)).toMatchObject([{ n: 180, paired: true }]);
  });

  it('at a short length alone: all lengths together go by the lengths’ own differences', () => {
    const first = of(cell('NLFirst', 4, 40, 100), cell('NLFirst', 20, 40, 100));
    const second = of(cell('NLLast', 4, 20, 100, { from: 66 }), cell('NLLast', 20, 20, 100));
    const rows = differencesOf(first, second).map(({ length, n, paired }) => [length, n, paired]);
    expect(rows).toEqual([
      [4, 100, false],
      [20, 100, true],
      [null, 200, false],
    ]);
  });
});

describe('samples that were asked several times', () => {
  it('are one observation each: five times as many answers do not make the interval narrower', () => {
    const pair = (repeats: number, from = 0) => ({
      first: cell('UR', 10, 16, 20, { repeats }),
      second: cell('UL', 10, 10, 20, { repeats, from }),
    });
    const [once, often] = [differenceOf([pair(1)]), differenceOf([pair(5)])];
    expect(often.n).toBe(20);
    expect(often.high - often.low).toBeGreaterThanOrEqual(once.high - once.low);
    const [unpaired, unpairedOften] = [differenceOf([pair(1, 99)]), differenceOf([pair(5, 99)])];
    expect(unpairedOften.n).toBe(20);
    expect(unpairedOften.high - unpairedOften.low).toBeGreaterThanOrEqual(unpaired.high - unpaired.low);
  });

  it('two that agree leave the difference open', () => {
    const { low, high } = differenceOf([
      { first: cell('UR', 10, 2, 2, { repeats: 3 }), second: cell('UL', 10, 0, 2, { repeats: 3 }) },
    ]);
    expect(high - low).toBeGreaterThan(0.5);
  });
});

describe('cells that leave no room for a difference', () => {
  const near = (first: Cell, second: Cell) => asymmetriesOf([first, second])[0].near;

  it('both guess', () => {
    expect(near(cell('UR', 10, 12, 100, { chance: 0.125 }), cell('UL', 10, 10, 100, { chance: 0.125 }))).toBe(
      'chance',
    );
  });

  it('neither is above chance: nothing readable where a third or half would be right by guessing', () => {
    const below = (task: string) => cell(task, 5, 0, 300, { chance: 0.5 });
    expect(near(below('UR'), below('UL'))).toBe('chance');
    expect(near(cell('UR', 5, 0, 60, { chance: 1 / 3 }), cell('UL', 5, 1, 60, { chance: 1 / 3 }))).toBe(
      'chance',
    );
    // One that guesses is better than one that says nothing: that is a difference.
    expect(near(below('UR'), cell('UL', 5, 150, 300, { chance: 0.5 }))).toBeNull();
  });

  it('both get nothing right, where nobody knows what guessing gives', () => {
    const copies = (task: string, right: number) => cell(task, 5, right, 60, { chance: null });
    expect(near(copies('UF', 0), copies('UB', 0))).toBe('chance');
    expect(near(copies('UF', 0), copies('UB', 1))).toBeNull();
  });

  it('over lengths: where each is at one edge, whichever, and nowhere else', () => {
    const all = (...cells: Cell[]) => asymmetriesOf(cells).find(({ length }) => length === null);
    const [right, nothing, half] = [60, 0, 30].map(
      (correct) => (task: string, length: number) => cell(task, length, correct, 60, { chance: 0.1 }),
    );
    const edges = all(right('UR', 5), right('UL', 5), nothing('UR', 40), nothing('UL', 40));
    expect(edges).toMatchObject({ near: 'mixed', p: null, pAdjusted: null });
    expect(all(right('UR', 5), right('UL', 5), half('UR', 40), half('UL', 40))).toMatchObject({
      near: null,
      p: 1,
    });
  });

  it('are no tests where no sample differs: such rows leave the correction of the others as it is', () => {
    const pair = [cell('UR', 10, 60, 100), cell('UL', 10, 40, 100)];
    const nothing = [5, 40].flatMap((length) => [
      cell('NRFirst', length, 0, 60, { chance: 1 / 3 }),
      cell('NLFirst', length, 0, 60, { chance: 1 / 3 }),
    ]);
    const [alone] = asymmetriesOf(pair);
    expect(asymmetriesOf([...pair, ...nothing])[0].pAdjusted).toBe(alone.p);
  });

  it('count in the correction where samples differ: at chance, one of many rows stands out by chance', () => {
    const lengths = Array.from({ length: 200 }, (_, i) => i + 1);
    const random = rng('at chance');
    const guessing = (task: string) =>
      lengths.map((length) => {
        const made = new Cell(task, length);
        for (let i = 0; i < 100; i++) made.add(answer(task, length, i, random.below(3) === 0, 1 / 3));
        return made;
      });
    const rows = asymmetriesOf([...guessing('UR'), ...guessing('UL')]).filter(
      ({ length }) => length !== null,
    );
    const shown = rows.filter(({ near }) => near === null);
    expect(shown.length).toBeGreaterThan(0); // as of any 200 tests
    expect(rows.filter(({ near }) => near === 'chance').length).toBeGreaterThan(150);
    expect(shown.filter(({ pAdjusted }) => (pAdjusted ?? 1) < 0.05)).toEqual([]);
  });

  it('a cell whose interval begins at what guessing gives is not shown to do better', () => {
    const from = (low: number) => ({ length: 10, accuracy: 0.5, low, high: 0.6, chance: 0.4 });
    expect(nearOf([from(0.4), from(0.3)])).toBe('chance');
    expect(nearOf([from(0.4000001), from(0.3)])).toBeNull();
  });

  it('both are right nearly always', () => {
    expect(near(cell('UR', 10, 100, 100), cell('UL', 10, 99, 100))).toBe('ceiling');
  });

  it('nothing is said where one is better, where only one guesses, or where both are in between', () => {
    expect(near(cell('UR', 10, 60, 100), cell('UL', 10, 5, 100))).toBeNull();
    expect(near(cell('UR', 10, 9, 100), cell('UL', 10, 5, 100, { chance: 0.001 }))).toBeNull();
    expect(near(cell('UR', 10, 60, 100), cell('UL', 10, 58, 100))).toBeNull();
    expect(near(cell('UR', 10, 8, 10), cell('UL', 10, 10, 10))).toBeNull();
  });
});

it('p is corrected on exactly the rows of the table, the one over all lengths included', () => {
  const tally = new Tally();
  for (const [length, first, second] of [
    [10, 90, 70],
    [20, 80, 55],
  ]) {
    for (let i = 0; i < 100; i++) {
      tally.add(answer('UR', length, i, i < first, null));
      tally.add(answer('UL', length, i, i < second, null));
    }
  }
  const rows = asymmetriesOf(tally.all());
  expect(rows.map(({ length }) => length)).toEqual([10, 20, null]);
  // Holm, written again: the smallest of three times 3, the next times 2, the largest as it is, never falling.
  const sorted = rows.map(({ p }) => p ?? 1).sort((a, b) => a - b);
  let largest = 0;
  const adjusted = sorted.map((p, i) => (largest = Math.max(largest, Math.min(1, (3 - i) * p))));
  for (const { p, pAdjusted } of rows) {
    expect(pAdjusted).toBeCloseTo(adjusted[sorted.indexOf(p ?? 1)], 12);
  }
});

it('is Holm’s correction of every p that is shown, and of no others', () => {
  const corrected = (values: readonly (number | null)[]) =>
    correctedRows(values.map((p) => ({ p }))).map(({ pAdjusted }) => pAdjusted);
  // R: p.adjust(c(0.4807, 0.3833, 0.1996), 'holm')
  expect(corrected([0.4807, 0.3833, 0.1996])).toEqual([0.7666, 0.7666, 3 * 0.1996]);
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm')
  expect(corrected([0.01, null, 0.04, 0.03, 0.005])).toEqual([0.03, null, 0.06, 0.06, 0.02]);
});

describe('samples about which the model was not asked', () => {
  /** The first `right` right, the last `lost` lost, the others wrong. */
  function partly(task: string, right: number, lost: number, n = 200): Cell {
    const made = new Cell(task, 10);
    for (let i = 0; i < n; i++) {
      const asked = answer(task, 10, i, i < right, 0.1);
      const score = { ...asked.score, outcome: 'failed' as const, exact: false, retrieved: false };
      made.add(i < n - lost ? asked : { ...asked, score, failure: 'server' });
    }
    return made;
  }

  it('are wrong at the lower end of an accuracy’s interval and right at its upper end', () => {
    const { low, high } = partly('UR', 100, 20).row();
    expect([low, high]).toEqual([exactInterval(100, 200).low, exactInterval(120, 200).high]);
  });

  it('make no difference: all right but for an outage of one side', () => {
    const [row] = asymmetriesOf([partly('UR', 200, 0), partly('UL', 133, 67)]);
    const [none] = asymmetriesOf([partly('UR', 200, 0), partly('UL', 200, 0)]);
    expect(row).toMatchObject({ n: 200, lost: 67, difference: 67 / 200, p: 1 });
    expect(row.low).toBe(none.low); // as if all had been right
    expect(row.high).toBeGreaterThan(67 / 200);
    expect(none.lost).toBeUndefined();
  });

  it('hide none that is there whatever they would have said', () => {
    const [row] = asymmetriesOf([partly('UR', 200, 0), partly('UL', 100, 20)]);
    const [least] = asymmetriesOf([partly('UR', 200, 0), partly('UL', 120, 0)]);
    const [most] = asymmetriesOf([partly('UR', 200, 0), partly('UL', 100, 0)]);
    expect(row).toMatchObject({ lost: 20, difference: 0.5, low: least.low, high: most.high, p: least.p });
  });

  it('are no reason against a model that was refused its prompts for what they say', () => {
    const refused = new Cell('UL', 10);
    for (let i = 0; i < 200; i++) {
      const asked = answer('UL', 10, i, false, 0.1);
      refused.add({ ...asked, score: { ...asked.score, outcome: 'failed' }, failure: 'content' });
    }
    expect(asymmetriesOf([partly('UR', 200, 0), refused])[0].lost).toBeUndefined();
  });
});
