/** Wilson's interval for a share of right answers. Cells of a table have the exact one (`exact.ts`). */
import { twoSidedZ } from './special.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The score interval of Wilson (1927, JASA 22:209-212) for a share; [0, 1] when nothing was asked. It never
 * leaves [0, 1] and has a width even when everything, or nothing, is right.
 */
export function wilson(correct: number, n: number, confidence = 0.95): Interval {
  if (!(n >= 0 && correct >= 0 && correct <= n)) {
    throw new RangeError(`${correct} right of ${n}: not a share`);
  }
  if (n === 0) return { low: 0, high: 1 };
  const z = twoSidedZ(confidence);
  const share = correct / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    low: correct === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: correct === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}
