/** Cells whose samples were asked several times, and horizons without the answers that did not come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../output.ts';
import type { Outcome } from '../output.ts';
import { anytimeInterval, exactInterval } from '../statistics/index.ts';
import { summarize } from './summary.ts';
import { Cell } from './tally.ts';
import type { Counted } from './tally.ts';
import { horizonOfAnswered, horizonText } from './horizon-text.ts';
import { placeTexts } from './place-text.ts';

function answer(source: number, outcome: Outcome, { task = 'UR', length = 5, place = 0.1 } = {}): Counted {
  return {
    ...{ task, length, sourceKey: String(source), promptTokens: null },
    score: {
      ...{ outcome, exact: outcome === 'right', retrieved: outcome !== 'failed', extra: outcome === 'wrong' },
      error: outcome === 'wrong' ? 'other' : null,
      ...{ similarity: { symbol: 1, word: 1, character: 1 }, changed: [] },
      evidence: { place, distance: 1, occurrences: 1 },
    },
  };
}

/** A cell of so many samples with each outcome. */
function cellOf(counts: Partial<Record<Outcome, number>>, length = 5): Cell {
  const cell = new Cell('UR', length);
  let source = 0;
  for (const outcome of outcomes) {
    for (let i = 0; i < (counts[outcome] ?? 0); i++) cell.add(answer(source++, outcome, { length }));
  }
  return cell;
}

