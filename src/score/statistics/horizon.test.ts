import { describe, expect, it } from 'vitest';
import { exactInterval } from './exact.ts';
import { horizonOf } from './horizon.ts';

const cell = (length: number, correct: number, n = 200) => ({
  length,
  n,
  correct,
  ...exactInterval(correct, n),
});

describe('horizonOf', () => {
  it('goes by the lower end of the interval, not by the share', () => {
    expect(horizonOf([cell(10, 200), cell(20, 184), cell(30, 120)], 0.9).length).toBe(10);
    expect(horizonOf([cell(10, 200), cell(20, 192), cell(30, 120)], 0.9).length).toBe(20);
  });

  it('a length whose lower end is the threshold holds, and one whose upper end is the threshold does not fail', () => {
    const at = { ...cell(10, 190), low: 0.9 };
    expect(horizonOf([at], 0.9)).toMatchObject({ length: 10, censored: true, undecided: null });
    const open = { ...cell(20, 170), low: 0.8, high: 0.9 };
    expect(horizonOf([at, open], 0.9)).toMatchObject({ length: 10, high: null, undecided: { length: 20 } });
  });

  it('ends at the first cell that does not hold, even if a longer one does', () => {
    expect(horizonOf([cell(30, 200), cell(10, 200), cell(20, 150)], 0.9)).toEqual({
      threshold: 0.9,
      length: 10,
      censored: false,
      low: 10,
      high: 10,
      undecided: null,
      shortest: 10,
    });
  });

  it('undecided is not failing: at least 20, at most 80, undecided at 40 with 283 of 300', () => {
    const open = { ...cell(40, 283, 300), low: 0.882 }; // as a search leaves it
    expect(horizonOf([cell(10, 200), cell(20, 200), open, cell(80, 150), cell(160, 20)], 0.9)).toMatchObject({
      length: 20,
      low: 20,
      high: 40,
      undecided: { length: 40, n: 300, correct: 283 },
      shortest: 10,
    });
    expect(horizonOf([cell(20, 200), open, cell(80, 200), cell(160, 20)], 0.9)).toMatchObject({
      low: 20,
      high: 80,
    });
  });

  it('a perfect model asked too few questions is undecided at the shortest length, and does not fail', () => {
    expect(horizonOf([cell(5, 30, 30), cell(10, 30, 30)], 0.9)).toMatchObject({
      length: null,
      low: 0,
      high: null,
      undecided: { length: 5, n: 30, correct: 30 },
      shortest: 5,
    });
    expect(horizonOf([cell(5, 36, 36), cell(10, 36, 36)], 0.9)).toMatchObject({
      length: 10,
      undecided: null,
    });
  });

  it('says when it is no more than the largest length asked, or not even the smallest', () => {
    expect(horizonOf([cell(10, 200)], 0.9)).toMatchObject({ length: 10, censored: true, high: null });
    expect(horizonOf([cell(10, 20)], 0.9)).toMatchObject({
      length: null,
      censored: false,
      high: 0,
      undecided: null,
    });
    const nothing = { length: null, censored: false, high: null, undecided: null, shortest: null };
    expect(horizonOf([], 0.9)).toMatchObject(nothing);
    expect(horizonOf([cell(10, 0, 0)], 0.9)).toMatchObject(nothing);
  });
});
