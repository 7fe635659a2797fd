/**
 * How well a model does what is explained, from the scores of a pass: where accuracy is 0 or 1 it tells nothing, so
 * log-probabilities stand beside it.
 */
import type { Scores } from '../passes/passes.ts';
import { isOfSets, setBehaviourOf } from './sets.ts';
import { neighbours } from '../shots/shot.ts';
import type { ShotSet } from '../shots/shot.ts';

/** Means over samples, the answer teacher-forced. Logarithms are natural. */
export interface SymbolBehaviour {
  readonly n: number;
  /** The share of samples of which every token of the answer is the most likely among the symbols. */
  readonly accuracy: number;
  /** The share of answer tokens. */
  readonly tokenAccuracy: number;
  /** -log p of the right token among the symbols, over answer tokens and samples. */
  readonly crossEntropy: number;
  /** log p of the right token less that of the best other symbol. */
  readonly margin: number;
  /**
   * The logit of the right neighbour less that of the left one of the symbol from which the answer goes on, over the
   * rows where it has both; null where none has.
   */
  readonly rightMinusLeft: number | null;
  /** Its standard error over samples; null for one sample. */
  readonly rightMinusLeftError: number | null;
}

/** The same over the whole vocabulary, with those among the symbols beside. */
export interface Behaviour extends Pick<
  SymbolBehaviour,
  'n' | 'accuracy' | 'tokenAccuracy' | 'crossEntropy'
> {
  /** The cross-entropy of the answer's first token, and of the others; null where there are none. */
  readonly crossEntropyFirst: number;
  readonly crossEntropyRest: number | null;
  /** By answer token. */
  readonly tokenAccuracyByPlace: readonly number[];
  /** log p of the right and of the left neighbour, where rows have both (`rightMinusLeft`). */
  readonly logProbabilityRight: number | null;
  readonly logProbabilityLeft: number | null;
  readonly amongSymbols: SymbolBehaviour;
  /** There where right answers are sets (`sets.ts`): of all that may come next at each place. */
  readonly ofSets?: true;
}

/** What a pass says of samples among the set's symbols. */
export function amongSymbols(set: ShotSet, scores: Scores): SymbolBehaviour {
  if (isOfSets(set)) return amongSets(set, scores);
  const { logits } = scores;
  const { tokens, shots } = set;
  const place = new Map(tokens.map((token, i) => [token, i]));
  const sums = { right: 0, tokens: 0, loss: 0, margin: 0, difference: 0, rows: 0, differences: 0 };
  const bySample: number[] = [];
  let at = 0;
  for (const shot of shots) {
    let whole = true;
    let [difference, differences] = [0, 0];
    for (const [j, row] of shot.rows.entries()) {
      const own = logits.subarray(at, (at += tokens.length));
      const wanted = place.get(shot.answer[j])!;
      const pair = neighbours(shot, row);
      if (pair !== null) {
        difference += own[place.get(pair.right)!] - own[place.get(pair.left)!];
        differences++;
      }
      sums.rows++;
      const rival = largest(own, wanted);
      const right = own[wanted] > rival;
      whole &&= right;
      sums.tokens += Number(right);
      sums.loss += normalizer(own) - own[wanted];
      sums.margin += own[wanted] - rival;
    }
    sums.right += Number(whole);
    sums.difference += difference;
    sums.differences += differences;
    if (differences > 0) bySample.push(difference / differences);
  }
  const n = shots.length;
  return {
    n,
    accuracy: sums.right / n,
    tokenAccuracy: sums.tokens / sums.rows,
    crossEntropy: sums.loss / sums.rows,
    margin: sums.margin / sums.rows,
    rightMinusLeft: sums.differences === 0 ? null : sums.difference / sums.differences,
    rightMinusLeftError: standardError(bySample),
  };
}

