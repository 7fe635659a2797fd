/** Accuracy against length: for each pair of tasks that differ in one thing only, and for all others. */
import { askedCells, cellColumns, intervalHeading } from '../shared/cell-columns.ts';
import { drawAccuracy, HALF } from '../shared/figures/accuracy.ts';
import type { Series } from '../shared/figures/accuracy.ts';
import type { Figure, Panel } from '../shared/figure.ts';
import { modelLegend } from '../shared/figures/marks.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { inkOf } from '../shared/ink.ts';
import type { Entry, MeasureView, TaskView } from './view.ts';

interface PanelPlan {
  readonly title: string;
  readonly series: readonly Series[];
  /** Those of the tasks in it. */
  readonly thresholds: readonly number[];
}

/** Respondents in one panel: beyond that the lines of a pair can't be told apart. */
const MOST_TOGETHER = 3;

export function contrastFigure(view: MeasureView): Figure | null {
  const plans = view.contrasts.flatMap(({ name, first, second }) =>
    groups(first.entries).flatMap((entries): PanelPlan[] => {
      const series = entries.flatMap((entry) => [
        seriesOf(first, entry, 0, view),
        ...second.entries
          .filter(({ respondent }) => respondent === entry.respondent)
          .map((other) => seriesOf(second, other, 1, view)),
      ]);
      const title = `${name.replace(' - ', ' or ')}: ${first.name}, ${second.name}`;
      return panelPlan(title, series, [first, second]);
    }),
  );
  const shown = view.contrasts.flatMap(({ first, second }) => [first, second]);
  return figure('contrasts', 'Pairs of tasks that differ in one thing', view, plans, shown);
}

/** Tasks without a partner. */
export function aloneFigure(view: MeasureView): Figure | null {
  const plans = view.alone.flatMap((task) =>
    groups(task.entries).flatMap((entries) =>
      panelPlan(
        task.name,
        entries.map((entry) => seriesOf(task, entry, 0, view)),
        [task],
      ),
    ),
  );
  const title =
    view.contrasts.length === 0 ? 'Accuracy against length' : 'Other tasks: accuracy against length';
  return figure('alone', title, view, plans, view.alone);
}

function groups(entries: readonly Entry[]): Entry[][] {
  const asked =
    entries.length === 1 ? [...entries] : entries.filter(({ cells }) => askedCells(cells).length > 0);
  return Array.from({ length: Math.ceil(asked.length / MOST_TOGETHER) }, (_, i) =>
    asked.slice(i * MOST_TOGETHER, (i + 1) * MOST_TOGETHER),
  );
}

function panelPlan(title: string, series: readonly Series[], tasks: readonly TaskView[]): PanelPlan[] {
  const drawn = series.filter(({ cells }) => askedCells(cells).length > 0);
  const horizons = tasks.flatMap(({ entries }) => entries.flatMap(({ horizon }) => horizon ?? []));
  const thresholds = [...new Set(horizons.map(({ threshold }) => threshold))];
  return drawn.length === 0 ? [] : [{ title, series: drawn, thresholds }];
}

/** With one respondent the colour tells the tasks apart, with several the respondents. */
function seriesOf(
  task: TaskView,
  { respondent, cells, horizon }: Entry,
  side: 0 | 1,
  view: MeasureView,
): Series {
  const single = view.respondents.length === 1;
  const { model } = respondent;
  const told = tellingName(model.name, view);
  return {
    name: single ? task.name : `${task.name}, ${model.name}`,
    label: single ? task.name : isPaired(task, view) ? `${task.name} ${told}` : told,
    ink: single ? inkOf(side) : { ...model.ink, dash: side === 0 ? 'none' : '6 4' },
    hollow: side === 1,
    cells,
    runs: [],
    horizon: horizon?.length ?? null,
  };
}

function isPaired(task: TaskView, { contrasts }: MeasureView): boolean {
  return contrasts.some(({ first, second }) => first === task || second === task);
}

/** The shortest end of a name that no other has: `monday` of `some/model · monday`. Little has room at the end of a line. */
function tellingName(name: string, { respondents }: MeasureView): string {
  const others = respondents.map(({ model }) => model.name).filter((other) => other !== name);
  const starts = [...name.matchAll(/ · |\//g)].map((between) => between.index + between[0].length);
  const ends = starts.map((start) => name.slice(start)).toReversed();
  return ends.find((end) => end !== '' && !others.some((other) => other.endsWith(end))) ?? name;
}

function figure(
  name: string,
  title: string,
  view: MeasureView,
  plans: readonly PanelPlan[],
  shown: readonly TaskView[],
): Figure | null {
  if (plans.length === 0) return null;
  const rows = [...new Set(shown)].flatMap((task) =>
    task.entries.flatMap(({ cells, respondent }) => cells.map((cell) => ({ task, respondent, cell }))),
  );
  const columns = cellColumns(rows.map(({ cell }) => cell));
  const panel = ({ title: of, series, thresholds }: PanelPlan): Panel => ({
    title: of,
    wide: drawAccuracy({ name: of, series, thresholds, ranges: [], longest: longestOf(series) }, HALF),
  });
  return {
    name,
    title,
    caption: caption(plans),
    panels: plans.map(panel),
    ...(view.respondents.length > 1 ? { legend: modelLegend(view.respondents) } : {}),
    table: {
      caption: title,
      columns: [{ label: 'task' }, { label: view.who }, { label: 'length', numeric: true }, ...columns],
      rows: rows.map(({ task, respondent, cell }) => [
        task.name,
        respondent.model.name,
        cell.length,
        ...columns.map(({ of }) => of(cell)),
      ]),
    },
  };
}

/** Where the axis of a panel ends: a search asks one task at other lengths than the next. */
function longestOf(series: readonly Series[]): number {
  return Math.max(1, ...series.flatMap(({ cells }) => askedCells(cells).map(({ length }) => length)));
}

function caption(plans: readonly PanelPlan[]): Html {
  const series = plans.flatMap((plan) => plan.series);
  return html`Share of samples answered right at each length asked. Upright bar:
  ${intervalHeading(series.flatMap(({ cells }) => cells))}. Ring: the horizon. Dashed across: the threshold.
  ${series.some((each) => each.hollow) && html`Hollow points: the second of the two tasks.`} Points at the
  same length stand side by side.`;
}
