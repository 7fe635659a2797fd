/**
 * The data sets that the authors of arXiv 2505.21785 asked their models about (github lacoco-lab/
 * always_a_transformer, datasets/), drawn again record for record. What is drawn, in which order and from which
 * generator follows from the published files; it differs from our own tasks' conventions: the length of a retrieval
 * record counts its query, and both neighbours of the query always exist.
 */
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { PythonRandom } from './python-random.ts';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
const CHARACTERS = [...LETTERS, ...'0123456789'];

/** A record has the authors' field names, in their order. */
export type AuthorsRecord = Readonly<Record<string, string>>;

/**
 * What the authors did in more than one way. `released-cap` (retrieval-nonunique): the query occurs up to a fifth of
 * the context's length times, as in the released script, and not up to a quarter, as in the published files.
 * `published-run` (copying): as in the published files, for which one generator ran on from length to length.
 */
export type AuthorsVariant = 'released-cap' | 'published-run';

export interface AuthorsDraw {
  /** The authors' length: for retrieval one more than the context has symbols. */
  readonly length: number;
  /** A seed of CPython's `random.Random`. */
  readonly seed: bigint | number;
  readonly variant?: AuthorsVariant;
}

type DrawRecord = (random: PythonRandom, length: number) => AuthorsRecord;

interface DataSet {
  readonly name: string;
  readonly variant?: AuthorsVariant;
  readonly title: string;
  /** The lengths of which the rules can make a record. */
  readonly min: number;
  readonly max: number;
  readonly draw: DrawRecord;
}

/**
 * The longest records of the retrieval sets. Occurrences are drawn until no two are adjacent, and the draws that
 * takes grow exponentially with the length: at these lengths about 100,000 a record on average, a second or so.
 */
const LONGEST = { nonunique: 180, releasedCap: 300, hard: 110 };

/** The lengths through which one generator ran, with 1,500 records of each, when the copying files were made. */
const PUBLISHED_RUNS: readonly (readonly number[])[] = [[5, 10, 15, 20], [30, 40, 50], [100]];
const PUBLISHED_RECORDS = 1500;

/** Every data set of the paper's that can be drawn, with its variants: what `lengthwise tasks dataset` knows. */
export const authorsDataSets: readonly DataSet[] = [
  {
    name: 'retrieval-unique',
    title: 'the query occurs once (UL, UR)',
    min: 4,
    max: Infinity,
    draw: retrievalWith((random, context) => [random.randint(1, context - 2)]),
  },
  {
    name: 'retrieval-nonunique',
    title: 'the query occurs 2 to a quarter of the context times (NLFirst, NRFirst, NLLast, NRLast)',
    min: 7,
    max: LONGEST.nonunique,
    draw: retrievalWith((random, context) => severalPlaces(random, Math.floor(context / 4), context - 1)),
  },
  {
    name: 'retrieval-nonunique',
    variant: 'released-cap',
    title: 'the query occurs 2 to a fifth of the context times',
    min: 7,
    max: LONGEST.releasedCap,
    draw: retrievalWith((random, context) => severalPlaces(random, Math.floor(context / 5), context - 1)),
  },
  {
    name: 'retrieval-hard',
    title: 'the query occurs 2 to a fifth of the context times, all in its first half',
    min: 11,
    max: LONGEST.hard,
    draw: retrievalWith((random, context) =>
      severalPlaces(random, Math.floor(context / 5), Math.floor(context / 2)),
    ),
  },
  {
    name: 'copying-unique',
    title: 'letters, all different (UF, UB)',
    min: 1,
    max: LETTERS.length,
    draw: copyUnique,
  },
  {
    name: 'copying-unique',
    variant: 'published-run',
    title: 'the same as in the published files',
    min: 5,
    max: 50,
    draw: copyUnique,
  },
  {
    name: 'copying-nonunique',
    title: 'letters of which each occurs at least twice (NF, NB)',
    min: 2,
    max: Infinity,
    draw: copyNonunique,
  },
  {
    name: 'copying-nonunique',
    variant: 'published-run',
    title: 'the same as in the published files, up to length 20 by an older rule with fewer repeats',
    min: 5,
    max: 100,
    draw: (random, length) =>
      length <= 20 ? copying(fewLetters(random, length), 'N') : copyNonunique(random, length),
  },
];

/**
 * The records of a data set from the first on, without end. A generator of its own for each (name, length, seed),
 * except in the variant `published-run`. Throws UserError for a name, a length or a variant that does not exist, and for a seed that is no whole number.
 */
