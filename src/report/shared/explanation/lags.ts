/** How far from the symbol that the answer goes on from a head looks, on either side. */
import * as Plot from '@observablehq/plot';
import { headName } from '../../../explain/ablation/head.ts';
import type { ExplainedHead, Explanation } from '../../../explain/rows.ts';
import { drawSvg } from '../draw-svg.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { inkOf } from '../ink.ts';
import { endLabels } from '../figures/marks.ts';
import { AROUND, fixed, nameOf } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';
import type { Size } from './sizes.ts';

/** Heads in one drawing: those with the largest peaks. */
const MOST_LINES = 5;
const MOST_ROWS = 40;

interface Profile {
  readonly head: ExplainedHead;
  /** By lag, from −K to K. */
  readonly points: readonly { readonly lag: number; readonly share: number }[];
  readonly peak: number;
}

export function lagProfiles(all: readonly Explanation[]): Figure | null {
  const shown = all.filter((one) => profilesOf(one).length > 0);
  if (shown.length === 0) return null;
  const most = Math.max(...shown.flatMap((one) => profilesOf(one).map(({ peak }) => peak)));
  const { wide, narrow } = sizesFor(shown.length);
  const lags = [
    ...new Set(shown.flatMap((one) => profilesOf(one).flatMap(({ points }) => points.map(({ lag }) => lag)))),
  ].sort((a, b) => a - b);
  return {
    name: 'lags',
    title: 'How far heads look to either side',
    caption: html`Mean attention from the answer to the symbols around the one that it goes on from: 0 is that
    symbol itself, +1 the one after it (induction), −1 the one before it. Of marked heads those with the
    highest peaks. A head with its peak at 0 finds the symbol; it needs another that looks at the token before
    to know its left neighbour.`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: draw(one, most, wide),
      ...(narrow && { narrow: draw(one, most, narrow) }),
    })),
    table: {
      caption: 'Mean attention by distance from the symbol that the answer goes on from',
      columns: [
        { label: 'head' },
        ...columnsOf(shown),
        ...lags.map((lag) => ({ label: lagText(lag), numeric: true })),
      ],
      rows: shown.flatMap((one) =>
        profilesOf(one)
          .slice(0, MOST_ROWS)
          .map(({ head, points }): Content[] => [
            headName(head),
            ...(shown.length > 1 ? [nameOf(one, all)] : []),
            ...lags.map((lag) => fixed(points.find((point) => point.lag === lag)?.share ?? null)),
          ]),
      ),
    },
  };
}

/** Of heads that are marked for where in the source they look, the highest peaks first. */
function profilesOf({ heads }: Explanation): Profile[] {
  return heads
    .flatMap((head): Profile[] => {
      const { lags } = head;
      const marked = AROUND.some((name) => head.scores[name]?.marked === true);
      if (lags === null || !marked) return [];
      const reach = (lags.length - 1) / 2;
      const points = lags.flatMap((share, i) => (share === null ? [] : [{ lag: i - reach, share }]));
      return points.length === 0
        ? []
        : [{ head, points, peak: Math.max(...points.map(({ share }) => share)) }];
    })
    .sort((a, b) => b.peak - a.peak);
}

function draw(one: Explanation, most: number, size: Size): Html {
  const lines = profilesOf(one).slice(0, MOST_LINES);
  const labels = lines.map(({ head, points, peak }, i) => ({
    text: headName(head),
    x: points[points.length - 1].lag,
    y: points[points.length - 1].share / Math.max(most, peak),
    colour: inkOf(i).colour,
  }));
  return drawSvg(
    {
      ...{
        width: size.width,
        height: size.height,
        marginTop: 16,
        marginRight: 78,
        marginBottom: 44,
        marginLeft: 40,
      },
      x: {
        label: 'symbols to the right of it',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickSize: 4,
        ticks: 7,
        tickFormat: lagText,
      },
      y: {
        domain: [0, 1],
        label: null,
        ticks: 5,
        tickSize: 0,
        grid: true,
        tickFormat: (y: number) => (y * most).toFixed(2),
      },
      marks: [
        Plot.ruleX([0], { stroke: 'var(--quiet)', strokeDasharray: '4 3' }),
        ...lines.flatMap(({ points }, i) => {
          const { colour, dash, symbol } = inkOf(i);
          const own = points.map(({ lag, share }) => ({ lag, share: share / most }));
          return [
            Plot.lineY(own, { x: 'lag', y: 'share', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
            Plot.dot(own, { x: 'lag', y: 'share', fill: colour, symbol, r: 3 }),
          ];
        }),
        endLabels(labels, 0.08, 10),
      ],
    },
    `${one.task}: attention by distance. ${lines.map(({ head, points, peak }) => `${headName(head)} has its peak of ${peak.toFixed(2)} at ${lagText(points.find(({ share }) => share === peak)?.lag ?? 0)}`).join('; ')}.`,
  );
}

const lagText = (lag: number): string => (lag === 0 ? '0' : `${lag < 0 ? '−' : '+'}${Math.abs(lag)}`);
