/**
 * The retrieval score (Wu et al., arXiv 2404.15574): at how many answer tokens a head looks, of all of the source, most at the
 * token that is the right answer.
 */
import type { Rng } from '../../common/random.ts';
import { sourceToken } from '../shots/shot.ts';
import type { ShotSet } from '../shots/shot.ts';
import type { TaskAttention } from './attention.ts';
import { countOf, drawn } from './matches.ts';
import type { Chosen, Others } from './matches.ts';
import { againstDraws, byLayer, nullMaximumOf } from './nulls.ts';
import type { Draws, ScoreOfHead } from './nulls.ts';

export interface Retrieval {
  /** [layer][head]. */
  readonly scores: readonly (readonly ScoreOfHead[])[];
  /** Answer tokens that stand in the source. */
  readonly n: number;
  /** The 95 % point of the largest head where every right answer is another symbol of the source; null where there is none. */
  readonly nullMaximum: number | null;
}

export function retrievalOfHeads(
  { shots }: ShotSet,
  attention: TaskAttention,
  rng: Rng,
  permutations: number,
): Retrieval | null {
  const { rows, source } = shots[0];
  const heads = attention.previous[0].length;
  const best = mostAttended(attention, { n: shots.length, heads, rows: rows.length, symbols: source.length });
  /** By sample and row, the symbols of the source that are the right answer, or that are not. */
  const symbols = (right: boolean): Others =>
    shots.map((shot) =>
      shot.answer.map((token) => {
        const all = shot.source.map((_, i) => i);
        const same = all.filter((i) => sourceToken(shot, i) === token);
        if (same.length === 0) return []; // what ends the answer
        return right ? same : all.filter((i) => !same.includes(i));
      }),
    );
  const [right, wrong] = [symbols(true), symbols(false)];
  const n = countOf(right);
  if (n === 0) return null;
  const others = countOf(wrong);
  const worth = (of: Others, each: (keys: readonly number[]) => number) =>
    sumsOf(best, heads, (s, j, key) => (of[s][j].includes(key) ? each(of[s][j]) : 0));
  const values = worth(right, () => 1).map((hit) => hit / n);
  const nulls =
    others === 0 ? null : worth(wrong, (keys) => 1 / keys.length).map((chance) => chance / others);
  const draws: Draws =
    others === 0
      ? []
      : Array.from({ length: permutations }, () => hits(best, heads, drawn(wrong, rng), others));
  return {
    scores: byLayer(againstDraws(values, nulls, draws), heads),
    n,
    nullMaximum: nullMaximumOf(draws),
  };
}

/** The symbol of the source that a head gives most, by layer [n, J, H]; −1 where several have as much. */
function mostAttended(
  { targets }: TaskAttention,
  { n, heads, rows, symbols }: Record<'n' | 'heads' | 'rows' | 'symbols', number>,
): { readonly n: number; readonly rows: number; readonly layers: readonly Int32Array[] } {
  const layers = targets.map((numbers) => {
    const best = new Int32Array(n * rows * heads);
    for (let s = 0; s < n; s++) {
      for (let head = 0; head < heads; head++) {
        for (let j = 0; j < rows; j++) {
          const at = ((s * heads + head) * rows + j) * (symbols + 1);
          best[(s * rows + j) * heads + head] = strictMaximum(numbers, at, symbols);
        }
      }
    }
    return best;
  });
  return { n, rows, layers };
}

/** Which of `count` numbers from `first` on is larger than all others; −1 where none is. */
export function strictMaximum(numbers: ArrayLike<number>, first: number, count: number): number {
  let best = 0;
  let isAlone = true;
  for (let i = 1; i < count; i++) {
    if (numbers[first + i] > numbers[first + best]) [best, isAlone] = [i, true];
    else if (numbers[first + i] === numbers[first + best]) isAlone = false;
  }
  return isAlone ? best : -1;
}

type Most = ReturnType<typeof mostAttended>;

/** Of every head through all layers, the sum over samples and rows of what its most attended symbol is worth. */
function sumsOf(
  { n, rows, layers }: Most,
  heads: number,
  worth: (sample: number, row: number, symbol: number) => number,
): Float64Array {
  const sums = new Float64Array(layers.length * heads);
  layers.forEach((best, layer) => {
    for (let s = 0; s < n; s++) {
      for (let j = 0; j < rows; j++) {
        for (let head = 0; head < heads; head++)
          sums[layer * heads + head] += worth(s, j, best[(s * rows + j) * heads + head]);
      }
    }
  });
  return sums;
}

/** The share of rows whose chosen symbol is the most attended one. */
function hits({ rows, layers }: Most, heads: number, chosen: Chosen, count: number): Float64Array {
  const places = chosen.flatMap((keys, s) =>
    keys.flatMap((key, j) => (key === null ? [] : [{ at: (s * rows + j) * heads, key }])),
  );
  const shares = new Float64Array(layers.length * heads);
  layers.forEach((best, layer) => {
    for (const { at, key } of places) {
      for (let head = 0; head < heads; head++) if (best[at + head] === key) shares[layer * heads + head]++;
    }
  });
  return shares.map((hit) => hit / count);
}
