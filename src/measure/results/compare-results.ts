/**
 * Respondents of which only results are known (files of `export --results`), beside each other and beside those whose
 * samples are at hand. Without samples there are no pairs: differences are of the cells.
 */
import path from 'node:path';
import { exactInterval, horizonOf, unpairedDifference } from '../../score/statistics/index.ts';
import { nearWhereOpen } from '../../score/tables/near.ts';
import type { CellRow, ComparisonRow } from '../../score/tables/rows.ts';
import type { MeasureReportInput, RespondentRows } from '../store/rows.ts';
import { compared, labelsFrom, notedOf, partsOf, promptPart } from '../reading/compare.ts';
import { groupedNotes, notesOn, thresholdNotes, titleOf } from '../reading/notes.ts';
import type { Noted } from '../reading/notes.ts';
import { Gathered } from '../reading/gathered.ts';
import type { GivenResults } from './results-file.node.ts';

export type Comparable = Gathered | GivenResults;

/** Names that tell all apart. */
export function labelsOfAll(all: readonly Comparable[]): string[] {
  return labelsFrom(
    all.map((one) =>
      one instanceof Gathered
        ? partsOf(one)
        : [
            one.name,
            promptPart([...new Set(one.prompts.map(({ name }) => name))]),
            one.started.slice(0, 10),
            path.basename(one.file),
            one.file,
          ],
    ),
  );
}

/** Everything about them, each later one compared with the first. All horizons are at one threshold. */
export function comparedWithResults(
  all: readonly Comparable[],
  threshold = all[0].threshold,
): MeasureReportInput {
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
      ...(unpaired.length === 0
        ? []
        : [
            `${titleOf(unpaired.map(({ label }) => label))}: compared with ${first.label} by counts, not in pairs, since a file of results has no samples.`,
          ]),
      ...groupedNotes(unpaired, (other, label) => [
        ...notesOn(noted[0], { ...noted[respondents.indexOf(other)], label }),
        ...withoutInterval(first, other, label),
      ]),
    ],
  };
}

function rowsOf(given: GivenResults, label: string, threshold: number): RespondentRows {
  const { file, respondent, started, adaptive, missing, rows, horizons, asymmetries, failures, spent } =
    given;
  return {
    ...{ label, folder: file, started, adaptive, missing, threshold, rows, asymmetries, failures, spent },
    respondent: {
      ...(respondent as RespondentRows['respondent']),
      ...(given.command === null ? {} : { command: given.command }),
    },
    horizons:
      given.threshold === threshold
        ? horizons
        : horizons.map(({ task }) => ({
            kind: 'horizon',
            task,
            ...horizonOf(
              rows.filter((row) => row.task === task),
              threshold,
            ),
          })),
    capabilities: [],
    runs: [],
    asked: [],
    examples: [],
  };
}

/** Differences at the lengths that both were asked at; over all of them where each is a fixed number of samples. */
function comparisonsOf(first: RespondentRows, second: RespondentRows): ComparisonRow[] {
  const tasks = [...new Set(first.rows.map(({ task }) => task))];
  return tasks.flatMap((task) => {
    const pairs = second.rows.flatMap((b) => {
      const a = first.rows.find((row) => row.task === task && row.length === b.length);
      return a === undefined || b.task !== task || a.n === 0 || b.n === 0 ? [] : [{ a, b }];
    });
    const row = (length: number | null, of: readonly Pair[], difference: Difference): ComparisonRow => {
      const [a, b] = [sum(of.map((pair) => pair.a)), sum(of.map((pair) => pair.b))];
      return {
        ...{ kind: 'comparison', first: first.label, second: second.label, task, length },
        ...{ n: Math.min(a.n, b.n), paired: false, answers: [a.n, b.n], ...difference },
        ...{ p: null, pAdjusted: null },
        ...(lostOf(a) + lostOf(b) === 0 ? {} : { lost: lostOf(a) + lostOf(b) }),
        near: nearWhereOpen(
          difference,
          of.flatMap((pair) => [pair.a, pair.b]),
        ),
        sequential: of.some((pair) => isSequential(first, pair.a) || isSequential(second, pair.b)),
      };
    };
    const single = pairs.flatMap((pair) => {
      const difference = differenceOf(first, pair.a, second, pair.b);
      return difference === null ? [] : [row(pair.a.length, [pair], difference)];
    });
    if (pairs.length < 2 || pairs.some(({ a, b }) => !isPlain(first, a) || !isPlain(second, b)))
      return single;
    const [a, b] = [sum(pairs.map((pair) => pair.a)), sum(pairs.map((pair) => pair.b))];
    return [...single, row(null, pairs, differenceOfCounts(a, b))];
  });
}

