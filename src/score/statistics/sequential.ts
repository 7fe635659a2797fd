/**
 * Looking after every answer without paying for it: evidence about a mean, and intervals for it, that stay valid whenever
 * one stops. Observations lie in [0, 1]: 1 for a right answer, 0 for a wrong one, the share of right answers where a
 * sample is asked several times.
 *
 * The evidence is the capital of bets (test martingales: Shafer, Shen, Vereshchagin and Vovk 2011, Statistical Science
 * 26:84-101; for bounded observations: Waudby-Smith and Ramdas 2024, JRSS B 86:1-27). A bet against "the mean is at most
 * θ" multiplies its capital by
 *
 *     (1 + (ρ − 1) x) / (1 + (ρ − 1) θ)        for an observation x, with odds ratio ρ > 1.
 *
 * Its expectation is at most 1 when the mean is at most θ, so by Ville's inequality the capital reaches 1/α with
 * probability at most α, ever. For x in {0, 1} it is the likelihood ratio of the share whose odds are ρ times those of θ.
 * Nobody knows the best ρ beforehand, so the capital is spread over a grid of them (`ODDS_RATIOS`): a mixture of
 * martingales is a martingale. Every factor falls as θ grows, so what is refuted at θ is refuted below it, and the numerators
 * do not depend on θ: their products are all that has to be kept.
 */
import type { Interval } from './interval.ts';

/**
 * ln ρ of the bets: 0.0125 … 6.4, each √2 times the one before, and one that stakes everything (ρ = ∞). At a threshold
 * of 0.9 that reaches from alternatives 0.001 away to "always right".
 */
const LOG_ODDS_RATIOS: readonly number[] = [
  ...Array.from({ length: 19 }, (_, k) => 0.0125 * Math.SQRT2 ** k),
  Infinity,
];

/** What the all-in bet starts with: a model that makes no mistake is the most frequent case, and the quickest to decide. */
const ALL_IN_SHARE = 0.35;

/** ln of the starting capitals. Bets that need thousands of answers (ln ρ < 0.5) start with less. */
const LOG_WEIGHTS: readonly number[] = (() => {
  const raw = LOG_ODDS_RATIOS.map((delta) => (delta === Infinity ? 0 : Math.min(1, 2 * delta)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight, k) =>
    Math.log(LOG_ODDS_RATIOS[k] === Infinity ? ALL_IN_SHARE : ((1 - ALL_IN_SHARE) * weight) / total),
  );
})();

/** ρ − 1. */
const STAKES: readonly number[] = LOG_ODDS_RATIOS.map((delta) => Math.expm1(delta));

/** `holds`: the mean is surely at or above the threshold. `fails`: it is surely below. */
export type Decision = 'holds' | 'fails' | 'open';

/** No length is asked this much; where more is needed (thresholds next to 0 or 1) it means never. */
const MOST_MORE = 1 << 20;

/** What observations say about their mean. Their order does not matter. */
export class Bets {
  /** ln Π (1 + (ρ − 1) x), a bet each; and the same of 1 − x, for the other side. */
  private readonly above = new Float64Array(STAKES.length);
  private readonly below = new Float64Array(STAKES.length);
  /** How many observations there are, and their sum. */
  n = 0;
  sum = 0;

  /** Takes `times` observations of one value. @throws RangeError for a value outside [0, 1] */
  add(value: number, times = 1): this {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`observation ${value}: not in [0, 1]`);
    if (times === 0) return this;
    this.n += times;
    this.sum += times * value;
    for (let k = 0; k < STAKES.length; k++) {
      this.above[k] += times * logNumerator(k, value);
      this.below[k] += times * logNumerator(k, 1 - value);
    }
    return this;
  }

  /** The logarithm of the evidence against "the mean is at most `threshold`". */
  logAbove(threshold: number): number {
    return logCapital(this.above, this.n, threshold, this.sum > 0);
  }

  /** The logarithm of the evidence against "the mean is at least `threshold`". */
  logBelow(threshold: number): number {
    return logCapital(this.below, this.n, 1 - threshold, this.sum < this.n);
  }

  /** What is known about a threshold, each side wrong with a chance of at most `alpha`. */
  decision(threshold: number, alpha: number): Decision {
    const needed = -Math.log(alpha);
    if (this.logAbove(threshold) >= needed) return 'holds';
    return this.logBelow(threshold) >= needed ? 'fails' : 'open';
  }

  /** The means that are not refuted; each end is wrong with a chance of at most `alpha`, whenever one looks. */
  interval(alpha: number): Interval {
    if (this.n === 0) return { low: 0, high: 1 };
    const needed = -Math.log(alpha);
    const mean = Math.min(1, this.sum / this.n);
    return {
      low: largestRefuted((theta) => this.logAbove(theta) >= needed, mean),
      high: 1 - largestRefuted((theta) => this.logBelow(1 - theta) >= needed, 1 - mean),
    };
  }

  /** The fewest further observations after which there could be a decision, whatever they turn out to be. */
  fewestMore(threshold: number, alpha: number): number {
    const needed = -Math.log(alpha);
    return fewest(
      (more) =>
        logCapital(this.above, this.n + more, threshold, true, more) >= needed ||
        logCapital(this.below, this.n + more, 1 - threshold, true, more) >= needed,
    );
  }
}

