/** Several groups of sequences in one row of tokens: taking them apart and putting them together again. */
import type { Value } from '../../graph/index.ts';
import { concatenate, reshape, slice } from '../../graph/index.ts';

/** The groups' parts, `counts` rows each: [Σ counts, W] → [count, W] each. */
export function cutRows(x: Value, counts: readonly number[]): readonly Value[] {
  return parts(x, 0, counts);
}

/** Parts of `counts` elements each, one after the other along an axis. */
export function parts(x: Value, axis: number, counts: readonly number[]): readonly Value[] {
  let start = 0;
  return counts.map((count) => slice(x, axis, start, (start += count)));
}

/** [count, W] each → [Σ counts, W]. */
export function concatenateRows(parts: readonly Value[]): Value {
  return parts.length === 1 ? parts[0] : concatenate(parts, 0);
}

/** The last `rows` positions of every sequence: [Σ batch·length, W] → [Σ batch·rows, W]. */
export function lastRows(
  x: Value,
  groups: readonly { readonly batch: number; readonly length: number; readonly rows: number }[],
): Value {
  const width = x.shape[1];
  const own = cutRows(
    x,
    groups.map(({ batch, length }) => batch * length),
  );
  return concatenateRows(
    groups.map(({ batch, length, rows }, g) => {
      if (rows === length) return own[g];
      const sequences = reshape(own[g], [batch, length, width]);
      return reshape(slice(sequences, 1, length - rows, length), [batch * rows, width]);
    }),
  );
}
