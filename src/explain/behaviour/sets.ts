/**
 * How well a model tells which symbols may come next: the sign of each logit says whether that one may, as binary
 * cross-entropy trains it. The right answer at a place is a set; it is right when all signs are.
 */
import type { Scores } from '../passes/passes.ts';
import type { ShotSet } from '../shots/shot.ts';
import type { SymbolBehaviour } from './behaviour.ts';

/** Whether the samples' right answers are sets. */
export function isOfSets({ shots }: ShotSet): boolean {
  return shots[0].next !== undefined;
}

/** What sets have of a behaviour, and the cross-entropy and the share of right sets by place. */
export interface SetBehaviour extends SymbolBehaviour {
  readonly crossEntropyByPlace: readonly number[];
  readonly tokenAccuracyByPlace: readonly number[];
}

/**
 * `crossEntropy` is -log p of the right set, where each token's logit x says by 1 / (1 + exp(-x)) whether it may come:
 * the sum over tokens of their binary cross-entropies, on average over places and samples. `margin` is how far the token
 * nearest to the wrong sign is from 0.
 */
export function setBehaviourOf(set: ShotSet, { logits }: Scores): SetBehaviour {
  const { tokens, shots } = set;
  const n = shots.length;
  const places = shots[0].rows.length;
  const losses = new Array<number>(places).fill(0);
  const hits = new Array<number>(places).fill(0);
  let [right, margins, at] = [0, 0, 0];
  for (const { next } of shots) {
    let whole = true;
    for (let place = 0; place < places; place++) {
      let margin = Infinity;
      for (const sign of signsOf(tokens, next![place])) {
        const towards = sign * logits[at++];
        losses[place] += softplus(-towards);
        margin = Math.min(margin, towards);
      }
      hits[place] += Number(margin > 0);
      margins += margin;
      whole &&= margin > 0;
    }
    right += Number(whole);
  }
  const mean = (sums: readonly number[]) => sums.reduce((sum, x) => sum + x, 0) / (n * places);
  return {
    n,
    accuracy: right / n,
    tokenAccuracy: mean(hits),
    crossEntropy: mean(losses),
    margin: margins / (n * places),
    rightMinusLeft: null,
    rightMinusLeftError: null,
    crossEntropyByPlace: losses.map((sum) => sum / n),
    tokenAccuracyByPlace: hits.map((count) => count / n),
  };
}

/** 1 for tokens of a set, and −1 for the others. */
export function signsOf(tokens: readonly number[], may: readonly number[]): number[] {
  return tokens.map((token) => (may.includes(token) ? 1 : -1));
}

/** log(1 + exp(x)). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