describe('samples that were asked several times', () => {
  it('40 of them, three times each, are 40 in every column', () => {
    const cell = new Cell('UR', 5);
    for (let i = 0; i < 40; i++) {
      for (const outcome of ['right', 'wrong', i < 20 ? 'failed' : 'right'] as const)
        cell.add(answer(i, outcome));
    }
    expect(cell.row()).toMatchObject({ n: 40, answers: 120, correct: 20, exact: 20 });
    const { retrieved = 0, extra = 0, failed = 0, errors, answered } = cell.row();
    expect(retrieved).toBeCloseTo(40 - 20 / 3, 12);
    expect(extra).toBeCloseTo(40 / 3, 12);
    expect(errors.other).toBeCloseTo(40 / 3, 12);
    expect(failed).toBeCloseTo(20 / 3, 12);
    // 20 with one right of two, 20 with two right of three.
    expect(answered).toMatchObject({ n: 40 });
    expect(answered?.correct).toBeCloseTo(20 / 2 + (20 * 2) / 3, 12);
  });

  it('have the shares that a list of all answers has, also counted together', () => {
    const asked = fc.array(fc.record({ source: fc.nat(9), outcome: fc.constantFrom(...outcomes) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(asked, fc.nat(60), (answers, split) => {
        const [whole, one, two] = [0, 1, 2].map(() => new Cell('UR', 5));
        answers.forEach(({ source, outcome }, i) => {
          // A source has its place.
          const counted = answer(source, outcome, { place: (source % 5) / 5 + 0.1 });
          whole.add(counted);
          (i < split ? one : two).add(counted);
        });
        const sources = [...new Set(answers.map(({ source }) => source))];
        const share = (wanted: Outcome, among = sources): number =>
          among.reduce((sum, source) => {
            const own = answers.filter((each) => each.source === source);
            return sum + own.filter(({ outcome }) => outcome === wanted).length / own.length;
          }, 0);
        for (const row of [whole.row(), Cell.together('UR', 5, [one, two]).row()]) {
          const { correct, errors, truncated = 0, withheld = 0, refused = 0, failed = 0 } = row;
          const counted = [correct, errors.other ?? 0, truncated, withheld, refused, failed];
          expect(row.n).toBe(sources.length);
          expect(counted.reduce((sum, count) => sum + count, 0)).toBeCloseTo(row.n, 9);
          (['right', 'wrong', 'truncated', 'withheld', 'refused', 'failed'] as const).forEach(
            (outcome, i) => {
              expect(counted[i]).toBeCloseTo(share(outcome), 9);
            },
          );
          row.places?.forEach(({ n, correct: right }, part) => {
            const found = sources
              .filter((source) => source % 5 === part)
              .map((source) => answers.filter((each) => each.source === source).map(({ outcome }) => outcome))
              .map((all) => all.filter((outcome) => outcome === 'right' || outcome === 'wrong'))
              .filter((answered) => answered.length > 0)
              .map((answered) => answered.filter((outcome) => outcome === 'right').length / answered.length);
            const sum = found.reduce((total, each) => total + each, 0);
            expect([n, right]).toEqual([found.length, expect.closeTo(sum, 9)]);
          });
        }
      }),
    );
  });

  it('have intervals by bets where all their answers agree, too: of the length, of its places, and without what did not come', () => {
    const cell = new Cell('UR', 5);
    for (let i = 0; i < 40; i++) {
      const outcome = i < 30 ? 'right' : i < 38 ? 'wrong' : 'truncated';
      for (let repeat = 0; repeat < 3; repeat++) cell.add(answer(i, outcome));
    }
    const { low, high, places, answered } = cell.row();
    expect({ low, high }).toEqual(anytimeInterval(30, 10, 0.025));
    expect(places?.[0]).toMatchObject({ n: 38, ...anytimeInterval(30, 8, 0.025) });
    expect(answered).toMatchObject({ n: 38, ...anytimeInterval(30, 8, 0.025) });
  });

  it('name a weak place by bets, too: 30 of 40, three times each, is not surely below 90 %', () => {
    const cellAsked = (times: number): Cell => {
      const cell = new Cell('UR', 5);
      for (let i = 0; i < 200; i++) {
        const outcome = i % 5 === 2 && i < 50 ? 'wrong' : 'right';
        for (let repeat = 0; repeat < times; repeat++)
          cell.add(answer(i, outcome, { place: (i % 5) / 5 + 0.1 }));
      }
      return cell;
    };
    const weak = (times: number) => summarize([cellAsked(times)], { threshold: 0.9 }).horizons[0].weakPlaces;
    expect(weak(1)).toMatchObject([{ n: 40, correct: 30 }]);
    expect(weak(3)).toEqual([]);
  });

  it('the same sources of two tasks are the samples of both', () => {
    const cells = ['UL', 'UR'].map((task) => {
      const cell = new Cell(task, 5);
      for (let i = 0; i < 10; i++) cell.add(answer(i, 'right', { task }));
      return cell;
    });
    expect(Cell.together('both', 5, cells).row()).toMatchObject({ n: 20, correct: 20 });
    expect(Cell.together('UL', 5, [cells[0], cells[0]]).row()).toMatchObject({ n: 10, answers: 20 });
  });
});

describe('places', () => {
  it('count right and wrong answers alone: samples that failed say nothing of a place', () => {
    const lookUps = cellOf({ right: 20, failed: 13 }).row().places ?? [];
    expect(lookUps[0]).toMatchObject({ n: 20, correct: 20, accuracy: 1, ...exactInterval(20, 20) });
    expect(lookUps[1]).toMatchObject({ n: 0, accuracy: null, low: 0, high: 1 });
    expect(cellOf({ failed: 13 }).row().places).toBeUndefined();
  });

  it('after a search have the level of the search, and intervals that hold whenever it stopped', () => {
    const confidence = 0.9875;
    const interval = { ...anytimeInterval(30, 10, (1 - confidence) / 2), confidence };
    const search = { interval: () => interval, promise: () => null };
    const { rows } = summarize([cellOf({ right: 30, wrong: 10 })], { threshold: 0.9, search: () => search });
    expect(rows[0].places?.[0]).toMatchObject({ n: 40, low: interval.low, high: interval.high });
  });
});

describe('places that are named', () => {
  /** Right but for some samples of one fifth, of 40 in each. */
  function brokenAt(place: number, wrong: number, length: number): Cell {
    const cell = new Cell('UR', length);
    for (let i = 0; i < 200; i++) {
      const at = (i % 5) / 5 + 0.1;
      const isWrong = at === place && i < 5 * wrong;
      cell.add(answer(i, isWrong ? 'wrong' : 'right', { length, place: at }));
    }
    return cell;
  }

  it('are weak where the length does not surely fail, and failing where it does', () => {
    const cells = [brokenAt(0.5, 12, 5), brokenAt(0.5, 40, 10), cellOf({ wrong: 200 }, 20)];
    const [horizon] = summarize(cells, { threshold: 0.9 }).horizons;
    expect(horizon.weakPlaces).toMatchObject([{ length: 5, from: 0.4, to: 0.6, n: 40, correct: 28 }]);
    expect(horizon.failingPlaces).toMatchObject([{ length: 10, from: 0.4, to: 0.6, n: 40, correct: 0 }]);
    expect(placeTexts(horizon)).toEqual([
      'weak at 40–60 % of the source: 28 of 40 right at length 5',
      'fails at 40–60 % of the source: 0 of 40 right at length 10',
    ]);
  });
});

describe('a length that was asked before with another number of samples', () => {
  it('has an interval that holds whenever one stops, headed by its level, in all that is said of it', () => {
    const cells = [cellOf({ right: 100, wrong: 5 }), cellOf({ right: 100, wrong: 5 }, 10)];
    const { rows, horizons } = summarize(cells, {
      threshold: 0.9,
      isLookedAgain: (_, length) => length === 10,
    });
    expect(rows[0]).toMatchObject({ confidence: 0.95, ...exactInterval(100, 105) });
    expect(rows[0]).not.toHaveProperty('lookedAgain');
    const always = anytimeInterval(100, 5, 0.0125);
    expect(rows[1]).toMatchObject({ confidence: 0.975, lookedAgain: true, ...always });
    expect(rows[1].places?.[0]).toMatchObject(always);
    expect(horizons[0].undecided).toEqual({ length: 5, n: 105, correct: 100 });
  });
});

describe('the horizon of right and wrong answers alone', () => {
  const horizonOf = (cells: readonly Cell[]) => summarize(cells, { threshold: 0.9 }).horizons[0];

  it('is said where too few answers are left to tell: 45 of 60 fails, 45 of 49 is undecided', () => {
    const horizon = horizonOf([cellOf({ right: 45, wrong: 4, truncated: 11 })]);
    expect(horizonText(horizon)).toBe('< 5');
    expect(horizonOfAnswered(horizon)).toBe('undecided at 5: 45 of 49');
  });

  it('is said where both are undecided, at other lengths', () => {
    const cells = [cellOf({ right: 40, failed: 2 }), cellOf({ right: 20 }, 10)];
    const horizon = horizonOf(cells);
    expect(horizonText(horizon)).toBe('undecided at 5: 40 of 42, 2 failed');
    expect(horizonOfAnswered(horizon)).toBe('≥ 5 (undecided at 10: 20 of 20, too few to show 90 %)');
  });

  it('does not go past a length without any answer, and is not said where nothing differs', () => {
    const cells = [cellOf({ right: 40 }), cellOf({ failed: 40 }, 10), cellOf({ right: 40 }, 20)];
    expect(horizonOfAnswered(horizonOf(cells))).toBe('≥ 5');
    expect(horizonOf([cellOf({ right: 40 })]).withoutUnanswered).toBeNull();
    expect(horizonOf([cellOf({ wrong: 40, failed: 1 })]).withoutUnanswered).toBeNull();
  });

  it('after a search has the interval that holds whenever it stopped', () => {
    const cell = cellOf({ right: 45, failed: 35 });
    const confidence = 0.975;
    const search = {
      interval: () => ({ ...anytimeInterval(45, 35, 0.0125), confidence }),
      promise: () => null,
    };
    const { rows, horizons } = summarize([cell], { threshold: 0.9, search: () => search });
    expect(rows[0].answered).toMatchObject(anytimeInterval(45, 0, (1 - confidence) / 2));
    expect(rows[0].answered?.low).toBeLessThan(0.9);
    expect(exactInterval(45, 45).low).toBeGreaterThan(0.9);
    expect(horizonOfAnswered(horizons[0])).toBe('undecided at 5: 45 of 45');
  });
});
