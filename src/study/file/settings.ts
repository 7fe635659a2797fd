/** The parts of a study file that say how to draw, to train and to measure. */
import { alphabetNamed, type Placing, type Symbols, type TaskOptions } from '../../tasks/index.ts';
import { checkAlphabet, WHERE } from '../../tasks/check-options.ts';
import { placingFrom } from '../../tasks/placing-text.ts';
import { thresholdFault } from '../../score/statistics/exact.ts';
import { schedules, type Positions, type TrainSpec } from '../../train/spec/spec.ts';
import { isScalar, isSeq } from 'yaml';
import {
  attempt,
  list,
  located,
  oneOf,
  positiveNumber,
  record,
  truthOrShare,
  wholeNumber,
  type Located,
  type Place,
  type Reader,
} from './reading.ts';

/** What a file may say of training: any part of the specification that is not said elsewhere. */
export type TrainSettings = Partial<Omit<TrainSpec, 'task' | 'taskOptions' | 'positions' | 'seed'>>;

export interface MeasureSettings {
  /** None: found by a search, which only models behind an address are asked by. */
  readonly lengths: readonly Located<number>[];
  readonly n: number;
  readonly seed: number;
  readonly threshold: number;
}

/** Larger ones are slips of the keyboard; what they would cost, no machine that this runs on can pay. */
const MOST = { layers: 64, heads: 64, dim: 4096, length: 16_384, batch: 65_536, steps: 100_000_000 };
export const MAX_LENGTH = MOST.length;
const MAX_LENGTHS = 1000;
export const MAX_INSTANCES = 100_000;
const MAX_SEEDS = 1000;
const MAX_SYMBOLS = 100_000;

export const POSITIONS: readonly Positions[] = ['ape', 'nope', 'rope'];

/** Seeds, as file and command line have them, are below 2³². */
const MAX_SEED = 4_294_967_295;

export const trainingLengths = range({ min: 1, max: MOST.length }, 'lengths, such as 1-50');

const trainFields = {
  layers: wholeNumber({ min: 1, max: MOST.layers }),
  heads: wholeNumber({ min: 1, max: MOST.heads }),
  dim: wholeNumber({ min: 1, max: MOST.dim }),
  lengths: trainingLengths,
  maxLength: wholeNumber({ min: 1, max: MOST.length }),
  batch: wholeNumber({ min: 1, max: MOST.batch }),
  steps: wholeNumber({ min: 1, max: MOST.steps }),
  learningRate: positiveNumber({ max: 10 }),
  optimizer: oneOf<TrainSpec['optimizer']>('optimizer', ['adamw', 'muon']),
  schedule: oneOf('schedule', schedules),
  warmup: wholeNumber({ min: 0, max: MOST.steps }),
  weightDecay: positiveNumber({ max: 10, orZero: true }),
  curriculum: wholeNumber({ min: 0, max: MOST.steps }),
  offsets: truthOrShare(),
  positionStart: oneOf<TrainSpec['positionStart']>('start of positions', ['normal', 'sinusoid']),
  evaluateEvery: wholeNumber({ min: 1, max: MOST.steps }),
} satisfies Record<keyof TrainSettings, Reader<unknown>>;

/** The keys of `train`, which a model may have, too. */
export const trainKeys = trainFields;

export const trainSettings: Reader<TrainSettings> = record('train', trainFields);

/** What `adaptive` stands for: no lengths. (A list of which nothing could be read is another one without any.) */
export const SEARCH: Located<number>[] = [];

/** A list of lengths, or `adaptive`. */
export const lengthsOrSearch: Reader<Located<number>[]> = (place) =>
  place.scalar() === 'adaptive' ? SEARCH : lengths()(place);

export const measureFields = {
  lengths: lengthsOrSearch,
  n: wholeNumber({ min: 1, max: MAX_INSTANCES }),
  seed: wholeNumber({ min: 0, max: MAX_SEED }),
  threshold: threshold,
};

/** A share that some number of answers can show. */
function threshold(place: Place): number | undefined {
  const value = place.scalar();
  if (typeof value !== 'number') {
    return place.fail(`'${place.name}' is a number above 0 and below 1, not ${place.shown()}`);
  }
  const fault = thresholdFault(value);
  return fault === null ? value : place.fail(fault);
}

export const optionFields = {
  alphabet: located(alphabet),
  occurrences: occurrences,
  where: oneOf('place', WHERE),
  pool: wholeNumber({ min: 1, max: MAX_SYMBOLS }),
  place: placing,
};