/** What a pass over the whole vocabulary says. @throws RangeError for scores without it */
export function behaviourOf(set: ShotSet, scores: Scores): Behaviour {
  if (isOfSets(set)) return behaviourOfSets(set, scores);
  const { normalizers, best, logits } = scores;
  if (normalizers === undefined || best === undefined) throw new RangeError('scores without the vocabulary');
  const { tokens, shots } = set;
  const rows = shots[0].rows.length;
  const place = new Map(tokens.map((token, i) => [token, i]));
  const logit = (row: number, token: number) =>
    logits[row * tokens.length + place.get(token)!] - normalizers[row];
  const losses = new Float64Array(rows);
  const hits = new Float64Array(rows);
  let right = 0;
  const sides = { right: 0, left: 0, count: 0 };
  shots.forEach((shot, s) => {
    let whole = true;
    shot.rows.forEach((row, j) => {
      const at = s * rows + j;
      const isRight = best[at] === shot.answer[j];
      whole &&= isRight;
      hits[j] += Number(isRight);
      losses[j] -= logit(at, shot.answer[j]);
      const pair = neighbours(shot, row);
      if (pair === null) return;
      sides.right += logit(at, pair.right);
      sides.left += logit(at, pair.left);
      sides.count++;
    });
    right += Number(whole);
  });
  const n = shots.length;
  const sum = (numbers: Float64Array) => numbers.reduce((total, x) => total + x, 0);
  return {
    n,
    accuracy: right / n,
    tokenAccuracy: sum(hits) / (n * rows),
    crossEntropy: sum(losses) / (n * rows),
    crossEntropyFirst: losses[0] / n,
    crossEntropyRest: rows === 1 ? null : sum(losses.subarray(1)) / (n * (rows - 1)),
    tokenAccuracyByPlace: Array.from(hits, (count) => count / n),
    logProbabilityRight: sides.count === 0 ? null : sides.right / sides.count,
    logProbabilityLeft: sides.count === 0 ? null : sides.left / sides.count,
    amongSymbols: amongSymbols(set, scores),
  };
}

/** Of sets all tokens can be said, so that there is one behaviour only. */
function behaviourOfSets(set: ShotSet, scores: Scores): Behaviour {
  const { crossEntropyByPlace: losses, tokenAccuracyByPlace } = setBehaviourOf(set, scores);
  const own = amongSets(set, scores);
  const { n, accuracy, tokenAccuracy, crossEntropy } = own;
  const rest = losses.slice(1);
  return {
    n,
    accuracy,
    tokenAccuracy,
    crossEntropy,
    crossEntropyFirst: losses[0],
    crossEntropyRest: rest.length === 0 ? null : rest.reduce((sum, x) => sum + x, 0) / rest.length,
    tokenAccuracyByPlace,
    logProbabilityRight: null,
    logProbabilityLeft: null,
    amongSymbols: own,
    ofSets: true,
  };
}

function amongSets(set: ShotSet, scores: Scores): SymbolBehaviour {
  const { n, accuracy, tokenAccuracy, crossEntropy, margin, rightMinusLeft } = setBehaviourOf(set, scores);
  return { n, accuracy, tokenAccuracy, crossEntropy, margin, rightMinusLeft, rightMinusLeftError: null };
}

/** By sample, -log p of the right tokens over the whole vocabulary, on average over the answer. @throws RangeError as above */
export function lossesOf(set: ShotSet, { normalizers, logits }: Scores): number[] {
  if (normalizers === undefined) throw new RangeError('scores without the vocabulary');
  const { tokens, shots } = set;
  const rows = shots[0].rows.length;
  const place = new Map(tokens.map((token, i) => [token, i]));
  return shots.map(({ answer }, s) => {
    let sum = 0;
    for (let j = 0; j < rows; j++) {
      const at = s * rows + j;
      sum += normalizers[at] - logits[at * tokens.length + place.get(answer[j])!];
    }
    return sum / rows;
  });
}

/** Of a mean of independent numbers; null where they are fewer than two. */
export function standardError(numbers: readonly number[]): number | null {
  const n = numbers.length;
  if (n < 2) return null;
  const mean = numbers.reduce((sum, x) => sum + x, 0) / n;
  return Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1) / n);
}

/** log Σ exp. */
export function normalizer(logits: Float32Array): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

/** The largest of all but one. */
function largest(logits: Float32Array, but: number): number {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) if (i !== but && logits[i] > most) most = logits[i];
  return most;
}
