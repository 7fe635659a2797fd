/** The head of the report: what was asked of whom, and what to beware of. */
import { count, list, plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { total } from './view.ts';
import type { MeasureView } from './view.ts';

export function head({ input, respondents, operations }: MeasureView): Html {
  const answers = respondents.reduce((sum, { rows }) => sum + total(rows.rows, ({ n }) => n), 0);
  const days = [...new Set(respondents.map(({ rows }) => rows.started.slice(0, 10)))].toSorted();
  return html`<header>
    <p class="kicker">lengthwise · ${respondents.length > 1 ? 'comparison' : 'measurement'}</p>
    <h1>${input.name}</h1>
    <p class="lead">
      ${list(respondents.map(({ model }) => model.name))} ${respondents.length > 1 ? 'were' : 'was'} asked to
      look things up and to copy in texts of growing length. Up to what length can
      ${respondents.length > 1 ? 'they' : 'it'} be relied on, and what goes wrong beyond?
    </p>
    <p class="byline">
      ${plural(operations.length, 'operation')}, ${plural(answers, 'answer')} ·
      ${days.map((day, i) => html`${i > 0 && ', '}<time datetime="${day}">${day}</time>`)}
    </p>
  </header>`;
}

/** Sittings that did not come to their end, and questions without an answer. */
export function unfinished({ respondents }: MeasureView): Html | null {
  const notes = respondents.flatMap(({ rows, model }) => {
    const last = rows.sittings.at(-1);
    const ending =
      last === undefined || last.ending === 'done' ? null : (ENDINGS[last.ending ?? 'open'] ?? last.ending);
    const failed = total(rows.rows, (cell) => cell.failed);
    return [
      ...(ending === null
        ? []
        : [html`<li><b>${model.name}</b>: ${ending} What follows is what there is.</li>`]),
      ...(failed === 0
        ? []
        : [
            html`<li>
              <b>${model.name}</b>: ${plural(failed, 'question')} got no answer, and
              ${failed === 1 ? 'is' : 'are'} in no average:
              ${list(rows.failures.slice(0, 5).map(({ reason, count: times }) => `${count(times)} × ${reason}`))}.
            </li>`,
          ]),
    ];
  });
  if (notes.length === 0) return null;
  return html`<section id="state" class="box" aria-labelledby="state-heading">
    <h2 id="state-heading">What is missing</h2>
    <ul class="failures">
      ${notes}
    </ul>
  </section>`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  open: 'the measurement runs still, or was killed.',
  budget: 'the measurement ended when its budget was spent.',
  interrupted: 'the measurement was interrupted.',
  stopped: 'the measurement ended because the server refused, or was gone.',
};

/** What makes a comparison less than like with like. */
export function notes({ input }: MeasureView): Html | null {
  if (input.notes.length === 0) return null;
  return html`<section id="notes" class="box" aria-labelledby="notes-heading">
    <h2 id="notes-heading">What is not the same on both sides</h2>
    <ul class="failures">
      ${input.notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </section>`;
}
