/** Differences between respondents, each later one with the first. */
import { correctedRows } from '../../score/statistics/correction.ts';
import { fewSeedsText, lostText, nearText } from '../../score/tables/near.ts';
import type { ComparisonRow } from '../../score/tables/rows.ts';
import { asymmetryFigure } from '../shared/figures/asymmetries.ts';
import {
  differenceCells,
  differenceColumns,
  differencesPanel,
  overall,
} from '../shared/figures/differences.ts';
import type { Line } from '../shared/figures/differences.ts';
import type { Figure } from '../shared/figure.ts';
import { count } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content } from '../shared/html.ts';
import type { Ink } from '../shared/ink.ts';
import type { MeasureView } from './view.ts';

export function comparisonFigure(view: MeasureView): Figure | null {
  const rows = correctedRows(view.input.comparisons);
  if (rows.length === 0) return null;
  const several = view.respondents.length > 2;
  const place = ({ task }: ComparisonRow): number => view.tasks.findIndex(({ name }) => name === task);
  const shown = overall(rows, (row) => `${row.task} ${row.second}`).toSorted((a, b) => place(a) - place(b));
  const lines = shown.map((row): Line => {
    const label = several ? `${row.task} · ${row.second}` : row.task;
    return { ...row, label, brief: label, ink: inkOfLabel(view, row.second) };
  });
  const firsts = [...new Set(rows.map((row) => row.first))];
  const first = firsts.length === 1 ? firsts[0] : `the first ${view.who} of each task`;
  return {
    name: 'comparison',
    title: `Compared with ${first}`,
    caption: html`Accuracy of ${several ? `each other ${view.who}` : rows[0].second} minus that of ${first},
    over all lengths that both were asked at, with 95 % intervals: right of the middle, ${first} does worse.
    Pairs are answers to the same sample; n is the number of pairs. The test is McNemar’s, exact; p is
    corrected (Holm) for the rows of the table below. ${searched(view) && ADAPTIVE}`,
    panels: [differencesPanel(`Differences from ${first}`, lines)],
    table: {
      caption: `Differences between ${view.who}s`,
      columns: [
        { label: 'task' },
        { label: view.who },
        ...differenceColumns(rows),
        { label: 'answers of each', numeric: true },
      ],
      rows: rows.map((row): Content[] => [
        row.task,
        `${row.second} − ${row.first}`,
        ...differenceCells(row, rows, readingOf(row)),
        row.answers.map(count).join(' and '),
      ]),
    },
  };
}

/** Differences between tasks, of every respondent. */
export function pairsFigure(view: MeasureView): Figure | null {
  return asymmetryFigure(
    view.respondents.map(({ model, rows }) => ({
      model,
      asymmetries: rows.asymmetries,
      cellsOf: (task: string) => rows.rows.filter((cell) => cell.task === task),
      seeds: null,
    })),
    { searched: searched(view) },
  );
}

const ADAPTIVE =
  'Where lengths were chosen by the answers, intervals and tests are those that hold whenever a search stops.';

function searched({ respondents }: MeasureView): boolean {
  return respondents.some(({ rows }) => rows.adaptive);
}

function readingOf(row: ComparisonRow): string {
  return `${shownBy(row)}${lostText(row)}`;
}

function shownBy(row: ComparisonRow): string {
  if (row.near) return nearText(row.near);
  if (row.low > 0) return `${row.second} is better`;
  return row.high < 0 ? `${row.first} is better` : (fewSeedsText(row) ?? 'not told apart');
}

function inkOfLabel(view: MeasureView, label: string): Ink {
  const found = view.respondents.find(({ model }) => model.name === label) ?? view.respondents[0];
  return found.model.ink;
}
