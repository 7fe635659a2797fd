/**
 * Llama (Touvron et al. 2023) as Hugging Face's LlamaForCausalLM computes it: RMSNorm before each part, SwiGLU,
 * rotary positions with theta and scaling, grouped-query attention, no biases, embeddings tied or not.
 * Its matrices are stored [out, in].
 */
import { z } from 'zod';
import type { Value } from '../../graph/index.ts';
import {
  concatenate,
  gather,
  matmul,
  multiply,
  reshape,
  rmsNorm,
  silu,
  transpose,
} from '../../graph/index.ts';
import { headSize } from '../config/config.ts';
import { readFields } from '../files/huggingface/fields.ts';
import { readRope, ropeFields, writeRope } from '../files/huggingface/rope.ts';
import { divideByScale } from '../forward/norms.ts';
import type { Initialiser, Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';
import type { Architecture, Projection } from './architecture.ts';

const names = {
  tokens: 'model.embed_tokens.weight',
  finalNorm: 'model.norm.weight',
  unembedding: 'lm_head.weight',
  layer: (layer: number) => `model.layers.${layer}`,
} as const;

export const llama: Architecture = {
  title: 'Llama: RMSNorm, SwiGLU, RoPE, grouped-query attention',

  defaults: ({ heads, width }) => ({
    keyValueHeads: heads,
    // SwiGLU has three matrices where a GELU MLP has two: 8/3 of the width costs what 4 times the width costs there.
    mlpWidth: 8 * Math.ceil(width / 3),
    positionEncoding: { kind: 'rope', theta: 10_000, factor: 1 },
    epsilon: 1e-6,
    activation: 'silu',
    tiedEmbeddings: false,
  }),

  problems({ positionEncoding, activation }) {
    const problems: string[] = [];
    if (positionEncoding.kind !== 'rope') {
      problems.push(
        `llama has RoPE, not '${positionEncoding.kind}' positions: take the architecture gpt2 for those`,
      );
    }
    if (activation !== 'silu') problems.push(`llama has SwiGLU: take the activation silu, not ${activation}`);
    return problems;
  },

  parameters(config) {
    const { vocabulary, width, mlpWidth, layers, tiedEmbeddings } = config;
    const keyValueWidth = config.keyValueHeads * headSize(config);
    const list: Parameter[] = [matrix(names.tokens, vocabulary, width)];
    for (let layer = 0; layer < layers; layer++) {
      const at = names.layer(layer);
      list.push(
        ones(`${at}.input_layernorm.weight`, width),
        matrix(`${at}.self_attn.q_proj.weight`, width, width),
        matrix(`${at}.self_attn.k_proj.weight`, keyValueWidth, width),
        matrix(`${at}.self_attn.v_proj.weight`, keyValueWidth, width),
        matrix(`${at}.self_attn.o_proj.weight`, width, width),
        ones(`${at}.post_attention_layernorm.weight`, width),
        matrix(`${at}.mlp.gate_proj.weight`, mlpWidth, width),
        matrix(`${at}.mlp.up_proj.weight`, mlpWidth, width),
        matrix(`${at}.mlp.down_proj.weight`, width, mlpWidth),
      );
    }
    list.push(ones(names.finalNorm, width));
    if (!tiedEmbeddings) list.push(matrix(names.unembedding, vocabulary, width));
    return list;
  },

  embed: ({ weights, hooks, tokens }) =>
    hooks.at('hook_embed', gather(weights(names.tokens), tokens), 'flat'), // [N, D]

  layerNorm(pass, layer, which, x) {
    const name = which === 'ln1' ? 'input_layernorm' : 'post_attention_layernorm';
    return norm(pass, `blocks.${layer}.${which}`, `${names.layer(layer)}.${name}.weight`, x);
  },

  project({ weights }, layer, x, queryRows): Projection {
    const at = `${names.layer(layer)}.self_attn`;
    const q = weights(`${at}.q_proj.weight`); // [H·d, D]
    const k = weights(`${at}.k_proj.weight`); // [K·d, D]
    const v = weights(`${at}.v_proj.weight`); // [K·d, D]
    if (queryRows === undefined) {
      return { kind: 'together', queriesKeysValues: times(x, concatenate([q, k, v], 0)) }; // [N, (H + 2K)·d]
    }
    const keysValues = times(x, concatenate([k, v], 0)); // [N, 2K·d]
    return { kind: 'apart', queries: times(queryRows, q), keysValues };
  },

  attentionOutput: ({ weights }, layer, z) =>
    times(z, weights(`${names.layer(layer)}.self_attn.o_proj.weight`)),

  outputByHead({ config, weights }, layer) {
    const matrix = weights(`${names.layer(layer)}.self_attn.o_proj.weight`); // [D, H·d]
    const { heads, width } = config;
    return { matrices: reshape(transpose(matrix, [1, 0]), [heads, headSize(config), width]) }; // [H, d, D]
  },

  mlp({ weights, hooks }, layer, x) {
    const at = `${names.layer(layer)}.mlp`;
    const site = `blocks.${layer}.mlp`;
    const gate = hooks.at(`${site}.hook_pre`, times(x, weights(`${at}.gate_proj.weight`)), 'flat'); // [M, F]
    const up = hooks.at(`${site}.hook_pre_linear`, times(x, weights(`${at}.up_proj.weight`)), 'flat'); // [M, F]
    const after = hooks.at(`${site}.hook_post`, multiply(silu(gate), up), 'flat'); // [M, F]
    return times(after, weights(`${at}.down_proj.weight`)); // [M, D]
  },

  finalNorm: (pass, x) => norm(pass, 'ln_final', names.finalNorm, x),

  unembed({ config, weights }, x) {
    return times(x, weights(config.tiedEmbeddings ? names.tokens : names.unembedding)); // [M, D] × [V, D] → [M, V]
  },

  huggingFace: {
    modelType: 'llama',
    className: 'LlamaForCausalLM',
    prefix: 'model.',
    ignored: /\.rotary_emb\.inv_freq$/,
    write(config) {
      const { positionEncoding } = config;
      if (positionEncoding.kind !== 'rope')
        throw new TypeError('a llama without RoPE: not checked by checkConfig');
      return {
        vocab_size: config.vocabulary,
        max_position_embeddings: config.positions,
        hidden_size: config.width,
        intermediate_size: config.mlpWidth,
        num_hidden_layers: config.layers,
        num_attention_heads: config.heads,
        num_key_value_heads: config.keyValueHeads,
        head_dim: headSize(config),
        hidden_act: 'silu',
        rms_norm_eps: config.epsilon,
        initializer_range: 0.02,
        attention_bias: false,
        attention_dropout: 0,
        mlp_bias: false,
        tie_word_embeddings: config.tiedEmbeddings,
        ...writeRope(positionEncoding),
      };
    },
    read(json, where) {
      const fields = readFields(configJson, json, where);
      return {
        architecture: 'llama',
        vocabulary: fields.vocab_size,
        layers: fields.num_hidden_layers,
        heads: fields.num_attention_heads,
        keyValueHeads: fields.num_key_value_heads ?? fields.num_attention_heads,
        width: fields.hidden_size,
        mlpWidth: fields.intermediate_size,
        positions: fields.max_position_embeddings,
        positionEncoding: readRope(fields),
        epsilon: fields.rms_norm_eps,
        activation: 'silu',
        tiedEmbeddings: fields.tie_word_embeddings,
      };
    },
    zeros: () => [],
  },
};

/** What is read of config.json, with LlamaConfig's own defaults. Whatever would change the logits is refused. */
const configJson = z
  .object({
    vocab_size: z.number(),
    max_position_embeddings: z.number().default(2048),
    hidden_size: z.number(),
    intermediate_size: z.number(),
    num_hidden_layers: z.number(),
    num_attention_heads: z.number(),
    num_key_value_heads: z.number().nullish(),
    head_dim: z.number().nullish(),
    hidden_act: z.literal('silu').default('silu'),
    rms_norm_eps: z.number().default(1e-6),
    attention_bias: z.literal(false).default(false),
    mlp_bias: z.literal(false).default(false),
    tie_word_embeddings: z.boolean().default(false),
    ...ropeFields,
  })
  .refine(
    ({ head_dim, hidden_size, num_attention_heads }) =>
      typeof head_dim !== 'number' || head_dim * num_attention_heads === hidden_size,
    {
      message: 'heads of another size than hidden_size / num_attention_heads are not supported',
      path: ['head_dim'],
    },
  );

function matrix(name: string, outputs: number, inputs: number): Parameter {
  const init: Initialiser = { kind: 'normal', deviation: 0.02 };
  return { name, shape: [outputs, inputs], init };
}

function ones(name: string, width: number): Parameter {
  return { name, shape: [width], init: { kind: 'ones' } };
}

/** x·Wᵀ: [·, in] × [out, in] → [·, out]. */
function times(x: Value, matrix: Value): Value {
  return matmul(x, matrix, { transposeB: true });
}

/** RMSNorm: [·, D] → [·, D]. TransformerLens's `hook_normalized` is what the weight is then multiplied with. */
function norm(pass: Pass, site: string, name: string, x: Value): Value {
  const { config, weights, hooks } = pass;
  const scale = weights(name); // [D]
  const observed = hooks.touches(`${site}.hook_scale`) || hooks.touches(`${site}.hook_normalized`);
  if (!observed) return rmsNorm(x, scale, config.epsilon);
  const normalized = hooks.at(`${site}.hook_normalized`, divideByScale(pass, site, x), 'flat'); // [·, D]
  return multiply(normalized, scale);
}
