/** Differences with their intervals, on a line from −100 % to +100 %: between operations, and between respondents. */
import * as Plot from '@observablehq/plot';
import type { AsymmetryRow, ComparisonRow } from '../../score/tables/rows.ts';
import { drawSvg } from '../shared/draw-svg.ts';
import type { Figure, Table } from '../shared/figures/figure.ts';
import { QUIET } from '../shared/figures/marks.ts';
import { count, shorten } from '../shared/format.ts';
import { html, legible } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import type { Ink, ModelView } from '../study/view.ts';
import type { MeasureView } from './view.ts';

interface Line {
  readonly label: string;
  /** The same for narrow screens. */
  readonly brief: string;
  readonly ink: Ink;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

interface Size {
  readonly width: number;
  /** Characters of a label. */
  readonly label: number;
}

const WIDE: Size = { width: 716, label: 90 };
const NARROW: Size = { width: 343, label: 46 };
const LINE_HEIGHT = 36;

/** Of a contrast or a task, what is drawn: the row over all lengths, or the only one. */
function overall<Row extends { readonly length: number | null }>(
  rows: readonly Row[],
  name: (row: Row) => string,
): Row[] {
  const names = [...new Set(rows.map(name))];
  return names.flatMap((each) => {
    const own = rows.filter((row) => name(row) === each);
    return own.find(({ length }) => length === null) ?? own.slice(0, 1);
  });
}

/** A model with its differences between operations. */
export interface AsymmetriesOf {
  readonly model: ModelView;
  readonly asymmetries: readonly AsymmetryRow[];
}

export function asymmetryFigure(models: readonly AsymmetriesOf[]): Figure | null {
  const all = models.flatMap(({ model, asymmetries }) => asymmetries.map((row) => ({ ...row, model })));
  if (all.length === 0) return null;
  const single = models.length === 1;
  const named = ({ name }: { readonly name: string }): string => (single ? '' : ` · ${name}`);
  const lines = overall(all, (row) => `${row.first} ${row.second} ${row.model.name}`).map((row): Line => ({
    ...row,
    label: `${row.first} − ${row.second}  (${sides(row)})${named(row.model)}`,
    brief: `${row.first} − ${row.second}${named(row.model)}`,
    ink: row.model.ink,
  }));
  return {
    name: 'asymmetries',
    title: 'How much the one is done better than the other',
    caption: html`Accuracy of the first operation minus that of the second, over all lengths that both were
    asked at, with 95 % intervals. Right of the middle the first is done better. Where both were asked about
    the same sources the comparison is paired, and tested by McNemar’s exact test; the corrected p (Holm) is
    for all lengths of one model together.`,
    panels: [drawing('Differences between operations', lines)],
    table: asymmetryTable(all),
  };
}

/** `right - left` → right minus left. */
function sides({ contrast }: AsymmetryRow): string {
  return contrast.replace(' - ', ' minus ');
}

function asymmetryTable(
  rows: readonly (AsymmetryRow & { readonly model: { readonly name: string } })[],
): Table {
  return {
    caption: 'Differences between operations',
    columns: [{ label: 'Operations' }, { label: 'Model' }, ...NUMBERS],
    rows: rows.map((row): Content[] => [`${row.first} − ${row.second}`, row.model.name, ...numbers(row)]),
  };
}

export function comparisonFigure(view: MeasureView): Figure | null {
  const rows = view.input.comparisons;
  if (rows.length === 0) return null;
  const several = view.respondents.length > 2;
  const place = ({ task }: ComparisonRow): number => view.operations.findIndex(({ name }) => name === task);
  const shown = overall(rows, (row) => `${row.task} ${row.second}`).toSorted((a, b) => place(a) - place(b));
  const lines = shown.map((row): Line => ({
    ...row,
    label: several ? `${row.task} · ${row.second}` : row.task,
    brief: several ? `${row.task} · ${row.second}` : row.task,
    ink: inkOfLabel(view, row.second),
  }));
  const first = view.respondents[0].model.name;
  const second = several ? 'each other model' : rows[0].second;
  return {
    name: 'comparison',
    title: `Compared with ${first}`,
    caption: html`Accuracy of ${second} minus that of ${first}, over all lengths that both were asked at, with
    95 % intervals. Right of the middle ${first} is surpassed. Pairs are answers to the same instance (the
    same source and query); n is the number of pairs. The test is McNemar’s, exact; the corrected p (Holm) is
    for all lengths and tasks together.`,
    panels: [drawing(`Differences from ${first}`, lines)],
    table: comparisonTable(rows),
  };
}

function inkOfLabel(view: MeasureView, label: string): Ink {
  const found = view.respondents.find(({ model }) => model.name === label) ?? view.respondents[0];
  return found.model.ink;
}

function comparisonTable(rows: readonly ComparisonRow[]): Table {
  return {
    caption: 'Differences between models',
    columns: [{ label: 'Task' }, { label: 'Model' }, ...NUMBERS, { label: 'Answers of each', numeric: true }],
    rows: rows.map((row): Content[] => [
      row.task,
      `${row.second} − ${row.first}`,
      ...numbers(row),
      row.answers.map(count).join(' and '),
    ]),
  };
}

const NUMBERS = [
  { label: 'Length', numeric: true },
  { label: 'n', numeric: true },
  { label: 'Difference', numeric: true },
  { label: '95 % interval', numeric: true },
  { label: 'p', numeric: true },
  { label: 'p corrected', numeric: true },
  { label: 'Pairs' },
];

function numbers(row: AsymmetryRow | ComparisonRow): Content[] {
  return [
    row.length ?? 'all',
    count(row.n),
    signed(row.difference),
    `${signed(row.low)} to ${signed(row.high)}`,
    pWords(row.p),
    pWords(row.pAdjusted),
    row.paired ? 'paired' : 'unpaired',
  ];
}

/** `+12.5 %`, `−3 %`, `0 %`. */
export function signed(difference: number): string {
  const size = (Math.abs(difference) * 100).toFixed(1).replace(/\.0$/, '');
  const sign = size === '0' ? '' : difference < 0 ? '−' : '+';
  return `${sign}${size}\u202f%`;
}

function pWords(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function drawing(name: string, lines: readonly Line[]): { title: null; wide: Html; narrow: Html } {
  return {
    title: null,
    wide: draw(name, lines, WIDE),
    narrow: draw(
      name,
      lines.map((line) => ({ ...line, label: line.brief })),
      NARROW,
    ),
  };
}

function draw(name: string, lines: readonly Line[], size: Size): Html {
  const placed = lines.map((line, place) => ({ ...line, place }));
  return drawSvg(
    {
      width: size.width,
      height: Math.max(212, 60 + LINE_HEIGHT * lines.length),
      marginTop: 24,
      marginRight: 28,
      marginBottom: 30,
      marginLeft: 28,
      x: { domain: [-1, 1], ticks: 5, tickFormat: signed, tickSize: 4, label: null, grid: true },
      y: { domain: [Math.max(lines.length, 4) - 0.5, -0.5], axis: null },
      marks: [
        Plot.ruleX([0], { stroke: QUIET }),
        Plot.ruleY(placed, {
          y: 'place',
          x1: 'low',
          x2: 'high',
          stroke: (line: Line) => line.ink.colour,
          strokeWidth: 2,
        }),
        Plot.dot(placed, {
          x: 'difference',
          y: 'place',
          r: 4.5,
          symbol: (line: Line) => line.ink.symbol,
          fill: (line: Line) => line.ink.colour,
          stroke: 'var(--paper)',
          title: (line: Line) => legible(inWords(line)),
        }),
        Plot.text(placed, {
          x: -1,
          y: 'place',
          text: (line: Line) => legible(shorten(line.label, size.label)),
          textAnchor: 'start',
          dy: -13,
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    },
    `${name}. ${lines.map(inWords).join('; ')}.`,
  );
}

function inWords({ label, difference, low, high }: Line): string {
  return `${label}: ${signed(difference)} (${signed(low)} to ${signed(high)})`;
}
