/** Before and after beside each other: tasks × lengths, the longest that was trained and its multiples. */
import { learnedInRange } from '../../../fix/finetuned/gaps.ts';
import type { FinetuneResult, TunedCell, TunedFormat } from '../../../fix/finetuned/rows.ts';
import { cellsAt, isSameWay, shareOver } from '../../../fix/finetuned/shares.ts';
import { trainedText } from '../../../fix/finetuned/text.ts';
import type { TunedShare } from '../../../fix/finetuned/shares.ts';
import { percentNumber, percentWholeRange } from '../../../score/tables/percent.ts';
import type { Table } from '../figure.ts';
import { times } from '../format.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import type { TaskNotes } from './page.ts';

/** A way to ask a task. */
export type Way = Pick<TunedCell, 'task' | 'format' | 'sources'>;

/** Every way in which any task was asked, in the order in which tasks were fine-tuned. */
export function waysIn({ before, models }: FinetuneResult): Way[] {
  const ways: Way[] = [];
  for (const cell of [...models.flatMap(({ cells }) => cells), ...before])
    if (!ways.some((way) => isSameWay(way, cell))) ways.push(cell);
  const tasks = models.map(({ task }) => task);
  return ways.toSorted((a, b) => tasks.indexOf(a.task) - tasks.indexOf(b.task));
}

/** Those beyond the trained lengths, and the longest of these. */
function multiplesIn({ before, models }: FinetuneResult): { length: number; multiple: number }[] {
  const found = new Map(
    [...before, ...models.flatMap(({ cells }) => cells)].flatMap(({ length, multiple }) =>
      multiple === null ? [] : [[length, { length, multiple }] as const],
    ),
  );
  return [...found.values()].toSorted((a, b) => a.length - b.length);
}

export function beforeAfterTable(result: FinetuneResult, { name, theory }: TaskNotes): Table {
  const { before, models } = result;
  const after = models.flatMap(({ cells }) => cells);
  const lengths = multiplesIn(result);
  const seeds = new Set(models.map(({ seed }) => seed)).size;
  return {
    caption: `Right answers in percent, before → after, at the longest trained length (1×) and beyond it; ${seeds > 1 ? 'means over seeds; below, from the worst seed to the best' : 'below, 95 % intervals, rounded outwards'}. Learned: at least 99 % of at least 1,000 right at lengths ${trainedText(models, '–')}${seeds > 1 ? ', by how many seeds' : ''}. First half: all occurrences of the query stand in the first half of the source.`,
    columns: [
      ...[{ label: theory === null ? 'task' : 'task, theory' }, { label: 'learned' }],
      ...lengths.map(({ length, multiple }) => ({ label: `@${length} (${times(multiple)})`, numeric: true })),
    ],
    rows: waysIn(result).map((way): Content[] => [
      html`${name(way.task)} ${theory?.(way.task)} <span class="small">${shortWay(way)}</span>`,
      way.format === 'trained' && way.sources === 'anywhere' ? learned(result, way.task) : '',
      ...lengths.map(({ length }) => {
        const at = { ...way, length };
        return beforeAfter(shareOver(cellsAt(before, at)), shareOver(cellsAt(after, at)));
      }),
    ]),
  };
}

const WRITTEN: Readonly<Record<TunedFormat, string>> = {
  trained: 'as trained',
  shifted: 'at random positions',
  usual: 'usual prompt',
};

function shortWay({ format, sources }: Way): string {
  return `${WRITTEN[format]}${sources === 'anywhere' ? '' : ', first half'}`;
}

function learned({ models }: FinetuneResult, task: string): Content {
  const own = models.filter((model) => model.task === task);
  const verdicts = own.map((model) => learnedInRange(model).learned);
  if (verdicts.some((verdict) => verdict === null)) return 'too few samples';
  const count = verdicts.filter((verdict) => verdict === true).length;
  if (own.length > 1) return `${count} of ${own.length}`;
  return count === 1 ? 'yes' : 'no';
}

function beforeAfter(was: TunedShare | null, is: TunedShare | null): Content {
  if (was === null && is === null) return '–';
  return html`${numberOf(was)} → <b>${numberOf(is)}</b>
    <span class="small">${rangeOf(was)} → ${rangeOf(is)}</span>`;
}

const numberOf = (share: TunedShare | null) => (share === null ? '–' : percentNumber(share.share));

/** Of several models from the worst to the best, of one its interval. */
function rangeOf(share: TunedShare | null): string {
  if (share === null) return '–';
  const { models, least, most, low, high } = share;
  return models > 1 ? percentWholeRange(least, most) : percentWholeRange(low, high);
}
