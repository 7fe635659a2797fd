/**
 * Differences of accuracy between two tasks, or between two respondents: in pairs where both were asked about the same
 * sources, over seeds where several models were trained, and by what stays valid under stopping where the answers
 * decided how many samples were asked.
 */
import {
  boundedDifference,
  clusteredDifference,
  mcnemar,
  meanInterval,
  pairedDifference,
  seedSummary,
  sequentialDifference,
  unpairedDifference,
} from '../statistics/index.ts';
import type { Interval, Level, Observations } from '../statistics/index.ts';
import { nearWhole } from '../near-whole.ts';
import { nearWhereOpen } from './near.ts';
import type { EdgeCell } from './near.ts';
import type { Near, SeedDifference } from './rows.ts';
import type { Cluster } from './source-table.ts';
import type { Cell } from './tally.ts';

/** What a comparison goes by: a `Cell`, whose answers are known, or a `CountedCell`, of which only counts are. */
export interface ComparedCell {
  readonly length: number;
  /** Samples asked, of which right. */
  readonly counts: { readonly n: number; readonly correct: number };
  /** Samples about which the model was not asked. */
  readonly lost: number;
  /** Whether samples were asked several times. */
  readonly repeated: boolean;
  /** Of each sample the share of right answers. */
  shares(): Observations;
  /** The same as if the model had been right about all that is lost. */
  withLostRight(): ComparedCell;
  /** Right and asked, here and in the other, of every sample that is known to be in both; or of everything asked, whatever its number. */
  sharedWith(other: ComparedCell, by?: 'sample' | 'source'): { readonly a: Cluster; readonly b: Cluster }[];
  row(): EdgeCell;
}

/** Two cells to compare: of two tasks, or of two respondents, at the same length. */
export interface CellPair {
  readonly first: ComparedCell;
  readonly second: ComparedCell;
}

/** The cells of one trained model, or of a respondent that has no seed. */
export interface SeedCells<Own extends ComparedCell = Cell> {
  readonly seed: number | null;
  readonly cells: readonly Own[];
}

type Models = readonly SeedCells<ComparedCell>[];

export interface CellDifference {
  /** Pairs, or the smaller number of samples where the sources are not the same; over seeds, of all of them. */
  readonly n: number;
  readonly paired: boolean;
  /** Accuracy of the first minus that of the second, with a 95 % interval; over seeds the mean, and one over seeds. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** null where unpaired, and over fewer than six seeds. */
  readonly p: number | null;
  /** The difference of each seed, where there are several. */
  readonly seeds?: readonly SeedDifference[];
  /** Samples of both about which the model was not asked; absent: none. */
  readonly lost?: number;
}

export interface DifferenceOptions<Own extends ComparedCell = Cell> {
  /** Whether the answers decided how many samples were asked: what is said then holds under stopping. */
  readonly sequential?: boolean;
  /** The cell's row, where it has another interval than the cell alone would. */
  readonly rowOf?: (cell: Own) => EdgeCell;
}

export interface DifferenceRow extends CellDifference {
  /** null: all lengths that both were asked at. */
  readonly length: number | null;
  readonly near: Near | null;
  /** The interval and p hold whenever one stopped, as after a search. */
  readonly sequential: boolean;
}

/**
 * A row for each length that both were asked at, by length, and one over all of them where there are several. Where models
 * of other seeds were asked in other proportions at these lengths, there is none over all: it would compare the proportions.
 */
export function differencesOf<Own extends ComparedCell>(
  first: readonly SeedCells<Own>[],
  second: readonly SeedCells<Own>[],
  options: DifferenceOptions<Own> = {},
): DifferenceRow[] {
  const [one, two] = [asked(first), asked(second)];
  const others = new Set(lengthsOf(two));
  const lengths = lengthsOf(one).filter((length) => others.has(length));
  const row = (length: number | null): DifferenceRow => {
    const within = length === null ? lengths : [length];
    return { length, ...differenceAt(atLengths(one, within), atLengths(two, within), options) };
  };
  const single = lengths.map(row);
  if (lengths.length < 2 || (!bySource(one, two) && !sameProportions([...one, ...two], lengths)))
    return single;
  return [...single, row(null)];
}

