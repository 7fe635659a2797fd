/**
 * GPT-2 (Radford et al. 2019) as Hugging Face's GPT2LMHeadModel computes it: LayerNorm before each part, GELU by the
 * tanh formula, biases everywhere, learned absolute positions. Without the positions it is what the literature calls
 * NoPE; Hugging Face has no switch for that, so on disk such a model has position vectors that are all zero.
 * Its matrices are stored [in, out] (a class named Conv1D there).
 */
import { z } from 'zod';
import { UserError } from '../../common/errors.ts';
import type { Value } from '../../graph/index.ts';
import { add, gather, gelu, linear, matmul, reshape, slice, transpose } from '../../graph/index.ts';
import { lowRankProduct, withLowRank } from '../forward/low-rank.ts';
import { headSize } from '../config/config.ts';
import { readFields } from '../files/huggingface/fields.ts';
import { influencesBut } from '../files/huggingface/influences.ts';
import type { Initialiser, Parameter } from '../forward/parameters.ts';
import type { Pass } from '../forward/pass.ts';
import { layerNormAt } from '../forward/norms.ts';
import type { Architecture, Projection } from './architecture.ts';
import { unheardOf } from './choices.ts';

const names = {
  tokens: 'transformer.wte.weight',
  positions: 'transformer.wpe.weight',
  finalNorm: 'transformer.ln_f',
  unembedding: 'lm_head.weight',
  layer: (layer: number) => `transformer.h.${layer}`,
} as const;

export const gpt2: Architecture = {
  title: 'GPT-2: LayerNorm, GELU, learned absolute positions or none',
  norms: ['ln1', 'ln2'],
  gated: false,

  defaults: ({ heads, width }) => ({
    keyValueHeads: heads,
    mlpWidth: 4 * width,
    positionEncoding: { kind: 'learned' },
    epsilon: 1e-5,
    activation: 'gelu-tanh',
    tiedEmbeddings: true,
  }),

  problems(config) {
    const { heads, keyValueHeads, positionEncoding, activation } = config;
    const problems = unheardOf(config, []);
    if (keyValueHeads !== heads) {
      problems.push(`gpt2 has a key/value head per head: take ${heads}, or the architecture llama`);
    }
    if (positionEncoding.kind === 'rope') {
      problems.push('gpt2 has no RoPE: take learned positions or none, or the architecture llama');
    }
    if (activation === 'silu') problems.push('gpt2 has no SwiGLU: take gelu-tanh, or the architecture llama');
    return problems;
  },

  parameters({ vocabulary, positions, width, mlpWidth, layers, positionEncoding, tiedEmbeddings }) {
    const normal: Initialiser = { kind: 'normal', deviation: 0.02 };
    // What is added to the residual stream starts smaller, so that the stream does not grow with depth.
    const residual: Initialiser = { kind: 'normal', deviation: 0.02 / Math.sqrt(2 * layers) };
    const list: Parameter[] = [{ name: names.tokens, shape: [vocabulary, width], init: normal }];
    if (positionEncoding.kind === 'learned') {
      list.push({ name: names.positions, shape: [positions, width], init: normal });
    }
    for (let layer = 0; layer < layers; layer++) {
      const at = names.layer(layer);
      list.push(
        ...normParameters(`${at}.ln_1`, width),
        ...linearParameters(`${at}.attn.c_attn`, width, 3 * width, normal),
        ...linearParameters(`${at}.attn.c_proj`, width, width, residual),
        ...normParameters(`${at}.ln_2`, width),
        ...linearParameters(`${at}.mlp.c_fc`, width, mlpWidth, normal),
        ...linearParameters(`${at}.mlp.c_proj`, mlpWidth, width, residual),
      );
    }
    list.push(...normParameters(names.finalNorm, width));
    if (!tiedEmbeddings) list.push({ name: names.unembedding, shape: [vocabulary, width], init: normal });
    return list;
  },

  embed(pass) {
    const { weights, hooks, tokens, positions } = pass;
    const embedded = hooks.at('hook_embed', gather(weights(names.tokens), tokens), 'flat'); // [N, D]
    if (positions === undefined) return embedded;
    const placed = hooks.at('hook_pos_embed', gather(weights(names.positions), positions), 'flat'); // [N, D]
    return add(embedded, placed); // [N, D]
  },

  layerNorm(pass, layer, which, x) {
    const at = `${names.layer(layer)}.${which === 'ln1' ? 'ln_1' : 'ln_2'}`;
    return layerNormAt(pass, `blocks.${layer}.${which}`, at, x);
  },

  project(pass, layer, x, queryRows): Projection {
    const { width } = pass.config;
    const at = `${names.layer(layer)}.attn.c_attn`;
    if (queryRows === undefined) return { kind: 'together', queriesKeysValues: affine(pass, at, x) }; // [N, 3D]
    const queries = affine(pass, at, queryRows, 0, width); // [M, D]
    const keysValues = affine(pass, at, x, width, 3 * width); // [N, 2D]
    return { kind: 'apart', queries, keysValues };
  },

  attentionOutput: (pass, layer, z) => affine(pass, `${names.layer(layer)}.attn.c_proj`, z),

  outputByHead({ config, weights, adapter }, layer) {
    const at = `${names.layer(layer)}.attn.c_proj`;
    const { heads, width } = config;
    const lowRank = adapter?.(at);
    const plain = weights(`${at}.weight`); // [D, D]
    const matrix =
      lowRank === undefined ? plain : transpose(withLowRank(transpose(plain, [1, 0]), lowRank), [1, 0]);
    return {
      matrices: reshape(matrix, [heads, headSize(config), width]), // [D, D] → [H, d, D]
      bias: weights(`${at}.bias`), // [D]
    };
  },

  mlp(pass, layer, x) {
    const { hooks, config } = pass;
    const at = `${names.layer(layer)}.mlp`;
    const before = hooks.at(`blocks.${layer}.mlp.hook_pre`, affine(pass, `${at}.c_fc`, x), 'flat'); // [M, F]
    const form = config.activation === 'gelu-erf' ? 'erf' : 'tanh';
    const after = hooks.at(`blocks.${layer}.mlp.hook_post`, gelu(before, form), 'flat'); // [M, F]
    return affine(pass, `${at}.c_proj`, after); // [M, D]
  },

  finalNorm: (pass, x) => layerNormAt(pass, 'ln_final', names.finalNorm, x),

  unembed({ config, weights }, x) {
    const matrix = weights(config.tiedEmbeddings ? names.tokens : names.unembedding); // [V, D]
    return matmul(x, matrix, { transposeB: true }); // [M, V]
  },

  huggingFace: {
    modelType: 'gpt2',
    className: 'GPT2LMHeadModel',
    prefix: 'transformer.',
    tokens: names.tokens,
    unembedding: names.unembedding,
    ignored: /\.attn\.(bias|masked_bias)$/,
    write: (config) => ({
      vocab_size: config.vocabulary,
      n_positions: config.positions,
      n_ctx: config.positions,
      n_embd: config.width,
      n_layer: config.layers,
      n_head: config.heads,
      n_inner: config.mlpWidth,
      activation_function: config.activation === 'gelu-erf' ? 'gelu' : 'gelu_new',
      resid_pdrop: 0,
      embd_pdrop: 0,
      attn_pdrop: 0,
      layer_norm_epsilon: config.epsilon,
      initializer_range: 0.02,
      scale_attn_weights: true,
      scale_attn_by_inverse_layer_idx: false,
      reorder_and_upcast_attn: false,
      tie_word_embeddings: config.tiedEmbeddings,
    }),
    read(json, where) {
      const fields = readFields(configJson, withOwnNames(json, where), where);
      return {
        architecture: 'gpt2',
        vocabulary: fields.vocab_size,
        layers: fields.n_layer,
        heads: fields.n_head,
        keyValueHeads: fields.n_head,
        width: fields.n_embd,
        mlpWidth: fields.n_inner ?? 4 * fields.n_embd,
        positions: fields.n_positions,
        positionEncoding: { kind: fields.lengthwise?.positions === 'none' ? 'none' : 'learned' },
        epsilon: fields.layer_norm_epsilon,
        activation: fields.activation_function === 'gelu' ? 'gelu-erf' : 'gelu-tanh',
        tiedEmbeddings: fields.tie_word_embeddings,
      };
    },
    zeros: ({ positionEncoding, positions, width }) =>
      positionEncoding.kind === 'none' ? [{ name: names.positions, shape: [positions, width] }] : [],
  },
};

