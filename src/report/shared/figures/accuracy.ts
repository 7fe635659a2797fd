/** Accuracy against length: one line per model, its runs as thin lines, the same scales for every task. */
import * as Plot from '@observablehq/plot';
import { drawSvg } from '../draw-svg.ts';
import { count, list, percent, percentRange } from '../format.ts';
import { html, legible } from '../html.ts';
import type { Content, Html } from '../html.ts';
import type { Outcome, PooledCell, Range, StudyView, TaskView } from '../../study/view.ts';
import { accuracyColumns, accuracyOf, missingColumns, missingOf } from './accuracy-columns.ts';
import type { Figure, Panel, Table } from './figure.ts';
import { endLabels, inPanels, lengthAxis, thresholdLabel, thresholdLine, trainedShade } from './marks.ts';
import type { EndLabel } from './marks.ts';

interface Size {
  readonly width: number;
  readonly height: number;
  /** Characters of a model's name beside its line. */
  readonly label: number;
  /** Height of a line of labels, in the unit of y. */
  readonly gap: number;
  readonly ticks: number;
}

const WIDE: Size = { width: 716, height: 340, label: 24, gap: 0.058, ticks: 10 };
const NARROW: Size = { width: 343, height: 290, label: 11, gap: 0.072, ticks: 5 };

/** Pixels between the points of two models at one length, and at most between the first and the last. */
const ASIDE = 7;
const ASIDE_ALL = 24;

const CHARACTER_WIDTH = 7;

export function accuracyByLength(task: TaskView, study: StudyView): Figure | null {
  const measured = task.outcomes.filter((outcome) => drawable(outcome).length > 0);
  if (measured.length === 0) return null;
  const panels = inPanels(measured);
  return {
    name: 'accuracy',
    title: 'Accuracy against length',
    caption: caption(measured),
    panels: panels.map((outcomes): Panel => ({
      title: panels.length > 1 && list(outcomes.map((outcome) => outcome.model.name)),
      wide: draw(task, outcomes, study.longest, WIDE),
      narrow: draw(task, outcomes, study.longest, NARROW),
    })),
    table: table(task, measured),
  };
}

function draw(task: TaskView, outcomes: readonly Outcome[], longest: number, size: Size): Html {
  const labels = [...outcomes.map(endOf), ...thresholdsOf(outcomes).map((at) => thresholdLabel(at, longest))];
  const longestLabel = Math.max(...labels.map(({ text }) => Math.min(size.label, text.length)));
  return drawSvg(
    {
      width: size.width,
      height: size.height,
      marginTop: 26,
      marginRight: 22 + CHARACTER_WIDTH * longestLabel,
      marginBottom: 44,
      marginLeft: 46,
      x: { domain: [0, longest], insetRight: ASIDE_ALL / 2 },
      y: { domain: [0, 1], label: null, ticks: 5, tickSize: 0, tickFormat: percent, grid: true },
      marks: [
        ...trainedShade(rangesOf(outcomes)),
        lengthAxis(size.ticks),
        ...thresholdsOf(outcomes).map(thresholdLine),
        ...outcomes.flatMap((outcome, i) => series(outcome, aside(i, outcomes.length))),
        endLabels(labels, size.gap, size.label),
      ],
    },
    `${task.name}: accuracy against length. ${outcomes.map(inWords).join(' ')}`,
  );
}

/** Where the points of one of several models stand, in pixels beside their length: side by side, none hidden. */
function aside(index: number, models: number): number {
  const step = Math.min(ASIDE, ASIDE_ALL / Math.max(1, models - 1));
  return (index - (models - 1) / 2) * step;
}

function series(outcome: Outcome, dx: number): Plot.Markish[] {
  const { colour, symbol, dash } = outcome.model.ink;
  const at = { x: 'length', y: 'accuracy', dx };
  const cells = drawable(outcome);
  const runs = outcome.runs.length > 1 ? outcome.runs : [];
  return [
    ...runs.map((run) =>
      Plot.lineY(answeredCells(run.cells), { ...at, stroke: colour, strokeWidth: 1, strokeOpacity: 0.6 }),
    ),
    Plot.lineY(cells, {
      ...at,
      stroke: colour,
      strokeWidth: 2.5,
      strokeDasharray: dash,
      strokeLinecap: 'butt',
    }),
    Plot.ruleX(cells, { x: 'length', y1: 'low', y2: 'high', dx, stroke: colour, strokeWidth: 1.5 }),
    ...horizonMark(outcome, dx),
    Plot.dot(cells, {
      ...at,
      symbol,
      r: 4.5,
      fill: colour,
      stroke: 'var(--paper)',
      title: (cell: PooledCell) => legible(pointTitle(outcome, cell)),
    }),
  ];
}

