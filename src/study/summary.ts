/** A study's outcome in a few lines: for each task and model the verdict, the horizons, and accuracy by length. */
import type { CellRow, HorizonRow } from '../score/tables/rows.ts';
import type { AskedRow, AskItem, MeasureItem, StudyItem, StudyRows } from './rows.ts';

export interface SummaryRow {
  readonly task: string;
  readonly model: string;
  /** What the theory says of the task for such a model; null when it wasn't asked. */
  readonly verdict: 'in' | 'out' | 'unknown' | null;
  /** One per seed that was measured; null: not even the smallest length. A respondent has no seed. */
  readonly horizons: readonly {
    readonly seed: number | null;
    readonly length: number | null;
    readonly censored: boolean;
  }[];
  /** All seeds taken together. */
  readonly cells: readonly {
    readonly length: number;
    readonly n: number;
    readonly correct: number;
    readonly accuracy: number;
    /** Of n, answers or prompts that a limit cut off; questions without an answer, not in n. */
    readonly truncated: number;
    readonly failed: number;
  }[];
  /** Seeds planned; 1 for a respondent. */
  readonly seeds: number;
}

/** One row per task and model, in the order of the plan. */
export function summarize(study: StudyRows): SummaryRow[] {
  const groups = new Map<string, (MeasureItem | AskItem)[]>();
  for (const item of study.items) {
    if (item.kind !== 'measure' && item.kind !== 'ask') continue;
    const key = JSON.stringify([item.task, item.model]);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((items) => summaryOf(items, study));
}

function summaryOf(items: readonly (MeasureItem | AskItem)[], study: StudyRows): SummaryRow {
  const [{ task, model }] = items;
  const rows = items.flatMap(({ seed, rows: own }) => own.map((row) => ({ seed, row })));
  return {
    task,
    model: model ?? '',
    verdict: verdictFor(items[0], study),
    horizons: rows
      .filter((entry): entry is { seed: number | null; row: HorizonRow } => entry.row.kind === 'horizon')
      .map(({ seed, row: { length, censored } }) => ({ seed, length, censored })),
    cells: pooled(rows.map(({ row }) => row).filter((row) => row.kind === 'cell')),
    seeds: items.length,
  };
}

function pooled(cells: readonly CellRow[]): SummaryRow['cells'] {
  const lengths = [...new Set(cells.map(({ length }) => length))].sort((a, b) => a - b);
  return lengths.map((length) => {
    const here = cells.filter((cell) => cell.length === length);
    const n = here.reduce((sum, cell) => sum + cell.n, 0);
    const correct = here.reduce((sum, cell) => sum + cell.correct, 0);
    const truncated = here.reduce((sum, cell) => sum + (cell.truncated ?? 0), 0);
    const failed = here.reduce((sum, cell) => sum + (cell.failed ?? 0), 0);
    return { length, n, correct, accuracy: correct / n, truncated, failed };
  });
}

/** How asking a respondent about a task went; undefined before it has ended. */
export function askedRowOf(item: AskItem): AskedRow | undefined {
  return item.rows.find((row) => row.kind === 'asked');
}

/** Whether questions are left that got no answer, or that the budget did not allow. */
export function isIncomplete(item: StudyItem): item is AskItem {
  const asked = item.kind === 'ask' ? askedRowOf(item) : undefined;
  return asked !== undefined && (asked.budgetSpent || asked.failures.length > 0);
}

/** The theory speaks of models without positions in one fragment, of all others in another. */
function verdictFor(measured: MeasureItem | AskItem, study: StudyRows): SummaryRow['verdict'] {
  const trained = measured.kind === 'measure' && study.items.find(({ hash }) => hash === measured.spec.model);
  const fragment = trained && trained.kind === 'train' && trained.spec.positions === 'nope' ? 'plain' : 'pos';
  const asked = study.items.find(
    (item) => item.kind === 'predict' && item.task === measured.task && item.spec.fragment === fragment,
  );
  return asked?.kind === 'predict' ? (asked.rows[0]?.prediction.verdict ?? null) : null;
}

/** The summary as a table for a terminal. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const lengths = [...new Set(rows.flatMap(({ cells }) => cells.map(({ length }) => length)))].sort(
    (a, b) => a - b,
  );
  const head = ['task', 'model', 'theory', 'horizon', ...lengths.map((length) => `@${length}`)];
  const body = rows.map((row) => [
    row.task,
    row.model,
    row.verdict ?? '-',
    row.horizons.map(horizonText).join(' ') || '-',
    ...lengths.map((length) => shareText(row.cells.find((cell) => cell.length === length)?.accuracy)),
  ]);
  return textTable([head, ...body]);
}

/** Columns of equal width, two blanks between; the first row is the head. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function horizonText({ length, censored }: SummaryRow['horizons'][number]): string {
  if (length === null) return 'none';
  return censored ? `≥${length}` : String(length);
}

function shareText(accuracy: number | undefined): string {
  if (accuracy === undefined) return '';
  if (Number.isNaN(accuracy)) return '-';
  // 100 % is all of them: nothing is rounded up to it.
  return `${Math.floor(accuracy * 100 + 1e-9)}%`;
}

/** `3 train, 3 measure`: how many items of each kind. */
export function kinds(items: readonly Pick<StudyItem, 'kind'>[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
