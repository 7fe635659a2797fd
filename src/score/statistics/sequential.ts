/**
 * Looking after every answer without paying for it: tests and intervals for a share that stay valid whenever one
 * stops. They are test martingales (Shafer, Shen, Vereshchagin and Vovk 2011, Statistical Science 26:84-101; Ville's
 * inequality): a bet against "the share is at most θ" whose capital can exceed 1/α with probability at most α, ever.
 */
import type { Interval } from './interval.ts';

/** The bets: shares between θ and the end of its side, ever nearer to the end (k = 1…5), and the end itself. */
const BETS = [1, 2, 3, 4, 5, Infinity] as const;

/**
 * The logarithm of the capital of a bet against "the true share is at most θ": the mean, over some shares p above θ, of
 * (p/θ)^right ((1-p)/(1-θ))^wrong. Each factor has an expectation of at most 1 when the share is at most θ, so this is
 * a supermartingale that begins at 1.
 */
export function logEvidenceAbove(right: number, wrong: number, threshold: number): number {
  if (threshold >= 1) return -Infinity;
  if (threshold <= 0) return right + wrong === 0 ? 0 : Infinity;
  const gap = 1 - threshold;
  return logMeanExp(
    BETS.map((k) => {
      const miss = k === Infinity ? 0 : gap * 2 ** -k; // 1 - p
      if (miss === 0 && wrong > 0) return -Infinity;
      const hits = right * Math.log((1 - miss) / threshold);
      return wrong === 0 ? hits : hits + wrong * Math.log(miss / gap);
    }),
  );
}

/** The same against "the true share is at least θ". */
export function logEvidenceBelow(right: number, wrong: number, threshold: number): number {
  return logEvidenceAbove(wrong, right, 1 - threshold);
}

/**
 * A confidence interval that may be looked at after every answer: the shares against which neither bet has reached
 * 1/α, α being half of 1 - confidence for each side.
 */
export function anytimeInterval(right: number, wrong: number, alpha: number): Interval {
  const needed = Math.log(1 / alpha);
  return {
    low: lowEnd(right, wrong, needed),
    high: 1 - lowEnd(wrong, right, needed),
  };
}

/** The largest θ that "at most θ" is refuted for, found by halving: the evidence falls as θ grows. */
function lowEnd(right: number, wrong: number, needed: number): number {
  if (right === 0) return 0;
  let [low, high] = [0, right / (right + wrong)];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (logEvidenceAbove(right, wrong, middle) >= needed) low = middle;
    else high = middle;
  }
  return low;
}

/** `reliable`: surely at or above the threshold. `unreliable`: surely below. */
export type SequentialVerdict = 'reliable' | 'unreliable' | 'open';

export function sequentialVerdict(
  right: number,
  wrong: number,
  threshold: number,
  alpha: number,
): SequentialVerdict {
  const needed = Math.log(1 / alpha);
  if (logEvidenceAbove(right, wrong, threshold) >= needed) return 'reliable';
  return logEvidenceBelow(right, wrong, threshold) >= needed ? 'unreliable' : 'open';
}

/** The fewest further answers after which the verdict could be sure, whatever they turn out to be. */
export function fewestMore(right: number, wrong: number, threshold: number, alpha: number): number {
  const couldEnd = (more: number): boolean =>
    sequentialVerdict(right + more, wrong, threshold, alpha) !== 'open' ||
    sequentialVerdict(right, wrong + more, threshold, alpha) !== 'open';
  let enough = 1;
  while (!couldEnd(enough) && enough < MOST_MORE) enough *= 2;
  let [low, high] = [Math.floor(enough / 2), enough]; // (low, high] holds the smallest that could end it
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (couldEnd(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** No cell is asked this much; where the threshold is so near to 0 or 1 that more is needed, it is a way to say never. */
const MOST_MORE = 1 << 20;

function logMeanExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum / values.length);
}
