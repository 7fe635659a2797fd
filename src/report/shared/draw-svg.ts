/**
 * Draws Observable Plot's figures to SVG text, in Node and in a page alike: Plot is given linkedom's document (the
 * build without Node's modules), so nothing depends on where this runs.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker';
import { legible } from '../../common/legible.ts';
import { trusted } from './html.ts';
import type { Html } from './html.ts';

/** Attributes that hold coordinates: two decimals are a fiftieth of a pixel. */
const COORDINATES = [
  'd',
  'transform',
  'points',
  'x',
  'y',
  'x1',
  'x2',
  'y1',
  'y2',
  'width',
  'height',
  'dx',
  'dy',
  'r',
];

/**
 * The plot as inline SVG. `label` says to those who can't see it what it shows; the numbers stand in the figure's
 * table. Colours are CSS variables, so that one drawing serves light, dark and print.
 */
export function drawSvg(options: Plot.PlotOptions, label: string): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ ...options, document });
  for (const style of [...svg.querySelectorAll('style')]) style.remove();
  for (const element of [svg, ...svg.querySelectorAll('*')]) tidy(element);
  svg.removeAttribute('class');
  svg.removeAttribute('font-family');
  svg.removeAttribute('font-size');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', legible(label));
  return trusted(svg.outerHTML);
}

function tidy(element: Element): void {
  element.removeAttribute('aria-label'); // Plot names its groups ("y-axis tick"); the figure as a whole has a label
  element.removeAttribute('style'); // the page's policy allows none: everything is in attributes or the style sheet
  for (const name of COORDINATES) {
    const value = element.getAttribute(name);
    if (value?.includes('.')) element.setAttribute(name, value.replace(/\d+\.\d{3,}/g, roundedText));
  }
}

function roundedText(number: string): string {
  return String(Math.round(Number(number) * 100) / 100);
}
