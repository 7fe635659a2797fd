/** How much the prompt decides: of one respondent that was asked with several, the best and the worst of each cell. */
import { percent } from '../../score/tables/percent.ts';
import type { SpreadRow } from '../../score/tables/rows.ts';
import { count } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { scrollTable } from '../shared/parts.ts';
import type { MeasureView } from './view.ts';

/** `the prompt decides most on UL at length 10, from 12 % right (hint) to 95 % (pair).` */
export function spreadSentence(rows: readonly SpreadRow[]): string {
  const [first, ...others] = rows;
  if (first === undefined) return 'no length was asked with more than one of them.';
  const most = others.reduce((top, row) => (row.spread > top.spread ? row : top), first);
  if (most.spread === 0) return 'all reach the same accuracy at every length.';
  const { task, length, worst, best } = most;
  return `the prompt decides most on ${task} at length ${length}, from ${percent(worst.accuracy)} right (${worst.prompt}) to ${percent(best.accuracy)} (${best.prompt}).`;
}

export function spread({ input }: MeasureView): Html | null {
  if (input.spread === undefined) return null;
  return html`<section id="spread" aria-label="Best and worst prompt">
    ${scrollTable({
      caption:
        'Best and worst prompt, on the same samples. The best of several is a little too high: luck picks it, too',
      columns: [
        { label: 'task' },
        { label: 'length', numeric: true },
        { label: 'spread', numeric: true },
        { label: 'best', numeric: true },
        { label: 'prompt' },
        { label: 'worst', numeric: true },
        { label: 'prompt' },
        { label: 'n', numeric: true },
      ],
      rows: input.spread.map((row): Content[] => [
        row.task,
        row.length,
        percent(row.spread),
        percent(row.best.accuracy),
        namesAt(row, row.best.accuracy),
        percent(row.worst.accuracy),
        namesAt(row, row.worst.accuracy),
        count(row.best.n),
      ]),
    })}
  </section>`;
}

/** All that reached it: `pair`, `pair, json`, `7 prompts`. */
function namesAt({ prompts }: SpreadRow, accuracy: number): string {
  const names = prompts.filter((one) => one.accuracy === accuracy).map(({ prompt }) => prompt);
  if (names.length === prompts.length) return 'all';
  return names.length > 2 ? `${names.length} prompts` : names.join(', ');
}
