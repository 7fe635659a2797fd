/**
 * Where heads look in random tokens that stand there twice (Olsson et al. 2022): whatever a head does there, it does not know
 * from the task or its symbols. The same sequence of n different tokens twice, after what begins texts.
 */
import type { Rng } from '../../common/random.ts';
import type { LocalModel, ModelConfig } from '../../model/index.ts';
import type { RandomTokens } from '../shots/shot.ts';
import { attentionOver, mostAtOnce } from './attention.ts';
import type { Attention, SequencePart } from './attention.ts';
import { Matches } from './matches.ts';
import type { Chosen, Others } from './matches.ts';
import { againstDraws, byLayer, nullMaximumOf, PERMUTATIONS, previousTokenScore } from './nulls.ts';
import type { ScoreOfHead } from './nulls.ts';

export const repeatedScores = ['induction', 'sameSymbol', 'antiInduction', 'previousToken'] as const;
export type RepeatedScore = (typeof repeatedScores)[number];

/** Sequences that are read. */
export const RANDOM_SEQUENCES = 20;
/** Tokens of each, which stand there twice: fewer where the model knows fewer, or has not as many positions. */
export const RANDOM_LENGTH = 50;
/** With fewer there is no token beside the match and its neighbours. */
const LEAST_LENGTH = 4;

/** What heads are scored on. */
export interface RepeatedTokens {
  /** Different tokens of each sequence. */
  readonly length: number;
  /** As they are read: what begins texts, where there is such a token, and the same tokens twice. */
  readonly sequences: readonly (readonly number[])[];
}

export interface HeadsOfRepeated {
  /** [layer][head]. */
  readonly scores: Readonly<Record<RepeatedScore, readonly (readonly ScoreOfHead[])[]>>;
  /** The 95 % point of the largest head under permuted matches. */
  readonly nullMaximum: number | null;
}

/** Null where the model knows too few tokens, or has too few positions, for sequences in which anything could be told. */
export function repeatedTokens(
  { begin, tokens }: RandomTokens,
  { positions }: Pick<ModelConfig, 'positions'>,
  rng: Rng,
  count = RANDOM_SEQUENCES,
): RepeatedTokens | null {
  const first = begin === undefined ? [] : [begin];
  const length = Math.min(RANDOM_LENGTH, tokens.length, Math.floor((positions - first.length) / 2));
  if (length < LEAST_LENGTH) return null;
  const sequences = Array.from({ length: count }, () => {
    const drawn = rng.distinct(tokens.length, length).map((i) => tokens[i]);
    return [...first, ...drawn, ...drawn];
  });
  return { length, sequences };
}

/**
 * Of each token of the second copy but its first one to all tokens of the first copy, and to the first of the second:
 * J = length − 1, W = length + 1.
 */
export async function repeatedAttention(
  model: LocalModel,
  { length, sequences }: RepeatedTokens,
  onProgress: (share: number) => void = () => undefined,
): Promise<Attention> {
  const positions = sequences[0].length;
  const begin = positions - 2 * length;
  const from = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
  const looked = {
    rows: from(begin + length + 1, length - 1),
    keys: from(begin, length + 1),
    previous: from(1, positions - 1),
  };
  const most = mostAtOnce(model.config, positions, positions);
  const parts = function* (): Generator<SequencePart> {
    for (let start = 0; start < sequences.length; start += most) {
      const tails = sequences.slice(start, start + most);
      yield { start, tails, looked: tails.map(() => looked), after: [] };
    }
  };
  return attentionOver(model, parts(), { n: sequences.length, past: 0 }, onProgress);
}

/** Matches by place: those of the token that stands `offset` after the same token in the first copy. */
export function scoresOfRepeated(
  { length, sequences }: RepeatedTokens,
  attention: Attention,
  rng: Rng,
  permutations = PERMUTATIONS,
): HeadsOfRepeated {
  const heads = attention.previous[0].length;
  const matches = new Matches(attention, { rows: length - 1, keys: length + 1 });
  /** The token of a row stands there in the first copy. */
  const places = Array.from({ length: length - 1 }, (_, j) => j + 1);
  const all = Array.from({ length }, (_, key) => key);
  const others: Others = sequences.map(() => places.map((at) => all.filter((key) => Math.abs(key - at) > 1)));
  const nulls = matches.meansOverOthers(others);
  const draws = matches.permuted(others, rng, permutations);
  const nullMaximum = nullMaximumOf(draws);
  const scored = (offset: number) => {
    const chosen: Chosen = sequences.map(() => places.map((at) => at + offset));
    return byLayer(againstDraws(matches.means(chosen)!, nulls, draws, nullMaximum), heads);
  };
  return {
    scores: {
      induction: scored(1),
      sameSymbol: scored(0),
      antiInduction: scored(-1),
      previousToken: attention.previous.map((values, layer) =>
        Array.from(values, (value, h) => previousTokenScore(value, attention.besidePrevious[layer][h])),
      ),
    },
    nullMaximum,
  };
}
