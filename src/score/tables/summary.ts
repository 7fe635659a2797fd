/** What comes out of measuring, replaying and comparing: the same tables, the same JSON. */
import { correctedRows } from '../statistics/index.ts';
import type { SourcePart } from '../../tasks/task.ts';
import { asymmetriesOf, asymmetriesOfSeeds } from './contrasts.ts';
import type { SeedCells } from './differences.ts';
import { medianHorizon, seedInterval } from './over-seeds.ts';
import type {
  AsymmetryRow,
  CellRow,
  HorizonPromise,
  HorizonRow,
  LengthLimit,
  PlaceAtLength,
} from './rows.ts';
import { horizonTokens, placesBelow } from '../places/index.ts';
import { horizonOf } from '../statistics/index.ts';
import type { Horizon, Interval } from '../statistics/index.ts';
import type { Cell } from './tally.ts';
import { thresholdFor } from './threshold.ts';
import type { Threshold } from './threshold.ts';

export interface Summary {
  readonly rows: readonly CellRow[];
  readonly horizons: readonly HorizonRow[];
  readonly asymmetries: readonly AsymmetryRow[];
}

/** A search for the horizon, as far as tables need one: its intervals hold whenever it stopped. */
export interface Searched {
  interval(length: number): (Interval & { readonly confidence: number }) | undefined;
  /** What it promises of the lengths up to a horizon; null where that is not the one for which it drew lengths, or at a higher threshold. */
  promise(horizon: number | null, threshold: number): HorizonPromise | null;
}

export interface SummaryOptions {
  readonly threshold: Threshold;
  /** The search of a task, where its lengths were chosen by the answers. */
  readonly search?: (task: string) => Searched | undefined;
  /** The level of a length's interval, where a search chose it, or rows say that the answers decided how many samples there are. */
  readonly levelOf?: (task: string, length: number) => number | undefined;
  /** Whether the number of samples of a length was decided after answers had come, other than by a search alone. */
  readonly isLookedAgain?: (task: string, length: number) => boolean;
  /** Whether the answers decided how many samples of a task were asked. By default after a search. */
  readonly isSequential?: (task: string) => boolean;
  /** Tokens of a symbol of a task's sources; null where it is not known. */
  readonly tokensOf?: (task: string, rows: readonly CellRow[]) => number | null;
  /** The part of the source in which alone a task's evidence was placed; null: anywhere. */
  readonly placeOf?: (task: string) => SourcePart | null;
  /** From which length on prompts of a task are taken no longer; null: none is known. */
  readonly limitOf?: (task: string) => LengthLimit | null;
}

/** The tables of some cells. */
export function summarize(cells: readonly Cell[], options: SummaryOptions): Summary {
  const rows = cells.map((cell) => rowOf(cell, options)).filter(({ n }) => n > 0);
  const tasks = [...new Set(rows.map(({ task }) => task))];
  return {
    rows: byTaskAndLength(rows, tasks),
    horizons: tasks.map((task) =>
      horizonRow(
        task,
        rows.filter((row) => row.task === task),
        options,
      ),
    ),
    asymmetries: asymmetriesOf(cells, {
      sequential: (task) => options.isSequential?.(task) ?? options.search?.(task) !== undefined,
      rowOf: (cell) =>
        rows.find(({ task, length }) => task === cell.task && length === cell.length) ?? cell.row(),
    }),
  };
}

/**
 * The level of a length that is looked at again, as that of the first length of a search. The first look was at 95 %, and
 * had to be; these add hardly anything to its error (`src/measure/plan/looks.test.ts`).
 */
export const AGAIN_CONFIDENCE = 0.975;

/** A cell's row: where answers decided how many samples there are, its interval holds whenever one stops. */
function rowOf(cell: Cell, { search, levelOf, isLookedAgain }: SummaryOptions): CellRow {
  const isAgain = isLookedAgain?.(cell.task, cell.length) === true;
  const interval = search?.(cell.task)?.interval(cell.length);
  const level = interval?.confidence ?? levelOf?.(cell.task, cell.length);
  const confidence = level ?? (isAgain ? AGAIN_CONFIDENCE : undefined);
  if (confidence === undefined) return cell.row();
  return {
    ...cell.row({ confidence, sequential: true }),
    ...interval,
    ...(isAgain ? { lookedAgain: true } : {}),
  };
}

/**
 * The tables of models of one kind that were trained with several seeds: accuracy is counted over all of them, with an
 * interval over seeds; the horizon is the lower median of theirs; differences are over seeds.
 */
export function summarizeSeeds(
  all: readonly Cell[],
  models: readonly SeedCells[],
  options: Pick<SummaryOptions, 'threshold' | 'tokensOf'>,
): Summary {
  const each = models.map(({ cells }) => summarize(cells, options));
  const { rows, horizons } = summarize(all, options);
  return {
    rows: rows.map((row) => {
      const own = each
        .flatMap((one) => one.rows)
        .filter(({ task, length }) => task === row.task && length === row.length);
      return own.length < 2 ? row : { ...row, ...seedInterval(own) };
    }),
    horizons: horizons.map(
      (row) =>
        medianHorizon(each.flatMap((one) => one.horizons).filter(({ task }) => task === row.task)) ?? row,
    ),
    asymmetries: correctedRows(asymmetriesOfSeeds(models)),
  };
}