/** `1..3`, or a list. A number alone could mean so many seeds or that one, so it is asked what is meant. */
export const seeds: Reader<number[]> = (place) => {
  const value = place.scalar();
  if (typeof value === 'number') {
    return place.fail(`'seeds' is a range or a list: 1..${value} for several, [${value}] for that one`);
  }
  if (typeof value === 'string') {
    const ends = /^(\d{1,9})\.\.(\d{1,9})$/.exec(value);
    if (ends === null)
      return place.fail(`'seeds' is a range such as 1..3 or a list such as [1, 2, 5], not '${value}'`);
    return counted(place, Number(ends[1]), Number(ends[2]));
  }
  const each = located(wholeNumber({ min: 0, max: MAX_SEED }));
  const read = list(each, { max: MAX_SEEDS, reason: 'each trains every model anew' })(place);
  return read && withoutRepeats(read, 'seed').map((seed) => seed.value);
};

/** `[10, 25, 50]`, or `10,25,50`, or one number; each with its place. */
function lengths(): Reader<Located<number>[]> {
  const one = wholeNumber({ min: 1, max: MOST.length });
  const several = list(located(one), { max: MAX_LENGTHS, reason: 'one instance set is drawn for each' });
  return (place) => {
    const value = place.scalar();
    if (typeof value === 'string' && /^\d{1,9}(\s*,\s*\d{1,9})+$/.test(value)) {
      return withoutRepeats(
        value.split(',').map((part) => ({ value: Number(part), place })),
        'length',
      );
    }
    const read = isScalar(place.node) ? single(one, place) : several(place);
    return read && withoutRepeats(read, 'length');
  };
}

function single(reader: Reader<number>, place: Place): Located<number>[] | undefined {
  const value = reader(place);
  return value === undefined ? undefined : [{ value, place }];
}

function withoutRepeats(all: Located<number>[], what: string): Located<number>[] {
  const seen = new Set<number>();
  for (const { value, place } of all) {
    if (seen.has(value)) place.fail(`the ${what} ${value} is there twice`);
    seen.add(value);
  }
  return all;
}

function counted(place: Place, first: number, last: number): number[] | undefined {
  if (last < first) return place.fail(`'${place.name}' runs backwards: write ${last}..${first}`);
  if (last - first >= MAX_SEEDS) {
    return place.fail(
      `'${place.name}' are ${last - first + 1}; at most ${MAX_SEEDS}: each trains every model anew`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** `1-50`, `{ min: 1, max: 50 }`, or one number for both. */
function range(bounds: { min: number; max: number }, what: string): Reader<{ min: number; max: number }> {
  const end = wholeNumber(bounds);
  const written = record('a range', { min: end, max: end }, ['min', 'max']);
  return (place) => {
    const both = isScalar(place.node) ? endsOf(place, what) : written(place);
    if (both?.min === undefined || both.max === undefined) return undefined;
    const { min, max } = both;
    if (min < bounds.min || max > bounds.max) {
      return place.fail(`'${place.name}' lies between ${bounds.min} and ${bounds.max}, not ${min}-${max}`);
    }
    if (max < min) return place.fail(`'${place.name}' runs backwards: write ${max}-${min}`);
    return { min, max };
  };
}

function endsOf(place: Place, what: string): { min: number; max: number } | undefined {
  const ends = /^(\d{1,9})(?:(?:-|\.\.)(\d{1,9}))?$/.exec(String(place.scalar()));
  if (ends === null) return place.fail(`'${place.name}' is a range of ${what}, not ${place.shown()}`);
  return { min: Number(ends[1]), max: Number(ends[2] ?? ends[1]) };
}

function occurrences(place: Place): NonNullable<TaskOptions['occurrences']> | undefined {
  const read = range({ min: 2, max: MOST.length }, 'occurrences of the query, such as 2-4')(place);
  return read?.min === read?.max ? read?.min : read;
}

/** `0.4-0.6`, shares of the source, or `stratified`: where the evidence of look-ups lies, as commands take it. */
function placing(place: Place): Placing | undefined {
  const value = place.scalar();
  let read: Placing | undefined;
  attempt(place, () => (read = placingFrom(typeof value === 'string' ? value : place.shown(), place.name)));
  return read;
}

/** A name as `lengthwise tasks` knows it, or a list of symbols. */
export function alphabet(place: Place): Symbols | undefined {
  const { node } = place;
  let symbols: Symbols | undefined;
  if (isSeq(node)) {
    if (node.items.length > MAX_SYMBOLS) return place.fail(`an alphabet has at most ${MAX_SYMBOLS} symbols`);
    const listed = node.items.map((item) => (isScalar(item) ? String(item.value) : ''));
    attempt(place, () => {
      checkAlphabet(listed);
      symbols = listed;
    });
    return symbols;
  }
  const named = place.scalar();
  if (typeof named !== 'string' && typeof named !== 'number') {
    return place.fail(`'alphabet' is a name or a list of symbols, not ${place.shown()}`);
  }
  attempt(place, () => (symbols = alphabetNamed(String(named))));
  return symbols;
}
