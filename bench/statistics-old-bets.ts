/**
 * The bets that the search used up to version 0.1: alternatives half-way between the threshold and the far end, and
 * nearer to that end. Kept to show what they cost; nothing but the benchmark uses them.
 */
import type { Rng } from '../src/common/random.ts';
import type { Interval } from '../src/score/statistics/index.ts';

const BETS = [1, 2, 3, 4, 5, Infinity] as const;

/** Of each bet: what a right and a wrong answer add to the logarithm of its capital. */
function betsAbove(threshold: number): readonly { readonly right: number; readonly wrong: number }[] {
  const gap = 1 - threshold;
  return BETS.map((k) => {
    const miss = k === Infinity ? 0 : gap * 2 ** -k;
    return { right: Math.log((1 - miss) / threshold), wrong: Math.log(miss / gap) };
  });
}

/** The mean capital, in logarithms. */
function logEvidence(bets: ReturnType<typeof betsAbove>, right: number, wrong: number): number {
  let capital = 0;
  for (const bet of bets) capital += Math.exp(right * bet.right + (wrong === 0 ? 0 : wrong * bet.wrong));
  return Math.log(capital / bets.length);
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
  const [above, below] = [betsAbove(threshold), betsAbove(1 - threshold)];
  let right = 0;
  for (let n = 1; n <= most; n++) {
    right += Number(stream.float() < accuracy);
    if (logEvidence(above, right, n - right) >= needed) return { holds: true, samples: n };
    if (logEvidence(below, n - right, right) >= needed) return { holds: false, samples: n };
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
    if (logEvidence(betsAbove(middle), right, wrong) >= -Math.log(alpha)) low = middle;
    else high = middle;
  }
  return low;
}
