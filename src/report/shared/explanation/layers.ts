/** Edges of attention cut in one layer at a time: where they are used. Each cut beside its control. */
import * as Plot from '@observablehq/plot';
import type { EdgesOfLayer, Explanation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import { drawSvg } from '../draw-svg.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { drawBars, rangeOf } from './bars.ts';
import { conditionWords, nameOf, signed } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';
import type { Size } from './sizes.ts';

interface ByLayer extends Explanation {
  readonly edgesByLayer: readonly EdgesOfLayer[];
}

const isByLayer = (one: Explanation): one is ByLayer => (one.edgesByLayer?.length ?? 0) > 0;

type Cut = Exclude<keyof EdgesOfLayer, 'layer'>;

/** Each beside its control. A control is dashed, in the colour of its cut. */
const CUTS: readonly { readonly cut: Cut; readonly colour: string; readonly dash?: string }[] = [
  { cut: 'induction', colour: 'var(--model-2)' },
  { cut: 'control-keys', colour: 'var(--model-2)', dash: '3 3' },
  { cut: 'anti-induction', colour: 'var(--model-1)' },
  { cut: 'control-values', colour: 'var(--model-1)', dash: '3 3' },
];

export function edgesByLayer(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(isByLayer);
  if (shown.length === 0) return null;
  const range = rangeOf(
    shown.flatMap((one) =>
      CUTS.flatMap(({ cut }) => pointsOf(one, cut).flatMap(({ change }) => change ?? [])),
    ),
  );
  const { wide, narrow } = sizesFor(shown.length);
  const lines = shown.some(({ edgesByLayer: layers }) => layers.length > 1);
  return {
    name: 'layers',
    title: 'In which layers edges carry the answer',
    caption: html`By how much the cross-entropy rises (in nats a token) when the same edges are cut in one
    layer alone, from the second layer on: keys and values of the first know nothing but their own token.
    Controls are the same done to other edges. Where a cut in all layers does harm and none in a single layer
    does, several layers do the same work. Where there is no value, the layer’s window does not reach the
    edge.`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: draw(one, range, wide),
      ...(narrow && { narrow: draw(one, range, narrow) }),
    })),
    ...(lines && { legend: legend() }),
    table: {
      caption: 'Edges cut in one layer: the change of the cross-entropy, and accuracy',
      columns: [
        { label: 'layer', numeric: true },
        ...columnsOf(shown),
        ...CUTS.flatMap(({ cut }) => [conditionWords(cut).label, 'accuracy']).map((label) => ({
          label,
          numeric: true,
        })),
      ],
      rows: shown.flatMap((one) =>
        one.edgesByLayer.map((of, i): Content[] => [
          of.layer,
          ...(shown.length > 1 ? [nameOf(one, all)] : []),
          ...CUTS.flatMap(({ cut }) => {
            const result = of[cut];
            return [signed(pointsOf(one, cut)[i].change), result === null ? '–' : percent(result.accuracy)];
          }),
        ]),
      ),
    },
  };
}

interface Point {
  readonly layer: number;
  /** Of the cross-entropy; null for edges that the layer's window does not reach. */
  readonly change: number | null;
}

function pointsOf({ edgesByLayer: layers, behaviour }: ByLayer, cut: Cut): Point[] {
  return layers.map((of) => {
    const result = of[cut];
    return { layer: of.layer, change: result && result.crossEntropy - behaviour.crossEntropy };
  });
}

function draw(one: ByLayer, range: readonly [number, number], size: Size): Html {
  const label = `${one.task}: change of the cross-entropy when edges are cut in one layer.`;
  const [only, ...more] = one.edgesByLayer;
  if (more.length > 0) return drawLines(one, range, size, label);
  const bars = CUTS.flatMap(({ cut }) => {
    const [{ change }] = pointsOf(one, cut);
    const { label: name, role } = conditionWords(cut);
    return change === null ? [] : [{ label: `layer ${only.layer}: ${name}`, role, value: change }];
  });
  return drawBars(bars, range, size.width, label);
}

function drawLines(one: ByLayer, [least, most]: readonly [number, number], size: Size, label: string): Html {
  const room = 0.06 * (most - least);
  return drawSvg(
    {
      ...{ width: size.width, height: size.height },
      ...{ marginTop: 16, marginRight: 16, marginBottom: 44, marginLeft: 44 },
      x: {
        label: 'layer',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 4,
        tickFormat: 'd',
        ticks: Math.min(one.edgesByLayer.length, 12),
      },
      y: { domain: [least - room, most + room], label: null, ticks: 5, tickSize: 0, grid: true },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--quiet)' }),
        ...CUTS.flatMap(({ cut, colour, dash }) => {
          const points = pointsOf(one, cut).map(({ layer, change }) => ({ layer, change: change ?? NaN }));
          return [
            Plot.lineY(points, {
              x: 'layer',
              y: 'change',
              stroke: colour,
              strokeWidth: dash === undefined ? 2.5 : 1.5,
              strokeDasharray: dash,
            }),
            Plot.dot(points, {
              x: 'layer',
              y: 'change',
              r: dash === undefined ? 3.5 : 2.5,
              fill: dash === undefined ? colour : 'var(--paper)',
              stroke: colour,
            }),
          ];
        }),
      ],
    },
    `${label} ${CUTS.map(({ cut }) => largestIn(one, cut)).join('; ')}.`,
  );
}

/** For those who can't see it. */
function largestIn(one: ByLayer, cut: Cut): string {
  const known = pointsOf(one, cut).flatMap(({ layer, change }) =>
    change === null ? [] : [{ layer, change }],
  );
  const { label } = conditionWords(cut);
  if (known.length === 0) return `${label}: out of reach`;
  const most = known.reduce((a, b) => (b.change > a.change ? b : a));
  return `${label}: most in layer ${most.layer}, ${signed(most.change, 2)}`;
}

function legend(): Html {
  return html`<ul class="legend">
    ${CUTS.map(
      ({ cut, colour, dash }) =>
        html`<li>
          <svg width="26" height="10" aria-hidden="true">
            <line
              x1="0"
              y1="5"
              x2="26"
              y2="5"
              stroke="${colour}"
              stroke-width="2"
              stroke-dasharray="${dash ?? 'none'}"
            />
          </svg>
          ${conditionWords(cut).label}
        </li>`,
    )}
  </ul>`;
}