/** Whether differences are worked out for each pair of models, which have the same seed or none. */
function bySource(one: Models, two: Models): boolean {
  if (one.length === 1 && two.length === 1) return true;
  return one.filter(({ seed }) => two.some((other) => other.seed === seed)).length > 1;
}

/** Whether all were asked the same share of their samples at each length. */
function sameProportions(models: Models, lengths: readonly number[]): boolean {
  const shares = atLengths(models, lengths).map(({ cells }) => {
    const { n } = totalOf(cells);
    return lengths.map((length) => totalOf(cells.filter((cell) => cell.length === length)).n / n);
  });
  return shares.every((own) => own.every((share, i) => Math.abs(share - shares[0][i]) < SAME_SHARE));
}

/** Shares of samples that differ by less are the same. */
const SAME_SHARE = 1e-9;

function differenceAt<Own extends ComparedCell>(
  first: readonly SeedCells<Own>[],
  second: readonly SeedCells<Own>[],
  { sequential = false, rowOf = (cell) => cell.row() }: DifferenceOptions<Own>,
): Omit<DifferenceRow, 'length'> {
  const found = rounded(differenceWhateverIsLost(first, second, sequential));
  const rows = [first, second].flatMap((models) => models.flatMap(({ cells }) => cells)).map(rowOf);
  const p = isEdge(rows) ? null : found.p;
  return { ...found, p, near: nearWhereOpen(found, rows), sequential };
}

/** Sums of shares miss 0 and 1 by a few bits: no difference is one of −10⁻¹⁷, and none is above 1. */
function rounded(found: CellDifference): CellDifference {
  const { difference, low, high } = found;
  return { ...found, difference: nearWhole(difference), low: nearWhole(low), high: nearWhole(high) };
}

/** Whether at each length all are wrong or all right: no test could come out otherwise, and there is none. */
function isEdge(rows: readonly EdgeCell[]): boolean {
  const edges = Map.groupBy(rows, ({ length }) => length);
  return [...edges.values()].every((cells) =>
    [0, 1].some((edge) => cells.every(({ accuracy }) => accuracy === edge)),
  );
}

/**
 * Nobody knows what a model would have said where it was not asked. The difference counts that as wrong, as accuracies do;
 * its interval reaches to what it would be if all that is lost were right on one side and wrong on the other, and p is that
 * of the smallest difference among these: 1 where they have both signs.
 */
function differenceWhateverIsLost(first: Models, second: Models, sequential: boolean): CellDifference {
  const found = differenceOfModels(first, second, sequential);
  const lost = [...first, ...second].flatMap(({ cells }) => cells).reduce((sum, cell) => sum + cell.lost, 0);
  if (lost === 0) return found;
  const least = differenceOfModels(first, completed(second), sequential);
  const most = differenceOfModels(completed(first), second, sequential);
  const nearest = least.difference > 0 ? least : most.difference < 0 ? most : null;
  const p = found.p === null ? null : (nearest?.p ?? 1);
  return { ...found, lost: nearWhole(lost), low: least.low, high: most.high, p };
}

function completed(models: Models): Models {
  return models.map(({ seed, cells }) => ({ seed, cells: cells.map((cell) => cell.withLostRight()) }));
}

function differenceOfModels(first: Models, second: Models, sequential: boolean): CellDifference {
  if (first.length === 1 && second.length === 1) {
    return differenceOf(pairsOf(first[0].cells, second[0].cells), sequential);
  }
  const shared = first.flatMap(({ seed, cells }) => {
    const pairs = pairsOf(cells, second.find((model) => model.seed === seed)?.cells ?? []);
    return pairs.length === 0 ? [] : [{ seed: seed ?? 0, ...differenceOf(pairs, sequential) }];
  });
  return shared.length > 1 ? overSharedSeeds(shared) : overOtherSeeds(first, second, sequential);
}

/** Two kinds of models with the same seeds: each seed is one observation, and there is nothing else to go by. */
function overSharedSeeds(each: readonly (CellDifference & { readonly seed: number })[]): CellDifference {
  const values = each.map(({ difference }) => difference);
  const { mean, interval, p } = seedSummary(values, 'difference');
  return {
    n: each.reduce((sum, { n }) => sum + n, 0),
    paired: each.every(({ paired }) => paired),
    difference: mean,
    ...(interval === null ? { low: -1, high: 1 } : { low: interval.low, high: interval.high }),
    p,
    seeds: each.map(({ seed, difference, n }) => ({ seed, difference, n })),
  };
}