export function authorsRecords(
  name: string,
  { length, seed, variant }: AuthorsDraw,
): Generator<AuthorsRecord> {
  const set = dataSetOf(name, variant);
  if (!Number.isInteger(length) || length < set.min || length > set.max) {
    const lengths = set.max === Infinity ? `lengths from ${set.min}` : `lengths ${set.min} to ${set.max}`;
    throw new UserError(`${name} admits ${lengths}, not ${length}`);
  }
  if (typeof seed !== 'bigint' && !Number.isInteger(seed))
    throw new UserError(`the seed is a whole number, not ${String(seed)}`);
  const random = new PythonRandom(seed);
  if (variant === 'published-run') drawShorter(set, length, random);
  return endless(set, length, random);
}

function* endless(set: DataSet, length: number, random: PythonRandom): Generator<AuthorsRecord> {
  for (;;) yield set.draw(random, length);
}

function dataSetOf(name: string, variant: AuthorsVariant | undefined): DataSet {
  const named = authorsDataSets.filter((set) => set.name === name);
  if (named.length === 0)
    throw new UserError(unknownName('data set', name, [...new Set(authorsDataSets.map((set) => set.name))]));
  const found = named.find((set) => set.variant === variant);
  if (found !== undefined) return found;
  const others = authorsDataSets.filter((set) => set.variant === variant).map((set) => set.name);
  throw new UserError(`${name} has no variant '${variant}', which is for ${others.join(' and ')}`);
}

/** Draws what the published run drew before it came to a length. */
function drawShorter(set: DataSet, length: number, random: PythonRandom): void {
  const run = PUBLISHED_RUNS.find((lengths) => lengths.includes(length));
  if (run === undefined)
    throw new UserError(`${set.name} was published for the lengths ${publishedLengths(set)}, not ${length}`);
  for (const shorter of run.slice(0, run.indexOf(length)))
    for (let i = 0; i < PUBLISHED_RECORDS; i++) set.draw(random, shorter);
}

function publishedLengths({ max }: DataSet): string {
  return PUBLISHED_RUNS.flat()
    .filter((length) => length <= max)
    .join(', ');
}

/** Drawn in this order: the query, its places, all the other symbols (also those that the query then covers). */
function retrievalWith(drawPlaces: (random: PythonRandom, contextLength: number) => number[]): DrawRecord {
  return (random, length) => {
    const query = random.choice(CHARACTERS);
    const others = CHARACTERS.filter((character) => character !== query);
    const places = drawPlaces(random, length - 1);
    const context = Array.from({ length: length - 1 }, () => random.choice(others));
    for (const place of places) context[place] = query;
    return retrievalRecord(context, query, places);
  };
}

function retrievalRecord(
  context: readonly string[],
  query: string,
  places: readonly number[],
): AuthorsRecord {
  const [first, last] = [places[0], places[places.length - 1]];
  const text = context.join('');
  const input = { input_no_space: text + query, input_with_space: `${text}|${query}` };
  if (places.length === 1) return { ...input, UL: context[first - 1], UR: context[first + 1] };
  return {
    ...input,
    NLFirst: context[first - 1],
    NRFirst: context[first + 1],
    NLLast: context[last - 1],
    NRLast: context[last + 1],
  };
}

/** 2 to `most` places from [2, end), ascending, drawn until no two are adjacent. */
function severalPlaces(random: PythonRandom, most: number, end: number): number[] {
  const count = random.randint(2, Math.max(2, most));
  const candidates = Array.from({ length: end - 2 }, (_, i) => i + 2);
  for (;;) {
    const places = random.sample(candidates, count).sort((a, b) => a - b);
    if (places.every((place, i) => i === 0 || place - places[i - 1] > 1)) return places;
  }
}

function copying(symbols: readonly string[], group: 'U' | 'N'): AuthorsRecord {
  const input = symbols.join('');
  return { input, [`${group}F`]: input, [`${group}B`]: symbols.toReversed().join('') };
}

function copyUnique(random: PythonRandom, length: number): AuthorsRecord {
  return copying(random.sample(LETTERS, length), 'U');
}

function copyNonunique(random: PythonRandom, length: number): AuthorsRecord {
  return copying(repeatingLetters(random, length), 'N');
}

function repeatingLetters(random: PythonRandom, length: number): string[] {
  if (length <= 5) return fewLetters(random, length);
  const size = Math.min(Math.floor(length / 2), Math.max(2, Math.floor(length / 3)), LETTERS.length);
  const pool = random.sample(LETTERS, size);
  const twice = pool.flatMap((letter) => [letter, letter]);
  const symbols = twice.concat(random.choices(pool, length - twice.length));
  random.shuffle(symbols);
  return symbols;
}

/** Up to five letters: independent ones, the last replaced by an earlier one when no two are the same. */
function fewLetters(random: PythonRandom, length: number): string[] {
  const symbols = Array.from({ length }, () => random.choice(LETTERS));
  if (new Set(symbols).size === length) symbols[length - 1] = symbols[random.randint(0, length - 2)];
  return symbols;
}
