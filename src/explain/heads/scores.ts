/**
 * Scores of heads on the task itself, each with its null: where a head looks from the places that go on from a symbol of the
 * source. A score nominates a head; only an ablation says whether anything depends on it.
 */
import type { Rng } from '../../common/random.ts';
import type { ShotSet } from '../shots/shot.ts';
import { scoredRows } from './attention.ts';
import type { TaskAttention } from './attention.ts';

/** What is scored; `docs/explain.md` has the definitions. */
export const headScores = [
  'induction',
  'inductionWithinSource',
  'sameSymbol',
  'antiInduction',
  'firstOccurrence',
  'lastOccurrence',
  'previousToken',
  'sink',
] as const;
export type HeadScore = (typeof headScores)[number];

/** A score of one head. */
export interface ScoreOfHead {
  readonly value: number;
  /** What the head gives, on average, to what is no match. Null where a score has no such null. */
  readonly null: number | null;
  /** The share of permuted matches that give the head as much, corrected over heads (Benjamini and Hochberg). */
  readonly p: number | null;
  /**
   * At least 0.1, and above the 95 % point of the null's largest head; previous token: at least 0.1 and four times the null;
   * sink: at least 0.3.
   */
  readonly marked: boolean;
}

export interface HeadsOfTask {
  /** [layer][head], by score; a score that the task has not is absent. */
  readonly scores: Readonly<Partial<Record<HeadScore, readonly (readonly ScoreOfHead[])[]>>>;
  /** The 95 % point of the largest head under permuted matches; null where sources are too short to permute any. */
  readonly nullMaximum: number | null;
}

/** What a head has to give at least to be spoken of. */
export const LEAST_MARKED = 0.1;
/** Scores without permuted matches: a previous-token head gives the position before so many times what it gives others; a sink takes this share (Gu et al. 2410.10781). */
const TIMES_OTHERS = 4;
const LEAST_SINK = 0.3;
/** Of sums in float32: a head that looks everywhere alike gives the match as much as any. */
const ROUNDING = 1e-6;
/** Draws of permuted matches. */
export const PERMUTATIONS = 1000;

/** Which symbols of the source (S: the position after the last) a score counts at a row that goes on from `at`; null: the row doesn't count. */
type Target = (at: number, same: readonly number[], symbols: number) => readonly number[] | null;

type MatchScore = Exclude<HeadScore, 'previousToken' | 'sink'>;

const targets: Readonly<Record<MatchScore, Target>> = {
  induction: (at) => [at + 1],
  inductionWithinSource: (at, _, symbols) => (at + 1 < symbols ? [at + 1] : null),
  sameSymbol: (at) => [at],
  antiInduction: (at) => (at > 0 ? [at - 1] : null),
  firstOccurrence: (_, same) => (same.length > 1 ? [same[0] + 1] : null),
  lastOccurrence: (_, same) => (same.length > 1 ? [same[same.length - 1] + 1] : null),
};

export function scoresOfHeads(
  set: ShotSet,
  attention: TaskAttention,
  rng: Rng,
  permutations = PERMUTATIONS,
): HeadsOfTask {
  const reader = new Reader(set, attention);
  const plain = reader.meanOverOthers();
  const permuted = plain === null ? [] : reader.permuted(rng, permutations);
  const maxima = permuted.map((draw) => draw.reduce((a, b) => Math.max(a, b), 0)).sort((a, b) => a - b);
  const nullMaximum = maxima.length === 0 ? null : maxima[Math.ceil(0.95 * maxima.length) - 1];
  const scores: Partial<Record<HeadScore, ScoreOfHead[][]>> = {};
  for (const [name, target] of Object.entries(targets) as [MatchScore, Target][]) {
    const values = reader.means(target);
    if (values === null) continue;
    const p = plain && corrected(values.map((value, h) => pValue(value, permuted, h)));
    scores[name] = reader.byLayer((h) => ({
      value: values[h],
      null: plain && plain[h],
      p: p && p[h],
      marked: nullMaximum !== null && values[h] >= LEAST_MARKED && values[h] > nullMaximum + ROUNDING,
    }));
  }
  const [previous, beside, sink] = [attention.previous, attention.besidePrevious, attention.sink].map(
    (byLayer) => byLayer.flatMap((heads) => [...heads]),
  );
  scores.previousToken = reader.byLayer((h) => ({
    value: previous[h],
    null: beside[h],
    p: null,
    marked: previous[h] >= LEAST_MARKED && previous[h] >= TIMES_OTHERS * beside[h],
  }));
  scores.sink = reader.byLayer((h) => ({
    value: sink[h],
    null: null,
    p: null,
    marked: sink[h] >= LEAST_SINK,
  }));
  return { scores, nullMaximum };
}

