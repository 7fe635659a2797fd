/**
 * Retrieval: which symbol stands next to the query? Six tasks (arXiv 2505.21785, Table 1): the query occurs once
 * (UL, UR) or several times and the first or the last occurrence counts (NLFirst, NRFirst, NLLast, NRLast); the
 * answer is its left or its right neighbour.
 *
 * What is drawn here: the query uniformly from the alphabet; the other symbols uniformly from the rest, with
 * replacement; the occurrences uniformly from all sets of places of which no two are adjacent (so that the answer
 * is never the query) and where the neighbour that is asked for exists. An instance has its smallest possible
 * length from 2 (UL, UR), 3 (NRFirst, NLLast) or 4 (NLFirst, NRLast) on.
 *
 * Where a place is asked for, the occurrence that decides is drawn first, uniformly from the places in that part of the
 * source; how often the query occurs is cut to what fits before it (last) or behind it (first); the others lie there,
 * all sets of places without adjacent ones equally likely.
 */
import { rng } from '../common/random.ts';
import type { Rng } from '../common/random.ts';
import { defaultAlphabet } from './alphabets.ts';
import { checkOptions } from './check-options.ts';
import type { Draw } from './draw.ts';
import { countOf, partOfDraw, partsWith, positionsWithin } from './place.ts';
import { checkPlacedLength, drawEvidence, shortestPlaced } from './placed.ts';
import type { EvidencePlaces } from './placed.ts';
import { retrievalOracle } from './retrieval-oracle.ts';
import type { Instance, Task, TaskOptions, Where } from './task.ts';
import { tellingOccurrences } from './telling-options.ts';

/** What makes one retrieval task differ from another. */
export interface RetrievalRule {
  readonly name: string;
  /** Which occurrence of the query counts. */
  readonly which: 'only' | 'first' | 'last';
  /** Which neighbour of it is the answer. */
  readonly side: 'left' | 'right';
}

/** What decides where the query may stand. `both`: the occurrence that counts has either neighbour. */
interface Occurrences {
  readonly which: RetrievalRule['which'];
  readonly side: RetrievalRule['side'] | 'both';
}

const RULES: readonly RetrievalRule[] = [
  { name: 'UL', which: 'only', side: 'left' },
  { name: 'UR', which: 'only', side: 'right' },
  { name: 'NLFirst', which: 'first', side: 'left' },
  { name: 'NRFirst', which: 'first', side: 'right' },
  { name: 'NLLast', which: 'last', side: 'left' },
  { name: 'NRLast', which: 'last', side: 'right' },
];

export const retrievalTasks: readonly Task[] = RULES.map(retrievalTask);

function retrievalTask(rule: RetrievalRule): Task {
  const unique = rule.which === 'only';
  const task: Task = {
    name: rule.name,
    family: 'retrieval',
    title: `the symbol to the ${rule.side} of the ${rule.which} occurrence of the query`,
    unique,
    uses: unique ? ['alphabet', 'place'] : ['alphabet', 'occurrences', 'where', 'place'],
    admits(options = {}) {
      checkOptions(task, options);
      return { min: shortestPlaced(evidencePlaces(rule, options), options), max: Infinity };
    },
    sample(length, rng, options = {}) {
      checkPlacedLength(task, length, options);
      return drawInstance(rule, length, rng, options);
    },
    parts: (length, options = {}) => partsWith(evidencePlaces(rule, options).at(length), length),
    answer: retrievalOracle(rule),
    answerLength: () => 1,
  };
  return task;
}

/** The rule of a task of that name; undefined where it is none of these. */
export function retrievalRule(name: string): RetrievalRule | undefined {
  return RULES.find((rule) => rule.name === name);
}

/** Which occurrence of the query decides in a task of that name; undefined where it is none of these. */
export function decidingOccurrence(name: string): RetrievalRule['which'] | undefined {
  return retrievalRule(name)?.which;
}

/**
 * An instance whose evidence lies where the options ask for it, with both neighbours: tasks that differ in the side alone
 * have the same source and the same query. Null where that length has no such place for both.
 */
export function drawWithBothNeighbours(name: string, draw: Draw, options: TaskOptions): Instance | null {
  const rule = retrievalRule(name);
  if (rule === undefined) return null;
  const both = { which: rule.which, side: 'both' } as const;
  const { length, seed, index } = draw;
  const positions = evidencePlaces(rule, options, both).at(length);
  const parts = partsWith(positions, length);
  const place = options.place === 'stratified' && parts.length > 0 ? partOfDraw(draw, parts) : options.place;
  if (place === undefined || place === 'stratified') return null;
  if (countOf(positionsWithin(positions, place, length)) === 0) return null;
  return drawInstance(rule, length, rng('look-up', length, seed, index), { ...options, place }, both);
}

/** The fewest occurrences that were asked for. */
function fewestOf(which: RetrievalRule['which'], { occurrences }: TaskOptions): number {
  if (which === 'only') return 1;
  return typeof occurrences === 'object' ? occurrences.min : (occurrences ?? 2);
}

/** Where the occurrence that decides can stand: with room for the others before or behind it, and one symbol between any two. */
function evidencePlaces(
  rule: RetrievalRule,
  options: TaskOptions,
  occurrences: Occurrences = rule,
): EvidencePlaces {
  const { where = 'anywhere' } = options;
  const others = 2 * (fewestOf(rule.which, options) - 1);
  return {
    name: rule.name,
    at(length) {
      const { low, high } = placesFor(occurrences, length, where);
      const first = rule.which === 'last' ? low + others : low;
      return { first, end: rule.which === 'first' ? high - others : high, step: 1 };
    },
    shortest: rule.which === 'only' ? 2 : shortest(rule, options),
    within: { from: where === 'last-half' ? 0.5 : 0, to: where === 'first-half' ? 0.5 : 1 },
    lost: others + LOST_AT_ENDS,
  };
}

