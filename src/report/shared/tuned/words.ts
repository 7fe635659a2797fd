/** What fine-tuning brought, in sentences: the base's bias, what was learned, what became of the gaps, and what it cost. */
import type { FinetuneResult } from '../../../fix/finetuned/rows.ts';
import { tunedWords } from '../../../fix/finetuned/text.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { TaskNotes } from './page.ts';

export function tunedFindings(result: FinetuneResult, { taskOf }: TaskNotes): Html {
  const { bias, learned, change, gaps, cost } = tunedWords(result, taskOf);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Before', bias],
    ['Learned', learned],
    ['Change', change === null ? [] : [change]],
    ['Gaps', gaps],
    ['Cost', cost === null ? [] : [cost]],
  ];
  return html`<ul class="findings">
    ${parts.map(
      ([name, sentences]) => sentences.length > 0 && html`<li><b>${name}.</b> ${sentences.join(' ')}</li>`,
    )}
  </ul>`;
}
