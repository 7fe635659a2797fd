/** Accuracy against length: for each pair of operations that differ in one thing only, and for all others. */
import * as Plot from '@observablehq/plot';
import type { CellRow } from '../../score/tables/rows.ts';
import { drawSvg } from '../shared/draw-svg.ts';
import {
  accuracyColumns,
  accuracyOf,
  missingColumns,
  missingOf,
} from '../shared/figures/accuracy-columns.ts';
import type { Figure, Panel } from '../shared/figures/figure.ts';
import { endLabels, lengthAxis, modelLegend, thresholdLine } from '../shared/figures/marks.ts';
import type { EndLabel } from '../shared/figures/marks.ts';
import { count, percent, percentRange } from '../shared/format.ts';
import { html, legible } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import type { Ink } from '../study/view.ts';
import { answered, inkOf } from './view.ts';
import type { Entry, MeasureView, OperationView } from './view.ts';

/** One line of a panel. */
interface Series {
  /** The operation, and the respondent where there are several. */
  readonly name: string;
  readonly label: string;
  readonly ink: Ink;
  /** The second operation of a pair has hollow points. */
  readonly hollow: boolean;
  readonly cells: readonly CellRow[];
}

interface PanelPlan {
  readonly title: string;
  readonly series: readonly Series[];
}

/** Respondents in one panel: beyond that the lines of a pair can't be told apart. */
const MOST_TOGETHER = 3;

const WIDTH = 346;
const HEIGHT = 236;
const CHARACTER_WIDTH = 6.8;
const MOST_LABEL = 16;
/** Pixels between points of different series at the same length. */
const ASIDE = 6;

export function contrastFigure(view: MeasureView): Figure | null {
  const plans = view.contrasts.flatMap(({ name, first, second }) =>
    groups(first.entries).flatMap((entries): PanelPlan[] => {
      const places = entries.map(({ respondent }) => view.respondents.indexOf(respondent));
      const series = places.flatMap((place) => [
        seriesOf(first, first.entries[place], 0, view),
        seriesOf(second, second.entries[place], 1, view),
      ]);
      return panelPlan(`${name.replace(' - ', ' or ')}: ${first.name}, ${second.name}`, series);
    }),
  );
  return figure(
    'contrasts',
    'One thing changed: accuracy against length',
    view,
    plans,
    view.contrasts.flatMap(({ first, second }) => [first, second]),
  );
}

/** Operations without a partner. */
export function aloneFigure(view: MeasureView): Figure | null {
  const plans = view.alone.flatMap((operation) =>
    groups(operation.entries).flatMap((entries) =>
      panelPlan(
        operation.name,
        entries.map((entry) => seriesOf(operation, entry, 0, view)),
      ),
    ),
  );
  const title =
    view.contrasts.length === 0 ? 'Accuracy against length' : 'Other operations: accuracy against length';
  return figure('alone', title, view, plans, view.alone);
}

function groups(entries: readonly Entry[]): Entry[][] {
  const asked =
    entries.length === 1 ? [...entries] : entries.filter(({ cells }) => answered(cells).length > 0);
  return Array.from({ length: Math.ceil(asked.length / MOST_TOGETHER) }, (_, i) =>
    asked.slice(i * MOST_TOGETHER, (i + 1) * MOST_TOGETHER),
  );
}

function panelPlan(title: string, series: readonly Series[]): PanelPlan[] {
  const drawn = series.filter(({ cells }) => cells.length > 0);
  return drawn.length === 0 ? [] : [{ title, series: drawn }];
}

/** With one respondent the colour tells the operations apart, with several the respondents. */
function seriesOf(operation: OperationView, entry: Entry, side: 0 | 1, view: MeasureView): Series {
  const single = view.respondents.length === 1;
  const { model } = entry.respondent;
  return {
    name: single ? operation.name : `${operation.name}, ${model.name}`,
    label: operation.name,
    ink: single ? inkOf(side) : { ...model.ink, dash: side === 0 ? 'none' : '6 4' },
    hollow: side === 1,
    cells: answered(entry.cells),
  };
}

