/** How few heads are enough: faithfulness of circuits of growing size, beside random ones. */
import * as Plot from '@observablehq/plot';
import type { Explanation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import { drawSvg } from '../draw-svg.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { fixed, METRICS, nameOf } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';
import type { Size } from './sizes.ts';

interface Told extends Explanation {
  readonly circuit: NonNullable<Explanation['circuit']>;
  readonly faithfulness: NonNullable<Explanation['faithfulness']>;
}

/** Where the model with all heads is as good as without any, faithfulness can't be told. */
const isTold = (one: Explanation): one is Told =>
  one.circuit !== null && (one.faithfulness?.cpr ?? null) !== null;

export function faithfulnessCurve(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(isTold);
  if (shown.length === 0) return null;
  const values = shown.flatMap(({ circuit }) =>
    circuit.flatMap(({ faithfulness, random }) => [
      faithfulness ?? 0,
      random?.least ?? 0,
      random?.largest ?? 0,
    ]),
  );
  const domain = [Math.min(0, ...values), Math.max(1, ...values)] as const;
  const { wide, narrow } = sizesFor(shown.length);
  return {
    name: 'circuit',
    title: 'How few heads are enough',
    caption: html`All heads are taken away but those of the largest estimated effects. At 1 they do what the
    whole model does, at 0 they do nothing; above 1, what was left out worked against them. Grey: five random
    sets of as many heads, their mean and their range.
    ${shown.map(({ faithfulness: { cpr, cmd, randomCpr, metric, whole, empty }, task }) => html`${shown.length > 1 && `${task}: `}area under the curve (CPR) ${fixed(cpr, 2)}, of random sets ${fixed(randomCpr, 2)}, distance from 1 (CMD) ${fixed(cmd, 2)}; measured by ${METRICS[metric]}, ${fixed(whole, 2)} with all heads and ${fixed(empty, 2)} with none. `)}`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: draw(one, domain, wide),
      ...(narrow && { narrow: draw(one, domain, narrow) }),
    })),
    legend: html`<ul class="legend">
      <li><span class="key key-cut"></span> heads of the largest effects</li>
      <li><span class="key key-control"></span> random sets of as many heads</li>
    </ul>`,
    table: {
      caption: 'Faithfulness of circuits of growing size, and of random ones',
      columns: [
        { label: 'heads', numeric: true },
        ...columnsOf(shown),
        ...['of all', 'faithfulness', 'random', 'from', 'to'].map((label) => ({ label, numeric: true })),
      ],
      rows: shown.flatMap((one) =>
        one.circuit.map(({ heads, share, faithfulness, random }): Content[] => [
          heads,
          ...(shown.length > 1 ? [nameOf(one, all)] : []),
          percent(share),
          fixed(faithfulness, 2),
          fixed(random?.mean ?? null, 2),
          fixed(random?.least ?? null, 2),
          fixed(random?.largest ?? null, 2),
        ]),
      ),
    },
  };
}

function draw({ circuit, task }: Told, domain: readonly [number, number], size: Size): Html {
  const own = circuit.flatMap(({ heads, faithfulness }) =>
    faithfulness === null ? [] : [{ heads: String(heads), y: faithfulness }],
  );
  const random = circuit.flatMap(({ heads, random: drawn }) =>
    drawn === null ? [] : [{ heads: String(heads), ...drawn }],
  );
  return drawSvg(
    {
      ...{
        width: size.width,
        height: size.height,
        marginTop: 16,
        marginRight: 16,
        marginBottom: 44,
        marginLeft: 40,
      },
      x: {
        type: 'point',
        domain: circuit.map(({ heads }) => String(heads)),
        label: 'heads that are left',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 4,
        padding: 0.3,
      },
      y: { domain, label: null, ticks: 5, tickSize: 0, grid: true },
      marks: [
        Plot.ruleY([1], { stroke: 'var(--quiet)', strokeDasharray: '4 3' }),
        Plot.ruleX(random, {
          x: 'heads',
          y1: 'least',
          y2: 'largest',
          stroke: 'var(--model-6)',
          strokeWidth: 5,
          strokeOpacity: 0.5,
        }),
        Plot.lineY(random, {
          x: 'heads',
          y: 'mean',
          stroke: 'var(--model-6)',
          strokeWidth: 1.5,
          strokeDasharray: '6 4',
        }),
        Plot.lineY(own, { x: 'heads', y: 'y', stroke: 'var(--model-2)', strokeWidth: 2.5 }),
        Plot.dot(own, {
          x: 'heads',
          y: 'y',
          r: 4.5,
          fill: 'var(--model-2)',
          stroke: 'var(--paper)',
          title: ({ heads, y }: { heads: string; y: number }) => `${heads} heads: ${y.toFixed(2)}`,
        }),
      ],
    },
    `${task}: faithfulness by number of heads. ${own.map(({ heads, y }) => `${heads}: ${y.toFixed(2)}`).join(', ')}.`,
  );
}
