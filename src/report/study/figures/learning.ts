/** Learning curves: loss and accuracy while training, a line per seed, ended by its model's symbol. */
import * as Plot from '@observablehq/plot';
import type { ProgressRow } from '../../../train/run/rows.ts';
import { legible } from '../../../common/legible.ts';
import { percent } from '../../../score/tables/percent.ts';
import { drawSvg } from '../../shared/draw-svg.ts';
import type { Figure, Table } from '../../shared/figure.ts';
import { modelLegend } from '../../shared/figures/marks.ts';
import { count, decimal } from '../../shared/format.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import type { ModelView } from '../../shared/ink.ts';

/** Points per run in the drawing and the table: what a drawing this wide can show. */
const MOST_POINTS = 40;

/** One training. */
export interface Training {
  /** What its line stands for. */
  readonly of: ModelView;
  readonly seed: number;
  readonly rows: readonly ProgressRow[];
}

/** What is drawn together. */
export interface Trainings {
  /** Said to those who can't see it, and of the table. */
  readonly name: string;
  readonly title: string;
  /** The heading of what a line stands for. */
  readonly what: string;
  /** What accuracy is the share of: `held-out samples of the trained lengths that were answered right`. */
  readonly accuracy: string;
  /** What the loss is taken on: `the answer`. */
  readonly loss: string;
  readonly trainings: readonly Training[];
}

interface Curve extends Omit<Training, 'rows'> {
  readonly points: readonly Point[];
}

interface Point {
  readonly step: number;
  readonly loss: number;
  /** NaN between evaluations. */
  readonly accuracy: number;
}

export function learningCurves(all: Trainings): Figure | null {
  const drawn = all.trainings
    .map(({ of, seed, rows }): Curve => ({ of, seed, points: thinned(rows.map(pointOf)) }))
    .filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const steps = Math.max(...drawn.flatMap(({ points }) => points.map((point) => point.step)));
  const models = new Map(drawn.map(({ of }) => [of.name, { model: of }]));
  return {
    name: 'learning',
    title: all.title,
    caption: html`Each line is one seed, ending in its ${all.what}’s symbol. Accuracy: the share of
    ${all.accuracy}, measured every few steps.`,
    panels: [
      { title: 'Accuracy on the trained lengths', wide: drawAccuracy(all, drawn, steps) },
      { title: `Loss on ${all.loss}, in nats`, wide: drawLoss(all, drawn, steps) },
    ],
    legend: modelLegend([...models.values()]),
    table: table(all, drawn),
  };
}

function drawAccuracy({ name }: Trainings, curves: readonly Curve[], steps: number): Html {
  const evaluated = curves.map((curve) => ({
    ...curve,
    points: curve.points.filter((point) => !Number.isNaN(point.accuracy)),
  }));
  return drawSvg(
    {
      ...frame(steps),
      y: { domain: [0, 1], label: null, ticks: 5, tickSize: 0, tickFormat: percent, grid: true },
      marks: evaluated.flatMap((curve) => line(curve, 'accuracy')),
    },
    `${name}: accuracy on the trained lengths against training steps, ${evaluated.length} runs`,
  );
}

function drawLoss({ name }: Trainings, curves: readonly Curve[], steps: number): Html {
  const losses = curves.flatMap(({ points }) => points.map((point) => point.loss)).filter(Number.isFinite);
  return drawSvg(
    {
      ...frame(steps),
      y: {
        domain: [0, Math.max(0.1, ...losses)],
        label: null,
        ticks: 5,
        tickSize: 0,
        grid: true,
        nice: true,
      },
      marks: curves.flatMap((curve) => line(curve, 'loss')),
    },
    `${name}: loss against training steps, ${curves.length} runs`,
  );
}

function frame(steps: number): Plot.PlotOptions {
  return {
    width: 346,
    height: 220,
    marginTop: 14,
    marginRight: 14,
    marginBottom: 44,
    marginLeft: 46,
    x: {
      domain: [0, steps],
      ticks: 4,
      tickSize: 4,
      tickFormat: (step: number) => count(step),
      label: 'training step',
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 38,
    },
  };
}

function line({ of, seed, points }: Curve, y: 'loss' | 'accuracy'): Plot.Markish[] {
  const { colour, symbol } = of.ink;
  const finite = points.filter((point) => Number.isFinite(point[y]));
  return [
    Plot.lineY(finite, { x: 'step', y, stroke: colour, strokeWidth: 1.5 }),
    Plot.dot(finite.slice(-1), {
      x: 'step',
      y,
      symbol,
      r: 4.5,
      fill: colour,
      stroke: 'var(--paper)',
      title: () => legible(`${of.name}, seed ${seed}`),
    }),
  ];
}

function pointOf(row: ProgressRow): Point {
  const n = row.accuracy?.reduce((sum, bucket) => sum + bucket.n, 0) ?? 0;
  const correct = row.accuracy?.reduce((sum, bucket) => sum + bucket.correct, 0) ?? 0;
  return { step: row.step, loss: row.loss, accuracy: n === 0 ? NaN : correct / n };
}

/** Evenly chosen points, the first and the last among them; those with an accuracy come first. */
function thinned(points: readonly Point[], most = MOST_POINTS): Point[] {
  const evaluated = points.filter((point) => !Number.isNaN(point.accuracy));
  const others = points.filter((point) => Number.isNaN(point.accuracy));
  const kept = evenly(evaluated, most);
  return [...kept, ...evenly(others, most - kept.length)].sort((a, b) => a.step - b.step);
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from(
    { length: Math.max(0, most) },
    (_, i) => items[most === 1 ? items.length - 1 : Math.round((i * (items.length - 1)) / (most - 1))],
  );
}

function table({ name, what }: Trainings, curves: readonly Curve[]): Table {
  return {
    caption: `${name}: learning curves`,
    columns: [
      { label: what },
      { label: 'seed', numeric: true },
      { label: 'step', numeric: true },
      { label: 'loss', numeric: true },
      { label: 'accuracy', numeric: true },
    ],
    rows: curves.flatMap(({ of, seed, points }) =>
      points.map((point): Content[] => [
        of.name,
        seed,
        count(point.step),
        decimal(point.loss),
        Number.isNaN(point.accuracy) ? '–' : percent(point.accuracy),
      ]),
    ),
  };
}
