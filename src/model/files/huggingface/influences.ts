/**
 * Fields of config.json that change the logits of some decoder. Whoever reads one of them says so; in all others it must
 * have a value that changes nothing, or be absent: a field that is passed over in silence is a model that answers wrongly.
 */
import { z } from 'zod';

const none = (value: unknown) => value === undefined || value === null;
const off = (value: unknown) => none(value) || value === false;
const one = (value: unknown) => none(value) || value === 1;
const zero = (value: unknown) => off(value) || value === 0;
const all = (neutral: unknown) => (value: unknown) =>
  none(value) || (Array.isArray(value) && value.every((item) => item === neutral));

const neutral = {
  // attention
  attention_bias: off,
  qkv_bias: off,
  sliding_window: none,
  use_sliding_window: off,
  layer_types: all('full_attention'),
  attention_chunk_size: none,
  attn_logit_softcapping: none,
  query_pre_attn_scalar: none,
  attention_multiplier: none,
  use_bidirectional_attention: off,
  is_causal: (value: unknown) => none(value) || value === true,
  qk_layernorm: off,
  use_qk_norm: off,
  qk_norm: off,
  clip_qkv: none,
  attn_temperature_tuning: zero,
  scale_attn_weights: (value: unknown) => none(value) || value === true,
  scale_attn_by_inverse_layer_idx: off,
  add_cross_attention: off,
  head_dim: none,
  num_kv_shared_layers: zero,
  pruned_heads: (value: unknown) =>
    none(value) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0),
  // positions
  alibi: off,
  no_rope_layers: all(1),
  partial_rotary_factor: one,
  rotary_pct: one,
  rope_local_base_freq: none,
  // MLP and residual stream
  mlp_bias: off,
  use_parallel_residual: off,
  num_experts: zero,
  num_local_experts: zero,
  n_routed_experts: zero,
  residual_multiplier: one,
  embedding_multiplier: one,
  scale_emb: one,
  scale_depth: none,
  // logits
  final_logit_softcapping: none,
  logits_scaling: one,
  logit_scale: one,
} as const;

export type Influence = keyof typeof neutral;

/** Part of a schema: all such fields but those that it reads itself. */
export function influencesBut(read: readonly Influence[]): Record<string, z.ZodType> {
  const others = Object.entries(neutral).filter(([name]) => !read.some((own) => own === name));
  return Object.fromEntries(
    others.map(([name, changesNothing]) => [
      name,
      z
        .unknown()
        .refine(changesNothing, { message: 'this value is not supported for this architecture' })
        .optional(),
    ]),
  );
}
