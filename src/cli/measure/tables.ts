/** The tables of measuring as text for a terminal. */
import { errorKinds } from '../../score/errors/index.ts';
import type {
  AsymmetryRow,
  CellRow,
  ComparisonRow,
  HorizonRow,
  RespondentRows,
} from '../../score/tables/rows.ts';

/** Columns of text, padded; numbers to the right. */
export function textTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((row) => row[i].length)));
  const numeric = head.map((_, i) => body.every((row) => /^[-+−≥<]?[\d.,]*( ?%)?$|^–$/.test(row[i])));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [line(head), ...body.map(line)].join('\n');
}

/** `30`, `≥ 100` where it is the longest length that was measured, `< 10` where not even the shortest holds. */
export function horizonText(horizon: HorizonRow, rows: readonly CellRow[]): string {
  // A length at which nothing was answered says nothing.
  const lengths = rows.filter(({ task, n }) => task === horizon.task && n > 0).map(({ length }) => length);
  if (horizon.length === null) return lengths.length === 0 ? '–' : `< ${Math.min(...lengths)}`;
  return horizon.censored ? `≥ ${horizon.length}` : String(horizon.length);
}

/** The horizon of every task. */
export function horizonTable({
  rows,
  horizons,
}: {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
}): string {
  const [first] = horizons;
  const head = `horizon at ${first === undefined ? '' : `${+(100 * first.threshold).toFixed(4)} %`}`;
  return textTable(
    ['task', head, 'lengths asked', 'questions'],
    horizons.map((horizon) => {
      const own = rows.filter(({ task }) => task === horizon.task);
      const lengths = own.map(({ length }) => length).sort((a, b) => a - b);
      const asked = own.reduce((sum, { n }) => sum + n, 0);
      return [horizon.task, horizonText(horizon, rows), `${lengths.join(', ')}`, String(asked)];
    }),
  );
}

/** Accuracy by length: one line a cell. Columns of what never happened are left out. */
export function cellTable(
  rows: readonly CellRow[],
  lengthText = ({ length }: CellRow): string => String(length),
): string {
  const any = (count: (row: CellRow) => number | undefined): boolean =>
    rows.some((row) => (count(row) ?? 0) > 0);
  const optional = [
    {
      title: 'to the character',
      shown: any((row) => row.correct - (row.exact ?? row.correct)),
      of: (row: CellRow) => row.exact,
    },
    { title: 'extra text', shown: any((row) => row.extra), of: (row: CellRow) => row.extra },
    { title: 'truncated', shown: any((row) => row.truncated), of: (row: CellRow) => row.truncated },
    { title: 'failed', shown: any((row) => row.failed), of: (row: CellRow) => row.failed },
    {
      title: 'ambiguous transitions',
      shown: any((row) => row.copies?.ambiguousTransitions),
      of: (row: CellRow) => row.copies?.ambiguousTransitions.toFixed(1) ?? '–',
    },
    {
      title: 'first errors there',
      shown: any((row) => row.copies?.atAmbiguous),
      of: ({ copies }: CellRow) =>
        copies === undefined || copies.wrong === 0 ? '–' : `${copies.atAmbiguous} of ${copies.wrong}`,
    },
  ].filter(({ shown }) => shown);
  const head = [
    'task',
    'length',
    'n',
    'right',
    'accuracy',
    '95 % interval',
    ...optional.map(({ title }) => title),
  ];
  return textTable(
    [...head, 'most frequent errors'],
    rows.map((row) => [
      row.task,
      lengthText(row),
      String(row.n),
      String(row.correct),
      percent(row.accuracy),
      `${percent(row.low)} – ${percent(row.high)}`,
      ...optional.map(({ of }) => String(of(row) ?? 0)),
      frequentErrors(row.errors),
    ]),
  );
}

export function asymmetryTable(rows: readonly AsymmetryRow[]): string {
  return textTable(
    ['contrast', 'tasks', 'length', 'n', 'difference', '95 % interval', 'p', 'p corrected'],
    rows.map((row) => [
      row.contrast,
      `${row.first} - ${row.second}`,
      row.length === null ? 'all' : String(row.length),
      String(row.n),
      signed(row.difference),
      `${signed(row.low)} – ${signed(row.high)}`,
      pText(row.p),
      pText(row.pAdjusted),
    ]),
  );
}

/** The horizons of several respondents: a line a task, a column a respondent. */
export function horizonMatrix(respondents: readonly RespondentRows[]): string {
  const tasks = [...new Set(respondents.flatMap(({ horizons }) => horizons.map(({ task }) => task)))];
  const threshold = respondents.length === 0 ? '' : ` at ${+(100 * respondents[0].threshold).toFixed(4)} %`;
  return textTable(
    [`horizon${threshold}`, ...respondents.map(({ label }) => label)],
    tasks.map((task) => [
      task,
      ...respondents.map(({ horizons, rows }) => {
        const horizon = horizons.find((candidate) => candidate.task === task);
        return horizon === undefined ? '–' : horizonText(horizon, rows);
      }),
    ]),
  );
}

/** Differences between respondents, one line a task and length. */
export function comparisonTable(rows: readonly ComparisonRow[]): string {
  return textTable(
    ['task', 'length', 'models', 'n', 'pairs', 'difference', '95 % interval', 'p', 'p corrected'],
    rows.map((row) => [
      row.task,
      row.length === null ? 'all' : String(row.length),
      `${row.second} - ${row.first}`,
      String(row.n),
      row.paired ? 'paired' : 'unpaired',
      signed(row.difference),
      `${signed(row.low)} – ${signed(row.high)}`,
      pText(row.p),
      pText(row.pAdjusted),
    ]),
  );
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)} %`;
}

function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function frequentErrors(errors: Readonly<Record<string, number>>): string {
  return Object.entries(errors)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([kind, count]) => `${title(kind)} ${count}`)
    .join(', ');
}

function title(kind: string): string {
  return kind in errorKinds ? errorKinds[kind as keyof typeof errorKinds].title : kind;
}