/** A ring around the point of the horizon, and a dotted line from it down to its length on the axis. */
function horizonMark(outcome: Outcome, dx: number): Plot.Markish[] {
  const cell = drawable(outcome).find(({ length }) => length === outcome.horizon);
  if (cell === undefined) return [];
  const { colour } = outcome.model.ink;
  return [
    Plot.ruleX([cell], {
      x: 'length',
      y1: 0,
      y2: 'accuracy',
      dx,
      stroke: colour,
      strokeDasharray: '0.1 4',
      strokeLinecap: 'round',
      strokeWidth: 2,
    }),
    Plot.dot([cell], { x: 'length', y: 'accuracy', dx, r: 8, stroke: colour, strokeWidth: 1.5 }),
  ];
}

function endOf(outcome: Outcome): EndLabel {
  const cell = drawable(outcome).at(-1);
  return {
    text: outcome.model.name,
    x: cell?.length ?? 0,
    y: cell?.accuracy ?? 0,
    colour: outcome.model.ink.colour,
  };
}

function thresholdsOf(outcomes: readonly Outcome[]): number[] {
  return [...new Set(outcomes.map((outcome) => outcome.threshold))];
}

function rangesOf(outcomes: readonly Outcome[]): Range[] {
  const ranges = new Map<string, Range>();
  for (const { trainedOn } of outcomes) {
    if (trainedOn !== null) ranges.set(`${trainedOn.min}-${trainedOn.max}`, trainedOn);
  }
  return [...ranges.values()];
}

function drawable(outcome: Outcome): PooledCell[] {
  return answeredCells(outcome.cells);
}

function answeredCells<T extends { readonly n: number }>(cells: readonly T[]): T[] {
  return cells.filter((cell) => cell.n > 0);
}

function pointTitle(outcome: Outcome, cell: PooledCell): string {
  return `${outcome.model.name}, length ${cell.length}: ${percent(cell.accuracy)} (${count(cell.correct)} of ${count(cell.n)} right; 95 % interval ${percentRange(cell.low, cell.high)})`;
}

function inWords(outcome: Outcome): string {
  const cells = drawable(outcome).map((cell) => `${percent(cell.accuracy)} at ${cell.length}`);
  return `${outcome.model.name}: ${cells.join(', ')}.`;
}

function caption(outcomes: readonly Outcome[]): Content {
  const most = Math.max(...outcomes.map((outcome) => outcome.runs.length));
  const n = Math.max(...outcomes.flatMap((outcome) => outcome.cells.map((cell) => cell.n)));
  const searched = outcomes.some(({ asking }) => asking?.lengths === null);
  return html`Share of questions answered exactly right, at each length that was asked (up to n = ${count(n)}
  a point). ${most > 1 ? 'Thick line: all seeds together; thin lines: each seed. ' : null}Upright bar: 95 %
  Wilson
  interval${searched && ', or a wider one that is made for it where lengths were chosen by the answers'}.
  Ring, with a dotted line down to the axis: the horizon. Points of different models at the same length stand
  side by side.`;
}

function table(task: TaskView, outcomes: readonly Outcome[]): Table {
  const asked = outcomes.some(({ asking }) => asking !== null);
  return {
    caption: `${task.name}: accuracy by length`,
    columns: [
      { label: 'Model' },
      { label: 'Length', numeric: true },
      ...accuracyColumns,
      { label: 'Each seed', numeric: true },
      ...(asked ? missingColumns : []),
    ],
    rows: outcomes.flatMap((outcome) =>
      outcome.cells.map((cell) => [
        ...rowOf(outcome, cell),
        ...(asked ? (outcome.asking === null ? ['–', '–'] : missingOf(cell)) : []),
      ]),
    ),
  };
}

function rowOf(outcome: Outcome, cell: PooledCell): Content[] {
  const seeds = outcome.runs.map((run) => run.cells.find(({ length }) => length === cell.length));
  return [
    outcome.model.name,
    cell.length,
    ...accuracyOf(cell),
    seeds.map((each) => (each === undefined || each.n === 0 ? '–' : percent(each.accuracy))).join(' · '),
  ];
}
