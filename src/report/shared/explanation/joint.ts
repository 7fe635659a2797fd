/** The ablation curve: the heads of the largest effects taken away together, against as many others of the same layers. */
import * as Plot from '@observablehq/plot';
import type { Explanation, JointAblation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import { drawSvg } from '../draw-svg.ts';
import type { Figure } from '../figure.ts';
import { count } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { fixed, nameOf } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';
import type { Size } from './sizes.ts';

interface Ablated extends Explanation {
  readonly ranking: NonNullable<Explanation['ranking']>;
  readonly ablations: readonly JointAblation[];
}

const isAblated = (one: Explanation): one is Ablated =>
  one.ranking !== null && one.ablations !== null && one.ablations.length > 0;

export function ablationCurve(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(isAblated);
  if (shown.length === 0) return null;
  const most = Math.max(...shown.flatMap((one) => valuesOf(one)));
  return {
    name: 'ablations',
    title: 'Without several heads at once',
    caption: html`How wrong the model becomes (the cross-entropy of the right answer among the symbols, in
    nats; higher is worse) when the heads of the largest estimated effects are taken away together
    (${shown[0].ranking.kind} ablation). Points: each other set of as many heads from the same layers that was
    tried. Only where the line is above the points are these heads special.`,
    panels: shown.map((one) => {
      const { wide, narrow } = sizesFor(shown.length);
      return {
        title: shown.length > 1 ? nameOf(one, all) : null,
        wide: draw(one, most, wide),
        ...(narrow && { narrow: draw(one, most, narrow) }),
      };
    }),
    legend: html`<ul class="legend">
      <li><span class="key key-cut"></span> heads of the largest effects</li>
      <li><span class="key key-control"></span> other sets of as many heads</li>
    </ul>`,
    table: {
      caption:
        'Heads together, beside as many others of the same layers. Milder: the share of those sets that hurt less',
      columns: [
        { label: 'heads', numeric: true },
        ...columnsOf(shown),
        { label: 'which' },
        ...[
          'accuracy',
          'cross-entropy',
          'right − left',
          'of others',
          'sets tried',
          'sets there are',
          'milder',
        ].map((label) => ({ label, numeric: true })),
      ],
      rows: shown.flatMap((one) => rowsOf(one, shown, all)),
    },
  };
}

function valuesOf({ ranking, ablations }: Ablated): number[] {
  return [
    ranking.base.crossEntropy,
    ...ablations.flatMap(({ crossEntropy, controls }) => [crossEntropy, ...controls.crossEntropies]),
  ];
}

function draw(one: Ablated, most: number, size: Size): Html {
  const { ranking, ablations, task } = one;
  const counts = ablations.map(({ heads }) => String(heads.length));
  const line = [
    { x: 'none', y: ranking.base.crossEntropy },
    ...ablations.map(({ heads, crossEntropy }) => ({ x: String(heads.length), y: crossEntropy })),
  ];
  const others = ablations.flatMap(({ heads, controls }) =>
    controls.crossEntropies.map((y) => ({ x: String(heads.length), y })),
  );
  return drawSvg(
    {
      ...{
        width: size.width,
        height: size.height,
        marginTop: 16,
        marginRight: 16,
        marginBottom: 44,
        marginLeft: 44,
      },
      x: {
        type: 'point',
        domain: ['none', ...counts],
        label: 'heads taken away',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 4,
        padding: 0.3,
      },
      y: { domain: [0, most * 1.05], label: null, ticks: 5, tickSize: 0, grid: true },
      marks: [
        Plot.dot(others, { x: 'x', y: 'y', r: 3, fill: 'var(--model-6)', fillOpacity: 0.5 }),
        Plot.lineY(line, { x: 'x', y: 'y', stroke: 'var(--model-2)', strokeWidth: 2.5 }),
        Plot.dot(line, {
          x: 'x',
          y: 'y',
          r: 4.5,
          fill: 'var(--model-2)',
          stroke: 'var(--paper)',
          title: ({ x, y }: { x: string; y: number }) => `${x}: ${y.toFixed(3)}`,
        }),
      ],
    },
    `${task}: cross-entropy without heads. ${line.map(({ x, y }) => `${x}: ${y.toFixed(2)}`).join(', ')}. Other sets on average: ${ablations.map(({ heads, controls }) => `${heads.length}: ${fixed(controls.crossEntropy, 2)}`).join(', ')}.`,
  );
}

function rowsOf(one: Ablated, shown: readonly Explanation[], all: readonly Explanation[]): Content[][] {
  const { ranking, ablations } = one;
  const { base } = ranking;
  const named = shown.length > 1 ? [nameOf(one, all)] : [];
  return [
    [
      'none',
      ...named,
      '',
      percent(base.accuracy),
      fixed(base.crossEntropy),
      fixed(base.rightMinusLeft),
      '–',
      '–',
      '–',
      '–',
    ],
    ...ablations.map(({ heads, accuracy, crossEntropy, rightMinusLeft, controls, percentile }): Content[] => [
      heads.length,
      ...named,
      heads.join(', '),
      percent(accuracy),
      fixed(crossEntropy),
      fixed(rightMinusLeft),
      fixed(controls.crossEntropy),
      count(controls.tried),
      controls.possible > 1e6 ? controls.possible.toExponential(0) : count(controls.possible),
      percentile === null ? '–' : percent(percentile / 100),
    ]),
  ];
}
