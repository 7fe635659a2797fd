/** A study's outcome in a few lines: for each task and model the verdict, the horizons, and accuracy by length. */
import { unanswered } from '../measure/store/ending.ts';
import {
  openText,
  recommendedIn,
  secondsText,
  tokensText,
  wayAccuracyText,
  wayHorizonText,
  whyNone,
} from '../fix/outcome/text.ts';
import { horizonText } from '../score/tables/horizon-text.ts';
import { overSeeds } from '../score/tables/over-seeds.ts';
import type { SeedCell } from '../score/tables/over-seeds.ts';
import { percentLevel, percentNumber } from '../score/tables/percent.ts';
import type { CellRow, HorizonRow, Share } from '../score/tables/rows.ts';
import type { FixRow, WayResult } from '../fix/outcome/rows.ts';
import type { AskedRow, AskItem, FixItem, MeasureItem, StudyItem, StudyRows } from './rows.ts';

/** A task and a model; rows as every other measurement has them. */
export interface SummaryRow {
  readonly task: string;
  readonly model: string;
  /** What the theory says of the task for such a model; null when it wasn't asked. */
  readonly verdict: 'in' | 'out' | 'unknown' | null;
  /** One per seed that was measured. A respondent has no seed. */
  readonly horizons: readonly (HorizonRow & { readonly seed: number | null })[];
  /** By length: of several seeds, all samples of all of them, the mean of their accuracies, and an interval over seeds. */
  readonly cells: readonly SummaryCell[];
  /** Seeds planned; 1 for a respondent. */
  readonly seeds: number;
}

export interface SummaryCell extends SeedCell {
  /** Each seed's own, where there are several. */
  readonly bySeed?: readonly (Share & { readonly seed: number })[];
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
    horizons: rows.flatMap(({ seed, row }) => (row.kind === 'horizon' ? [{ ...row, seed }] : [])),
    cells: cellsOf(rows.flatMap(({ seed, row }) => (row.kind === 'cell' ? [{ seed, row }] : []))),
    seeds: items.length,
  };
}

function cellsOf(cells: readonly { readonly seed: number | null; readonly row: CellRow }[]): SummaryCell[] {
  return overSeeds(cells.map(({ row }) => row)).map((cell): SummaryCell => {
    if (cell.seeds < 2) return cell;
    const own = cells.filter(({ row }) => row.length === cell.length && row.n > 0);
    const bySeed = own.map(({ seed, row: { n, correct, accuracy, low, high } }) => ({
      ...{ seed: seed ?? 0, n, correct, accuracy, low, high },
    }));
    return { ...cell, bySeed };
  });
}

/** How asking a respondent about a task went; undefined before it has ended. */
export function askedRowOf(item: AskItem): AskedRow | undefined {
  return item.rows.find((row) => row.kind === 'asked');
}

/** What was found to make a task hold; undefined before it has ended. */
export function fixRowOf(item: FixItem): FixRow | undefined {
  return item.rows.find((row) => row.kind === 'fix');
}

/** What makes a task of a model hold, as `lengthwise fix --json` has it, with the names that the study has for them. */
export interface MendedRow extends FixRow {
  readonly model: string;
  /** Where what is handed over lies, relative to the study's folder. */
  readonly folder: string;
}

/** One for each task and model for which it was found out, in the order of the plan. */
export function mendedIn({ items }: StudyRows): MendedRow[] {
  return items.flatMap((item) => {
    const found = item.kind === 'fix' ? fixRowOf(item) : undefined;
    if (item.kind !== 'fix' || found === undefined) return [];
    return [{ ...found, task: item.task, model: item.model ?? '', folder: item.folder }];
  });
}

/** Whether questions are left that got no answer, or that the budget did not allow. */
export function isIncomplete(item: StudyItem): item is AskItem | FixItem {
  if (item.kind === 'fix') return (fixRowOf(item)?.incomplete ?? null) !== null;
  return item.kind === 'ask' && (askedRowOf(item)?.budgetSpent === true || failedQuestions(item) > 0);
}

