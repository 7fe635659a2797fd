import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { inkOf } from './ink.ts';
import { matrix } from './matrix.ts';
import type { MatrixTask } from './matrix.ts';

const task = (name: string, lengths: readonly number[]): MatrixTask => ({
  name,
  title: null,
  anchor: name,
  rows: [
    {
      model: { name: 'ape', ink: inkOf(0) },
      about: null,
      theory: null,
      horizon: undefined,
      without: '–',
      seeds: null,
      cells: lengths.map((length) => ({
        length,
        n: 40,
        accuracy: length / 100,
        low: 0,
        high: 1,
        confidence: 0.95,
      })),
    },
  ],
});

/** The table's rows, as texts of their cells. */
function rowsOf(...tasks: readonly MatrixTask[]): string[][] {
  const { document } = parseHTML(
    `<html><body>${matrix({ caption: 'c', tasks, theory: false, who: 'model' }).markup}</body></html>`,
  );
  return [...document.querySelectorAll('tr')].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => (cell.textContent ?? '').trim()),
  );
}

describe('the table tasks × lengths', () => {
  it('has a head for each set of lengths, and no columns in which most cells are empty', () => {
    expect(rowsOf(task('UR', [8, 16, 24]), task('UF', [5, 10]), task('UL', [8, 16, 24]))).toEqual([
      ['task', 'horizon', '@8', '@16', '@24'],
      ['UR', '–', '8', '16', '24'],
      ['UL', '–', '8', '16', '24'],
      ['', '@5', '@10', ''],
      ['UF', '–', '5', '10', ''],
    ]);
  });

  it('has one head where a task was asked at some of the lengths of another', () => {
    expect(rowsOf(task('UR', [16]), task('UL', [8, 16]))).toEqual([
      ['task', 'horizon', '@8', '@16'],
      ['UR', '–', '', '16'],
      ['UL', '–', '8', '16'],
    ]);
  });
});
