/** Differences with their intervals on a line around 0: between tasks, and between models. */
import * as Plot from '@observablehq/plot';
import { legible } from '../../../common/legible.ts';
import { percentDifference, percentDifferenceRange } from '../../../score/tables/percent.ts';
import { drawSvg } from '../draw-svg.ts';
import { count, pText, shorten } from '../format.ts';
import type { Content, Html } from '../html.ts';
import type { Ink } from '../ink.ts';
import type { Column, Panel } from '../figure.ts';
import { QUIET } from './marks.ts';

/** A difference of two accuracies, whatever they are of. */
export interface Difference {
  /** null: all lengths together. */
  readonly length: number | null;
  readonly n: number;
  readonly paired: boolean;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number | null;
  readonly pAdjusted: number | null;
}

/** One difference in the drawing. */
export interface Line {
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

const WIDE: Size = { width: 716, label: 96 };
const NARROW: Size = { width: 343, label: 46 };
const LINE_HEIGHT = 36;

/** Of a name's rows, what is drawn: the one over all lengths, or the only one. */
export function overall<Row extends { readonly length: number | null }>(
  rows: readonly Row[],
  name: (row: Row) => string,
): Row[] {
  const names = [...new Set(rows.map(name))];
  return names.flatMap((each) => {
    const own = rows.filter((row) => name(row) === each);
    return own.find(({ length }) => length === null) ?? own.slice(0, 1);
  });
}

/** Whether a p-value is shown: there is one, and the cells leave room for a difference. */
export function isTested({ pAdjusted }: Pick<Difference, 'pAdjusted'>): boolean {
  return pAdjusted !== null;
}

/** The columns for these rows: those of tests only where there is one. */
export function differenceColumns(rows: readonly Difference[]): readonly Column[] {
  return [
    { label: 'length', numeric: true },
    { label: 'n', numeric: true },
    { label: 'difference', numeric: true },
    { label: '95 % interval', numeric: true },
    ...(rows.some(isTested)
      ? [
          { label: 'p', numeric: true },
          { label: 'p corrected', numeric: true },
        ]
      : []),
    { label: 'pairs' },
    { label: 'what it shows' },
  ];
}

/** The cells of those columns; `pAdjusted` is p corrected for the rows of the table. */
export function differenceCells(row: Difference, rows: readonly Difference[], reading: string): Content[] {
  return [
    row.length ?? 'all',
    count(row.n),
    percentDifference(row.difference),
    percentDifferenceRange(row.low, row.high),
    ...(rows.some(isTested) ? [pText(isTested(row) ? row.p : null), pText(row.pAdjusted)] : []),
    row.paired ? 'paired' : 'unpaired',
    reading,
  ];
}

export function differencesPanel(name: string, lines: readonly Line[]): Panel {
  const brief = lines.map((line) => ({ ...line, label: line.brief }));
  return { title: null, wide: draw(name, lines, WIDE), narrow: draw(name, brief, NARROW) };
}

/** Where the axis ends on both sides: the least of these that has room for every interval. */
const ENDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1];

function axisEnd(lines: readonly Line[]): number {
  const largest = Math.max(...lines.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  return ENDS.find((end) => end >= largest) ?? 1;
}

function draw(name: string, lines: readonly Line[], size: Size): Html {
  const placed = lines.map((line, place) => ({ ...line, place }));
  const end = axisEnd(lines);
  return drawSvg(
    {
      width: size.width,
      height: 60 + LINE_HEIGHT * lines.length,
      marginTop: 24,
      marginRight: 28,
      marginBottom: 30,
      marginLeft: 28,
      x: {
        domain: [-end, end],
        ticks: 5,
        tickFormat: percentDifference,
        tickSize: 4,
        label: null,
        grid: true,
      },
      y: { domain: [lines.length - 0.5, -0.5], axis: null },
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
          x: -end,
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
  return `${label}: ${percentDifference(difference)} (${percentDifferenceRange(low, high)})`;
}
