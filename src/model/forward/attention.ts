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
  multiply,
  reshape,
  slice,
  softmax,
  tanh,
  transpose,
} from '../../graph/index.ts';
import type { Architecture, Projection } from '../architectures/architecture.ts';
import { headSize, ropeOf, windowOf } from '../config/config.ts';
import type { Rope } from '../config/config.ts';
import type { EdgeCut } from '../sites/hooks.ts';
import { dotProducts, weighted } from './head-products.ts';
import type { Parts } from './head-products.ts';
import { MASKED, attentionMask } from './masks.ts';
import type { Pass } from './pass.ts';
import { concatenateRows, cutRows, parts } from './rows.ts';
import { rotate, rotationOfGroup, rotationOfLast } from './rope.ts';
import type { Rotation } from './rope.ts';

/** What a layer's attention needs to know of a group; the same for every layer with as many query positions, the same window and the same RoPE. */
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

/** The groups as a layer sees them. What layers have in common is computed once. */
export function attentionGroups(pass: Pass): (layer: number) => readonly AttentionGroup[] {
  const { config, layout } = pass;
  const rotationsOf = remembered((rope: Rope) => {
    let first = 0;
    return layout.groups.map(({ batch, length }, g) => {
      const rotation = rotationOfGroup(pass, rope, g, first);
      first += batch * length;
      return rotation;
    });
  });
  const groupsOf = remembered((isLast: boolean, window: number | undefined, rope: Rope | undefined) =>
    layout.groups.map((group, g): AttentionGroup => {
      const { batch, length } = group;
      const rows = isLast ? group.rows : length;
      const keyRotation = rope && rotationsOf(rope)[g];
      const queryRotation = keyRotation && rotationOfLast(keyRotation, rows);
      const mask =
        pass.past === undefined ? attentionMask(pass, g, rows, window) : pass.past.mask(window, rows);
      return { batch, length, rows, mask, queryRotation, keyRotation };
    }),
  );
  return (layer) => groupsOf(layer === config.layers - 1, windowOf(config, layer), ropeOf(config, layer));
}

/** The function, called once for equal arguments. */
function remembered<A extends readonly unknown[], R>(compute: (...given: A) => R): (...given: A) => R {
  const results = new Map<string, R>();
  return (...given) => {
    const key = JSON.stringify(given);
    const result = results.get(key) ?? compute(...given);
    results.set(key, result);
    return result;
  };
}

/** What the heads read, side by side: [M, H·d], M the number of query positions. */
export function attention(
  pass: Pass,
  steps: Architecture,
  layer: number,
  projection: Projection,
  groups: readonly AttentionGroup[],
): Value {
  const heads = headsOfGroups(pass, projection, groups);
  return concatenateRows(groups.map((group, g) => attend(pass, steps, layer, group, heads[g])));
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
function attend(pass: Pass, steps: Architecture, layer: number, group: AttentionGroup, heads: Heads): Value {
  const { hooks, config } = pass;
  const site = `blocks.${layer}.attn`;
  const cut = hooks.cut(layer);
  let queries = hooks.at(`${site}.hook_q`, heads.queries, 'heads-first');
  let keys = hooks.at(`${site}.hook_k`, heads.keys, 'heads-first');
  const values = hooks.at(`${site}.hook_v`, heads.values, 'heads-first');
  if (steps.normalizeHeads !== undefined) {
    queries = steps.normalizeHeads(pass, layer, 'queries', queries);
    keys = steps.normalizeHeads(pass, layer, 'keys', keys);
  }
  if (group.queryRotation !== undefined && group.keyRotation !== undefined) {
    queries = hooks.at(`${site}.hook_rot_q`, rotate(queries, group.queryRotation), 'heads-first');
    keys = hooks.at(`${site}.hook_rot_k`, rotate(keys, group.keyRotation), 'heads-first');
  }
  pass.keep?.(layer, keys, values);
  const past = pass.past?.layers(layer) ?? [];
  const allKeys = [...past.map((part) => part.keys), keys];
  const allValues = [...past.map((part) => part.values), values];
  const scores = maskedScores(pass, group, queries, allKeys, cut); // [B, H, R, L]
  const pattern = attentionPattern(pass, site, scores, cut); // [B, H, R, L]
  const z = hooks.at(`${site}.hook_z`, weightedValues(pass, pattern, allValues, cut), 'heads-first'); // [B, H, R, d]
  const { batch, rows } = group;
  return reshape(transpose(z, [0, 2, 1, 3]), [batch * rows, config.heads * headSize(config)]); // [B·R, H·d]
}

/** q·kᵀ, scaled, capped and masked, and what cut edges see instead of their keys: [B, H, R, L]. */
function maskedScores(
  pass: Pass,
  group: AttentionGroup,
  q: Value,
  keys: Parts,
  cut: EdgeCut | undefined,
): Value {
  const masked = (scores: Value) => (group.mask === undefined ? scores : add(scores, group.mask));
  const own = cappedProducts(pass, q, keys);
  if (cut?.keys === undefined) return masked(own);
  const others = cappedProducts(pass, q, [cut.keys]);
  const replaced = masked(changedAt(own, cut, (part, mask) => mix(part, others, mask), cut.mask));
  pass.hooks.expectChange(`${cut.what} (keys)`, masked(own), replaced, 'to-rounding');
  return replaced;
}

/** q·kᵀ, scaled and capped: [B, H, R, L]. */
function cappedProducts({ config }: Pass, q: Value, keys: Parts): Value {
  const { scale = 1 / Math.sqrt(headSize(config)), cap } = config.attention ?? {};
  const products = dotProducts(q, keys, scale);
  return cap === undefined ? products : affine(tanh(affine(products, 1 / cap, 0)), cap, 0);
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
function weightedValues(pass: Pass, pattern: Value, values: Parts, cut: EdgeCut | undefined): Value {
  if (cut?.values === undefined) return weighted(pattern, values);
  const kept = multiply(pattern, affine(cut.valuesMask, -1, 1)); // (1 - M)∘A
  const lost = multiply(pattern, cut.valuesMask); // M∘A
  const to = cut.from + cut.values.shape[2];
  const replaced = weighted(slice(lost, 3, cut.from, to), [cut.values]);
  pass.hooks.expectChange(`${cut.what} (values)`, weighted(lost, values), replaced, 'to-rounding');
  return add(weighted(kept, values), replaced);
}

/** Scores, [B, H, R, L], with those of the keys that a cut has others for changed. */
function changedAt(
  scores: Value,
  { from, keys }: EdgeCut,
  change: (part: Value, mask: Value) => Value,
  mask: Value,
): Value {
  const length = scores.shape[3];
  const to = from + keys!.shape[2];
  const pieces = [
    ...(from > 0 ? [slice(scores, 3, 0, from)] : []),
    change(slice(scores, 3, from, to), slice(mask, 3, from, to)),
    ...(to < length ? [slice(scores, 3, to, length)] : []),
  ];
  return pieces.length === 1 ? pieces[0] : concatenate(pieces, 3);
}

/** (1 - mask)∘a + mask∘b. */
function mix(a: Value, b: Value, mask: Value): Value {
  return add(multiply(affine(mask, -1, 1), a), multiply(mask, b));
}

/** [batch·positions, heads·d] → [batch, heads, positions, d]. */
function headsFirst(x: Value, batch: number, positions: number, heads: number): Value {
  return transpose(reshape(x, [batch, positions, heads, x.shape[1] / heads]), [0, 2, 1, 3]);
}