/**
 * Models with other seeds, or several against one: the difference of two means, with the ends of two intervals that hold
 * together (Bonferroni), whenever a search stopped. No test.
 */
function overOtherSeeds(first: Models, second: Models, sequential: boolean): CellDifference {
  const level = { confidence: (1 + CONFIDENCE) / 2, sequential };
  const [one, two] = [meanOver(first, level), meanOver(second, level)];
  const several = first.length > 1 ? first : second;
  const sign = first.length > 1 ? 1 : -1;
  const other = first.length > 1 ? two.mean : one.mean;
  return {
    n: Math.min(one.n, two.n),
    paired: false,
    difference: one.mean - two.mean,
    low: one.low - two.high,
    high: one.high - two.low,
    p: null,
    seeds: several.map((model) => {
      const { mean, n } = meanOver([model], level);
      return { seed: model.seed ?? 0, difference: sign * (mean - other), n };
    }),
  };
}

/** @param level of its interval: over seeds where there are several, else over the samples of the one model */
function meanOver(
  models: Models,
  level: Required<Level>,
): Interval & { readonly mean: number; readonly n: number } {
  const totals = models.map(({ cells }) => totalOf(cells));
  const n = totals.reduce((sum, total) => sum + total.n, 0);
  const { mean, interval } = seedSummary(
    totals.map(({ n: asked, correct }) => Math.min(1, correct / asked)),
    'accuracy',
    level.confidence,
  );
  if (interval !== null) return { mean, n, low: interval.low, high: interval.high };
  const each = models[0].cells.map((cell) => cell.shares());
  return { mean, n, ...meanInterval(together(each), level) };
}

/**
 * The difference in pairs where both were asked about the same sources; by the counts of all answers where not. Over several
 * lengths of which some have no pairs, it is the mean of the lengths' own differences: sums over all answers would compare
 * how many were asked at each length, too.
 */
export function differenceOf(pairs: readonly CellPair[], sequential = false): CellDifference {
  const [only] = pairs;
  if (pairs.length > 1 && pairs.some((pair) => sharedOf([pair]).length === 0))
    return overLengths(pairs, sequential);
  const shared = sharedOf(pairs);
  return shared.length === 0
    ? unpaired(only, sequential, CONFIDENCE)
    : paired(shared, sequential, CONFIDENCE);
}

const CONFIDENCE = 0.95;

/** Right and asked, here and there, of a source that both were asked about. */
type SharedSource = ReturnType<ComparedCell['sharedWith']>[number];

/**
 * Two samplers draw some sources alike by accident, most at short lengths: these few would stand for all samples. So there are
 * pairs only where nearly all sources of the one that was asked less are the other's, too, as when a run was stopped early.
 */
const NEARLY_ALL = 0.9;

/**
 * Samples pair by their numbers. A recording may have none, or others: then all that was asked alike is one pair, of the share
 * of right answers here and there. Answers to one question are not independent of each other, those to different ones are.
 */
function sharedOf(pairs: readonly CellPair[]): SharedSource[] {
  return pairs.flatMap(({ first, second }) => {
    const least = NEARLY_ALL * Math.min(first.counts.n, second.counts.n);
    const shared = first.sharedWith(second);
    if (shared.length >= least) return shared;
    const alike = first.sharedWith(second, 'source');
    return alike.length >= least ? alike : [];
  });
}

function paired(shared: readonly SharedSource[], sequential: boolean, confidence: number): CellDifference {
  const facts = { n: shared.length, paired: true };
  if (shared.some(({ a, b }) => a.n > 1 || b.n > 1)) {
    const shares = shared.map(({ a, b }) => a.correct / a.n - b.correct / b.n);
    return { ...facts, ...clusteredDifference(shares, confidence) };
  }
  const count = (right: number, other: number): number =>
    shared.filter(({ a, b }) => a.correct === right && b.correct === other).length;
  const [onlyFirst, onlySecond] = [count(1, 0), count(0, 1)];
  const counts = { both: count(1, 1), onlyFirst, onlySecond, neither: count(0, 0) };
  if (sequential) return { ...facts, ...sequentialDifference(counts, confidence) };
  return { ...facts, ...pairedDifference(counts, confidence), p: mcnemar(onlyFirst, onlySecond).p };
}

