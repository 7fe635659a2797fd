/**
 * Products of attention over keys and values that stand in parts, one after the other: what was read before, and the
 * sequences' own. A part may be shared: of C sequences where the batch has B, each belongs to B / C of the batch in a row.
 * Key/value heads are shared, too: H / K query heads in a row read one.
 */
import { concatenate, matmul, reshape, slice, transpose } from '../../graph/index.ts';
import { add } from '../../graph/index.ts';
import type { Value } from '../../graph/index.ts';

/** Keys or values, [C, K, P, d] each: P adds up to the number of keys, L. */
export type Parts = readonly Value[];

/** scale · q·kᵀ: [B, H, R, d] × parts → [B, H, R, L]. */
export function dotProducts(q: Value, keys: Parts, scale: number): Value {
  const [batch, heads, rows] = q.shape;
  const scores = keys.map((part) => {
    const folded = fold(q, part);
    return unfold(matmul(folded, part, { transposeB: true, scale }), [batch, heads, rows, part.shape[2]]);
  });
  return scores.length === 1 ? scores[0] : concatenate(scores, 3);
}

/** Sums of values by the weights of a pattern: [B, H, R, L] × parts → [B, H, R, d]. */
export function weighted(pattern: Value, values: Parts): Value {
  const [batch, heads, rows] = pattern.shape;
  let at = 0;
  const sums = values.map((part) => {
    const own = values.length === 1 ? pattern : slice(pattern, 3, at, (at += part.shape[2]));
    return unfold(matmul(fold(own, part), part), [batch, heads, rows, part.shape[3]]);
  });
  return sums.reduce((a, b) => add(a, b));
}

/** Rows that read the same keys side by side: [B, H, R, x] → [C, K, (B/C)·(H/K)·R, x]. */
function fold(x: Value, part: Value): Value {
  const [batch, heads, rows, size] = x.shape;
  const [count, shared] = part.shape;
  const each = batch / count;
  const perHead = (heads / shared) * rows;
  if (each === 1) return shared === heads ? x : reshape(x, [batch, shared, perHead, size]);
  const apart = transpose(reshape(x, [count, each, shared, perHead, size]), [0, 2, 1, 3, 4]);
  return reshape(apart, [count, shared, each * perHead, size]);
}

/** The way back: [C, K, (B/C)·(H/K)·R, x] → [B, H, R, x]. */
function unfold(x: Value, shape: readonly [number, number, number, number]): Value {
  const [batch, heads, rows, size] = shape;
  const [count, shared] = x.shape;
  const each = batch / count;
  if (each === 1) return reshape(x, shape);
  const apart = reshape(x, [count, shared, each, (heads / shared) * rows, size]);
  return reshape(transpose(apart, [0, 2, 1, 3, 4]), shape);
}