/** How many right answers in a row show, to a test that looks after each, that accuracy is at least `threshold`. */
export function fewestInARow(threshold: number, alpha: number): number {
  return fewest((n) => new Bets().add(1, n).decision(threshold, alpha) === 'holds');
}

/** The evidence of a list of observations. @throws RangeError for a value outside [0, 1] */
export function betsOn(values: Iterable<number>): Bets {
  const evidence = new Bets();
  for (const value of values) evidence.add(value);
  return evidence;
}

/** The interval of a share that may be looked at after every answer, each end at its own `alpha`. */
export function anytimeInterval(right: number, wrong: number, alpha: number): Interval {
  return new Bets().add(1, right).add(0, wrong).interval(alpha);
}

function logNumerator(bet: number, value: number): number {
  if (value === 0) return STAKES[bet] === Infinity ? -Infinity : 0;
  if (STAKES[bet] === Infinity) return Math.log(value); // beside a denominator of θ instead of 1 + (ρ − 1) θ
  return value === 1 ? LOG_ODDS_RATIOS[bet] : Math.log1p(STAKES[bet] * value);
}

/**
 * ln Σ weight · numerators / denominator(θ)ⁿ. With `ones`, as many of the n observations are ones that are not in the
 * numerators yet.
 */
function logCapital(numerators: Float64Array, n: number, theta: number, positive: boolean, ones = 0): number {
  if (theta <= 0) return positive ? Infinity : 0; // "the mean is at most 0" is refuted by anything above it
  const denominators = logDenominators(theta);
  let largest = -Infinity;
  for (let k = 0; k < terms.length; k++) {
    const ratio = numerators[k] - n * denominators[k];
    terms[k] = LOG_WEIGHTS[k] + (STAKES[k] === Infinity ? ratio : ratio + ones * LOG_ODDS_RATIOS[k]);
    if (terms[k] > largest) largest = terms[k];
  }
  let sum = 0;
  for (const term of terms) if (term > largest - NEGLIGIBLE) sum += Math.exp(term - largest);
  return largest + Math.log(sum);
}

/** The terms of one sum: kept, since it is worked out for every answer. */
const terms = new Float64Array(STAKES.length);

/** A term so much smaller than the largest, in logarithms, changes no digit of the sum. */
const NEGLIGIBLE = 40;

/** ln (1 + (ρ − 1) θ), a bet each. A search asks for the same two θ all the time. */
function logDenominators(theta: number): Float64Array {
  const known = recent.find((one) => one.theta === theta);
  if (known !== undefined) return known.logs;
  const logs = Float64Array.from(STAKES, (stake) =>
    stake === Infinity ? Math.log(theta) : Math.log1p(stake * theta),
  );
  recent.unshift({ theta, logs });
  recent.length = Math.min(recent.length, KEPT_THRESHOLDS);
  return logs;
}

const KEPT_THRESHOLDS = 4;
const recent: { readonly theta: number; readonly logs: Float64Array }[] = [];

/** The smallest whole number from 1 on from which something is so. */
function fewest(so: (count: number) => boolean): number {
  let enough = 1;
  while (enough < MOST_MORE && !so(enough)) enough *= 2;
  let [low, high] = [Math.floor(enough / 2), enough]; // (low, high] holds the smallest
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (so(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** By halving: 50 times is to the last bit. */
function largestRefuted(refuted: (theta: number) => boolean, mean: number): number {
  let [low, high] = [0, mean];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (refuted(middle)) low = middle;
    else high = middle;
  }
  return low;
}
