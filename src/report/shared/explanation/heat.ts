/**
 * Maps of layers × heads. All cells of one tint are one path: a model of 80 layers with 64 heads each has 5,120 cells, which
 * would be more markup than all the rest of the page.
 */
import { legible } from '../../../common/legible.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface HeatMap {
  readonly title: string;
  /** [layer][head]: null where nothing is known. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What the darkest tint stands for. */
  readonly most: number;
  readonly mostText: string;
  /** Cells with an outline. */
  readonly outlined: (layer: number, head: number) => boolean;
}

export interface HeatSize {
  readonly width: number;
  /** Maps beside each other. */
  readonly columns: number;
}

export const WIDE_HEAT: HeatSize = { width: 716, columns: 4 };
export const NARROW_HEAT: HeatSize = { width: 343, columns: 2 };

/** Tints of the style sheet: `--heat-0` is nothing. */
const TINTS = 7;

const AXIS = 30;
const GAP = 14;
const TITLE = 20;
const FOOT = 46;
/** Of a map's cells, in pixels: so that 2 layers are seen, and 80 are no longer than a screen. */
const HEIGHT = 230;
const LARGEST_CELL = 22;
const SMALLEST_CELL = 2.5;

/** Maps of one model beside each other, and below each other where there is no room. */
export function drawHeat(maps: readonly HeatMap[], { width, columns }: HeatSize, label: string): Html {
  const [{ values }] = maps;
  const [layers, heads] = [values.length, Math.max(1, ...values.map((row) => row.length))];
  const across = Math.min(columns, maps.length);
  const room = (width - GAP * (across - 1)) / across;
  const cell = {
    width: Math.min(LARGEST_CELL, (room - AXIS) / heads),
    height: Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, HEIGHT / layers)),
  };
  const height = TITLE + layers * cell.height + FOOT;
  const rows = Math.ceil(maps.length / across);
  const parts = maps.map((map, i) => {
    const x = (i % across) * (room + GAP);
    const y = Math.floor(i / across) * height;
    return html`<g transform="translate(${rounded(x)},${rounded(y)})">${drawMap(map, cell, heads)}</g>`;
  });
  return html`<svg
    width="${width}"
    height="${Math.ceil(rows * height)}"
    viewBox="0 0 ${width} ${Math.ceil(rows * height)}"
    role="img"
    aria-label="${legible(label)}"
    fill="currentColor"
  >
    ${parts}
  </svg>`;
}

interface Cell {
  readonly width: number;
  readonly height: number;
}

/**
 * Cells are drawn in units of cells, as lines of one cell's width through the middle of their row: numbers are short, and
 * neighbours in a row of one tint are one line.
 */
function drawMap({ title, values, most, mostText, outlined }: HeatMap, cell: Cell, heads: number): Html {
  const layers = values.length;
  const height = layers * cell.height;
  const boxes = values.flatMap((row, layer) => boxesOf(row, layer, most));
  const background = values.flat().includes(null) ? 'var(--panel)' : 'var(--heat-0)';
  const paths = Array.from({ length: TINTS }, (_, tint) => {
    const own = boxes.filter((one) => one.tint === tint);
    if (own.length === 0 || background === `var(--heat-${tint})`) return null;
    return html`<path stroke="var(--heat-${tint})" d="${linesPath(own)}" />`;
  });
  const marks = values.flatMap((row, layer) =>
    row.flatMap((_, head) => (outlined(layer, head) ? [boxPath({ layer, head, count: 1 })] : [])),
  );
  const stroke = rounded(Math.min(1.5, cell.height / 4));
  const outline =
    marks.length > 0 &&
    html`<path
      fill="none"
      stroke="var(--ink)"
      stroke-width="${stroke}"
      vector-effect="non-scaling-stroke"
      d="${marks.join('')}"
    />`;
  const transform = `translate(${AXIS},${TITLE}) scale(${rounded(cell.width)},${rounded(cell.height)})`;
  return html`<text x="${AXIS}" y="12" font-weight="600">${title}</text>
    <g transform="${transform}">
      <rect width="${heads}" height="${layers}" fill="${background}" />
      <g transform="translate(0,0.5)">${paths}</g>
      ${outline}
    </g>
    ${ticksOf(layers, cell.height, 11).map(
      (layer) =>
        html`<text
          x="${AXIS - 5}"
          y="${rounded(TITLE + (layer + 0.5) * cell.height + 4)}"
          text-anchor="end"
          fill="var(--quiet)"
        >
          ${layer}
        </text>`,
    )}
    ${ticksOf(heads, cell.width, 16).map(
      (head) =>
        html`<text
          x="${rounded(AXIS + (head + 0.5) * cell.width)}"
          y="${rounded(TITLE + height + 13)}"
          text-anchor="middle"
          fill="var(--quiet)"
        >
          ${head}
        </text>`,
    )}
    ${scale(AXIS, TITLE + height + 20, mostText)}`;
}

/** Cells of one layer from `head` on that have one tint. */
interface Box {
  readonly layer: number;
  readonly head: number;
  readonly count: number;
}

function boxesOf(row: readonly (number | null)[], layer: number, most: number): (Box & { tint: number })[] {
  const boxes: (Box & { tint: number })[] = [];
  row.forEach((value, head) => {
    const tint = tintOf(value, most);
    if (tint === null) return;
    const last = boxes.at(-1);
    if (last?.tint === tint && last.head + last.count === head)
      boxes[boxes.length - 1] = { ...last, count: last.count + 1 };
    else boxes.push({ layer, head, count: 1, tint });
  });
  return boxes;
}

/** In the order of rows: each begins so far from where the last one ended, which takes fewer digits than its place. */
function linesPath(boxes: readonly Box[]): string {
  let [x, y] = [0, 0];
  return boxes
    .map(({ layer, head, count }) => {
      const path = `m${head - x},${layer - y}h${count}`;
      [x, y] = [head + count, layer];
      return path;
    })
    .join('');
}

function boxPath({ layer, head, count }: Box): string {
  return `M${head},${layer}h${count}v1h-${count}z`;
}

/** What the tints stand for. */
function scale(x: number, y: number, mostText: string): Html {
  const size = 9;
  const tints = Array.from(
    { length: TINTS },
    (_, tint) =>
      html`<rect
        x="${x + 12 + tint * size}"
        y="${rounded(y)}"
        width="${size}"
        height="${size}"
        fill="var(--heat-${tint})"
      />`,
  );
  return html`<text x="${x}" y="${rounded(y + size)}" fill="var(--quiet)">0</text>${tints}<text
      x="${x + 16 + TINTS * size}"
      y="${rounded(y + size)}"
      fill="var(--quiet)"
      >${mostText}</text
    >`;
}

function tintOf(value: number | null, most: number): number | null {
  if (value === null) return null;
  if (most <= 0) return 0;
  return Math.max(0, Math.min(TINTS - 1, Math.round((value / most) * (TINTS - 1))));
}

/** As many of the numbers from 0 on as have room. */
function ticksOf(count: number, size: number, room: number): number[] {
  const step = [1, 2, 5, 10, 20, 50].find((each) => each * size >= room) ?? 100;
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

const rounded = (x: number): string => String(Math.round(x * 100) / 100);
