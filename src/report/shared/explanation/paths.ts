/** Paths from heads that look at the token before to heads that follow the source. */
import type { Explanation } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Figure } from '../figure.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { drawBars, rangeOf } from './bars.ts';
import { nameOf, signed } from './names.ts';
import { columnsOf, sizesFor } from './sizes.ts';

/** Of each task; the table has all. */
const MOST_BARS = 8;

interface WithPaths extends Explanation {
  readonly ranking: NonNullable<Explanation['ranking']>;
  readonly paths: NonNullable<Explanation['paths']>;
}

const hasPaths = (one: Explanation): one is WithPaths => one.ranking !== null && (one.paths?.length ?? 0) > 0;

export function pathBars(all: readonly Explanation[]): Figure | null {
  const shown = all.filter(hasPaths);
  if (shown.length === 0) return null;
  const bars = (one: WithPaths) =>
    changesOf(one)
      .slice(0, MOST_BARS)
      .map(({ name, crossEntropy }) => ({ label: name, value: crossEntropy, role: 'cut' as const }));
  const range = rangeOf(shown.flatMap((one) => bars(one).map(({ value }) => value)));
  const { wide, narrow } = sizesFor(shown.length);
  const label = ({ task }: Explanation) =>
    `${task}: change of the cross-entropy when a path between heads is cut.`;
  return {
    name: 'paths',
    title: 'What one head writes for another to read',
    caption: html`By how much the cross-entropy rises (nats a token) when a later head alone no longer sees
    what an earlier one, which looks at the token before, has written: through its keys, values or queries. A
    pair with a long bar works together.`,
    panels: shown.map((one) => ({
      title: shown.length > 1 ? nameOf(one, all) : null,
      wide: drawBars(bars(one), range, wide.width, label(one)),
      ...(narrow && { narrow: drawBars(bars(one), range, narrow.width, label(one)) }),
    })),
    table: {
      caption: 'Paths: changes from the model as it is',
      columns: [
        { label: 'path' },
        ...columnsOf(shown),
        ...['cross-entropy', 'right − left', 'accuracy'].map((name) => ({ label: name, numeric: true })),
      ],
      rows: shown.flatMap((one) =>
        changesOf(one).map(({ name, crossEntropy, rightMinusLeft, accuracy }): Content[] => [
          name,
          ...(shown.length > 1 ? [nameOf(one, all)] : []),
          signed(crossEntropy),
          signed(rightMinusLeft),
          percent(accuracy),
        ]),
      ),
    },
  };
}

/** The largest first. */
function changesOf({ ranking, paths }: WithPaths) {
  const { base } = ranking;
  return paths
    .map(({ from, to, via, accuracy, crossEntropy, rightMinusLeft }) => ({
      name: `${from} → ${to} by ${via}`,
      accuracy,
      crossEntropy: crossEntropy - base.crossEntropy,
      rightMinusLeft:
        rightMinusLeft === null || base.rightMinusLeft === null ? null : rightMinusLeft - base.rightMinusLeft,
    }))
    .sort((a, b) => b.crossEntropy - a.crossEntropy);
}
