/** What the report of measurements shows, arranged as it is read: tasks, and for each one entry per respondent. */
import type { AnswerExample, CellRow, HorizonRow } from '../../score/tables/rows.ts';
import type { AskedTask, MeasureReportInput, RespondentRows } from '../../measure/store/rows.ts';
import { completed } from '../shared/horizon.ts';
import { inkOf } from '../shared/ink.ts';
import type { ModelView } from '../shared/ink.ts';

export interface RespondentView {
  readonly model: ModelView;
  readonly anchor: string;
  readonly rows: RespondentRows;
}

/** One task and one respondent: a row of the table. */
export interface Entry {
  readonly respondent: RespondentView;
  /** Sorted by length; [] where it was not asked. */
  readonly cells: readonly CellRow[];
  readonly horizon: HorizonRow | undefined;
  readonly examples: readonly AnswerExample[];
  readonly asked: AskedTask | undefined;
}

export interface TaskView {
  readonly name: string;
  /** What it is called by whoever asked, for tasks that this version has no words for. */
  readonly title: string;
  readonly anchor: string;
  /** One for each respondent; of ways of asking one model only those in which the task was asked. */
  readonly entries: readonly Entry[];
}

/** Two tasks that differ in one thing only, both of which were asked. */
export interface Contrast {
  /** `right - left`. */
  readonly name: string;
  readonly first: TaskView;
  readonly second: TaskView;
}

export interface MeasureView {
  readonly input: MeasureReportInput;
  readonly respondents: readonly RespondentView[];
  readonly tasks: readonly TaskView[];
  readonly contrasts: readonly Contrast[];
  /** Tasks that are in no contrast. */
  readonly alone: readonly TaskView[];
  readonly longest: number;
  /** What tells the respondents apart, as the head of a column. */
  readonly who: 'model' | 'prompt' | 'way';
}

export function measureView(input: MeasureReportInput): MeasureView {
  const respondents = input.respondents.map((rows, i) => ({
    model: { name: rows.label, ink: inkOf(i) },
    anchor: `respondent-${i + 1}`,
    rows,
  }));
  const names = [...new Set(input.respondents.flatMap(({ rows }) => rows.map(({ task }) => task)))];
  const who = input.apart ?? 'model';
  const tasks = names.map((name, i) => {
    const task = taskView(name, `task-${i + 1}`, respondents);
    return who === 'model' ? task : { ...task, entries: task.entries.filter(isAsked) };
  });
  const contrasts = contrastsOf(input, tasks);
  const lengths = input.respondents.flatMap(({ rows }) => rows.map(({ length }) => length));
  return {
    input,
    respondents,
    tasks,
    contrasts,
    alone: tasks.filter((task) => !contrasts.some(({ first, second }) => first === task || second === task)),
    longest: Math.max(1, ...lengths),
    who,
  };
}

function isAsked({ asked }: Entry): boolean {
  return asked !== undefined;
}

function taskView(name: string, anchor: string, respondents: readonly RespondentView[]): TaskView {
  const entries = respondents.map((respondent): Entry => {
    const { rows, horizons, examples, asked } = respondent.rows;
    const cells = rows.filter(({ task }) => task === name).toSorted((a, b) => a.length - b.length);
    const horizon = horizons.find(({ task }) => task === name);
    return {
      respondent,
      cells,
      horizon: horizon && completed(horizon, cells),
      examples: examples.filter(({ task }) => task === name),
      asked: asked.find(({ task }) => task === name),
    };
  });
  const title = entries.find(({ asked }) => asked !== undefined)?.asked?.title ?? '';
  return { name, title, anchor, entries };
}

function contrastsOf(input: MeasureReportInput, tasks: readonly TaskView[]): Contrast[] {
  const found = new Map<string, Contrast>();
  for (const row of input.respondents.flatMap(({ asymmetries }) => asymmetries)) {
    const first = tasks.find(({ name }) => name === row.first);
    const second = tasks.find(({ name }) => name === row.second);
    if (first === undefined || second === undefined) continue;
    found.set(`${row.first} ${row.second}`, { name: row.contrast, first, second });
  }
  return [...found.values()];
}

export function total(cells: readonly CellRow[], count: (cell: CellRow) => number | undefined): number {
  return cells.reduce((sum, cell) => sum + (count(cell) ?? 0), 0);
}
