/** Tables from cells: horizons at another threshold, and the parts of the source that are named over several lengths. */
import { describe, expect, it } from 'vitest';
import { exactInterval } from '../statistics/index.ts';
import type { CellRow, HorizonRow } from './rows.ts';
import { horizonAtThreshold, summarize } from './summary.ts';
import { Cell } from './tally.ts';

function cellRow(length: number, correct: number, more: Partial<CellRow> = {}): CellRow {
  const n = 100;
  const counts = { n, correct, accuracy: correct / n, ...exactInterval(correct, n), errors: {} };
  return { kind: 'cell', task: 'UR', length, ...counts, ...more };
}

describe('a horizon at another threshold, of rows alone', () => {
  const none = cellRow(80, 0, { failed: 100, tooLong: 100 });
  const rows = [cellRow(20, 100), cellRow(40, 95), none, { ...cellRow(80, 100), task: 'UL' }];
  const known: HorizonRow = {
    kind: 'horizon',
    ...{ task: 'UR', threshold: 0.8, length: 40, censored: true, shortest: 20, high: null, low: 40 },
  };

  it('still ends where the context does: what no prompt fits is no failure of the model', () => {
    const at = { ...known, contextEnds: 80 };
    expect(horizonAtThreshold(at, rows, 0.85)).toMatchObject({
      ...{ task: 'UR', threshold: 0.85, length: 40, censored: true, high: null, contextEnds: 80 },
    });
    expect(horizonAtThreshold(at, rows, 0.95)).toMatchObject({
      ...{ length: 20, censored: false, undecided: { length: 40 }, contextEnds: 80, refusedFrom: null },
    });
    const refused = { ...known, refusedFrom: 80 };
    expect(horizonAtThreshold(refused, rows, 0.85)).toMatchObject({
      length: 40,
      refusedFrom: 80,
      contextEnds: null,
    });
    expect(horizonAtThreshold(known, rows, 0.85)).toMatchObject({ length: 40, censored: false, high: 40 });
  });

  it('keeps the part of the source that was asked about, and promises nothing', () => {
    const place = { from: 0.4, to: 0.6 };
    const promise = { share: 0.9, confidence: 0.975, drawn: 18 };
    expect(horizonAtThreshold({ ...known, place, promise }, rows, 0.85)).toMatchObject({
      place,
      promise: null,
    });
  });
});

describe('parts of the source', () => {
  /** All are right but 7 of 25 whose evidence is in the middle fifth: exactly, 18 or fewer of 25 at 0.9 are 0.95 %. */
  function cell(length: number): Cell {
    const made = new Cell('UR', length);
    for (let i = 0; i < 125; i++) {
      const right = i % 5 !== 2 || i >= 35;
      made.add({
        ...{ task: 'UR', length, sourceKey: String(i), promptTokens: null },
        score: {
          ...{ outcome: right ? 'right' : 'wrong', exact: right, retrieved: right, extra: false },
          ...{
            error: right ? null : 'foreign',
            similarity: { symbol: 1, word: 1, character: 1 },
            changed: [],
          },
          evidence: { place: ((i % 5) + 0.5) / 5, distance: 1, occurrences: 1 },
        },
      });
    }
    return made;
  }

  it('are named at 5 % over all lengths of a task: 5 · 0.95 % is enough at one, and too much at each of two', () => {
    const weak = (...lengths: number[]) =>
      summarize(lengths.map(cell), { threshold: 0.9 }).horizons[0].weakPlaces;
    expect(weak(10)).toMatchObject([{ length: 10, n: 25, correct: 18 }]);
    expect(weak(10, 20)).toEqual([]);
  });
});
