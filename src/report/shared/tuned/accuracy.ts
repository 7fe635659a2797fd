/** Accuracy against length before and after fine-tuning: a drawing a task, on the same scales. */
import type {
  BaseCell,
  FinetuneResult,
  LengthRange,
  TunedCell,
  TunedModel,
} from '../../../fix/finetuned/rows.ts';
import { cellsAt, isSameWay, shareOver } from '../../../fix/finetuned/shares.ts';
import { wayText } from '../../../fix/finetuned/text.ts';
import { percent, percentRange } from '../../../score/tables/percent.ts';
import type { Counted } from '../cell-columns.ts';
import type { Figure, Table } from '../figure.ts';
import { drawAccuracy, HALF } from '../figures/accuracy.ts';
import type { Series } from '../figures/accuracy.ts';
import { times } from '../format.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { inkOf } from '../ink.ts';
import type { Ink } from '../ink.ts';
import type { TaskNotes } from './page.ts';
import { waysIn } from './table.ts';
import type { Way } from './table.ts';

const BEFORE: Ink = { colour: 'var(--model-6)', dash: '5 4', symbol: 'square' };
const AFTER = inkOf(0);

export function tunedAccuracy(result: FinetuneResult, { name, theory }: TaskNotes): Figure | null {
  const { before, models } = result;
  const tuned = models.map(({ cells }) => cells);
  const drawn = waysIn(result).filter(
    ({ format, sources }) => format === 'trained' && sources === 'anywhere',
  );
  if (drawn.length === 0) return null;
  const longest = Math.max(...[...before, ...tuned.flat()].map(({ length }) => length));
  const several = new Set(models.map(({ seed }) => seed)).size > 1;
  return {
    name: 'accuracy',
    title: 'Accuracy against length, before and after',
    caption: html`Right answers, asked as trained. Blue: after fine-tuning; grey and hollow: before.
    ${several ? 'Thick line: the mean over seeds; thin lines: each seed. Upright bar, of a single model: 95 % interval.' : 'Upright bar: 95 % interval.'}
    Shaded: the trained lengths.`,
    panels: drawn.map((way) => ({
      title: html`${name(way.task)} ${theory?.(way.task)}`,
      wide: drawAccuracy(
        {
          name: way.task,
          series: [seriesOf('before', BEFORE, way, bySeed(before)), seriesOf('after', AFTER, way, tuned)],
          ...{ thresholds: [], atLength: true, ranges: trainedOn(way, models), longest },
        },
        HALF,
      ),
    })),
    table: numbers(result),
  };
}

/** The lengths that a task was trained on; a range once. */
function trainedOn({ task }: Way, models: readonly TunedModel[]): LengthRange[] {
  const own = models.filter((model) => model.task === task).map(({ lengths }) => lengths);
  return [...new Map(own.map((range) => [`${range.min}-${range.max}`, range])).values()];
}

/** Of each base; a base that all seeds have in common is one. */
function bySeed(before: readonly BaseCell[]): BaseCell[][] {
  return [...Map.groupBy(before, ({ seed }) => seed).values()];
}

function seriesOf(name: string, ink: Ink, way: Way, models: readonly (readonly TunedCell[])[]): Series {
  const own = models
    .map((cells) => cells.filter((cell) => isSameWay(cell, way)))
    .filter((cells) => cells.length > 0);
  return {
    ...{ name, label: name, ink, hollow: name === 'before', horizon: null },
    cells: counted(own.flat()),
    runs: own.length > 1 ? own.map(counted) : [],
    bars: own.length === 1,
  };
}

/** By length, over all models that the cells are of. */
function counted(cells: readonly TunedCell[]): Counted[] {
  const lengths = [...new Set(cells.map(({ length }) => length))].toSorted((a, b) => a - b);
  return lengths.flatMap((length): Counted[] => {
    const over = shareOver(cells.filter((cell) => cell.length === length));
    if (over === null) return [];
    const { share: accuracy, low, high, n, right: correct } = over;
    return [{ length, n, correct, accuracy, low, high, errors: {} }];
  });
}

/** A row for each way of asking and length: before, and after, with each seed's own. */
function numbers(result: FinetuneResult): Table {
  const { before, models } = result;
  const after = models.flatMap(({ cells }) => cells);
  const several = models.some(({ seed }) => seed !== models[0].seed);
  const number = (label: string) => ({ label, numeric: true });
  return {
    caption: `Right answers in every way of asking, within the trained lengths and beyond${several ? '; over seeds, and each seed’s own' : ''}`,
    columns: [
      ...[{ label: 'task' }, { label: 'asked' }, number('length'), number('times the longest')],
      ...['before', 'after'].flatMap((when) => [
        ...[number(when), number('right'), number('n'), number('95 %')],
        ...(several ? [number('each seed')] : []),
      ]),
    ],
    rows: waysIn(result).flatMap((way) => {
      const own = [...before, ...after].filter((cell) => isSameWay(cell, way));
      const lengths = new Map(own.map(({ length, multiple }) => [length, multiple]));
      return [...lengths]
        .toSorted(([a], [b]) => a - b)
        .map(([length, multiple]): Content[] => [
          ...[way.task, wayText(way), length, multiple === null ? '' : times(multiple)],
          ...[before, after].flatMap((cells) => numbersOf(cellsAt(cells, { ...way, length }), several)),
        ]);
    }),
  };
}

function numbersOf(cells: readonly TunedCell[], several: boolean): Content[] {
  const over = shareOver(cells);
  if (over === null) return Array<string>(several ? 5 : 4).fill('–');
  return [
    ...[percent(over.share), over.right, over.n, percentRange(over.low, over.high)],
    ...(several ? [cells.map(({ right, n }) => percent(right / n)).join(' · ')] : []),
  ];
}
