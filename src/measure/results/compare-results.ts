/**
 * Respondents of which only results are known (files of `export --results`), beside each other and beside those whose
 * samples are at hand. Without samples there are no pairs: differences are of the cells.
 */
import path from 'node:path';
import { nearWhole } from '../../score/near-whole.ts';
import { CountedCell } from '../../score/tables/counted-cell.ts';
import { differencesOf } from '../../score/tables/differences.ts';
import type { DifferenceRow, SeedCells } from '../../score/tables/differences.ts';
import { nearWhereOpen } from '../../score/tables/near.ts';
import type { CellRow, ComparisonRow } from '../../score/tables/rows.ts';
import { areOtherTasks } from '../../score/tables/settings.ts';
import { horizonAtThreshold } from '../../score/tables/summary.ts';
import { oneThreshold, thresholdFor } from '../../score/tables/threshold.ts';
import type { Threshold } from '../../score/tables/threshold.ts';
import type { MeasureReportInput, RespondentRows } from '../store/rows.ts';
import { compared, notedOf } from '../gather/compare.ts';
import { labelsFrom, partsOf } from '../gather/labels.ts';
import { groupedNotes, notesOn, thresholdNotes, thresholdOfFirst, titleOf } from '../gather/notes.ts';
import type { Noted } from '../gather/notes.ts';
import { withTasksApart } from '../gather/tasks-apart.ts';
import { Gathered } from '../gather/gathered.ts';
import type { GivenResults } from './results-file.node.ts';

export type Comparable = Gathered | GivenResults;

/** Names that tell all apart. */
export function labelsOfAll(all: readonly Comparable[]): string[] {
  return labelsFrom(
    all.map((one) =>
      one instanceof Gathered
        ? partsOf(one)
        : {
            model: one.name,
            prompts: Object.fromEntries(one.prompts.map(({ task, name }) => [task, name])),
            texts: textsOf(one.prompts),
            ...(one.settings === undefined ? {} : { settings: one.settings }),
            day: one.started.slice(0, 10),
            fileName: path.basename(one.file),
            file: one.file,
          },
    ),
  );
}

function textsOf(prompts: GivenResults['prompts']): Record<string, string> {
  return Object.fromEntries(
    prompts.flatMap(({ task, sha256 }) => (sha256 === undefined ? [] : [[task, sha256]])),
  );
}

/** Everything about them, each later one compared with the first. All horizons of a task are at one threshold. */
export function comparedWithResults(
  all: readonly Comparable[],
  threshold: Threshold = thresholdOfFirst(all.map((one) => notedOfAny(one, ''))),
): MeasureReportInput {
  return withTasksApart(comparedByName(all, threshold));
}

function comparedByName(all: readonly Comparable[], threshold: Threshold): MeasureReportInput {
  const labels = labelsOfAll(all);
  const name = titleOf(labels);
  const own = all.flatMap((one, i) => (one instanceof Gathered ? [{ gathered: one, label: labels[i] }] : []));
  const among =
    own.length === 0
      ? null
      : compared(
          name,
          own.map(({ gathered }) => gathered),
          threshold,
          own.map(({ label }) => label),
        );
  if (among !== null && own.length === all.length) return among;
  const respondents = all.map(
    (one, i) =>
      among?.respondents.find(({ label }) => label === labels[i]) ??
      rowsOf(one as GivenResults, labels[i], threshold),
  );
  const noted = all.map((one, i) => notedOfAny(one, labels[i]));
  // Those with samples were compared with the first of them, which counts where it is the first of all.
  const paired = all[0] instanceof Gathered ? among : null;
  const [first, ...others] = respondents;
  const unpaired = others.filter((_, i) => paired === null || !(all[i + 1] instanceof Gathered));
  const byCounts = unpaired.filter((other) => comparisonsOf(first, other).length > 0);
  return {
    name,
    respondents,
    comparisons: [
      ...(paired?.comparisons ?? []),
      ...unpaired.flatMap((other) => comparisonsOf(first, other)),
    ],
    notes: [
      ...(paired?.notes ?? []),
      ...thresholdNotes(
        noted.filter((_, i) => paired === null || !(all[i] instanceof Gathered)),
        threshold,
      ),
      ...(byCounts.length === 0
        ? []
        : [
            `${titleOf(byCounts.map(({ label }) => label))}: compared with ${first.label} by counts, not in pairs, since a file of results has no samples.`,
          ]),
      ...groupedNotes(unpaired, (other, label) => [
        ...notesOn(noted[0], { ...noted[respondents.indexOf(other)], label }),
        ...withoutInterval(first, other, label),
      ]),
    ],
  };
}