function unpaired({ first, second }: CellPair, sequential: boolean, confidence: number): CellDifference {
  const [one, two] = [first.counts, second.counts];
  const facts = { n: Math.min(one.n, two.n), paired: false, p: null };
  if (sequential || first.repeated || second.repeated) {
    return { ...facts, ...boundedDifference(first.shares(), second.shares(), confidence) };
  }
  return { ...facts, ...unpairedDifference(one, two, confidence) };
}

/**
 * The mean of the lengths' differences, each weighed by its n, in both respondents alike. The interval: where numbers were
 * fixed, the lengths' own put together as those of independent estimates (Zou and Donner 2008, Statistics in Medicine
 * 27:1693-1702); with repeats or after a search, the weighted ends of intervals that all hold together (Bonferroni), which
 * is valid always. No test.
 */
function overLengths(pairs: readonly CellPair[], sequential: boolean): CellDifference {
  const always = sequential || pairs.some(({ first, second }) => first.repeated || second.repeated);
  const confidence = always ? 1 - (1 - CONFIDENCE) / pairs.length : CONFIDENCE;
  const each = pairs.map((pair) => {
    const shared = sharedOf([pair]);
    return shared.length === 0
      ? unpaired(pair, sequential, confidence)
      : paired(shared, sequential, confidence);
  });
  const n = each.reduce((sum, one) => sum + one.n, 0);
  // Divided once, at the end: the shares n / N of many lengths add up to a little more than 1.
  const weighed = (of: (one: CellDifference) => number): number[] => each.map((one) => one.n * of(one));
  const mean = (of: (one: CellDifference) => number): number =>
    weighed(of).reduce((sum, part) => sum + part, 0) / n;
  const difference = mean((one) => one.difference);
  const reach = (of: (one: CellDifference) => number): number =>
    always ? mean(of) : Math.hypot(...weighed(of)) / n;
  return {
    ...{ n, paired: false, difference },
    low: Math.max(-1, difference - reach((one) => one.difference - one.low)),
    high: Math.min(1, difference + reach((one) => one.high - one.difference)),
    p: null,
  };
}

function together(each: readonly Observations[]): Observations {
  const sum = (of: (one: Observations) => number): number => each.reduce((total, one) => total + of(one), 0);
  return {
    right: sum(({ right }) => right),
    wrong: sum(({ wrong }) => wrong),
    shares: each.flatMap(({ shares }) => shares),
  };
}

function totalOf(cells: readonly ComparedCell[]): { readonly n: number; readonly correct: number } {
  return {
    n: cells.reduce((sum, { counts }) => sum + counts.n, 0),
    correct: cells.reduce((sum, { counts }) => sum + counts.correct, 0),
  };
}

/** Cells at the lengths that both have, by length. */
function pairsOf(first: readonly ComparedCell[], second: readonly ComparedCell[]): CellPair[] {
  return first
    .flatMap((one) => {
      const two = second.find(({ length }) => length === one.length);
      return two === undefined ? [] : [{ first: one, second: two }];
    })
    .sort((a, b) => a.first.length - b.first.length);
}

function asked<Own extends ComparedCell>(models: readonly SeedCells<Own>[]): SeedCells<Own>[] {
  return models
    .map(({ seed, cells }) => ({ seed, cells: cells.filter(({ counts }) => counts.n > 0) }))
    .filter(({ cells }) => cells.length > 0);
}

function atLengths<Own extends ComparedCell>(
  models: readonly SeedCells<Own>[],
  lengths: readonly number[],
): SeedCells<Own>[] {
  return asked(
    models.map(({ seed, cells }) => ({
      seed,
      cells: cells.filter(({ length }) => lengths.includes(length)),
    })),
  );
}

function lengthsOf(models: Models): number[] {
  const all = models.flatMap(({ cells }) => cells.map(({ length }) => length));
  return [...new Set(all)].sort((a, b) => a - b);
}
