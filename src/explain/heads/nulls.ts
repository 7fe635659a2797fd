/** When a score of a head stands out: what it is held against, and what is said of it. */

/** A score of one head. */
export interface ScoreOfHead {
  readonly value: number;
  /** What it is, on average, for what is no match. Null where a score has no such null. */
  readonly null: number | null;
  /** The share of permuted matches that give the head as much, corrected over heads (Benjamini and Hochberg). */
  readonly p: number | null;
  /**
   * At least 0.1, and above the 95 % point of the null's largest head; previous token: at least 0.1 and four times the null;
   * sink: at least 0.3.
   */
  readonly marked: boolean;
}

/** What a head has to have at least to be spoken of. */
export const LEAST_MARKED = 0.1;
/** A previous-token head, whose score has no permuted matches, gives the position before so many times what it gives others. */
const TIMES_OTHERS = 4;
/** Of sums in float32: a head that looks everywhere alike gives the match as much as any. */
const ROUNDING = 1e-6;
/** Draws of permuted matches. */
export const PERMUTATIONS = 1000;

/** By draw of permuted matches, the score of every head through all layers. */
export type Draws = readonly Float64Array[];

/** The 95 % point of the largest head; null without draws. */
export function nullMaximumOf(draws: Draws): number | null {
  if (draws.length === 0) return null;
  const maxima = draws.map((draw) => draw.reduce((a, b) => Math.max(a, b), 0)).sort((a, b) => a - b);
  return maxima[Math.ceil(0.95 * maxima.length) - 1];
}

/**
 * Scores of heads through all layers, held against permuted matches.
 * @param nulls the mean of what is no match; null, with no draws, where there is nothing else to match
 */
export function againstDraws(
  values: ArrayLike<number>,
  nulls: ArrayLike<number> | null,
  draws: Draws,
  nullMaximum: number | null = nullMaximumOf(draws),
): ScoreOfHead[] {
  const p = nulls && corrected(Array.from(values, (value, h) => pValue(value, draws, h)));
  return Array.from(values, (value, h) => ({
    value,
    null: nulls && nulls[h],
    p: p && p[h],
    marked: nullMaximum !== null && value >= LEAST_MARKED && value > nullMaximum + ROUNDING,
  }));
}

/** The score of looking at the token before, beside what others get. */
export function previousTokenScore(value: number, others: number): ScoreOfHead {
  return {
    value,
    null: others,
    p: null,
    marked: value >= LEAST_MARKED && value >= TIMES_OTHERS * others,
  };
}

/** Heads through all layers as [layer][head]. */
export function byLayer<T>(all: readonly T[], heads: number): T[][] {
  return Array.from({ length: all.length / heads }, (_, layer) =>
    all.slice(layer * heads, (layer + 1) * heads),
  );
}

function pValue(value: number, draws: Draws, head: number): number {
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
