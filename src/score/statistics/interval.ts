/** Intervals for one share of right answers: Wilson's for single answers, its clustered form for repeats. */
import { studentQuantile, twoSidedZ } from './special.ts';

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
  return scoreInterval(correct, n, twoSidedZ(confidence));
}

/** The answers to one source that was asked several times. */
export interface Cluster {
  readonly correct: number;
  readonly n: number;
}

/**
 * An interval for the share of right answers when every source was asked several times, so that the answers to one
 * source are not independent. The variance is the cluster-robust one of a ratio (Liang and Zeger 1986; Miller 2024,
 * arXiv 2411.00640, §3), the interval is Wilson's with the effective number of answers that this variance
 * amounts to and Student's t with one degree of freedom fewer than there are clusters (Dean and Pagano 2015,
 * J. Survey Stat. Methodol. 3:484-503). Never narrower than if the answers were independent, and where all answers
 * agree, so that nothing is known about the dependence, one answer a cluster counts.
 */
export function clusteredInterval(clusters: readonly Cluster[], confidence = 0.95): Interval {
  const asked = clusters.filter((cluster) => cluster.n > 0);
  const n = asked.reduce((sum, cluster) => sum + cluster.n, 0);
  const correct = asked.reduce((sum, cluster) => sum + cluster.correct, 0);
  if (asked.every((cluster) => cluster.n === 1) || asked.length < 2) {
    return asked.length === 1
      ? wilson(Math.round(correct / n), 1, confidence)
      : wilson(correct, n, confidence);
  }
  const share = correct / n;
  const variance = clusteredVariance(asked);
  const effective = variance === 0 ? asked.length : Math.min(n, (share * (1 - share)) / variance);
  const t = studentQuantile(1 - (1 - confidence) / 2, asked.length - 1);
  return scoreInterval(share * effective, effective, t);
}

/** The cluster-robust variance of correct / n, with the correction G/(G-1) for few clusters. */
export function clusteredVariance(clusters: readonly Cluster[]): number {
  const n = clusters.reduce((sum, cluster) => sum + cluster.n, 0);
  const share = clusters.reduce((sum, cluster) => sum + cluster.correct, 0) / n;
  const squares = clusters.reduce((sum, { correct, n: size }) => sum + (correct - share * size) ** 2, 0);
  return ((clusters.length / (clusters.length - 1)) * squares) / n ** 2;
}

/** Wilson's formula; `correct` and `n` may be fractions (effective numbers). */
function scoreInterval(correct: number, n: number, z: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const share = correct / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    low: correct === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: correct === n ? 1 : Math.min(1, (centre + half) / scale),
  };
}