function figure(
  name: string,
  title: string,
  view: MeasureView,
  plans: readonly PanelPlan[],
  shown: readonly OperationView[],
): Figure | null {
  if (plans.length === 0) return null;
  return {
    name,
    title,
    caption: caption(view, plans),
    panels: plans.map((plan): Panel => ({ title: plan.title, wide: draw(plan, view) })),
    ...(view.respondents.length > 1 ? { legend: modelLegend(view.respondents) } : {}),
    table: {
      caption: title,
      columns: [
        { label: 'Operation' },
        { label: 'Model' },
        { label: 'Length', numeric: true },
        ...accuracyColumns,
        ...missingColumns,
      ],
      rows: [...new Set(shown)].flatMap((operation) =>
        operation.entries.flatMap(({ cells, respondent }) =>
          cells.map((cell) => [
            operation.name,
            respondent.model.name,
            cell.length,
            ...accuracyOf(cell),
            ...missingOf(cell),
          ]),
        ),
      ),
    },
  };
}

function caption(view: MeasureView, plans: readonly PanelPlan[]): Html {
  const n = Math.max(
    ...plans.flatMap(({ series }) => series.flatMap(({ cells }) => cells.map((cell) => cell.n))),
  );
  const adaptive = view.respondents.some(({ rows }) => rows.adaptive);
  const hollow = plans.some(({ series }) => series.some((each) => each.hollow));
  return html`Share of questions answered right, at each length asked (up to n = ${count(n)} a point). Upright
  bar: 95 % interval${adaptive && ', which holds however the search went'}. Dashed line across: the threshold.
  ${hollow && html`Hollow points: the second of the two operations.`} Points at the same length stand side by
  side.`;
}

function draw({ title, series }: PanelPlan, view: MeasureView): Html {
  const labels = series.map(labelOf);
  const longest = Math.max(...labels.map(({ text }) => Math.min(MOST_LABEL, [...text].length)));
  return drawSvg(
    {
      width: WIDTH,
      height: HEIGHT,
      marginTop: 12,
      marginRight: 22 + CHARACTER_WIDTH * longest,
      marginBottom: 44,
      marginLeft: 46,
      x: { domain: [0, view.longest], insetRight: ASIDE * 3 },
      y: { domain: [0, 1], label: null, ticks: 5, tickSize: 0, tickFormat: percent, grid: true },
      marks: [
        lengthAxis(4),
        thresholdLine(view.threshold),
        ...series.flatMap((each, i) => marksOf(each, (i - (series.length - 1) / 2) * ASIDE)),
        endLabels(labels, 0.09, MOST_LABEL),
      ],
    },
    `${title}: accuracy against length. ${series.map(inWords).join(' ')}`,
  );
}

function labelOf({ label, ink, cells }: Series): EndLabel {
  const last = cells[cells.length - 1];
  return { text: label, x: last.length, y: last.accuracy, colour: ink.colour };
}

function marksOf({ name, ink, hollow, cells }: Series, dx: number): Plot.Markish[] {
  const at = { x: 'length', y: 'accuracy', dx };
  return [
    Plot.lineY(cells, {
      ...at,
      stroke: ink.colour,
      strokeWidth: 2,
      strokeDasharray: ink.dash,
      strokeLinecap: 'butt',
    }),
    Plot.ruleX(cells, { x: 'length', y1: 'low', y2: 'high', dx, stroke: ink.colour, strokeWidth: 1.5 }),
    Plot.dot(cells, {
      ...at,
      symbol: ink.symbol,
      r: 4,
      fill: hollow ? 'var(--paper)' : ink.colour,
      stroke: hollow ? ink.colour : 'var(--paper)',
      strokeWidth: hollow ? 2 : 1,
      title: (cell: CellRow) => legible(pointTitle(name, cell)),
    }),
  ];
}

function pointTitle(name: string, cell: CellRow): string {
  return `${name}, length ${cell.length}: ${percent(cell.accuracy)} (${count(cell.correct)} of ${count(cell.n)} right; 95 % interval ${percentRange(cell.low, cell.high)})`;
}

function inWords({ name, cells }: Series): string {
  return `${name}: ${cells.map((cell) => `${percent(cell.accuracy)} at ${cell.length}`).join(', ')}.`;
}
