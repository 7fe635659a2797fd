/** Which mitigation is handed over, and what is said of each way of asking. Pure. */
import { fewestAnswers } from '../../score/statistics/exact.ts';
import type { SampleOutcome } from '../asking/answers.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import { correctedFor, differenceOf, ERROR, measuredOf } from './compared.ts';
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
 */
export function mitigationResults(
  plain: readonly SampleOutcome[],
  tried: readonly Tried[],
  wanted: Wanted,
): MitigationResult[] {
  const differences = tried.map(({ outcomes }) => differenceOf(outcomes, plain, wanted.length));
  const adjusted = correctedFor(differences);
  const ways = tried.map(({ outcomes }) => wayOf(outcomes, wanted));
  const held = heldOf(tried, wanted);
  return tried.map(({ mitigation: { name, title, identity, theory, placeboOf }, prompts, before }, i) => {
    const { difference, low, high } = differences[i];
    return {
      ...{ name, title, identity, theory, placeboOf, prompts, before },
      ...ways[i],
      holds: held.has(name),
      ...{ difference, low, high, pAdjusted: adjusted[i] },
      helps: difference > 0 && adjusted[i] <= ERROR,
    };
  });
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
    holdsAt(firstLook(outcomes), wanted, AT_ONCE / tested.length),
  );
  return new Set([...first, ...others].map(({ mitigation: { name } }) => name));
}

function holdsBy(looks: Looks, outcomes: readonly SampleOutcome[], wanted: Wanted): boolean {
  if (wanted.n <= FIRST_LOOK) return holdsAt(outcomes, wanted, looks.only);
  return holdsAt(firstLook(outcomes), wanted, looks.first) || holdsAt(outcomes, wanted, looks.last);
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
