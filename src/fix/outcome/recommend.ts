/** Which mitigation is handed over, and what is said of each way of asking. Pure. */
import { exactInterval, fewestAnswers } from '../../score/statistics/exact.ts';
import type { SampleOutcome } from '../asking/answers.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import { comparisonsOf, ERROR, measuredOf } from './compared.ts';
import type { Comparison } from './compared.ts';
import type { MitigationResult, WayResult } from './rows.ts';

/** What is wanted of a task. */
export interface Wanted {
  readonly length: number;
  readonly threshold: number;
  /** The most samples of a length. */
  readonly n: number;
}

/** A mitigation that was tried, with what became of its samples. */
export interface Tried {
  readonly mitigation: Mitigation;
  /** Names of the prompts of what it asks. */
  readonly prompts: readonly string[];
  /** Right answers on samples that serve for nothing but the order; null where none were asked. */
  readonly before: { readonly n: number; readonly right: number } | null;
  readonly outcomes: readonly SampleOutcome[];
}

/** Whether it holds is decided at the level of one interval's lower end, 2.5 %, split where there are two looks. */
export function plainResult(outcomes: readonly SampleOutcome[], wanted: Wanted): WayResult {
  return { ...wayOf(outcomes, wanted), holds: holdsBy(PLAIN, outcomes, wanted) };
}

/**
 * Every mitigation that was tried beside the plain prompt, in the order given. Whether it holds is decided so that the chance that any is
 * said to hold that does not is that of one interval's lower end, 2.5 %, however many were tried: 2.4 % go to a test in a fixed order
 * (Maurer, Hothorn and Lehmacher 1995), that of right answers on other samples, which ends at the first that is not shown to hold, split
 * between two looks (0.4 % at 100 samples, 2 % at all, where there are more); and
 * 0.1 % to all of them in equal parts (Bonferroni), for those that stand behind it and hold beyond doubt.
 * A mitigation helps where the plain prompt is not shown to hold: that may be at shorter lengths alone.
 */
export function mitigationResults(
  plain: readonly SampleOutcome[],
  tried: readonly Tried[],
  wanted: Wanted,
): MitigationResult[] {
  const comparisons = comparisonsOf(
    plain,
    tried.map(({ outcomes }) => outcomes),
  );
  const toMend = lengthsToMend(plainResult(plain, wanted), wanted);
  const ways = tried.map(({ outcomes }) => wayOf(outcomes, wanted));
  const held = heldOf(tried, wanted);
  return tried.map(({ mitigation: { name, title, identity, theory, placeboOf }, prompts, before }, i) => {
    const own = comparisons[i];
    const { difference, low, high, pAdjusted } =
      own.find(({ length }) => length === wanted.length) ?? NO_PAIR;
    const helpsAt = shownBetterAt(own, toMend, wanted);
    return {
      ...{ name, title, identity, theory, placeboOf, prompts, before },
      ...ways[i],
      holds: held.has(name),
      ...{ difference, low, high, pAdjusted, comparisons: own },
      ...{ helps: helpsAt !== null, helpsAt },
    };
  });
}

const NO_PAIR = { difference: 0, low: -1, high: 1, pAdjusted: 1 };

/** The lengths at which the plain prompt is not shown to hold, in order: where there is something to mend. None where it holds. */
export function lengthsToMend(
  { holds, lengths }: Pick<WayResult, 'holds' | 'lengths'>,
  { threshold, n }: Pick<Wanted, 'threshold' | 'n'>,
): number[] {
  if (holds) return [];
  const confidence = 1 - 2 * (n <= FIRST_LOOK ? PLAIN.only : PLAIN.last);
  const failing = lengths.filter(({ right, n: of }) => exactInterval(right, of, confidence).low < threshold);
  return failing.map(({ length }) => length);
}

/** Choosing among comparisons that are all shown, whichever are looked at, costs no correction. */
function shownBetterAt(
  comparisons: readonly Comparison[],
  toMend: readonly number[],
  wanted: Wanted,
): number | null {
  const better = comparisons.filter(
    ({ length, difference, pAdjusted }) => difference > 0 && pAdjusted <= ERROR && toMend.includes(length),
  );
  if (better.some(({ length }) => length === wanted.length)) return wanted.length;
  return better.toSorted((a, b) => b.difference - a.difference).at(0)?.length ?? null;
}

/** The chance of an error that a test is given: at each of its two looks, or where there is one alone. */
interface Looks {
  readonly first: number;
  readonly last: number;
  readonly only: number;
}

const PLAIN: Looks = { first: 0.005, last: 0.02, only: 0.025 };
const IN_ORDER: Looks = { first: 0.004, last: 0.02, only: 0.024 };
const AT_ONCE = 0.001;

