/**
 * Retrieval: which symbol stands next to the query? Six tasks (arXiv 2505.21785, Table 1): the query occurs once
 * (UL, UR) or several times and the first or the last occurrence counts (NLFirst, NRFirst, NLLast, NRLast); the
 * answer is its left or its right neighbour.
 *
 * What is drawn here: the query uniformly from the alphabet; the other symbols uniformly from the rest, with
 * replacement; the occurrences uniformly from all sets of places of which no two are adjacent (so that the answer
 * is never the query) and where the neighbour that is asked for exists. An instance has its smallest possible
 * length from 2 (UL, UR), 3 (NRFirst, NLLast) or 4 (NLFirst, NRLast) on.
 */
import type { Rng } from '../common/random.ts';
import { defaultAlphabet } from './alphabets.ts';
import { checkLength, checkOptions } from './check-options.ts';
import { retrievalOracle } from './retrieval-oracle.ts';
import type { Instance, Task, TaskOptions, Where } from './task.ts';

/** What makes one retrieval task differ from another. */
export interface RetrievalRule {
  readonly name: string;
  /** Which occurrence of the query counts. */
  readonly which: 'only' | 'first' | 'last';
  /** Which neighbour of it is the answer. */
  readonly side: 'left' | 'right';
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
    uses: unique ? ['alphabet'] : ['alphabet', 'occurrences', 'where'],
    admits(options = {}) {
      checkOptions(task, options);
      return { min: unique ? 2 : shortest(rule, options), max: Infinity };
    },
    sample(length, rng, options = {}) {
      checkLength(task, length, options);
      return drawInstance(rule, length, rng, options);
    },
    answer: retrievalOracle(rule),
    answerLength: () => 1,
  };
  return task;
}

/** The smallest length at which the fewest occurrences that were asked for fit. */
function shortest(rule: RetrievalRule, { occurrences, where = 'anywhere' }: TaskOptions): number {
  const fewest = typeof occurrences === 'object' ? occurrences.min : (occurrences ?? 2);
  const places = 2 * fewest - 1; // with one other symbol between any two
  const endWithoutNeighbour = where !== 'last-half' ? needsLeft(rule) : needsRight(rule);
  const either = where === 'anywhere' && (needsLeft(rule) || needsRight(rule));
  const needed = places + (endWithoutNeighbour || either ? 1 : 0);
  return where === 'anywhere' ? needed : 2 * needed;
}

/** The first place is no place for the query: its left neighbour is asked for and no other one lies before it. */
function needsLeft({ which, side }: RetrievalRule): boolean {
  return side === 'left' && which !== 'last';
}

/** The last place is no place for the query: its right neighbour is asked for and no other one lies behind it. */
function needsRight({ which, side }: RetrievalRule): boolean {
  return side === 'right' && which !== 'first';
}

function drawInstance(rule: RetrievalRule, length: number, rng: Rng, options: TaskOptions): Instance {
  const { alphabet = defaultAlphabet(), where = 'anywhere', occurrences } = options;
  const queryIndex = rng.below(alphabet.length);
  const { low, high } = placesFor(rule, length, where);
  const count = rule.which === 'only' ? 1 : drawCount(occurrences, length, high - low, rng);
  const positions = drawPositions(low, high, count, rng);

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

/** The places where the query may stand, from `low` up to and without `high`. The middle one is in neither half. */
function placesFor(rule: RetrievalRule, length: number, where: Where): { low: number; high: number } {
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
 * How often the query occurs, uniformly from a range whose upper end is cut to what fits. By default 2 to a quarter
 * of the length, as in the recorded data of the paper's authors.
 */
function drawCount(
  occurrences: TaskOptions['occurrences'],
  length: number,
  places: number,
  rng: Rng,
): number {
  const wanted = occurrences ?? { min: 2, max: Math.max(2, Math.floor(length / 4)) };
  if (typeof wanted === 'number') return wanted;
  const fit = Math.ceil(places / 2);
  return wanted.min + rng.below(Math.min(wanted.max, fit) - wanted.min + 1);
}

/** `count` places from [low, high), ascending, no two adjacent, each such set equally likely. */
function drawPositions(low: number, high: number, count: number, rng: Rng): number[] {
  if (count === 1) return [low + rng.below(high - low)];
  // Sets without neighbours are the sets of a range that is shorter by count - 1, pulled apart by one place each.
  const close = rng.distinct(high - low - (count - 1), count).sort((a, b) => a - b);
  return close.map((place, i) => low + place + i);
}
