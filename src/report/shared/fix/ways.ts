/** Every way of asking that was tried to make a task hold: its accuracy as a figure, and all numbers as a table. */
import * as Plot from '@observablehq/plot';
import { legible } from '../../../common/legible.ts';
import type { FixResult, MitigationResult, WayResult } from '../../../fix/outcome/rows.ts';
import { pText, secondsText, tokensText } from '../../../fix/outcome/text.ts';
import { percent, percentDifference, percentRange } from '../../../score/tables/percent.ts';
import { drawSvg } from '../draw-svg.ts';
import type { Figure, Table } from '../figure.ts';
import type { Html } from '../html.ts';

/** A way of asking, with its name. */
interface Way {
  readonly name: string;
  readonly way: WayResult;
  readonly mitigation: MitigationResult | null;
}

function waysOf({ plain, mitigations }: FixResult): Way[] {
  return [
    { name: 'plain', way: plain, mitigation: null },
    ...mitigations.map((mitigation) => ({ name: mitigation.name, way: mitigation, mitigation })),
  ];
}

export function waysFigure(result: FixResult): Figure {
  const { plain, threshold, task } = result;
  const all = waysOf(result).filter(({ way }) => way.n > 0);
  const draw = (width: number): Html =>
    drawSvg(
      {
        width,
        height: 40 + 26 * Math.max(1, all.length),
        marginLeft: 150,
        marginRight: 24,
        x: { domain: [0, 1], label: null, tickFormat: percent, ticks: 5, grid: true },
        y: { domain: all.map(({ name }) => name), label: null, tickSize: 0 },
        marks: [
          Plot.ruleX([threshold], { stroke: 'var(--ink)', strokeDasharray: '4 3' }),
          Plot.ruleY(all.flatMap(limitsOf), {
            ...{ y: 'name', x1: 'low', x2: 'high' },
            ...{ stroke: 'var(--model-1)', strokeWidth: 1.5 },
          }),
          Plot.dot(all, {
            ...{ x: ({ way }: Way) => way.accuracy, y: 'name', r: 4.5, fill: 'var(--model-1)' },
            title: ({ name, way }: Way) => legible(`${name}: ${way.right} of ${way.n}`),
          }),
        ],
      },
      `Accuracy on ${task} of ${plain.length}, by way of asking. ${all.map(({ name, way }) => `${name}: ${percent(way.accuracy)}.`).join(' ')}`,
    );
  return {
    name: 'accuracy',
    title: `Right answers to ${task} of ${plain.length}`,
    caption: `All ways were asked about the same samples. Bars are exact intervals at 95 %; the line is the threshold, ${percent(threshold)}.`,
    panels: [{ title: '', wide: draw(716), narrow: draw(343) }],
    table: numbersTable(result),
  };
}

function limitsOf({ name, way }: Way): { name: string; low: number; high: number }[] {
  const at = way.lengths.find(({ length }) => length === way.length);
  return at === undefined ? [] : [{ name, low: at.low, high: at.high }];
}

function numbersTable(result: FixResult): Table {
  const number = (label: string) => ({ label, numeric: true });
  return {
    caption: 'Every way of asking, at each length that was asked.',
    columns: [
      ...[
        { label: 'way' },
        number('length'),
        number('right'),
        number('n'),
        number('accuracy'),
        { label: '95 %' },
      ],
      ...[number('no answer'), number('better by'), number('p'), number('tokens'), number('seconds')],
    ],
    rows: waysOf(result).flatMap(({ name, way, mitigation }) =>
      way.lengths.map((row) => {
        const beside = mitigation?.comparisons.find(({ length }) => length === row.length);
        return [
          ...[name, row.length, row.right, row.n, percent(row.accuracy), percentRange(row.low, row.high)],
          row.abstained,
          beside === undefined ? '' : percentDifference(beside.difference),
          beside === undefined ? '' : pText(beside.pAdjusted),
          tokensText(row),
          secondsText(row),
        ];
      }),
    ),
  };
}