/** Cells of the same task and length. */
interface Pair {
  readonly a: CellRow;
  readonly b: CellRow;
}

interface Counts {
  readonly n: number;
  readonly correct: number;
  readonly failed?: number;
  readonly tooLong?: number;
}

type Difference = ReturnType<typeof unpairedDifference>;

/** The second's accuracy minus the first's; null where what is known of a cell allows no interval. */
function differenceOf(
  first: RespondentRows,
  a: CellRow,
  second: RespondentRows,
  b: CellRow,
): Difference | null {
  if (isPlain(first, a) && isPlain(second, b)) return differenceOfCounts(a, b);
  const [one, two] = [wideInterval(first, a), wideInterval(second, b)];
  if (one === null || two === null) return null;
  return { difference: b.accuracy - a.accuracy, low: two.low - one.high, high: two.high - one.low };
}

/** As in pairs: the interval holds whatever the models would have said where they were not asked. */
function differenceOfCounts(a: Counts, b: Counts): Difference {
  const low = unpairedDifference(b, withLostRight(a)).low;
  const high = unpairedDifference(withLostRight(b), a).high;
  return { ...unpairedDifference(b, a), low, high };
}

function lostOf({ failed = 0, tooLong = 0 }: Counts): number {
  return Math.max(0, failed - tooLong);
}

function withLostRight(counts: Counts): Counts {
  return { n: counts.n, correct: Math.min(counts.n, counts.correct + lostOf(counts)) };
}

/** Intervals of two cells at this level give one of their difference at 95 %. */
const EACH = 0.975;

function wideInterval(respondent: RespondentRows, cell: CellRow): { low: number; high: number } | null {
  if ((cell.confidence ?? 0) >= EACH) return cell;
  return isPlain(respondent, cell) ? exactInterval(cell.correct, cell.n, EACH) : null;
}

/** Whether a cell is a number of samples that was fixed beforehand, each asked once of one model. */
function isPlain(of: RespondentRows, cell: CellRow): boolean {
  const { n, correct, confidence = 0.95, answers } = cell;
  const { seeds } = of.respondent;
  const severalSeeds = Array.isArray(seeds) && seeds.length > 1;
  const asFixed = !isSequential(of, cell) && confidence === 0.95;
  return !severalSeeds && asFixed && answers === undefined && Number.isInteger(correct) && correct <= n;
}

/** Whether the answers decided how many samples were asked. */
function isSequential({ adaptive }: RespondentRows, { lookedAgain }: CellRow): boolean {
  return adaptive || lookedAgain === true;
}

function sum(cells: readonly Counts[]): Counts {
  return {
    n: cells.reduce((total, { n }) => total + n, 0),
    correct: cells.reduce((total, { correct }) => total + correct, 0),
    failed: cells.reduce((total, cell) => total + lostOf(cell), 0),
  };
}

/** What notes go by, of whichever kind it is. */
function notedOfAny(one: Comparable, label: string): Noted {
  if (one instanceof Gathered) return notedOf(one, label);
  const { threshold, adaptive, rows, prompts } = one;
  return {
    ...{ label, threshold, searched: adaptive },
    cells: rows.filter(({ n }) => n > 0),
    prompts: new Map(prompts.map(({ task, name, sha256 }) => [task, { name, sha256 }])),
  };
}

function withoutInterval(first: RespondentRows, other: RespondentRows, label: string): string[] {
  if (first.rows.length * other.rows.length === 0 || comparisonsOf(first, other).length > 0) return [];
  return [
    `${first.label} and ${label} have no difference with an interval: no length in common, repeats, or several seeds. Compare their folders.`,
  ];
}
