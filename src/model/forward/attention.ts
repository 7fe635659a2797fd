/**
 * Causal attention of one layer, group by group: queries of all positions or of the last `rows` only, as many
 * key/value heads as query heads or fewer, rotary positions where the model has them, and edges cut where asked.
 *
 * Shapes: B sequences of length L with queries at the last R positions; H query heads, K key/value heads, d head size.
 */
import type { Value } from '../../graph/index.ts';
import {
  add,
  affine,
  concatenate,
  matmul,
  multiply,
  reshape,
  softmax,
  transpose,
} from '../../graph/index.ts';
import type { Projection } from '../architectures/architecture.ts';
import { headSize } from '../config/config.ts';
import type { EdgeCut } from '../sites/hooks.ts';
import { MASKED, attentionMask } from './masks.ts';
import type { Pass } from './pass.ts';
import { concatenateRows, cutRows, parts } from './rows.ts';
import { rotate, rotationOf, rotationOfGroup, rotationOfLast } from './rope.ts';
import type { Rotation } from './rope.ts';

/** What a layer's attention needs to know of a group; the same for every layer with as many query positions. */
export interface AttentionGroup {
  readonly batch: number;
  readonly length: number;
  /** Query positions, counted from the end. */
  readonly rows: number;
  /** [1 or B, 1, R, L]. */
  readonly mask: Value | undefined;
  /** Of the queries, [B, 1, R, d], and of the keys, [B, 1, L, d]. */
  readonly queryRotation: Rotation | undefined;
  readonly keyRotation: Rotation | undefined;
}

/** The groups for layers with queries everywhere, and for the last layer. */
export function attentionGroups(pass: Pass): {
  readonly whole: AttentionGroup[];
  readonly last: AttentionGroup[];
} {
  const rotation = rotationOf(pass);
  let first = 0;
  const keyRotations = pass.layout.groups.map(({ batch, length }) => {
    const own = rotation && rotationOfGroup(rotation, first, batch, length);
    first += batch * length;
    return own;
  });
  const withRows = (rowsOf: (group: { rows: number; length: number }) => number) =>
    pass.layout.groups.map((group, g) => {
      const rows = rowsOf(group);
      const keyRotation = keyRotations[g];
      const queryRotation = keyRotation && rotationOfLast(keyRotation, rows);
      const { batch, length } = group;
      const mask = pass.past?.mask ?? attentionMask(pass, g, rows);
      return { batch, length, rows, mask, queryRotation, keyRotation };
    });
  return { whole: withRows(({ length }) => length), last: withRows(({ rows }) => rows) };
}

/** What the heads read, side by side: [M, H·d], M the number of query positions. */
export function attention(
  pass: Pass,
  layer: number,
  projection: Projection,
  groups: readonly AttentionGroup[],
): Value {
  const heads = headsOfGroups(pass, projection, groups);
  return concatenateRows(groups.map((group, g) => attend(pass, layer, group, heads[g])));
}

/** Queries [B, H, R, d], keys and values [B, K, L, d] of one group. */
interface Heads {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
}

/** Cuts what was projected in one row into groups and heads. */
function headsOfGroups({ config }: Pass, projection: Projection, groups: readonly AttentionGroup[]): Heads[] {
  const { heads, keyValueHeads } = config;
  const tokenCounts = groups.map(({ batch, length }) => batch * length);
  if (projection.kind === 'together') {
    const together = cutRows(projection.queriesKeysValues, tokenCounts); // [B·L, (H + 2K)·d] each
    return groups.map(({ batch, length }, g) => {
      const all = headsFirst(together[g], batch, length, heads + 2 * keyValueHeads); // [B, H + 2K, L, d]
      const [queries, keys, values] = parts(all, 1, [heads, keyValueHeads, keyValueHeads]);
      return { queries, keys, values };
    });
  }
  const rowCounts = groups.map(({ batch, rows }) => batch * rows);
  const queryParts = cutRows(projection.queries, rowCounts); // [B·R, H·d] each
  const keyValueParts = cutRows(projection.keysValues, tokenCounts); // [B·L, 2K·d] each
  return groups.map(({ batch, length, rows }, g) => {
    const both = headsFirst(keyValueParts[g], batch, length, 2 * keyValueHeads); // [B, 2K, L, d]
    const [keys, values] = parts(both, 1, [keyValueHeads, keyValueHeads]);
    return { queries: headsFirst(queryParts[g], batch, rows, heads), keys, values };
  });
}

