/** Bars around 0 with their names above them: what a cut, or a path, changes. */
import * as Plot from '@observablehq/plot';
import { drawSvg } from '../draw-svg.ts';
import type { Html } from '../html.ts';
import { signed } from './names.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly role: 'cut' | 'control';
}

const HEIGHT = 34;
const LEAST_HEIGHT = 112;

/** @param range the smallest and the largest value of all drawings that are to be compared */
export function drawBars(
  bars: readonly Bar[],
  [least, most]: readonly [number, number],
  width: number,
  label: string,
): Html {
  const placed = bars.map((bar, place) => ({ ...bar, place }));
  const room = (most - least) * 0.16;
  const digits = most - least < 0.5 ? 3 : 2;
  const below = least < -0.05 * most ? room : 0; // for the number beside a bar to the left
  return drawSvg(
    {
      ...{
        width,
        height: Math.max(LEAST_HEIGHT, 46 + HEIGHT * bars.length),
        marginTop: 14,
        marginRight: 14,
        marginBottom: 30,
        marginLeft: 14,
      },
      x: {
        domain: [least - below, most + room],
        ticks: 5,
        tickSize: 4,
        label: null,
        grid: true,
      },
      y: { domain: [bars.length - 0.5, -0.5], axis: null },
      marks: [
        Plot.rect(placed, {
          x1: 0,
          x2: 'value',
          y1: ({ place }: { place: number }) => place - 0.02,
          y2: ({ place }: { place: number }) => place + 0.36,
          fill: ({ role }: Bar) => (role === 'cut' ? 'var(--model-2)' : 'var(--model-6)'),
        }),
        Plot.ruleX([0], { stroke: 'var(--quiet)' }),
        Plot.text(placed, {
          x: ({ value }: Bar) => Math.max(0, value),
          y: ({ place }: { place: number }) => place + 0.17,
          text: ({ value }: Bar) => signed(value, digits),
          textAnchor: 'start',
          dx: 5,
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
        Plot.text(placed, {
          x: least - below,
          y: ({ place }: { place: number }) => place - 0.25,
          text: 'label',
          textAnchor: 'start',
          fill: 'var(--ink)',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    },
    `${label} ${bars.map((bar) => `${bar.label}: ${signed(bar.value, digits)}`).join('; ')}.`,
  );
}

/** From 0 or below to above 0. */
export function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(0, ...values), Math.max(0.1, ...values)];
}
