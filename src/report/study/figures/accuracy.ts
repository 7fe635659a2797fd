/** A task's accuracy against length: one line per model, its seeds as thin lines, the same scales for every task. */
import { percent } from '../../../score/tables/percent.ts';
import { askedCells, cellColumns, intervalHeading } from '../../shared/cell-columns.ts';
import { drawAccuracy, NARROW, WIDE } from '../../shared/figures/accuracy.ts';
import type { Series } from '../../shared/figures/accuracy.ts';
import type { Figure, Panel, Table } from '../../shared/figure.ts';
import { inPanels } from '../../shared/figures/marks.ts';
import type { Range } from '../../shared/figures/marks.ts';
import { list } from '../../shared/format.ts';
import { html } from '../../shared/html.ts';
import type { Content } from '../../shared/html.ts';
import type { Outcome, StudyView, TaskView } from '../view/view.ts';

export function accuracyByLength(task: TaskView, study: StudyView): Figure | null {
  const measured = task.outcomes.filter((outcome) => askedCells(outcome.cells).length > 0);
  if (measured.length === 0) return null;
  const panels = inPanels(measured);
  return {
    name: 'accuracy',
    title: 'Accuracy against length',
    caption: caption(measured),
    panels: panels.map((outcomes): Panel => {
      const panel = {
        name: task.name,
        series: outcomes.map(seriesOf),
        thresholds: [...new Set(outcomes.map(({ threshold }) => threshold))],
        ranges: rangesOf(outcomes),
        longest: study.longest,
      };
      return {
        title: panels.length > 1 && list(outcomes.map((outcome) => outcome.model.name)),
        wide: drawAccuracy(panel, WIDE),
        narrow: drawAccuracy(panel, NARROW),
      };
    }),
    table: table(task, measured),
  };
}

function seriesOf({ model, cells, runs, horizon }: Outcome): Series {
  return {
    name: model.name,
    label: model.name,
    ink: model.ink,
    hollow: false,
    cells,
    runs: runs.length > 1 ? runs.map((run) => run.cells) : [],
    horizon: horizon?.length ?? null,
  };
}

function rangesOf(outcomes: readonly Outcome[]): Range[] {
  const ranges = new Map<string, Range>();
  for (const { trainedOn } of outcomes) {
    if (trainedOn !== null) ranges.set(`${trainedOn.min}-${trainedOn.max}`, trainedOn);
  }
  return [...ranges.values()];
}

function caption(outcomes: readonly Outcome[]): Content {
  const several = outcomes.some((outcome) => outcome.runs.length > 1);
  const cells = outcomes.flatMap((outcome) => outcome.cells);
  return html`Share of samples answered right at each length asked.
  ${several ? 'Thick line: the mean over seeds; thin lines: each seed. ' : null}Upright bar:
  ${intervalHeading(cells)}${several && ', with the seed as the unit where there are several'}. Ring: the
  horizon. Dashed: the threshold. Models stand side by side at a length.`;
}

function table(task: TaskView, outcomes: readonly Outcome[]): Table {
  const cells = outcomes.flatMap((outcome) => outcome.cells);
  const columns = cellColumns(cells);
  const several = outcomes.some((outcome) => outcome.runs.length > 1);
  return {
    caption: `${task.name}: accuracy by length${several ? ', over seeds' : ''}`,
    columns: [
      { label: 'model' },
      { label: 'length', numeric: true },
      ...columns,
      ...(several ? [{ label: 'each seed', numeric: true }] : []),
    ],
    rows: outcomes.flatMap((outcome) =>
      outcome.cells.map((cell): Content[] => [
        outcome.model.name,
        cell.length,
        ...columns.map(({ of }) => of(cell)),
        ...(several ? [seedsAt(outcome, cell.length)] : []),
      ]),
    ),
  };
}

function seedsAt({ runs }: Outcome, length: number): string {
  const cells = runs.map((run) => run.cells.find((cell) => cell.length === length));
  return cells.map((cell) => (cell === undefined || cell.n === 0 ? '–' : percent(cell.accuracy))).join(' · ');
}
