/** An operation's section: what is asked, how it went at each length, what went wrong. */
import {
  accuracyColumns,
  accuracyOf,
  missingColumns,
  missingOf,
} from '../shared/figures/accuracy-columns.ts';
import { errorAnatomy } from '../shared/figures/errors.ts';
import { symbolOf } from '../shared/figures/marks.ts';
import { count, percent } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { figureOf, scrollTable } from '../shared/parts.ts';
import { wordsOfTask } from '../shared/words.ts';
import { examplesOf } from './examples.ts';
import { answered, total } from './view.ts';
import type { Entry, OperationView } from './view.ts';

export function operationSection(operation: OperationView): Html {
  const { name, title, anchor, entries } = operation;
  const words = wordsOfTask(name);
  const errors = errorAnatomy({
    name,
    outcomes: entries.map(({ respondent, cells }) => ({ model: respondent.model, cells })),
  });
  return html`<section id="${anchor}" class="task" aria-labelledby="${anchor}-heading">
    <h2 id="${anchor}-heading">${name} <span class="task-title">${words?.title ?? title}</span></h2>
    ${
      words &&
      html`<p class="question">
        ${words.asks}
        <span class="quiet"
          >For example:
          <code>${words.example.source}</code
          >${words.example.query && html`, query <code>${words.example.query}</code>`} →
          <code>${words.example.answer}</code></span
        >
      </p>`
    }
    <ul class="findings">
      ${entries.map(finding)}
    </ul>
    ${cellTable(operation)} ${errors && figureOf(errors, `${anchor}-errors`)} ${examplesOf(operation)}
  </section>`;
}

function finding({ respondent, cells, horizon }: Entry): Html {
  return html`<li>
    ${symbolOf(respondent.model)} <b>${respondent.model.name}</b> ${sentence(cells, horizon)}
  </li>`;
}

function sentence(cells: Entry['cells'], horizon: Entry['horizon']): string {
  const came = answered(cells);
  if (horizon === undefined) return 'was not asked this.';
  if (came.length === 0) return 'gave no answer at all.';
  const { length, censored, high, threshold } = horizon;
  const after = cells.find((cell) => cell.length > (length ?? 0) && cell.n > 0);
  const next =
    after === undefined
      ? ''
      : `: ${percent(after.accuracy)} of ${count(after.n)} right at length ${after.length}`;
  if (censored) return `can be relied on at every length asked, up to ${length ?? 0}.`;
  if (high === null)
    return `${length === null ? 'is not surely reliable at any length asked' : `can be relied on up to length ${length}`}; beyond, too few answers tell whether ${percent(threshold)} are right${next}.`;
  if (length === null)
    return high === 0
      ? `fails at every length asked${next}.`
      : `is not surely reliable at any length asked, and surely not beyond ${high}${next}.`;
  return `can be relied on up to length ${length}, not beyond${high > length ? ` ${high}` : ''}${next}.`;
}

function cellTable({ name, entries }: OperationView): Html {
  const cells = entries.flatMap((entry) => entry.cells);
  const tokens = cells.some(({ promptTokens }) => typeof promptTokens === 'number');
  const extra = total(cells, (cell) => cell.extra) > 0;
  const exact = cells.some((cell) => cell.exact !== undefined && cell.exact !== cell.correct);
  return scrollTable({
    caption: `${name}: accuracy by length`,
    columns: [
      { label: 'Model' },
      { label: 'Length', numeric: true },
      ...(tokens ? [{ label: 'Tokens of the prompt', numeric: true }] : []),
      ...accuracyColumns,
      ...(exact ? [{ label: 'To the character', numeric: true }] : []),
      ...(extra ? [{ label: 'Extra text', numeric: true }] : []),
      ...missingColumns,
    ],
    rows: entries.flatMap(({ respondent, cells: own }) =>
      own.map((cell): Content[] => [
        respondent.model.name,
        cell.length,
        ...(tokens ? [typeof cell.promptTokens === 'number' ? count(cell.promptTokens) : '–'] : []),
        ...accuracyOf(cell),
        ...(exact ? [count(cell.exact ?? cell.correct)] : []),
        ...(extra ? [count(cell.extra ?? 0)] : []),
        ...missingOf(cell),
      ]),
    ),
  });
}