/** Questions that another run may get an answer to: not those whose prompts do not fit the context. */
export function failedQuestions(item: AskItem): number {
  const failed = (askedRowOf(item)?.failures ?? []).reduce((sum, { count }) => sum + count, 0);
  const rows = item.rows.filter((row) => row.kind === 'cell');
  const horizons = item.rows.filter((row) => row.kind === 'horizon');
  const asked = rows.reduce((sum, { n, answers }) => sum + (answers ?? n), 0);
  return unanswered({ run: { answered: asked - failed, reused: 0, failed }, rows, horizons });
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

/** The summary as tables for a terminal: tasks that were measured at the same lengths stand in one. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const groups = new Map<string, SummaryRow[]>();
  for (const row of rows) {
    const lengths = row.cells.map(({ length }) => length).join(' ');
    groups.set(lengths, [...(groups.get(lengths) ?? []), row]);
  }
  const tables = [...groups.values()].map((group) => textTable(linesOf(group)));
  return `${tables.join('\n')}${legend(rows)}`;
}

function linesOf(rows: readonly SummaryRow[]): string[][] {
  const thresholds = new Set(rows.flatMap(({ horizons }) => horizons.map(({ threshold }) => threshold)));
  const one = thresholds.size === 1 ? [...thresholds][0] : null;
  const lengths = rows[0].cells.map(({ length }) => length);
  const head = ['task', 'model', 'theory', one === null ? 'horizon' : `horizon at ${percentLevel(one)}`];
  return [
    [...head, 'n', ...lengths.map((length) => `@${length}`)],
    ...rows.map((row) => [
      row.task,
      row.model,
      row.verdict ?? '–',
      row.horizons
        .map(
          (horizon) =>
            `${horizonText(horizon)}${one === null ? ` at ${percentLevel(horizon.threshold)}` : ''}`,
        )
        .join('; ') || '–',
      samplesText(row.cells),
      ...row.cells.map(cellText),
    ]),
  ];
}

/** `500`, or `20–300` where lengths have different numbers of samples. */
function samplesText(cells: readonly SummaryCell[]): string {
  if (cells.length === 0) return '–';
  const counts = cells.map(({ n }) => n);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least}–${most}`;
}

const LEVEL = 0.95;

/** `98.2 (96.6–99.2)`; of several seeds `98.2 (90–100; seeds 96–100)`. */
function cellText({ n, accuracy, low, high, confidence = LEVEL, bySeed = [] }: SummaryCell): string {
  if (n === 0) return '–';
  const interval = `${percentNumber(low)}–${percentNumber(high)}`;
  const level = confidence === LEVEL ? '' : ` at ${percentLevel(confidence)}`;
  const all = bySeed.map((seed) => seed.accuracy);
  const seeds =
    all.length === 0 ? '' : `; seeds ${percentNumber(Math.min(...all))}–${percentNumber(Math.max(...all))}`;
  return `${percentNumber(accuracy)} (${interval}${level}${seeds})`;
}

function legend(rows: readonly SummaryRow[]): string {
  const cells = rows.flatMap((row) => row.cells);
  if (cells.length === 0) return '';
  const over = cells.filter(({ bySeed }) => bySeed !== undefined);
  const level = `${percentLevel(LEVEL)} interval`;
  if (over.length === 0) return `Accuracy in percent; in brackets its ${level}. n: samples a length.\n`;
  const nothing = over.some(({ low, high }) => high - low > SAYS_NOTHING)
    ? ' Where the interval is nearly 0–100, so few seeds say nothing about others.'
    : '';
  return `Accuracy in percent; in brackets its ${level}, over seeds where there are several, and the range of the seeds. n: samples a length.${nothing}\n`;
}

/** An interval over seeds that leaves out no more than a twentieth of all accuracies. */
const SAYS_NOTHING = 0.95;

/** Before and after, task by task: how far it holds as it is asked, and with what is recommended. */
export function mendedTable(rows: readonly MendedRow[]): string {
  if (rows.length === 0) return '';
  const head = ['task', 'model', 'wanted', 'with', 'horizon', 'accuracy', 'tokens', 's'];
  const notes = rows.flatMap((row) => {
    const why = whyNone(row);
    return why === null ? [] : [`${row.task} ${row.model}: ${why}\n`];
  });
  const arrows =
    'Before → after: as it is asked, and with what is recommended. Tokens and seconds are of one sample.\n';
  const open = openText(rows.map(({ plain }) => plain));
  return `${textTable([head, ...rows.map(mendedLine)])}${notes.join('')}${arrows}${open === null ? '' : `${open}\n`}`;
}

function mendedLine(row: MendedRow): string[] {
  const { task, model, plain, threshold } = row;
  const best = recommendedIn(row);
  const beside = (text: (way: WayResult) => string): string =>
    best === null ? text(plain) : `${text(plain)} → ${text(best)}`;
  return [
    ...[task, model, String(plain.length), best?.name ?? '–'],
    beside((way) => wayHorizonText(way, threshold)),
    ...[beside(wayAccuracyText), beside(tokensText), beside(secondsText)],
  ];
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

/** `3 train, 3 measure`: how many items of each kind. */
export function kinds(items: readonly Pick<StudyItem, 'kind'>[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