/** Other names that GPT2Config takes for its fields. */
const aliases = {
  hidden_size: 'n_embd',
  max_position_embeddings: 'n_positions',
  num_attention_heads: 'n_head',
  num_hidden_layers: 'n_layer',
} as const;

/** @throws UserError where a field is there by both its names with two values */
function withOwnNames(json: Readonly<Record<string, unknown>>, where: string): Record<string, unknown> {
  const fields = { ...json };
  for (const [alias, own] of Object.entries(aliases)) {
    if (json[alias] === undefined) continue;
    if (json[own] !== undefined && json[own] !== json[alias])
      throw new UserError(`${where}: ${alias} and ${own} are one field of GPT-2, and have two values`);
    fields[own] = json[alias];
  }
  return fields;
}

/** What is read of config.json, with GPT2Config's own defaults. Whatever would change the logits is refused. */
const configJson = z.object({
  vocab_size: z.number(),
  n_positions: z.number().default(1024),
  n_embd: z.number(),
  n_layer: z.number(),
  n_head: z.number(),
  n_inner: z.number().nullish(),
  activation_function: z.enum(['gelu_new', 'gelu_pytorch_tanh', 'gelu']).default('gelu_new'),
  layer_norm_epsilon: z.number().default(1e-5),
  ...influencesBut([]),
  // Changes the order of operations only; in float32 not beyond rounding.
  reorder_and_upcast_attn: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
  lengthwise: z.object({ positions: z.enum(['learned', 'none']).default('learned') }).optional(),
});

function normParameters(at: string, width: number): Parameter[] {
  return [
    { name: `${at}.weight`, shape: [width], init: { kind: 'ones' } },
    { name: `${at}.bias`, shape: [width], init: { kind: 'zeros' } },
  ];
}

function linearParameters(at: string, inputs: number, outputs: number, init: Initialiser): Parameter[] {
  return [
    { name: `${at}.weight`, shape: [inputs, outputs], init },
    { name: `${at}.bias`, shape: [outputs], init: { kind: 'zeros' } },
  ];
}

/** x·W + b, and what an adapter adds: [·, in] → [·, out]; of the outputs those from `start` up to but without `end`. */
function affine({ weights, adapter }: Pass, at: string, x: Value, start = 0, end?: number): Value {
  const [matrix, bias] = [weights(`${at}.weight`), weights(`${at}.bias`)];
  const lowRank = adapter?.(at);
  const part = (value: Value, axis: number) => (end === undefined ? value : slice(value, axis, start, end));
  const product = linear(x, part(matrix, 1), part(bias, 0));
  if (lowRank === undefined) return product;
  return add(product, lowRankProduct(x, { ...lowRank, b: part(lowRank.b, 0) }));
}
