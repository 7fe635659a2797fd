/** What is missing: items that failed, and items that have not ended. Shown before any result. */
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { plural } from '../../shared/format.ts';
import type { StudyItem } from '../../../study/rows.ts';
import type { StudyView } from '../view/view.ts';

export function state(study: StudyView): Html | null {
  const { failed, pending, work } = study;
  if (failed.length + pending.length === 0) return null;
  const done = work.filter((item) => item.state === 'done').length;
  return html`<section id="state" class="box" aria-labelledby="state-heading">
    <h2 id="state-heading">
      ${pending.length > 0 ? 'This study is not finished' : 'Part of this study failed'}
    </h2>
    <p>
      ${done} of ${plural(work.length, 'item')}
      done${pending.length > 0 && `, ${pending.length} still to do`}${failed.length > 0 && `, ${failed.length} failed`}.
      The page shows what there is; rows without a result stay in the tables.
    </p>
    ${
      failed.length > 0 &&
      html`<ul class="failures">
        ${failed.map(failure)}
      </ul>`
    }
  </section>`;
}

function failure(item: StudyItem): Html {
  const name = [item.kind, item.task, item.model, item.seed === null ? null : `seed ${item.seed}`];
  return html`<li>
    <b>${name.filter((part) => part !== null).join(' · ')}</b>: ${item.error ?? 'no cause was recorded'}
    <code class="quiet">${item.hash.slice(0, 12)}</code>
  </li>`;
}