/** One group: → [B·R, H·d]. */
function attend(pass: Pass, layer: number, group: AttentionGroup, heads: Heads): Value {
  const { hooks, config } = pass;
  const site = `blocks.${layer}.attn`;
  const cut = hooks.cut(layer);
  let queries = hooks.at(`${site}.hook_q`, heads.queries, 'heads-first');
  let keys = hooks.at(`${site}.hook_k`, heads.keys, 'heads-first');
  let values = hooks.at(`${site}.hook_v`, heads.values, 'heads-first');
  if (group.queryRotation !== undefined && group.keyRotation !== undefined) {
    queries = hooks.at(`${site}.hook_rot_q`, rotate(queries, group.queryRotation), 'heads-first');
    keys = hooks.at(`${site}.hook_rot_k`, rotate(keys, group.keyRotation), 'heads-first');
  }
  const past = pass.past?.layers[layer];
  if (past !== undefined) {
    keys = concatenate([past.keys, keys], 2); // [B, K, P + L, d]
    values = concatenate([past.values, values], 2);
  }
  const scores = maskedScores(pass, group, queries, keys, cut); // [B, H, R, L]
  const pattern = attentionPattern(pass, site, scores, cut); // [B, H, R, L]
  const z = hooks.at(`${site}.hook_z`, weightedValues(pass, pattern, values, cut), 'heads-first'); // [B, H, R, d]
  const { batch, rows } = group;
  return reshape(transpose(z, [0, 2, 1, 3]), [batch * rows, config.heads * headSize(config)]); // [B·R, H·d]
}

/** q·kᵀ/√d with the mask, and what cut edges see instead of their keys: [B, H, R, L]. */
function maskedScores(
  pass: Pass,
  group: AttentionGroup,
  q: Value,
  k: Value,
  cut: EdgeCut | undefined,
): Value {
  const masked = (scores: Value) => (group.mask === undefined ? scores : add(scores, group.mask));
  const own = dotProducts(pass, q, k);
  if (cut?.keys === undefined) return masked(own);
  const replaced = masked(mix(own, dotProducts(pass, q, cut.keys), cut.mask));
  pass.hooks.expectChange(`${cut.what} (keys)`, masked(own), replaced, 'to-rounding');
  return replaced;
}

/** Weights that sum to 1 over the keys, unless edges are cut by setting theirs to 0: [B, H, R, L]. */
function attentionPattern(pass: Pass, site: string, scores: Value, cut: EdgeCut | undefined): Value {
  const { hooks } = pass;
  const seen = hooks.at(`${site}.hook_attn_scores`, scores, 'as-is');
  let pattern = softmax(seen);
  if (cut !== undefined && cut.how !== 'replace') {
    const whole = pattern;
    pattern =
      cut.how === 'remove'
        ? softmax(add(seen, affine(cut.mask, MASKED, 0)))
        : multiply(whole, affine(cut.mask, -1, 1));
    hooks.expectChange(cut.what, whole, pattern, 'exactly');
  }
  return hooks.at(`${site}.hook_pattern`, pattern, 'as-is');
}

/** Pattern times values, and what cut edges take instead of theirs: [B, H, R, d]. */
function weightedValues(pass: Pass, pattern: Value, values: Value, cut: EdgeCut | undefined): Value {
  if (cut?.values === undefined) return weighted(pattern, values);
  const kept = multiply(pattern, affine(cut.mask, -1, 1)); // (1 - M)∘A
  const lost = multiply(pattern, cut.mask); // M∘A
  const replaced = weighted(lost, cut.values);
  pass.hooks.expectChange(`${cut.what} (values)`, weighted(lost, values), replaced, 'to-rounding');
  return add(weighted(kept, values), replaced);
}

/** q·kᵀ/√d: [B, H, R, d] × [B, K, L, d] → [B, H, R, L]. H/K query heads in a row share a key head. */
function dotProducts({ config }: Pass, q: Value, k: Value): Value {
  const [batch, heads, rows, size] = q.shape;
  const [, keyHeads, length] = k.shape;
  const options = { transposeB: true, scale: 1 / Math.sqrt(headSize(config)) };
  if (keyHeads === heads) return matmul(q, k, options);
  const grouped = reshape(q, [batch, keyHeads, (heads / keyHeads) * rows, size]); // [B, K, H/K·R, d]
  return reshape(matmul(grouped, k, options), [batch, heads, rows, length]);
}

/** [B, H, R, L] × [B, K, L, d] → [B, H, R, d]. */
function weighted(pattern: Value, values: Value): Value {
  const [batch, heads, rows, length] = pattern.shape;
  const [, valueHeads, , size] = values.shape;
  if (valueHeads === heads) return matmul(pattern, values);
  const grouped = reshape(pattern, [batch, valueHeads, (heads / valueHeads) * rows, length]); // [B, K, H/K·R, L]
  return reshape(matmul(grouped, values), [batch, heads, rows, size]);
}

/** (1 - mask)∘a + mask∘b. */
function mix(a: Value, b: Value, mask: Value): Value {
  return add(multiply(affine(mask, -1, 1), a), multiply(mask, b));
}

/** [batch·positions, heads·d] → [batch, heads, positions, d]. */
function headsFirst(x: Value, batch: number, positions: number, heads: number): Value {
  return transpose(reshape(x, [batch, positions, heads, x.shape[1] / heads]), [0, 2, 1, 3]);
}
