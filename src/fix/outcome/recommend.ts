/** Which mitigation is handed over, and what is said of each way of asking. Pure. */
import type { SampleOutcome } from '../asking/answers.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import type { MitigationResult, WayResult } from './result.ts';
import { confidenceAmong, correctedFor, differenceOf, ERROR, measuredOf } from './compared.ts';

/** What is wanted of a task. */
export interface Wanted {
  readonly length: number;
  readonly threshold: number;
}

/** A mitigation that was tried, with what became of its samples. */
export interface Tried {
  readonly mitigation: Mitigation;
  readonly outcomes: readonly SampleOutcome[];
}

/** The confidence of one table alone, as `measure` has it. */
const ALONE = 0.95;

export function plainResult(outcomes: readonly SampleOutcome[], wanted: Wanted): WayResult {
  return wayResult(outcomes, wanted, ALONE);
}

/** Every mitigation that was tried beside the plain prompt, in the order given. */
export function mitigationResults(
  plain: readonly SampleOutcome[],
  tried: readonly Tried[],
  wanted: Wanted,
): MitigationResult[] {
  const confidence = confidenceAmong(tried.length);
  const differences = tried.map(({ outcomes }) => differenceOf(outcomes, plain, wanted.length));
  const adjusted = correctedFor(differences);
  return tried.map(({ mitigation: { name, title, identity, theory, placeboOf }, outcomes }, i) => {
    const { difference, low, high } = differences[i];
    return {
      ...{ name, title, identity, theory, placeboOf },
      ...wayResult(outcomes, wanted, confidence),
      ...{ difference, low, high, pAdjusted: adjusted[i] },
      helps: difference > 0 && adjusted[i] <= ERROR,
    };
  });
}

/**
 * The cheapest of those that hold and help: by tokens of a sample, where all of these are told, else by the order of the table,
 * which begins with the simplest. A placebo is none.
 */
export function recommendedOf(plain: WayResult, results: readonly MitigationResult[]): string | null {
  if (plain.holds) return null;
  const good = results.filter(({ holds, helps, placeboOf }) => holds && helps && placeboOf === null);
  if (good.length === 0) return null;
  const told = good.every(({ tokens }) => tokens !== null);
  const cheapest = told ? good.toSorted((a, b) => (a.tokens ?? 0) - (b.tokens ?? 0)) : good;
  return cheapest[0].name;
}

function wayResult(outcomes: readonly SampleOutcome[], wanted: Wanted, confidence: number): WayResult {
  const { lengths, horizon } = measuredOf(outcomes, wanted.threshold, confidence);
  const at = lengths.find(({ length }) => length === wanted.length);
  const { n, right, accuracy, abstained, accuracyOfAnswers, tokens, seconds } = at ?? NOTHING;
  return {
    length: wanted.length,
    ...{ n, right, accuracy, abstained, accuracyOfAnswers, tokens, seconds },
    horizon: horizon.length,
    holds: n > 0 && (horizon.length ?? 0) >= wanted.length,
    lengths,
  };
}

const NOTHING = {
  ...{ n: 0, right: 0, accuracy: 0, abstained: 0, accuracyOfAnswers: null, tokens: null, seconds: null },
} as const;
