/** Who may attend to whom: what is added to the scores, computed once per group for all layers and heads. */
import type { Graph, Value } from '../../graph/index.ts';
import {
  add,
  affine,
  and,
  cast,
  concatenate,
  expand,
  gather,
  less,
  reshape,
  subtract,
} from '../../graph/index.ts';
import type { Branches } from './layout.ts';
import type { Pass } from './pass.ts';

/**
 * What a masked score gets. Finite, so that a row in which everything is masked (a padded query) is no NaN; so large
 * that exp() gives exactly 0, which is quick where denormals are flushed (graph sessions do that).
 */
export const MASKED = -1e9;

/**
 * The mask of a group for queries at its last `rows` positions, [1 or batch, 1, rows, length]; undefined where they
 * may see everything.
 * @param window how many keys a query sees at most; all up to its own where nothing is said
 */
export function attentionMask(pass: Pass, group: number, rows: number, window = Infinity): Value | undefined {
  const { batch, length, padded, branches } = pass.layout.groups[group];
  if (rows === 1 && padded !== true && branches === undefined && window >= length) return undefined;
  const causal = pass.graph.constant(causalMask(rows, length, window, branches), [1, 1, rows, length]);
  const starts = pass.starts[group]; // [batch]
  if (starts === undefined) return causal;
  const table = pass.graph.constant(paddingTable(length), [length, length]);
  const padding = reshape(gather(table, starts), [batch, 1, 1, length]); // [batch, length] → [batch, 1, 1, length]
  return add(causal, padding); // [batch, 1, rows, length]
}

/**
 * The mask of sequences that go on after `read` tokens, [batch] from 0 to `room`, of which keys stand in the first
 * places of `room`: they are seen as far as the window reaches back, and of the `length` tokens themselves those up to
 * the query's own. [batch, 1, length, room + length].
 */
export function maskWithPast(read: Value, room: number, length: number, window = Infinity): Value {
  const { graph } = read;
  const [batch] = read.shape;
  const before = reshape(cast(read, graph.float), [batch, 1, 1, 1]);
  const key = graph.constant(
    Float32Array.from({ length: room }, (_, i) => i),
    [1, 1, 1, room],
  );
  const row = graph.constant(
    Float32Array.from({ length }, (_, i) => i),
    [1, 1, length, 1],
  );
  const isRead = expand(less(key, before), [batch, 1, length, room]);
  const isNear = less(subtract(add(before, row), key), Math.min(window, room + length + 1)); // [batch, 1, length, room]
  const past = affine(cast(and(isRead, isNear), graph.float), -MASKED, MASKED);
  const own = graph.constant(causalMask(length, length, window), [1, 1, length, length]);
  return concatenate([past, expand(own, [batch, 1, length, length])], 3);
}

/** The same where all sequences go on after the same number of tokens: queries at the last `rows` of `length` tokens. */
export function maskAfter(
  graph: Graph,
  past: number,
  length: number,
  rows: number,
  window = Infinity,
): Value {
  const keys = past + length;
  return graph.constant(causalMask(rows, keys, window), [1, 1, rows, keys]);
}

/** Whether the query at one position sees the key at another. */
export function sees(query: number, key: number, window = Infinity): boolean {
  return key <= query && query - key < window;
}

/** Row r belongs to position length - rows + r. */
function causalMask(rows: number, length: number, window: number, branches?: Branches): Float32Array {
  const places = placesOf(length, branches);
  return Float32Array.from({ length: rows * length }, (_, i) => {
    const [query, key] = [places[length - rows + Math.floor(i / length)], places[i % length]];
    const isApart = key.branch !== undefined && key.branch !== query.branch;
    return !isApart && sees(query.position, key.position, window) ? 0 : MASKED;
  });
}

/** Of each token of a sequence how far it is from the beginning, and which continuation it belongs to, if to one. */
function placesOf(
  length: number,
  branches: Branches = { count: 0, length: 1 },
): { readonly position: number; readonly branch: number | undefined }[] {
  const trunk = length - branches.count * branches.length;
  return Array.from({ length }, (_, i) => {
    if (i < trunk) return { position: i, branch: undefined };
    const branch = Math.floor((i - trunk) / branches.length);
    return { position: i - branch * branches.length, branch };
  });
}

/** Row s is the mask of a sequence that starts at s. */
function paddingTable(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) =>
    i % length >= Math.floor(i / length) ? 0 : MASKED,
  );
}
