/** One difference, three places to read it: the numbers as JSON, the terminal's table, and the report. */
import { describe, expect, it } from 'vitest';
import { asymmetryTable } from '../src/cli/measure/tables.ts';
import { asymmetryFigure } from '../src/report/shared/figures/asymmetries.ts';
import { holm } from '../src/score/statistics/index.ts';
import { summarize } from '../src/score/tables/summary.ts';
import { Cell } from '../src/score/tables/tally.ts';

const N = 60;

/** A cell in which the samples with these numbers are right. */
function cellOf(task: string, length: number, isRight: (sample: number) => boolean, chance = 0.1): Cell {
  const cell = new Cell(task, length);
  for (let sample = 0; sample < N; sample++) {
    const right = isRight(sample);
    cell.add({
      ...{ task, length, sourceKey: String(sample), promptTokens: null },
      score: {
        ...{ outcome: right ? 'right' : 'wrong', exact: right, retrieved: right, extra: false, chance },
        ...{ error: right ? null : 'other', similarity: { symbol: 1, word: 1, character: 1 }, changed: [] },
      },
    });
  }
  return cell;
}

/** Both at the ceiling at 5, neither above chance at 40; differences between. */
const cells = [
  cellOf('UR', 5, () => true),
  cellOf('UL', 5, (sample) => sample > 0),
  cellOf('UR', 10, (sample) => sample % 10 > 0),
  cellOf('UL', 10, (sample) => sample % 4 > 0),
  cellOf('UR', 20, (sample) => sample % 3 > 0),
  cellOf('UL', 20, (sample) => sample % 3 > 1),
  cellOf('UR', 40, (sample) => sample % 9 === 0),
  cellOf('UL', 40, (sample) => sample % 12 === 1),
];

describe('corrected p-values', () => {
  const { rows, asymmetries } = summarize(cells, { threshold: 0.9 });
  const text = (p: number | null): string => (p === null ? '–' : p < 0.0001 ? '< 0.0001' : p.toFixed(4));

  it('are corrected over all rows in which samples differ: those at chance or at the ceiling show none', () => {
    expect(asymmetries.map(({ length, near }) => [length, near])).toEqual([
      [5, 'ceiling'],
      [10, null],
      [20, null],
      [40, 'chance'],
      [null, null],
    ]);
    const corrected = holm(asymmetries.map(({ p }) => p ?? NaN));
    expect(asymmetries.map(({ pAdjusted }) => pAdjusted)).toEqual(
      asymmetries.map(({ near }, i) => (near === null ? corrected[i] : null)),
    );
  });

  it('are the same in the JSON, in the terminal and in the report', () => {
    const [head, ...lines] = asymmetryTable(asymmetries).split('\n');
    const at = head.indexOf('p corrected');
    const terminal = lines.map((line) => line.slice(at, at + 'p corrected'.length).trim());
    expect(terminal).toEqual(asymmetries.map(({ pAdjusted }) => text(pAdjusted)));

    const ofTask = (task: string) => rows.filter((row) => row.task === task);
    const model = { name: 'm', ink: { color: 'red', index: 0 } } as never;
    const figure = asymmetryFigure([{ model, asymmetries, cellsOf: ofTask, seeds: null }], {
      searched: false,
    });
    const column = figure?.table.columns.findIndex(({ label }) => label === 'p corrected') ?? -1;
    const plain = (cell: unknown): string => String(cell).replace('<0.0001', '< 0.0001');
    const report = figure?.table.rows.map((row) => plain(row[column])) ?? [];
    expect(report.map((p) => (p === '–' ? p : Number(p.replace('< ', '')).toFixed(2)))).toEqual(
      asymmetries.map(({ pAdjusted }) => (pAdjusted === null ? '–' : pAdjusted.toFixed(2))),
    );
  });
});
