/** Accuracy against length: a line a series, with the interval at each length, the threshold and the horizon. */
import * as Plot from '@observablehq/plot';
import { percent } from '../../../score/tables/percent.ts';
import { askedCells, intervalText } from '../cell-columns.ts';
import type { Counted } from '../cell-columns.ts';
import { drawSvg } from '../draw-svg.ts';
import { count } from '../format.ts';
import { decimalCount } from '../horizon.ts';
import { legible } from '../../../common/legible.ts';
import type { Html } from '../html.ts';
import type { Ink } from '../ink.ts';
import { endLabels, lengthAxis, thresholdLabel, thresholdLine, trainedShade } from './marks.ts';
import type { EndLabel, Range } from './marks.ts';

/** One line. */
export interface Series {
  /** Said of a point when it is pointed at, and to those who can't see the drawing. */
  readonly name: string;
  /** Stands beside the line's end. */
  readonly label: string;
  readonly ink: Ink;
  /** The second task of a pair has hollow points. */
  readonly hollow: boolean;
  /** Sorted by length. */
  readonly cells: readonly Counted[];
  /** Thin lines beside the thick one: each seed. */
  readonly runs: readonly (readonly Counted[])[];
  /** Marked by a ring; null: nowhere. */
  readonly horizon: number | null;
  /** false: without intervals, where the thin lines say enough. */
  readonly bars?: boolean;
}

export interface AccuracyPanel {
  /** What the drawing is of, for those who can't see it. */
  readonly name: string;
  readonly series: readonly Series[];
  readonly thresholds: readonly number[];
  /** Lengths that were trained on. */
  readonly ranges: readonly Range[];
  /** Where the axis ends. */
  readonly longest: number;
  /** true: points of all series stand at their length, hollow ones larger, so that they are seen around others; else side by side. */
  readonly atLength?: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  /** Characters of a name beside its line. */
  readonly label: number;
  /** Height of a line of labels, in the unit of y. */
  readonly gap: number;
  readonly ticks: number;
}

export const WIDE: Size = { width: 716, height: 340, label: 24, gap: 0.058, ticks: 10 };
export const NARROW: Size = { width: 343, height: 290, label: 11, gap: 0.072, ticks: 5 };
/** Two of them stand beside each other on a wide screen. */
export const HALF: Size = { width: 346, height: 236, label: 16, gap: 0.09, ticks: 4 };

/** Pixels between the points of two series at one length, and at most between the first and the last. */
const ASIDE = 7;
const ASIDE_ALL = 24;

const CHARACTER_WIDTH = 7;

export function drawAccuracy(panel: AccuracyPanel, size: Size): Html {
  const { name, thresholds, ranges, longest, atLength = false } = panel;
  const series = panel.series.filter(({ cells }) => askedCells(cells).length > 0);
  const labels = [...series.map(endOf), ...thresholds.map((at) => thresholdLabel(at, longest))];
  const longestLabel = Math.max(...labels.map(({ text }) => Math.min(size.label, [...text].length)));
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
        ...trainedShade(ranges),
        lengthAxis(size.ticks),
        ...thresholds.map(thresholdLine),
        ...series.flatMap((each, i) =>
          marksOf(each, atLength ? AT_LENGTH : { dx: aside(i, series.length), hollowRadius: 4 }),
        ),
        endLabels(labels, size.gap, size.label),
      ],
    },
    `${name}: accuracy against length. ${series.map(inWords).join(' ')}`,
  );
}

/** Where the points of a series stand, in pixels beside their length, and how large hollow ones are. */
interface Standing {
  readonly dx: number;
  readonly hollowRadius: number;
}

const AT_LENGTH: Standing = { dx: 0, hollowRadius: 6 };

/** Where the points of one of several series stand, in pixels beside their length: side by side, none hidden. */
function aside(index: number, series: number): number {
  const step = Math.min(ASIDE, ASIDE_ALL / Math.max(1, series - 1));
  return (index - (series - 1) / 2) * step;
}

function marksOf(
  { name, ink, hollow, cells, runs, horizon, bars = true }: Series,
  { dx, hollowRadius }: Standing,
): Plot.Markish[] {
  const { colour, symbol, dash } = ink;
  const at = { x: 'length', y: 'accuracy', dx };
  const shown = askedCells(cells);
  return [
    ...runs.map((run) =>
      Plot.lineY(askedCells(run), { ...at, stroke: colour, strokeWidth: 1, strokeOpacity: 0.6 }),
    ),
    Plot.lineY(shown, {
      ...at,
      stroke: colour,
      strokeWidth: 2.5,
      strokeDasharray: dash,
      strokeLinecap: 'butt',
    }),
    Plot.ruleX(bars ? shown : [], {
      x: 'length',
      y1: 'low',
      y2: 'high',
      dx,
      stroke: colour,
      strokeWidth: 1.5,
    }),
    ...horizonMark(
      shown.filter(({ length }) => length === horizon),
      colour,
      dx,
    ),
    Plot.dot(shown, {
      ...at,
      symbol,
      r: hollow ? hollowRadius : 4.5,
      fill: hollow ? 'var(--paper)' : colour,
      stroke: hollow ? colour : 'var(--paper)',
      strokeWidth: hollow ? 2 : 1,
      title: (cell: Counted) => legible(pointTitle(name, cell)),
    }),
  ];
}

/** A ring around the point of the horizon. */
function horizonMark(cells: readonly Counted[], colour: string, dx: number): Plot.Markish[] {
  return [Plot.dot(cells, { x: 'length', y: 'accuracy', dx, r: 8, stroke: colour, strokeWidth: 1.5 })];
}

function endOf({ label, ink, cells }: Series): EndLabel {
  const cell = askedCells(cells).at(-1);
  return { text: label, x: cell?.length ?? 0, y: cell?.accuracy ?? 0, colour: ink.colour };
}

function pointTitle(name: string, cell: Counted): string {
  return `${name}, length ${cell.length}: ${percent(cell.accuracy)} (${decimalCount(cell.correct)} of ${count(cell.n)} right; interval ${intervalText(cell, [cell])})`;
}

function inWords({ name, cells }: Series): string {
  return `${name}: ${askedCells(cells)
    .map((cell) => `${percent(cell.accuracy)} at ${cell.length}`)
    .join(', ')}.`;
}
