/** Edges of attention cut, each beside its control. */
import type { ExplainedEdges, Explanation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { drawBars, rangeOf } from './bars.ts';
import type { Bar } from './bars.ts';
import { conditionOrder, conditionWords, fixed, nameOf, signed } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';

interface Cut extends Explanation {
  readonly edges: readonly ExplainedEdges[];
}

const isCut = (one: Explanation): one is Cut =>
  one.edges?.some(({ condition }) => condition === 'base') === true;

export function edgeBars(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(isCut);
  if (shown.length === 0) return null;
  const range = rangeOf(shown.flatMap((one) => barsOf(one).map(({ value }) => value)));
  const { wide, narrow } = sizesFor(shown.length);
  const label = ({ task }: Explanation) =>
    `${task}: change of the cross-entropy when edges of attention are cut.`;
  return {
    name: 'edges',
    title: 'Which edges of attention carry the answer',
    caption: html`By how much the cross-entropy rises (in nats a token; to the right is worse) when edges of
      attention lose what they know of the token before, in all layers. <b>Induction edges</b> go to the
      symbol after, whose key says what stood before it; <b>anti-induction edges</b> go to the symbol itself,
      whose value says what stood before it. Grey: the same done to other edges, or done so that nothing
      changes. If a grey bar is nearly as long, it is the cut that does the damage, and not the loss of these
      edges.`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: drawBars(barsOf(one), range, wide.width, label(one)),
      ...(narrow && { narrow: drawBars(barsOf(one), range, narrow.width, label(one)) }),
    })),
    table: {
      caption: 'Edges cut: all values, and the change of the cross-entropy from the model as it is',
      columns: [
        { label: 'condition' },
        ...columnsOf(shown),
        ...['n', 'accuracy', 'by token', 'cross-entropy', 'change', 'right − left'].map((name) => ({
          label: name,
          numeric: true,
        })),
      ],
      rows: shown.flatMap((one) =>
        [baseOf(one), ...ordered(one)].map((row): Content[] => [
          row.condition === 'base' ? 'nothing cut' : conditionWords(row.condition).label,
          ...(shown.length > 1 ? [nameOf(one, all)] : []),
          row.n,
          percent(row.accuracy),
          percent(row.tokenAccuracy),
          fixed(row.crossEntropy),
          signed(row.crossEntropy - baseOf(one).crossEntropy),
          fixed(row.rightMinusLeft),
        ]),
      ),
    },
  };
}

const baseOf = ({ edges }: Cut): ExplainedEdges => edges.find(({ condition }) => condition === 'base')!;

/** In the order of the page: each cut before its control; unknown conditions last. */
function ordered({ edges }: Cut): ExplainedEdges[] {
  const place = (condition: string) => {
    const known = conditionOrder.indexOf(condition);
    return known === -1 ? conditionOrder.length : known;
  };
  return edges
    .filter(({ condition }) => condition !== 'base')
    .toSorted((a, b) => place(a.condition) - place(b.condition));
}

function barsOf(one: Cut): Bar[] {
  const base = baseOf(one).crossEntropy;
  return ordered(one).map(({ condition, crossEntropy }) => ({
    ...conditionWords(condition),
    value: crossEntropy - base,
  }));
}
