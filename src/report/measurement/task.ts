/** A task's section: what is asked, how it went at each length and place, what went wrong. */
import { percent, percentLevel } from '../../score/tables/percent.ts';
import { horizonText, promiseText } from '../../score/tables/horizon-text.ts';
import { askedCells, cellColumns } from '../shared/cell-columns.ts';
import { examplesOf } from '../shared/examples/examples.ts';
import { errorAnatomy } from '../shared/figures/errors.ts';
import { symbolOf } from '../shared/ink.ts';
import { placesNote, placesTable } from '../shared/figures/places.ts';
import { count, list } from '../shared/format.ts';
import { decimalCount } from '../shared/horizon.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { figureOf, scrollTable } from '../shared/parts.ts';
import { notRightBy, saysWhy, wordsOfNotRight } from '../shared/not-right.ts';
import { question } from '../shared/question.ts';
import { foldedSection } from '../shared/section.ts';
import { wordsOfTask } from '../shared/words.ts';
import type { Entry, MeasureView, TaskView } from './view.ts';

export function taskSection(task: TaskView, { who }: MeasureView): Html {
  const { name, title, anchor, entries } = task;
  const words = wordsOfTask(name);
  const errors = errorAnatomy({
    name,
    outcomes: entries.map(({ respondent, cells }) => ({ model: respondent.model, cells })),
  });
  return foldedSection({
    anchor,
    className: 'task',
    heading: html`${name} <span class="task-title">${words?.title ?? title}</span>`,
    gist: entries.length === 1 ? gist(entries[0]) : null,
    body: html`${words && question(words)}
      <ul class="findings">
        ${entries.map(finding)}
      </ul>
      ${cellTable(task, who)} ${places(task)} ${errors && figureOf(errors, `${anchor}-errors`)}
      ${examplesOf(
        entries.map(({ respondent, cells, examples, asked }) => ({
          model: respondent.model,
          cells,
          examples,
          joiner: asked?.joiner ?? ' ',
        })),
      )}`,
  });
}

/** `Horizon 40. Beyond it mostly: loop (31 of 52 not right).` */
export function gist({ horizon, cells }: Pick<Entry, 'horizon' | 'cells'>): string {
  if (horizon === undefined) return 'Not asked.';
  const beyond = cells.filter(({ length }) => length > (horizon.length ?? 0));
  return `Horizon ${horizonText(horizon)}.${mostFrequent(notRightBy(beyond))}`;
}

/** What became of more than half of them, else what became of most; nothing where that is not known. */
function mostFrequent(kinds: ReadonlyMap<string, number>): string {
  const most = Math.max(0, ...kinds.values());
  const all = [...kinds.values()].reduce((sum, times) => sum + times, 0);
  const first = [...kinds].filter(([, times]) => times === most).map(([kind]) => kind);
  if (!first.some(saysWhy)) return '';
  const titles = first.map((kind) => wordsOfNotRight(kind).title);
  const each = titles.length > 1 ? ' each' : '';
  const how = most > all / 2 ? 'mostly' : 'most often';
  return ` Beyond it ${how}: ${list(titles)} (${decimalCount(most)}${each} of ${decimalCount(all)} not right).`;
}

function finding({ respondent, cells, horizon }: Entry): Html {
  return html`<li>
    ${symbolOf(respondent.model)} <b>${respondent.model.name}</b> ${sentence(cells, horizon)}
  </li>`;
}

function sentence(cells: Entry['cells'], horizon: Entry['horizon']): string {
  const came = askedCells(cells);
  if (horizon === undefined) return 'was not asked this.';
  if (came.length === 0) return 'was asked nothing.';
  const { length, threshold } = horizon;
  const after = came.find((cell) => cell.length > (length ?? 0));
  const upTo = came.filter((cell) => cell.length <= (length ?? 0)).length;
  const next =
    after === undefined
      ? ''
      : ` ${percent(after.accuracy)} of ${count(after.n)} right at length ${after.length}.`;
  return `Horizon at ${percentLevel(threshold)}: ${horizonText(horizon)}. ${promiseText(horizon, upTo)}${next}`;
}

/** Length × place of each respondent. */
function places({ entries }: TaskView): Html | null {
  const tables = entries.flatMap(
    ({ respondent, cells, horizon }) =>
      placesTable({
        model: entries.length > 1 ? respondent.model.name : null,
        cells,
        horizon,
        copies: cells.some(({ copies }) => copies !== undefined),
      }) ?? [],
  );
  if (tables.length === 0) return null;
  const threshold = entries.find(({ horizon }) => horizon !== undefined)?.horizon?.threshold ?? 0.9;
  return html`<div class="where">
    <h3>Where in the source</h3>
    ${tables}
    <p class="quiet">${placesNote(threshold)}</p>
  </div>`;
}

function cellTable({ name, entries }: TaskView, who: MeasureView['who']): Html {
  const columns = cellColumns(entries.flatMap((entry) => entry.cells));
  const single = entries.length === 1;
  return scrollTable({
    caption: `${name}: accuracy by length`,
    columns: [...(single ? [] : [{ label: who }]), { label: 'length', numeric: true }, ...columns],
    rows: entries.flatMap(({ respondent, cells }) =>
      cells.map((cell): Content[] => [
        ...(single ? [] : [respondent.model.name]),
        cell.length,
        ...columns.map(({ of }) => of(cell)),
      ]),
    ),
  });
}
