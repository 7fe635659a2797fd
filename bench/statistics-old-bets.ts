/**
 * The bets that the search used up to version 0.1: alternatives half-way between the threshold and the far end, and
 * nearer to that end. Kept to show what they cost; nothing but the benchmark uses them.
 */
import type { Rng } from '../src/common/random.ts';
import type { Interval } from '../src/score/statistics/index.ts';

const BETS = [1, 2, 3, 4, 5, Infinity] as const;

function logEvidenceAbove(right: number, wrong: number, threshold: number): number {
  const gap = 1 - threshold;
  const logs = BETS.map((k) => {
    const miss = k === Infinity ? 0 : gap * 2 ** -k;
    if (miss === 0 && wrong > 0) return -Infinity;
    const hits = right * Math.log((1 - miss) / threshold);
    return wrong === 0 ? hits : hits + wrong * Math.log(miss / gap);
  });
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}

/** One length asked until the old bets decide; null: undecided after `most` samples. */
export function oldBetsDecide(
  accuracy: number,
  threshold: number,
  alpha: number,
  most: number,
  stream: Rng,
): { readonly holds: boolean | null; readonly samples: number } {
  const needed = -Math.log(alpha);
  let right = 0;
  for (let n = 1; n <= most; n++) {
    right += Number(stream.float() < accuracy);
    if (logEvidenceAbove(right, n - right, threshold) >= needed) return { holds: true, samples: n };
    if (logEvidenceAbove(n - right, right, 1 - threshold) >= needed) return { holds: false, samples: n };
  }
  return { holds: null, samples: most };
}

/** Their interval. */
export function oldInterval(right: number, wrong: number, alpha: number): Interval {
  return { low: lowEnd(right, wrong, alpha), high: 1 - lowEnd(wrong, right, alpha) };
}

function lowEnd(right: number, wrong: number, alpha: number): number {
  let [low, high] = [0, right / (right + wrong)];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (logEvidenceAbove(right, wrong, middle) >= -Math.log(alpha)) low = middle;
    else high = middle;
  }
  return low;
}