function rowsOf(given: GivenResults, label: string, threshold: Threshold): RespondentRows {
  const { file, respondent, started, adaptive, missing, rows, asymmetries, failures, spent } = given;
  const horizons = given.horizons.map((horizon) => {
    const shown = thresholdFor(threshold, horizon.task);
    return horizon.threshold === shown ? horizon : horizonAtThreshold(horizon, rows, shown);
  });
  return {
    ...{ label, folder: file, started, adaptive, missing, rows, horizons, asymmetries, failures, spent },
    threshold: typeof threshold === 'number' ? threshold : oneThreshold(horizons.map((row) => row.threshold)),
    ...(given.settings === undefined ? {} : { settings: given.settings }),
    respondent: {
      ...(respondent as RespondentRows['respondent']),
      ...(given.command === null ? {} : { command: given.command }),
    },
    capabilities: [],
    runs: [],
    asked: [],
    examples: [],
  };
}

/**
 * Differences at the lengths that both were asked at, and over all of them, as of folders that share no samples. A length
 * whose samples were asked several times has one where its own intervals allow it, and then there is none over all.
 */
function comparisonsOf(first: RespondentRows, second: RespondentRows): ComparisonRow[] {
  const tasks = [...new Set(first.rows.map(({ task }) => task))].filter(
    (task) => !areOtherTasks(first.settings?.[task], second.settings?.[task]),
  );
  return tasks.flatMap((task) => {
    const pairs = pairsOf(first, second, task);
    const sequential = [first, second].some((one) => isSequential(one, task));
    const counted = pairs.filter(({ a, b }) => isCounted(first, a) && isCounted(second, b));
    const cells = (of: (pair: Pair) => CellRow): SeedCells<CountedCell>[] => [
      { seed: null, cells: counted.map((pair) => new CountedCell(of(pair))) },
    ];
    // The later respondent's accuracy minus the first one's.
    const differences = differencesOf(
      cells(({ b }) => b),
      cells(({ a }) => a),
      { sequential },
    );
    const others = pairs.filter((pair) => !counted.includes(pair)).flatMap(ownDifference);
    const single = [...differences.filter(({ length }) => length !== null), ...others];
    const overall = differences.filter(({ length }) => length === null && counted.length === pairs.length);
    return [...single.toSorted((x, y) => Number(x.length) - Number(y.length)), ...overall].map(
      (row): ComparisonRow => {
        const at = pairs.filter(({ a }) => row.length === null || a.length === row.length);
        const answers = (of: (pair: Pair) => CellRow): number =>
          at.reduce((total, pair) => total + of(pair).n, 0);
        return {
          ...{ kind: 'comparison', first: first.label, second: second.label, task, pAdjusted: null },
          answers: [answers(({ a }) => a), answers(({ b }) => b)],
          ...row,
        };
      },
    );
  });
}

/** Cells of the same task and length. */
interface Pair {
  readonly a: CellRow;
  readonly b: CellRow;
}

function pairsOf(first: RespondentRows, second: RespondentRows, task: string): Pair[] {
  const others = new Map(first.rows.flatMap((row) => (row.task === task ? [[row.length, row]] : [])));
  return second.rows.flatMap((b) => {
    const a = b.task === task ? others.get(b.length) : undefined;
    return a === undefined || a.n === 0 || b.n === 0 ? [] : [{ a, b }];
  });
}

/** Intervals of two cells at this level give one of their difference at 95 %. */
const EACH = 0.975;

/** Of cells whose answers are not known one by one: by their own intervals, where these are wide enough. */
function ownDifference({ a, b }: Pair): DifferenceRow[] {
  if ([a, b].some(({ confidence = 0 }) => confidence < EACH)) return [];
  const found = { difference: nearWhole(b.accuracy - a.accuracy), low: b.low - a.high, high: b.high - a.low };
  return [
    {
      ...{ length: a.length, n: Math.min(a.n, b.n), paired: false, ...found, p: null },
      ...{ near: nearWhereOpen(found, [a, b]), sequential: true },
    },
  ];
}

