/** How much the prompt decides: of one respondent that was asked with several, the best and the worst of each cell. */
import { percent } from '../../score/tables/percent.ts';
import {
  BEST_OF_SEVERAL,
  promptCountText,
  promptsText,
  samplesText,
  spreadCaption,
  spreadText,
} from '../../score/tables/spread-text.ts';
import type { SpreadRow } from '../../score/tables/rows.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { scrollTable } from '../shared/parts.ts';
import type { MeasureView } from './view.ts';

/**
 * `asked with 9 prompts: the prompt decides most on UL at length 10, from 12 % right (hint) to 95 % (pair).`; where tasks have
 * different numbers of prompts `each task asked with 6 to 9 prompts: …`. Only differences that are shown are told.
 */
export function spreadSentence(rows: readonly SpreadRow[]): string {
  if (rows.length === 0) return 'asked with several prompts, at no length with more than one of them.';
  const counted = promptCountText(rows);
  const start = `${counted.includes(' ') ? 'each task ' : ''}asked with ${counted} prompts`;
  if (rows.every((row) => row.spread === 0)) return `${start}: all reach the same accuracy at every length.`;
  const shown = rows.filter((row) => row.shown);
  if (shown.length === 0) return `${start}: no difference between prompts is shown at any length.`;
  const most = shown.reduce((top, row) => (row.spread > top.spread ? row : top));
  const { task, length, worst, best } = most;
  return `${start}: the prompt decides most on ${task} at length ${length}, from ${percent(worst.accuracy)} right (${promptsText(most, worst)}) to ${percent(best.accuracy)} (${promptsText(most, best)}).`;
}

export function spread({ input }: MeasureView): Html | null {
  if (input.spread === undefined || input.spread.length === 0) return null;
  return html`<section id="spread" aria-label="Best and worst prompt">
    ${scrollTable({
      caption: `${spreadCaption(input.spread)}. ${BEST_OF_SEVERAL}`,
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
        spreadText(row),
        percent(row.best.accuracy),
        promptsText(row, row.best),
        percent(row.worst.accuracy),
        promptsText(row, row.worst),
        samplesText(row),
      ]),
    })}
  </section>`;
}
