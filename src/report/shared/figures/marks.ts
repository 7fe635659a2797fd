/** Marks that several figures share, so that the same thing looks the same everywhere. */
import * as Plot from '@observablehq/plot';
import { legible } from '../../../common/legible.ts';
import { shorten } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { symbolOf } from '../ink.ts';
import type { ModelView } from '../ink.ts';

/** Lengths from `min` to `max`, inclusive. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const QUIET = 'var(--quiet)';
const PAPER = 'var(--paper)';

/** A label at the end of a line: `y` in the unit of the scale. */
export interface EndLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

/** The lengths that were trained on, as a shade with its name. Several ranges: the shade of each, one name. */
export function trainedShade(ranges: readonly Range[]): Plot.Markish[] {
  if (ranges.length === 0) return [];
  const name = ranges.length === 1 ? `trained on ${ranges[0].min}–${ranges[0].max}` : 'trained on';
  return [
    Plot.rect(ranges, { x1: 'min', x2: 'max', y1: 0, y2: 1, fill: 'var(--shade)' }),
    Plot.text([name], {
      x: ranges[0].min,
      y: 1,
      text: (text: string) => text,
      textAnchor: 'start',
      dy: -14,
      fill: QUIET,
    }),
  ];
}

export function lengthAxis(ticks: number): Plot.Markish {
  return Plot.axisX({
    ticks,
    tickSize: 4,
    label: 'length (symbols)',
    labelAnchor: 'center',
    labelArrow: 'none',
    labelOffset: 38,
  });
}

/** What is asked of a model at every length up to its horizon. */
export function thresholdLine(threshold: number): Plot.Markish {
  return Plot.ruleY([threshold], { stroke: QUIET, strokeDasharray: '4 3' });
}

export function thresholdLabel(threshold: number, longest: number): EndLabel {
  return { text: 'threshold', x: longest, y: threshold, colour: QUIET };
}

/** Labels beside the ends of lines, moved apart where they would overlap. `gap` is in the unit of y. */
export function endLabels(labels: readonly EndLabel[], gap: number, most: number): Plot.Markish {
  return Plot.text(apart(labels, gap), {
    x: 'x',
    y: 'y',
    text: (label: EndLabel) => legible(shorten(label.text, most)),
    fill: (label: EndLabel) => label.colour,
    fontWeight: 600,
    textAnchor: 'start',
    dx: 18,
    stroke: PAPER,
    strokeWidth: 4,
  });
}

/** The labels sorted from below, each at least `gap` above the one before it, the pile kept around its middle. */
export function apart(labels: readonly EndLabel[], gap: number): EndLabel[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  const placed: EndLabel[] = [];
  for (const label of sorted) {
    const floor = placed.length === 0 ? -Infinity : placed[placed.length - 1].y + gap;
    placed.push({ ...label, y: Math.max(label.y, floor) });
  }
  const excess = placed.length === 0 ? 0 : Math.max(0, placed[placed.length - 1].y - 1);
  return settle(placed, excess, gap);
}

/** Moves a pile that grew over the top down again, without opening gaps further below than needed. */
function settle(placed: readonly EndLabel[], excess: number, gap: number): EndLabel[] {
  const moved: EndLabel[] = [];
  let ceiling = placed.length === 0 ? 0 : placed[placed.length - 1].y - excess;
  for (const label of placed.toReversed()) {
    const y = Math.min(label.y, ceiling);
    moved.push({ ...label, y });
    ceiling = y - gap;
  }
  return moved.toReversed();
}

/** Models in panels: a new one begins where a colour would come back. */
export function inPanels<Of extends { readonly model: ModelView }>(models: readonly Of[]): Of[][] {
  const panels: Of[][] = [];
  for (const each of models) {
    const last = panels.at(-1);
    const taken = last?.some((other) => other.model.ink.colour === each.model.ink.colour) ?? true;
    if (last === undefined || taken) panels.push([each]);
    else last.push(each);
  }
  return panels;
}

/** Names beside the symbols that end lines, where labels at the lines would lie on top of each other. */
export function modelLegend(outcomes: readonly { readonly model: ModelView }[]): Html {
  return html`<ul class="legend">
    ${outcomes.map(({ model }) => html`<li>${symbolOf(model)} ${model.name}</li>`)}
  </ul>`;
}
