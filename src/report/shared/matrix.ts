/**
 * The table that is quoted: tasks × lengths, accuracy in each cell, the horizon marked. It stands on the first screen of
 * both reports.
 */
import { percent, percentNumber, percentRange } from '../../score/tables/percent.ts';
import type { CellRow, HorizonRow } from '../../score/tables/rows.ts';
import { askedCells, confidenceOf } from './cell-columns.ts';
import { symbolOf } from './ink.ts';
import { count } from './format.ts';
import { askedText, horizonCell } from './horizon.ts';
import { html } from './html.ts';
import type { Content, Html } from './html.ts';
import type { ModelView } from './ink.ts';

type MatrixCell = Pick<CellRow, 'length' | 'n' | 'accuracy' | 'low' | 'high' | 'confidence'>;

/** One task and one model. */
export interface MatrixRow {
  readonly model: ModelView;
  /** Small print below the model's name. */
  readonly about: Content;
  /** What theory says; null where the report has no such column. */
  readonly theory: Content;
  readonly horizon: HorizonRow | undefined;
  /** In place of the horizon where there is none: `not asked`. */
  readonly without: string;
  /** The horizons of single seeds, where they differ. */
  readonly seeds: string | null;
  readonly cells: readonly MatrixCell[];
}

export interface MatrixTask {
  readonly name: string;
  readonly title: string | null;
  readonly anchor: string;
  readonly rows: readonly MatrixRow[];
}

export interface MatrixPlan {
  readonly caption: Content;
  readonly tasks: readonly MatrixTask[];
  readonly theory: boolean;
  /** What tells the rows of a task apart: the head of their column. */
  readonly who: string;
}

export function matrix({ caption, tasks, theory, who }: MatrixPlan): Html {
  const single = tasks.every(({ rows }) => rows.length <= 1);
  const cells = tasks.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  const groups = byLengths(tasks);
  const columns = Math.max(0, ...groups.map(({ lengths }) => lengths.length));
  const [first] = groups;
  const sizes = [...new Set(cells.filter(({ n }) => n > 0).map(({ n }) => n))];
  const sameN = sizes.length === 1;
  const reached = tasks
    .flatMap(({ rows }) => rows)
    .filter(({ horizon }) => typeof horizon?.length === 'number');
  const asked = reached
    .filter(({ horizon }) => !horizon?.promise)
    .map(
      ({ horizon, cells: own }) =>
        askedCells(own).filter(({ length }) => length <= (horizon?.length ?? 0)).length,
    );
  return html`<div class="scroll matrix" role="region" aria-label="Accuracy by task and length" tabindex="0">
    <table class="horizons">
      <caption>
        ${caption}${asked.length > 0 && `. ${askedText(asked)}`}. Accuracy in
        %${sizes.length > 0 && sizeText(sizes)}. Shaded: up to the horizon.
      </caption>
      <thead>
        <tr>
          <th scope="col">task</th>
          ${!single && html`<th scope="col">${who}</th>`} ${theory && html`<th scope="col">theory</th>`}
          <th scope="col">horizon</th>
          ${first === undefined ? null : lengthHeads(first.lengths, columns)}
        </tr>
      </thead>
      ${groups.map(({ tasks: own, lengths }, i) => {
        const layout = { lengths, columns, single, theory, sameN };
        return [i > 0 && headOf(layout), ...own.map((task) => bodyOf(task, layout))];
      })}
    </table>
  </div>`;
}

interface LengthGroup {
  readonly tasks: readonly MatrixTask[];
  /** Ascending. */
  readonly lengths: readonly number[];
}

/**
 * Tasks that were asked at the same lengths, or at some of them, stand below one head: in columns for all lengths of all
 * tasks most cells would be empty, and the table wider than the page.
 */
