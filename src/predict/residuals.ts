/**
 * How much a program has to remember: how many prefixes of each length are *distinguishable*, that is, have some
 * common continuation after which the right answers differ. A program with K counters that looks back D bits and has
 * period P can distinguish at most (n+1)^K · 2^D · P prefixes of length n, so every count of prefixes is a lower bound
 * on counters. (arXiv 2410.02140, Theorem 12, with the number of bits made exact.)
 */
import { UserError } from '../common/errors.ts';
import { taskNamed, type Task } from '../tasks/index.ts';
import { strings } from './tasks/instances.ts';

export interface ResidualOptions {
  /** By default as few symbols as the task needs to be itself. */
  readonly alphabet?: readonly string[];
  /** Prefixes up to this length; by default as far as a second reaches. */
  readonly upTo?: number;
}

export interface Residuals {
  readonly task: string;
  readonly alphabet: readonly string[];
  /** Continuations up to this length were tried, so the counts are lower bounds. */
  readonly continuations: number;
  readonly lengths: readonly {
    readonly length: number;
    readonly prefixes: number;
    /** Prefixes found of which every two are distinguishable. */
    readonly distinguishable: number;
    /** The fewest counters of any program without look-backs and periods. */
    readonly leastCounters: number;
  }[];
  /** How the counts grow, as far as they were measured; unsettled: still growing, slower than exponentially. */
  readonly growth: 'bounded' | 'exponential' | 'unsettled';
}

/** Times the oracle is asked: about a second's work. */
const MAX_QUESTIONS = 400_000;
const MAX_CONTINUATION = 3;
const DEFAULT_LENGTH = 10;
/** Orders in which a large set of distinguishable prefixes is looked for: the first prefix decides much. */
const GREEDY_STARTS = 8;

/** Counts distinguishable prefixes of a task's sources. Throws UserError for an unknown task or too great a length. */
export function residuals(taskName: string, options: ResidualOptions = {}): Residuals {
  const task = taskNamed(taskName);
  const alphabet = options.alphabet ?? defaultAlphabet(task);
  const affordable = longestAffordable(task, alphabet);
  if (options.upTo !== undefined && options.upTo > affordable) {
    throw new UserError(
      `prefixes of length ${options.upTo} over ${alphabet.length} symbols are too many: at most length ${affordable}`,
    );
  }
  const upTo = options.upTo ?? Math.min(DEFAULT_LENGTH, affordable);
  const ends = continuationsOf(alphabet);
  const lengths = Array.from({ length: upTo }, (_, i) => {
    const distinguishable = distinguishablePrefixes(task, alphabet, i + 1, ends);
    return {
      length: i + 1,
      prefixes: alphabet.length ** (i + 1),
      distinguishable,
      leastCounters: leastCounters(distinguishable, i + 1),
    };
  });
  const growth = growthOf(lengths.map((row) => row.distinguishable));
  return { task: task.name, alphabet, continuations: MAX_CONTINUATION, lengths, growth };
}

/** The least K with (n+1)^K · 2^D · P ≥ residuals. */
export function leastCounters(residuals: number, length: number, lookBackBits = 0, period = 1): number {
  let counters = 0;
  let reach = 2n ** BigInt(lookBackBits) * BigInt(period);
  while (reach < BigInt(residuals)) {
    reach *= BigInt(length + 1);
    counters++;
  }
  return counters;
}

/** As few symbols as the task needs: with two, a query's neighbour would always be the other one. */
function defaultAlphabet(task: Task): readonly string[] {
  if (task.family === 'flip-flop') return ['w', 'i', '0', '1'];
  if (task.family === 'copying' && task.unique) return ['a', 'b', 'c', 'd', 'e'];
  return task.family === 'copying' ? ['a', 'b'] : ['a', 'b', 'c'];
}

function continuationsOf(alphabet: readonly string[]): string[][] {
  return Array.from({ length: MAX_CONTINUATION + 1 }, (_, length) => [...strings(alphabet, length)]).flat();
}

function longestAffordable(task: Task, alphabet: readonly string[]): number {
  const perPrefix = continuationsOf(alphabet).length * (task.family === 'retrieval' ? alphabet.length : 1);
  let length = 1;
  while (alphabet.length ** (length + 1) * perPrefix <= MAX_QUESTIONS) length++;
  return length;
}

/** The size of a set of prefixes of one length of which every two have different answers after some continuation. */
function distinguishablePrefixes(
  task: Task,
  alphabet: readonly string[],
  length: number,
  ends: readonly (readonly string[])[],
): number {
  const queries = task.family === 'retrieval' ? alphabet : [null];
  const signatures = new Map<string, (string | null)[]>();
  for (const prefix of strings(alphabet, length)) {
    const answers = ends.flatMap((end) =>
      queries.map((query) => {
        const reply = task.answer([...prefix, ...end], query);
        return 'refusal' in reply ? null : reply.answer.join(' ');
      }),
    );
    signatures.set(JSON.stringify(answers), answers);
  }
  const asked = (answers: readonly (string | null)[]): number =>
    answers.filter((answer) => answer !== null).length;
  const ordered = [...signatures.values()].sort((a, b) => asked(b) - asked(a));
  const starts = ordered.slice(0, GREEDY_STARTS);
  return Math.max(...starts.map((start) => pairwiseDifferent([start, ...ordered])));
}

/** The size of a set of answers of which every two differ, taken greedily in the order given. */
function pairwiseDifferent(ordered: readonly (readonly (string | null)[])[]): number {
  const chosen: (readonly (string | null)[])[] = [];
  for (const answers of ordered) {
    if (chosen.every((other) => differ(answers, other))) chosen.push(answers);
  }
  return chosen.length;
}

/** Some continuation is an instance after both prefixes, and the answers differ. */
function differ(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.some((answer, i) => answer !== null && b[i] !== null && answer !== b[i]);
}

/** Exponential when each count is a fixed multiple of the one before; bounded when they have stopped growing. */
function growthOf(counts: readonly number[]): Residuals['growth'] {
  const ratios = counts.slice(1).map((count, i) => count / counts[i]);
  const late = ratios.slice(-3);
  if (late.length < 3) return 'unsettled';
  if (late.every((ratio) => ratio >= 1.5 && Math.abs(ratio - late[0]) < 0.1)) return 'exponential';
  const before = Math.max(...counts.slice(0, -2));
  return counts.slice(-2).every((count) => count <= before) ? 'bounded' : 'unsettled';
}
