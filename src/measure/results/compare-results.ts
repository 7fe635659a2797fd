/**
 * Respondents of which only results are known (files of `export --results`), beside each other and beside those whose
 * samples are at hand. Without samples there are no pairs: differences are of the cells.
 */
import path from 'node:path';
import { exactInterval, horizonOf, unpairedDifference } from '../../score/statistics/index.ts';
import { percentLevel } from '../../score/tables/percent.ts';
import type { CellRow, ComparisonRow } from '../../score/tables/rows.ts';
import type { MeasureReportInput, RespondentRows } from '../store/rows.ts';
import { compared, groupedNotes, labelsFrom, partsOf, titleOf } from '../reading/compare.ts';
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
            [...new Set(one.prompts.map(({ name }) => name))].join('+'),
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
      ...all.flatMap((one, i) =>
        one instanceof Gathered || one.threshold === threshold
          ? []
          : [
              `${labels[i]} was measured for a horizon at ${percentLevel(one.threshold)}; shown is the one at ${percentLevel(threshold)}.`,
            ],
      ),
      ...(unpaired.length === 0
        ? []
        : [
            `${titleOf(unpaired.map(({ label }) => label))}: compared with ${first.label} by counts, not in pairs, since a file of results has no samples.`,
          ]),
      ...groupedNotes(unpaired, (other, label) => notesOn(all, respondents, first, { other, label })),
    ],
  };
}

function rowsOf(given: GivenResults, label: string, threshold: number): RespondentRows {
  const { file, respondent, started, adaptive, rows, horizons, asymmetries, failures, spent } = given;
  return {
    ...{ label, folder: file, started, adaptive, threshold, rows, asymmetries, failures, spent },
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
    const row = (length: number | null, a: Counts, b: Counts, difference: Difference): ComparisonRow => ({
      ...{ kind: 'comparison', first: first.label, second: second.label, task, length },
      ...{
        n: Math.min(a.n, b.n),
        paired: false,
        answers: [a.n, b.n],
        ...difference,
        p: null,
        pAdjusted: null,
      },
    });
    const single = pairs.flatMap(({ a, b }) => {
      const difference = differenceOf(first, a, second, b);
      return difference === null ? [] : [row(a.length, a, b, difference)];
    });
    if (pairs.length < 2 || pairs.some(({ a, b }) => !isPlain(first, a) || !isPlain(second, b)))
      return single;
    const [a, b] = [sum(pairs.map((pair) => pair.a)), sum(pairs.map((pair) => pair.b))];
    return [...single, row(null, a, b, unpairedDifference(b, a))];
  });
}

interface Counts {
  readonly n: number;
  readonly correct: number;
}

type Difference = ReturnType<typeof unpairedDifference>;

/** The second's accuracy minus the first's; null where what is known of a cell allows no interval. */
function differenceOf(
  first: RespondentRows,
  a: CellRow,
  second: RespondentRows,
  b: CellRow,
): Difference | null {
  if (isPlain(first, a) && isPlain(second, b)) return unpairedDifference(b, a);
  const [one, two] = [wideInterval(first, a), wideInterval(second, b)];
  if (one === null || two === null) return null;
  return { difference: b.accuracy - a.accuracy, low: two.low - one.high, high: two.high - one.low };
}

/** Intervals of two cells at this level give one of their difference at 95 %. */
const EACH = 0.975;

function wideInterval(respondent: RespondentRows, cell: CellRow): { low: number; high: number } | null {
  if ((cell.confidence ?? 0) >= EACH) return cell;
  return isPlain(respondent, cell) ? exactInterval(cell.correct, cell.n, EACH) : null;
}

/** Whether a cell is a number of samples that was fixed beforehand, each asked once of one model. */
function isPlain(
  { respondent }: RespondentRows,
  { n, correct, confidence = 0.95, answers }: CellRow,
): boolean {
  const severalSeeds = Array.isArray(respondent.seeds) && respondent.seeds.length > 1;
  return (
    !severalSeeds && confidence === 0.95 && answers === undefined && Number.isInteger(correct) && correct <= n
  );
}

function sum(cells: readonly Counts[]): Counts {
  return {
    n: cells.reduce((total, { n }) => total + n, 0),
    correct: cells.reduce((total, { correct }) => total + correct, 0),
  };
}

function notesOn(
  all: readonly Comparable[],
  respondents: readonly RespondentRows[],
  first: RespondentRows,
  { other, label }: { readonly other: RespondentRows; readonly label: string },
): string[] {
  const [a, b] = [first, other].map((one) => promptNames(all[respondents.indexOf(one)]));
  const differing = [...a].flatMap(([task, name]) => {
    const theirs = b.get(task);
    return theirs === undefined || theirs === name ? [] : [`${task} (${name} and ${theirs})`];
  });
  const omitted = comparisonsOf(first, other).length === 0 && first.rows.length * other.rows.length > 0;
  return [
    ...(differing.length === 0
      ? []
      : [
          `${first.label} and ${label} were not asked in the same words: ${differing.join(', ')}. What differs may be the prompt, not the model.`,
        ]),
    ...(omitted
      ? [
          `${first.label} and ${label} have no difference with an interval: no length in common, repeats, or several seeds. Compare their folders.`,
        ]
      : []),
  ];
}

function promptNames(one: Comparable): Map<string, string> {
  if (!(one instanceof Gathered)) return new Map(one.prompts.map(({ task, name }) => [task, name]));
  return new Map([...one.asked.values()].map(({ task, prompt }) => [task, prompt.name]));
}