/** A place at either end that has no neighbour, and the middle one, which is in neither half. */
const LOST_AT_ENDS = 3;

/** The smallest length at which the fewest occurrences that were asked for fit. */
function shortest(rule: RetrievalRule, options: TaskOptions): number {
  const { where = 'anywhere' } = options;
  const fewest = fewestOf(rule.which, options);
  const places = 2 * fewest - 1; // with one other symbol between any two
  const endWithoutNeighbour = where !== 'last-half' ? needsLeft(rule) : needsRight(rule);
  const either = where === 'anywhere' && (needsLeft(rule) || needsRight(rule));
  const needed = places + (endWithoutNeighbour || either ? 1 : 0);
  return where === 'anywhere' ? needed : 2 * needed;
}

/** The first place is no place for the query: its left neighbour is asked for and no other one lies before it. */
function needsLeft({ which, side }: Occurrences): boolean {
  return side !== 'right' && which !== 'last';
}

/** The last place is no place for the query: its right neighbour is asked for and no other one lies behind it. */
function needsRight({ which, side }: Occurrences): boolean {
  return side !== 'left' && which !== 'first';
}

function drawInstance(
  rule: RetrievalRule,
  length: number,
  rng: Rng,
  options: TaskOptions,
  occurrences: Occurrences = rule,
): Instance {
  const { alphabet = defaultAlphabet() } = options;
  const queryIndex = rng.below(alphabet.length);
  const positions =
    options.place === undefined
      ? drawOccurrences(rule, length, rng, options)
      : drawPlaced(rule, length, rng, options, occurrences);
  const count = positions.length;

  const source: string[] = [];
  let next = 0; // which of the positions comes next
  for (let place = 0; place < length; place++) {
    if (place === positions[next]) {
      source.push(alphabet[queryIndex]);
      next += 1;
    } else {
      const other = rng.below(alphabet.length - 1); // an index into the alphabet without the query
      source.push(alphabet[other < queryIndex ? other : other + 1]);
    }
  }

  const asked = rule.which === 'last' ? positions[count - 1] : positions[0];
  return {
    task: rule.name,
    length,
    source,
    query: alphabet[queryIndex],
    answer: [source[rule.side === 'left' ? asked - 1 : asked + 1]],
    positions,
  };
}

function drawOccurrences(rule: RetrievalRule, length: number, rng: Rng, options: TaskOptions): number[] {
  const { low, high } = placesFor(rule, length, options.where ?? 'anywhere');
  const fit = Math.ceil((high - low) / 2);
  const count = rule.which === 'only' ? 1 : drawCount(options.occurrences, length, fit, rng);
  return drawPositions(low, high, count, rng);
}

/** The place that decides first, then the others on the side of it where they change nothing. */
function drawPlaced(
  rule: RetrievalRule,
  length: number,
  rng: Rng,
  options: TaskOptions,
  occurrences: Occurrences,
): number[] {
  const evidence = drawEvidence(evidencePlaces(rule, options, occurrences), length, options, rng);
  if (rule.which === 'only') return [evidence];
  const { low, high } = placesFor(occurrences, length, options.where ?? 'anywhere');
  const [from, to] = rule.which === 'last' ? [low, evidence - 1] : [evidence + 2, high];
  const count = drawCount(options.occurrences, length, 1 + Math.ceil((to - from) / 2), rng);
  const others = drawPositions(from, to, count - 1, rng);
  return rule.which === 'last' ? [...others, evidence] : [evidence, ...others];
}

/** The places where the query may stand, from `low` up to and without `high`. The middle one is in neither half. */
function placesFor(rule: Occurrences, length: number, where: Where): { low: number; high: number } {
  const low = needsLeft(rule) ? 1 : 0;
  const high = needsRight(rule) ? length - 1 : length;
  switch (where) {
    case 'anywhere':
      return { low, high };
    case 'first-half':
      return { low, high: Math.min(high, Math.floor(length / 2)) };
    case 'last-half':
      return { low: Math.max(low, Math.ceil(length / 2)), high };
  }
}

/**
 * How often the query occurs, uniformly from a range whose upper end is cut to how many fit. By default 2 to a quarter
 * of the length, as in the recorded data of the paper's authors.
 */
function drawCount(occurrences: TaskOptions['occurrences'], length: number, fit: number, rng: Rng): number {
  const wanted = tellingOccurrences(occurrences) ?? { min: 2, max: Math.max(2, Math.floor(length / 4)) };
  if (typeof wanted === 'number') return wanted;
  return wanted.min + rng.below(Math.min(wanted.max, fit) - wanted.min + 1);
}

/** `count` places from [low, high), ascending, no two adjacent, each such set equally likely. */
function drawPositions(low: number, high: number, count: number, rng: Rng): number[] {
  if (count === 1) return [low + rng.below(high - low)];
  // Sets without neighbours are the sets of a range that is shorter by count - 1, pulled apart by one place each.
  const close = rng.distinct(high - low - (count - 1), count).sort((a, b) => a - b);
  return close.map((place, i) => low + place + i);
}
