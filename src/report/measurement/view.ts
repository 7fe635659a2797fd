/** What the report of measurements shows, arranged as it is read: operations, and for each one entry per respondent. */
import type {
  AnswerExample,
  AskedTask,
  BoundedHorizonRow,
  CellRow,
  MeasureReportInput,
  RespondentRows,
} from '../../score/tables/rows.ts';
import { INKS } from '../study/digest.ts';
import type { Ink, ModelView } from '../study/view.ts';

export interface RespondentView {
  readonly model: ModelView;
  readonly anchor: string;
  readonly rows: RespondentRows;
}

/** One operation and one respondent: a row of the horizon table. */
export interface Entry {
  readonly respondent: RespondentView;
  /** Sorted by length; [] where it was not asked. */
  readonly cells: readonly CellRow[];
  readonly horizon: BoundedHorizonRow | undefined;
  readonly examples: readonly AnswerExample[];
  readonly asked: AskedTask | undefined;
}

export interface OperationView {
  readonly name: string;
  /** What it is called by whoever asked, for tasks that this version has no words for. */
  readonly title: string;
  readonly anchor: string;
  readonly entries: readonly Entry[];
}

/** Two operations that differ in one thing only, both of which were asked. */
export interface Contrast {
  /** `right - left`. */
  readonly name: string;
  readonly first: OperationView;
  readonly second: OperationView;
}

export interface MeasureView {
  readonly input: MeasureReportInput;
  readonly respondents: readonly RespondentView[];
  readonly operations: readonly OperationView[];
  readonly contrasts: readonly Contrast[];
  /** Operations that are in no contrast. */
  readonly alone: readonly OperationView[];
  readonly threshold: number;
  readonly shortest: number;
  readonly longest: number;
}

export function inkOf(place: number): Ink {
  return INKS[place % INKS.length];
}

export function measureView(input: MeasureReportInput): MeasureView {
  const respondents = input.respondents.map((rows, i) => ({
    model: { name: rows.label, ink: inkOf(i) },
    anchor: `respondent-${i + 1}`,
    rows,
  }));
  const names = [...new Set(input.respondents.flatMap(({ rows }) => rows.map(({ task }) => task)))];
  const operations = names.map((name, i) => operationView(name, `task-${i + 1}`, respondents));
  const contrasts = contrastsOf(input, operations);
  const lengths = input.respondents.flatMap(({ rows }) => rows.map(({ length }) => length));
  return {
    input,
    respondents,
    operations,
    contrasts,
    alone: operations.filter(
      (operation) => !contrasts.some(({ first, second }) => first === operation || second === operation),
    ),
    threshold: input.respondents[0]?.threshold ?? 0.9,
    shortest: Math.min(...lengths),
    longest: Math.max(1, ...lengths),
  };
}

function operationView(name: string, anchor: string, respondents: readonly RespondentView[]): OperationView {
  const entries = respondents.map((respondent): Entry => {
    const { rows, horizons, examples, asked } = respondent.rows;
    return {
      respondent,
      cells: rows.filter(({ task }) => task === name).toSorted((a, b) => a.length - b.length),
      horizon: horizons.find(({ task }) => task === name),
      examples: examples.filter(({ task }) => task === name),
      asked: asked.find(({ task }) => task === name),
    };
  });
  const title = entries.find(({ asked }) => asked !== undefined)?.asked?.title ?? '';
  return { name, title, anchor, entries };
}

function contrastsOf(input: MeasureReportInput, operations: readonly OperationView[]): Contrast[] {
  const found = new Map<string, Contrast>();
  for (const row of input.respondents.flatMap(({ asymmetries }) => asymmetries)) {
    const first = operations.find(({ name }) => name === row.first);
    const second = operations.find(({ name }) => name === row.second);
    if (first === undefined || second === undefined) continue;
    found.set(`${row.first} ${row.second}`, { name: row.contrast, first, second });
  }
  return [...found.values()];
}

/** Cells with an answer. */
export function answered(cells: readonly CellRow[]): CellRow[] {
  return cells.filter(({ n }) => n > 0);
}

export function total(cells: readonly CellRow[], count: (cell: CellRow) => number | undefined): number {
  return cells.reduce((sum, cell) => sum + (count(cell) ?? 0), 0);
}