/** Means over samples and rows; heads are counted through all layers. */
class Reader {
  private readonly set: ShotSet;
  private readonly attention: TaskAttention;
  private readonly heads: number;
  private readonly rows: readonly number[];
  private readonly symbols: number;

  constructor(set: ShotSet, attention: TaskAttention) {
    const [shot] = set.shots;
    this.set = set;
    this.attention = attention;
    this.heads = attention.previous[0].length;
    this.rows = scoredRows(shot);
    this.symbols = shot.source.length;
  }

  byLayer<T>(of: (head: number) => T): T[][] {
    return this.attention.previous.map((heads, layer) =>
      Array.from(heads, (_, h) => of(layer * this.heads + h)),
    );
  }

  /** Null where no row counts. */
  means(target: Target): number[] | null {
    const chosen = this.set.shots.map((shot) =>
      this.rows.map((row) => target(shot.rows[row].at!, shot.rows[row].same, this.symbols)),
    );
    const count = chosen.flat().filter((keys) => keys !== null).length;
    if (count === 0) return null;
    return this.sums((sample, j, weights) => {
      const keys = chosen[sample][j];
      return keys === null ? 0 : keys.reduce((sum, key) => sum + weights(key), 0) / count;
    });
  }

  /** What each head gives the symbols that are neither a match nor the one after it, on average; null where there are none. */
  meanOverOthers(): number[] | null {
    const { n, others } = this.others();
    if (n === 0) return null;
    return this.sums((sample, j, weights) => {
      const keys = others[sample][j];
      return keys.reduce((sum, key) => sum + weights(key), 0) / Math.max(1, keys.length) / n;
    });
  }

  /** By draw, the mean of every head where each row's match is another symbol of the source. */
  permuted(rng: Rng, draws: number): Float64Array[] {
    const { n, others } = this.others();
    return Array.from({ length: draws }, () => {
      const chosen = others.map((rows) =>
        rows.map((keys) => (keys.length === 0 ? undefined : keys[rng.below(keys.length)])),
      );
      return Float64Array.from(
        this.sums((sample, j, weights) => {
          const key = chosen[sample][j];
          return key === undefined ? 0 : weights(key) / n;
        }),
      );
    });
  }

  /** By sample and row; n counts the rows that have any. */
  private others(): { n: number; others: number[][][] } {
    const others = this.set.shots.map((shot) =>
      this.rows.map((row) => {
        const { at, same } = shot.rows[row];
        const near = new Set([...same, at!].flatMap((match) => [match, match + 1]));
        return Array.from({ length: this.symbols }, (_, key) => key).filter((key) => !near.has(key));
      }),
    );
    return { n: others.flat().filter((keys) => keys.length > 0).length, others };
  }

  /** Of every head the sum over samples and rows. */
  private sums(of: (sample: number, row: number, weights: (key: number) => number) => number): number[] {
    const width = this.symbols + 1;
    return this.attention.targets.flatMap((numbers) => {
      const sums = new Array<number>(this.heads).fill(0);
      for (let sample = 0; sample < this.set.shots.length; sample++) {
        for (let head = 0; head < this.heads; head++) {
          for (let j = 0; j < this.rows.length; j++) {
            const at = ((sample * this.heads + head) * this.rows.length + j) * width;
            sums[head] += of(sample, j, (key) => numbers[at + key]);
          }
        }
      }
      return sums;
    });
  }
}

function pValue(value: number, draws: readonly Float64Array[], head: number): number {
  return (1 + draws.filter((draw) => draw[head] >= value).length) / (1 + draws.length);
}

/** Benjamini and Hochberg's p-values. */
function corrected(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[b] - p[a]);
  const result = [...p];
  let least = 1;
  order.forEach((i, rank) => {
    least = Math.min(least, (p[i] * p.length) / (p.length - rank));
    result[i] = least;
  });
  return result;
}
