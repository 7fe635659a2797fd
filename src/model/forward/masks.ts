/** Who may attend to whom: what is added to the scores, computed once per group for all layers and heads. */
import type { Value } from '../../graph/index.ts';
import { add, concatenate, expand, gather, reshape } from '../../graph/index.ts';
import type { Pass } from './pass.ts';

/**
 * What a masked score gets. Finite, so that a row in which everything is masked (a padded query) is no NaN; so large
 * that exp() gives exactly 0, which is quick where denormals are flushed (graph sessions do that).
 */
export const MASKED = -1e9;

/**
 * The mask of a group for queries at its last `rows` positions, [1 or batch, 1, rows, length]; undefined where they
 * may see everything.
 */
export function attentionMask(pass: Pass, group: number, rows: number): Value | undefined {
  const { batch, length, padded } = pass.layout.groups[group];
  if (rows === 1 && padded !== true) return undefined;
  const causal = pass.graph.constant(causalMask(rows, length), [1, 1, rows, length]);
  const starts = pass.starts[group]; // [batch]
  if (starts === undefined) return causal;
  const table = pass.graph.constant(paddingTable(length), [length, length]);
  const padding = reshape(gather(table, starts), [batch, 1, 1, length]); // [batch, length] → [batch, 1, 1, length]
  return add(causal, padding); // [batch, 1, rows, length]
}

/**
 * The mask of sequences that go on after `read` tokens, [batch] from 0 to `room`, of which keys stand in the first
 * places of `room`: they are seen, and of the `length` tokens themselves those up to the query's own. [batch, 1, length, room + length].
 */
export function maskWithPast(read: Value, room: number, length: number): Value {
  const { graph } = read;
  const [batch] = read.shape;
  const readTable = Float32Array.from({ length: (room + 1) * room }, (_, i) =>
    i % room < Math.floor(i / room) ? 0 : MASKED,
  );
  const past = gather(graph.constant(readTable, [room + 1, room]), read); // [batch, room]
  const own = graph.constant(causalMask(length, length), [1, 1, length, length]);
  return concatenate(
    [
      expand(reshape(past, [batch, 1, 1, room]), [batch, 1, length, room]),
      expand(own, [batch, 1, length, length]),
    ],
    3,
  );
}

/** Row r belongs to position length - rows + r, and may see that position and what is before it. */
function causalMask(rows: number, length: number): Float32Array {
  return Float32Array.from({ length: rows * length }, (_, i) => {
    const position = length - rows + Math.floor(i / length);
    return i % length <= position ? 0 : MASKED;
  });
}

/** Row s is the mask of a sequence that starts at s. */
function paddingTable(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) =>
    i % length >= Math.floor(i / length) ? 0 : MASKED,
  );
}