/** Samples of a length that are looked at first. What holds then needs no more, and what is out of reach gets no more. */
export const FIRST_LOOK = 100;

/** The fewest samples of a length, from n on, that show that a mitigation holds where the answers to all are right. */
export function fewestToHold({ threshold, n }: Pick<Wanted, 'threshold' | 'n'>): number {
  const fewest = (error: number): number => fewestAnswers(threshold, 1 - 2 * error);
  const alone = Math.max(n, fewest(IN_ORDER.only));
  if (alone <= FIRST_LOOK) return alone;
  return fewest(IN_ORDER.first) <= FIRST_LOOK ? n : Math.max(n, fewest(IN_ORDER.last));
}

/** The names of those that are shown to hold. A placebo is not tested. */
function heldOf(tried: readonly Tried[], wanted: Wanted): ReadonlySet<string> {
  const tested = tried.filter(({ mitigation: { placeboOf } }) => placeboOf === null);
  const share = ({ before }: Tried): number => (before === null ? 0 : before.right / before.n);
  const order = tested.toSorted((a, b) => share(b) - share(a));
  const end = order.findIndex(({ outcomes }) => !holdsBy(IN_ORDER, outcomes, wanted));
  const first = order.slice(0, end === -1 ? order.length : end);
  const others = tested.filter(({ outcomes }) =>
    holdsFromFirstLook(AT_ONCE / tested.length, outcomes, wanted),
  );
  return new Set([...first, ...others].map(({ mitigation: { name } }) => name));
}

function holdsBy(looks: Looks, outcomes: readonly SampleOutcome[], wanted: Wanted): boolean {
  if (wanted.n <= FIRST_LOOK) return holdsAt(outcomes, wanted, looks.only);
  return holdsFromFirstLook(looks.first, outcomes, wanted) || holdsAt(outcomes, wanted, looks.last);
}

/** What holds at the first look may have been asked more for the comparison, which must not contradict. */
function holdsFromFirstLook(error: number, outcomes: readonly SampleOutcome[], wanted: Wanted): boolean {
  return holdsAt(firstLook(outcomes), wanted, error) && holdsAt(outcomes, wanted, PLAIN.only);
}

/** Whether so few samples show that a mitigation holds, and no more are needed. */
export function holdsAtFirstLook(outcomes: readonly SampleOutcome[], wanted: Wanted): boolean {
  return holdsAt(firstLook(outcomes), wanted, IN_ORDER.first);
}

/** Whether so few samples show that the plain prompt holds, and there is nothing to mend. */
export function plainHoldsAtFirstLook(outcomes: readonly SampleOutcome[], wanted: Wanted): boolean {
  return holdsAt(firstLook(outcomes), wanted, PLAIN.first);
}

function firstLook(outcomes: readonly SampleOutcome[]): SampleOutcome[] {
  return outcomes.filter(({ index }) => index < FIRST_LOOK);
}

function holdsAt(outcomes: readonly SampleOutcome[], { threshold, length }: Wanted, error: number): boolean {
  const { horizon } = measuredOf(outcomes, threshold, 1 - 2 * error);
  return (horizon.length ?? 0) >= length;
}

/**
 * The cheapest of those that hold and help: by tokens of a sample, where all of these are told, else by the order of the table,
 * which begins with the simplest.
 */
export function recommendedOf(plain: WayResult, results: readonly MitigationResult[]): string | null {
  if (plain.holds) return null;
  const good = results.filter(({ holds, helps }) => holds && helps);
  if (good.length === 0) return null;
  const told = good.every(({ tokens }) => tokens !== null);
  const cheapest = told ? good.toSorted((a, b) => (a.tokens ?? 0) - (b.tokens ?? 0)) : good;
  return cheapest[0].name;
}

type Way = Omit<WayResult, 'holds'>;

function wayOf(outcomes: readonly SampleOutcome[], wanted: Wanted): Way {
  const { lengths, horizon } = measuredOf(outcomes, wanted.threshold);
  const at = lengths.find(({ length }) => length === wanted.length);
  const { n, right, accuracy, abstained, accuracyOfAnswers, tokens, seconds } = at ?? NOTHING;
  return {
    length: wanted.length,
    ...{ n, right, accuracy, abstained, accuracyOfAnswers, tokens, seconds },
    horizon: horizon.length,
    lengths,
  };
}

const NOTHING = {
  ...{ n: 0, right: 0, accuracy: 0, abstained: 0, accuracyOfAnswers: null, tokens: null, seconds: null },
} as const;