/**
 * A horizon at another threshold, from rows alone. What only the samples tell (tokens, a promise) is not known.
 * @param known the same task's horizon at the threshold at which it was worked out first
 */
export function horizonAtThreshold(
  known: HorizonRow,
  rows: readonly CellRow[],
  threshold: number,
): HorizonRow {
  const { task, contextEnds, refusedFrom, place, contradicting } = known;
  const limits: (LengthLimit | null)[] = [
    typeof contextEnds === 'number' ? { why: 'context', length: contextEnds } : null,
    typeof refusedFrom === 'number' ? { why: 'refused', length: refusedFrom } : null,
  ];
  const found = horizonRow(
    task,
    rows.filter((row) => row.task === task && row.n > 0),
    {
      threshold,
      limitOf: () => limits.find((limit) => limit !== null) ?? null,
      levelOf: (_, length) => {
        const level = rows.find((row) => row.task === task && row.length === length)?.confidence;
        return level === CONFIDENCE ? undefined : level;
      },
      placeOf: () => place ?? null,
    },
  );
  return contradicting === undefined ? found : { ...found, contradicting };
}

/** Of a number of samples that was fixed beforehand; a row at another level is one that holds whenever one stops. */
const CONFIDENCE = 0.95;

function horizonRow(task: string, rows: readonly CellRow[], options: SummaryOptions): HorizonRow {
  const { limitOf, search, levelOf, tokensOf, placeOf } = options;
  const limit = limitOf?.(task) ?? null;
  const place = placeOf?.(task) ?? null;
  const isByBetsAt = ({ length, lookedAgain, answers }: CellRow): boolean =>
    lookedAgain === true ||
    answers !== undefined || // of samples that were asked several times
    search?.(task)?.interval(length) !== undefined ||
    levelOf?.(task, length) !== undefined;
  const inside = rows.filter(({ length }) => limit === null || length < limit.length);
  const threshold = thresholdFor(options.threshold, task);
  const horizon = horizonOf(inside, threshold);
  return {
    kind: 'horizon',
    task,
    ...horizon,
    withoutUnanswered: withoutUnanswered(inside, horizon, threshold),
    tokens: horizonTokens(horizon.length, tokensOf?.(task, rows) ?? null),
    ...placesIn(rows, threshold, isByBetsAt),
    promise: search?.(task)?.promise(horizon.length, threshold) ?? null,
    contextEnds: limit?.why === 'context' ? limit.length : null,
    refusedFrom: limit?.why === 'refused' ? limit.length : null,
    partlyFits: partlyFitting(inside),
    ...(place === null ? {} : { place }),
  };
}

function partlyFitting(rows: readonly CellRow[]): HorizonRow['partlyFits'] {
  const found = rows.toSorted((a, b) => a.length - b.length).find(({ tooLong = 0 }) => tooLong > 0);
  return found === undefined ? null : { length: found.length, n: found.n, tooLong: found.tooLong ?? 0 };
}

/** The level at which a part of the source is named, over all lengths of a task. */
const PLACES_ALPHA = 0.05;

/** The parts of the source in which accuracy is surely below the threshold, by length. */
function placesIn(
  rows: readonly CellRow[],
  threshold: number,
  isByBets: (row: CellRow) => boolean,
): Required<Pick<HorizonRow, 'weakPlaces' | 'failingPlaces'>> {
  const placed = rows.filter(({ places }) => places !== undefined);
  const found = placed.map((row) => {
    const whole = { high: row.high, sequential: isByBets(row) };
    return { row, below: placesBelow(row.places ?? [], whole, threshold, PLACES_ALPHA / placed.length) };
  });
  const of = (kind: 'weak' | 'failing'): PlaceAtLength[] =>
    found.flatMap(({ row: { length }, below }) => below[kind].map((part) => ({ ...part, length })));
  return { weakPlaces: of('weak'), failingPlaces: of('failing') };
}

/**
 * The horizon of right and wrong answers alone, by their own intervals, where it is another one: samples that failed, were
 * withheld, refused or cut off are wrong answers to whoever relies on the model, and may say nothing of the model. Of a
 * length without any answer, and of longer ones, it says nothing.
 */
function withoutUnanswered(
  rows: readonly CellRow[],
  all: Horizon,
  threshold: number,
): HorizonRow['withoutUnanswered'] {
  if (rows.every(({ answered }) => answered === undefined)) return null;
  const silent = Math.min(...rows.flatMap(({ length, answered }) => (answered?.n === 0 ? [length] : [])));
  const answered = horizonOf(
    rows.filter(({ length }) => length < silent).map((row) => ({ ...row, ...row.answered, lost: 0 })),
    threshold,
  );
  if (isSameHorizon(answered, all)) return null;
  const { length, censored, undecided, high, shortest } = answered;
  return { length, censored, undecided, high, shortest };
}

/** Whether two horizons say the same of the lengths; an undecided one has other counts, of course. */
function isSameHorizon(one: Horizon, two: Horizon): boolean {
  return (
    one.length === two.length &&
    one.censored === two.censored &&
    one.high === two.high &&
    one.shortest === two.shortest &&
    one.undecided?.length === two.undecided?.length
  );
}

function byTaskAndLength(rows: readonly CellRow[], order: readonly string[]): CellRow[] {
  return [...rows].sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task) || a.length - b.length);
}
