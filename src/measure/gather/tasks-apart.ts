/** Two tasks of one name beside each other: each is named by its rule, so that they are nowhere one row. */
import type { Settings } from '../../score/tables/settings.ts';
import { differingSettings } from '../../score/tables/settings.ts';
import type { MeasureReportInput, RespondentRows } from '../store/rows.ts';

/** The same with `next-stop (UR)` and `next-stop (UL)`, where respondents were asked two tasks named `next-stop`. */
export function withTasksApart(input: MeasureReportInput): MeasureReportInput {
  const { respondents, comparisons } = input;
  const all = respondents.map(({ settings = {} }) => settings);
  const shared = new Set(
    all.flatMap(Object.keys).filter((task) => {
      return differingSettings(all.map((settings) => settings[task])).includes('operation');
    }),
  );
  if (shared.size === 0) return input;
  const namesBy = new Map(
    respondents.map(({ label, settings = {} }) => [label, namesIn(settings, shared)] as const),
  );
  const nameOf = (task: string, label: string): string => namesBy.get(label)?.get(task) ?? task;
  return {
    ...input,
    respondents: respondents.map((one) => renamed(one, (task) => nameOf(task, one.label))),
    comparisons: comparisons.map((row) => ({ ...row, task: nameOf(row.task, row.first) })),
  };
}

function namesIn(
  settings: Readonly<Record<string, Settings>>,
  shared: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const own = Object.entries(settings).filter(([task, { operation }]) => shared.has(task) && operation);
  return new Map(own.map(([task, { operation }]) => [task, `${task} (${operation})`]));
}

function renamed(one: RespondentRows, nameOf: (task: string) => string): RespondentRows {
  const named = <T extends { readonly task: string }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, task: nameOf(row.task) }));
  const { settings = {} } = one;
  return {
    ...one,
    asked: named(one.asked),
    rows: named(one.rows),
    horizons: named(one.horizons),
    examples: named(one.examples),
    settings: Object.fromEntries(Object.entries(settings).map(([task, own]) => [nameOf(task), own])),
  };
}
