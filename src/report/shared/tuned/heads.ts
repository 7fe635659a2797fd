/** The heads that answers depend on before and after fine-tuning, task by task. */
import { changedFigures, changedHeadsTable, changedWords, circuitTable } from '../explanation/changed.ts';
import type { ChangedHeads } from '../explanation/changed.ts';
import { explainedTerms } from '../explanation/terms.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { figureOf, scrollTable } from '../parts.ts';
import type { TaskNotes } from './page.ts';

/** Null where nothing was explained both before and after. `anchor`: of the part. */
export function changedHeads(
  changes: readonly ChangedHeads[],
  anchor: string,
  { name }: TaskNotes,
): Html | null {
  if (changes.length === 0) return null;
  const tasks = [...Map.groupBy(changes, ({ task }) => task)];
  return html`${tasks.map(([task, own], i) => {
    const tables = [circuitTable(own), changedHeadsTable(own)];
    return html`<h3>${name(task)}</h3>
      <ul class="findings">
        ${changedWords(own).map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
      ${tables.map((table) => table && scrollTable(table))} ${drawn(own, `${anchor}-${i + 1}`)}`;
  })}
  ${explainedTerms()}`;
}

/** The first seed stands for all: the tables have each. */
function drawn(own: readonly ChangedHeads[], anchor: string): Html | null {
  const [first] = own;
  const figures = changedFigures(first);
  if (figures.length === 0) return null;
  const which = own.length > 1 && first.seed !== null ? `, seed ${first.seed}` : '';
  return html`<details class="print">
    <summary>${first.task}: figures before and after${which}</summary>
    ${figures.map((figure) => figureOf(figure, `${anchor}-${figure.name}`))}
  </details>`;
}