/** Whether a cell is a number of samples, each asked once of one model. A search that doesn't say its level is of an older version. */
function isCounted(respondent: RespondentRows, cell: CellRow): boolean {
  const hasNoLevel = respondent.adaptive && cell.confidence === undefined;
  return !isOfSeveralSeeds(respondent) && !hasNoLevel && CountedCell.isCounted(cell);
}

function isOfSeveralSeeds({ respondent: { seeds } }: RespondentRows): boolean {
  return Array.isArray(seeds) && seeds.length > 1;
}

/** Whether the answers decided how many samples of a task were asked. */
function isSequential({ adaptive, rows }: RespondentRows, task: string): boolean {
  const own = rows.filter((row) => row.task === task);
  return isSearched({ adaptive, rows }, task) || own.some(({ lookedAgain }) => lookedAgain === true);
}

/** Whether the answers chose lengths of a task. Searches of older versions do not say their levels. */
function isSearched({ adaptive, rows }: Pick<RespondentRows, 'adaptive' | 'rows'>, task: string): boolean {
  return rows.some(
    ({ task: of, lookedAgain, confidence }) =>
      of === task && lookedAgain !== true && (confidence === undefined ? adaptive : confidence !== 0.95),
  );
}

/** What notes go by, of whichever kind it is. */
function notedOfAny(one: Comparable, label: string): Noted {
  if (one instanceof Gathered) return notedOf(one, label);
  const { rows, horizons, prompts, settings } = one;
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return {
    label,
    thresholds: new Map(horizons.map(({ task, threshold }) => [task, threshold])),
    searched: new Set(tasks.filter((task) => isSearched(one, task))),
    cells: rows.filter(({ n }) => n > 0),
    prompts: new Map(prompts.map(({ task, name, sha256 }) => [task, { name, sha256 }])),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** The lengths that both were asked at and that have no difference, by task, and why. */
function withoutInterval(first: RespondentRows, other: RespondentRows, label: string): string[] {
  const shown = comparisonsOf(first, other);
  const isShown = (task: string, length: number | null): boolean =>
    shown.some((row) => row.task === task && row.length === length);
  const tasks = [...new Set(first.rows.map(({ task }) => task))].filter(
    (task) => !areOtherTasks(first.settings?.[task], other.settings?.[task]),
  );
  const missing = tasks.flatMap((task) => {
    const pairs = pairsOf(first, other, task);
    const without = pairs.filter(({ a }) => !isShown(task, a.length));
    const lengths = without.map(({ a }) => a.length).toSorted((x, y) => x - y);
    // What holds over all lengths needs each of them; of one length it is the same.
    const overall = pairs.length < 2 || isShown(task, null) ? [] : ['over all'];
    const where = [...(lengths.length === 0 ? [] : [`at ${lengths.join(', ')}`]), ...overall];
    const apart = pairs.filter(({ a, b }) => !isCounted(first, a) || !isCounted(other, b));
    return where.length === 0 || apart.length === 0
      ? []
      : [{ task, where: where.join(' and '), pairs: apart }];
  });
  if (missing.length === 0) return [];
  const pairs = missing.flatMap((each) => each.pairs);
  const why = [
    ...whyNotCounted(
      first,
      first.label,
      pairs.map(({ a }) => a),
    ),
    ...whyNotCounted(
      other,
      label,
      pairs.map(({ b }) => b),
    ),
  ];
  const of =
    shown.length === 0 ? '' : ` for ${missing.map(({ task, where }) => `${task} ${where}`).join(', ')}`;
  return [
    `${first.label} and ${label} have no difference with an interval${of}: ${why.join(', and ')}, and a file of results has no single answers. Compare their folders.`,
  ];
}

/** Why the counts of cells are not enough for an interval, of the respondent that has them. */
function whyNotCounted(respondent: RespondentRows, label: string, cells: readonly CellRow[]): string[] {
  if (cells.every((cell) => isCounted(respondent, cell))) return [];
  if (isOfSeveralSeeds(respondent)) return [`${label} is of several seeds`];
  if (cells.some(({ answers }) => answers !== undefined))
    return [`${label} was asked each question several times`];
  return [`${label} was searched by an older version`];
}
