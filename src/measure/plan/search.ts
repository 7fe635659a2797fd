/**
 * Where to ask next, when no lengths are given: a search for the horizon that doubles the length until it fails and
 * then halves the gap, with a sequential test at every length. Pure: it is told verdicts and says what it wants.
 *
 * Why the reported horizon is too long with probability at most α: it is so only if some length that is truly below
 * the threshold was found reliable. On the way up the lengths come in a fixed order and the first that fails ends it, so
 * that only the first bad one can be passed by mistake: each test may err with α/2 (Maurer, Hothorn and Lehmacher 1995).
 * The halvings share the other α/2 among them. The tests themselves hold at whatever moment they stop.
 */
import { anytimeInterval, fewestMore, sequentialVerdict } from '../../score/statistics/sequential.ts';
import type { Interval } from '../../score/statistics/index.ts';

export interface SearchOptions {
  readonly threshold: number;
  /** The shortest and the longest length that can be asked. */
  readonly min: number;
  readonly max: number;
  /** The most questions at one length: what is not sure by then counts as not reliable. */
  readonly mostPerLength: number;
  /** The chance that the reported horizon is too long. */
  readonly alpha: number;
}

/** The search ends when the gap between the last reliable and the first failing length is this share of the former. */
const RESOLUTION = 0.1;

/** The length that the doubling starts from, where the task has it. */
export const FIRST_LENGTH = 5;

/** What a search wants next: instances from..to (excluded) at a length, an answer to those it asked, or nothing more. */
export type Wish =
  | { readonly kind: 'ask'; readonly length: number; readonly index: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' };

interface Asked {
  readonly alpha: number;
  /** By index: right, wrong, or failed for good (null); undefined while it is open. */
  readonly answers: (boolean | null | undefined)[];
  /** How many of the answers, in order, were counted. */
  counted: number;
  right: number;
  wrong: number;
  /** Questions that were asked so far. */
  asked: number;
  state: 'open' | 'reliable' | 'unreliable' | 'unsure';
  /** See `needed()`; undefined: to be worked out. */
  needed: number | undefined;
}

export class HorizonSearch {
  readonly ladder: readonly number[];
  private readonly options: SearchOptions;
  /** The chance of a wrong verdict, on the way up and at each halving. */
  private readonly alphas: { readonly up: number; readonly halving: number };
  private readonly lengths = new Map<number, Asked>();
  private current: number | null;

  constructor(options: SearchOptions) {
    this.options = options;
    this.ladder = ladderOf(options.min, options.max);
    const halvings = mostLengths(this.ladder) - this.ladder.length;
    this.alphas = { up: options.alpha / 2, halving: options.alpha / 2 / Math.max(1, halvings) };
    this.current = this.ladder[0] ?? null;
  }

  /** What to ask next. Never more than what could settle the current length. */
  next(): Wish {
    if (this.current === null) return { kind: 'done' };
    const at = this.at(this.current);
    const open = at.asked - at.counted;
    const room = this.options.mostPerLength - at.right - at.wrong - open;
    if (room <= 0 || open >= this.needed(at)) return { kind: 'wait' };
    return { kind: 'ask', length: this.current, index: at.asked++ };
  }

  /** The verdict on a question; null when it failed for good. In any order: they are counted in the order of asking. */
  record(length: number, index: number, correct: boolean | null): void {
    const at = this.at(length);
    at.answers[index] = correct;
    while (at.state === 'open' && at.answers[at.counted] !== undefined) {
      const answer = at.answers[at.counted++];
      if (answer === true) at.right += 1;
      if (answer === false) at.wrong += 1;
      at.needed = undefined;
      this.judge(at);
    }
    if (length === this.current && at.state !== 'open') this.current = this.nextLength();
  }

  /** The interval of a length's accuracy, valid although the number of questions depended on the answers. */
  interval(length: number): Interval | undefined {
    const at = this.lengths.get(length);
    return at === undefined ? undefined : anytimeInterval(at.right, at.wrong, at.alpha);
  }

  /** The most questions that the whole search can take. */
  mostQuestions(): number {
    return mostLengths(this.ladder) * this.options.mostPerLength;
  }

  /** How many answers more could settle a length: worked out once for each count of right and wrong ones. */
  private needed(at: Asked): number {
    if (at.needed === undefined) {
      at.needed = fewestMore(at.right, at.wrong, this.options.threshold, at.alpha);
    }
    return at.needed;
  }

  private at(length: number): Asked {
    const known = this.lengths.get(length);
    if (known !== undefined) return known;
    const alpha = this.ladder.includes(length) ? this.alphas.up : this.alphas.halving;
    const fresh: Asked = {
      alpha,
      answers: [],
      counted: 0,
      right: 0,
      wrong: 0,
      asked: 0,
      state: 'open',
      needed: undefined,
    };
    this.lengths.set(length, fresh);
    return fresh;
  }

  private judge(at: Asked): void {
    const { threshold, mostPerLength } = this.options;
    const verdict = sequentialVerdict(at.right, at.wrong, threshold, at.alpha);
    if (verdict !== 'open') at.state = verdict;
    else if (at.right + at.wrong >= mostPerLength) at.state = 'unsure';
    // A server that fails at one length only must not keep the search there.
    else if (at.counted >= 2 * mostPerLength) at.state = 'unsure';
  }

  private nextLength(): number | null {
    const settled = [...this.lengths].sort(([a], [b]) => a - b);
    const failed = settled.find(([, at]) => at.state === 'unreliable' || at.state === 'unsure');
    const passed = settled.findLast(
      ([length, at]) => at.state === 'reliable' && length < (failed?.[0] ?? Infinity),
    );
    if (failed === undefined) return this.ladder.find((length) => length > (passed?.[0] ?? 0)) ?? null;
    if (passed === undefined) return null; // not even the shortest
    const [low, high] = [passed[0], failed[0]];
    if (high - low <= Math.max(1, Math.floor(RESOLUTION * low))) return null;
    return Math.floor((low + high) / 2);
  }
}

/** 5, 10, 20, 40, … up to the longest, each within what the task admits. */
function ladderOf(min: number, max: number): number[] {
  const ladder: number[] = [];
  for (let length = Math.max(FIRST_LENGTH, min); length < max; length *= 2) ladder.push(length);
  return max >= min ? [...ladder, max] : [];
}

/** The lengths of the ladder and those that halving the widest of its gaps can visit. */
function mostLengths(ladder: readonly number[]): number {
  const halvings = ladder.slice(1).map((high, i) => {
    let [gap, count] = [high - ladder[i], 0];
    for (; gap > Math.max(1, Math.floor(RESOLUTION * ladder[i])); gap = Math.ceil(gap / 2)) count += 1;
    return count;
  });
  return ladder.length + Math.max(0, ...halvings);
}