function byLengths(tasks: readonly MatrixTask[]): LengthGroup[] {
  const groups: LengthGroup[] = [];
  for (const task of tasks) {
    const own = [...new Set(task.rows.flatMap(({ cells }) => cells.map(({ length }) => length)))];
    const lengths = own.toSorted((a, b) => a - b);
    const at = groups.findIndex(
      (group) => isWithin(lengths, group.lengths) || isWithin(group.lengths, lengths),
    );
    if (at === -1) groups.push({ tasks: [task], lengths });
    else {
      const group = groups[at];
      const all = lengths.length > group.lengths.length ? lengths : group.lengths;
      groups[at] = { tasks: [...group.tasks, task], lengths: all };
    }
  }
  return groups;
}

function isWithin(some: readonly number[], all: readonly number[]): boolean {
  return some.every((length) => all.includes(length));
}

function lengthHeads(lengths: readonly number[], columns: number): Content {
  return [
    ...lengths.map((length) => html`<th scope="col" class="number">${`@${length}`}</th>`),
    ...padding(lengths.length, columns),
  ];
}

/** Empty cells to the right of those of a group that has fewer lengths than another. */
function padding(filled: number, columns: number): Html[] {
  return Array.from({ length: columns - filled }, () => html`<td></td>`);
}

/** The lengths of the tasks below, where they are other ones than those above. */
function headOf({ lengths, columns, single, theory }: Layout): Html {
  const before = 2 + Number(!single) + Number(theory);
  return html`<tbody class="lengths">
    <tr>
      <td colspan="${before}"></td>
      ${lengthHeads(lengths, columns)}
    </tr>
  </tbody>`;
}

function bodyOf(task: MatrixTask, layout: Layout): Html {
  return html`<tbody>
    ${task.rows.map((row, i) => rowOf(task, row, i, layout))}
  </tbody> `;
}

interface Layout {
  readonly lengths: readonly number[];
  /** Of lengths, in the widest group. */
  readonly columns: number;
  readonly single: boolean;
  readonly theory: boolean;
  /** Whether n is the same in all cells: then the caption says it. */
  readonly sameN: boolean;
}

function sizeText(sizes: readonly number[]): Content {
  return sizes.length > 1
    ? ', n below it'
    : html`, <span class="nowrap">n = ${count(sizes[0])}</span> a cell`;
}

function rowOf(task: MatrixTask, row: MatrixRow, place: number, layout: Layout): Html {
  const { lengths, columns, single, theory } = layout;
  return html`<tr>
    ${place === 0 && taskHeading(task, single && row.about)}
    ${
      !single &&
      html`<th scope="row" class="model">
        ${symbolOf(row.model)} <span class="named">${row.model.name}</span>
        ${row.about && html`<span class="small">${row.about}</span>`}
      </th>`
    }
    ${theory && html`<td class="theory">${row.theory}</td>`}
    <td class="horizon">
      ${row.horizon === undefined ? html`<span class="none">${row.without}</span>` : horizonCell(row.horizon)}
      ${row.seeds && html`<span class="small">seeds: ${row.seeds}</span>`}
    </td>
    ${lengths.map((length) => accuracyCell(row, length, layout))} ${padding(lengths.length, columns)}
  </tr>`;
}

function taskHeading({ name, title, anchor, rows }: MatrixTask, about: Content): Html {
  return html`<th scope="rowgroup" rowspan="${rows.length}" class="task">
    <a href="#${anchor}">${name}</a> ${title !== null && html`<span class="small">${title}</span>`}
    ${about && html`<span class="small">${about}</span>`}
  </th>`;
}

function accuracyCell({ cells, horizon }: MatrixRow, length: number, { sameN }: Layout): Html {
  const cell = cells.find((each) => each.length === length);
  if (cell === undefined) return html`<td class="number"></td>`;
  if (cell.n === 0) return html`<td class="number none">–</td>`;
  const reach = horizon?.length ?? 0;
  const place = length === reach ? 'number holds ends' : length < reach ? 'number holds' : 'number';
  const level = percent(confidenceOf(cell));
  return html`<td
    class="${place}"
    title="${`${level} interval ${percentRange(cell.low, cell.high)}, n = ${count(cell.n)}`}"
  >
    ${percentNumber(cell.accuracy)}${!sameN && html`<span class="small">${count(cell.n)}</span>`}
  </td>`;
}
