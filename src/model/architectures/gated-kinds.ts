/** Llama and its kin, each as what it differs in: `GatedKind` says what the entries mean. */
import type { Json } from '../../common/json.ts';
import { headSize } from '../config/config.ts';
import type { Bias, ModelConfig } from '../config/config.ts';
import { shareOf } from '../files/huggingface/rope.ts';
import type { GatedKind } from './gated.ts';
import { attentionOf, layerTypes, ropesFrom, windowFrom, writeRopes } from './gated-files.ts';
import type { GatedFields, GatedFile } from './gated-files.ts';
import { ropeWritten } from './rotary.ts';

const attentionBiases: readonly Bias[] = ['query-key-value', 'attention-output'];
const usual = { rms_norm_eps: 1e-6, tie_word_embeddings: false, hidden_act: 'silu' } as const;

/** What most have; the entries below say what is otherwise. */
const plain = {
  activation: 'silu',
  norms: { ln1: 'input_layernorm', ln2: 'post_attention_layernorm' },
  storedScale: 'weight',
  normalizesHeads: false,
  fused: false,
  scalesEmbeddings: false,
  biases: { always: [], sets: [] },
  choices: [],
  windowEverywhere: false,
  theta: 10_000,
  tiedEmbeddings: false,
} as const satisfies Partial<GatedKind>;

export const llama: GatedKind = {
  ...plain,
  name: 'llama',
  title: 'Llama: RMSNorm, SwiGLU, RoPE, grouped-query attention',
  biases: { always: [], sets: [attentionBiases, ['mlp']] },
  file: {
    modelType: 'llama',
    className: 'LlamaForCausalLM',
    reads: ['head_dim', 'attention_bias', 'mlp_bias'],
    defaults: { ...usual, max_position_embeddings: 2048 },
  },
};

export const mistral: GatedKind = {
  ...plain,
  name: 'mistral',
  title: 'Mistral: Llama with a window',
  choices: ['attention.window'],
  windowEverywhere: true,
  file: {
    modelType: 'mistral',
    className: 'MistralForCausalLM',
    reads: ['head_dim', 'sliding_window'],
    defaults: { ...usual, max_position_embeddings: 131_072, num_key_value_heads: 8, sliding_window: 4096 },
    variant: (fields) => attentionOf({ window: windowEverywhere(fields) }),
    written: (config) => ({ sliding_window: config.attention?.window?.keys ?? null }),
  },
};

const qwen = {
  reads: ['head_dim', 'sliding_window', 'use_sliding_window', 'layer_types'],
  defaults: { ...usual, max_position_embeddings: 32_768, sliding_window: 4096, max_window_layers: 28 },
  variant: (fields: GatedFields, where: string) => attentionOf({ window: qwenWindow(fields, where) }),
  written: switchedWindow,
} as const satisfies Partial<GatedFile>;

export const qwen2: GatedKind = {
  ...plain,
  name: 'qwen2',
  title: 'Qwen 2 and 2.5: Llama with biases of queries, keys and values',
  biases: { always: ['query-key-value'], sets: [] },
  choices: ['attention.window'],
  file: { ...qwen, modelType: 'qwen2', className: 'Qwen2ForCausalLM' },
};

export const qwen3: GatedKind = {
  ...plain,
  name: 'qwen3',
  title: 'Qwen 3: Llama with normalized queries and keys',
  normalizesHeads: true,
  biases: { always: [], sets: [attentionBiases] },
  choices: ['attention.window'],
  file: {
    ...qwen,
    modelType: 'qwen3',
    className: 'Qwen3ForCausalLM',
    reads: [...qwen.reads, 'attention_bias'],
    defaults: { ...qwen.defaults, head_dim: 128 },
  },
};

export const smollm3: GatedKind = {
  ...plain,
  name: 'smollm3',
  title: 'SmolLM 3: Llama with layers that have no RoPE',
  biases: { always: [], sets: [attentionBiases, ['mlp']] },
  choices: ['attention.window', 'attention.unturnedLayers'],
  theta: 2_000_000,
  tiedEmbeddings: true,
  file: {
    modelType: 'smollm3',
    className: 'SmolLM3ForCausalLM',
    reads: [
      'head_dim',
      'attention_bias',
      'mlp_bias',
      'sliding_window',
      'use_sliding_window',
      'layer_types',
      'no_rope_layers',
    ],
    defaults: {
      ...usual,
      tie_word_embeddings: true,
      max_position_embeddings: 32_768,
      num_key_value_heads: 4,
      rope_theta: 2_000_000,
      no_rope_layer_interval: 4,
    },
    variant(fields, where) {
      const unturned = unturnedLayers(fields);
      const isUsed = fields.use_sliding_window === true && typeof fields.sliding_window === 'number';
      return attentionOf({
        window: windowFrom(fields, (layer) => isUsed && unturned.includes(layer), where),
        unturnedLayers: unturned.length === 0 ? undefined : unturned,
      });
    },
    written: (config) => ({
      ...switchedWindow(config),
      no_rope_layers: Array.from({ length: config.layers }, (_, layer) =>
        config.attention?.unturnedLayers?.includes(layer) === true ? 0 : 1,
      ),
    }),
  },
};

export const phi3: GatedKind = {
  ...plain,
  name: 'phi3',
  title: 'Phi 3 and 4 mini: Llama with fused matrices, a window, LongRoPE, RoPE over a part of each head',
  fused: true,
  choices: ['attention.window'],
  windowEverywhere: true,
  file: {
    modelType: 'phi3',
    className: 'Phi3ForCausalLM',
    reads: ['head_dim', 'sliding_window', 'partial_rotary_factor'],
    defaults: {
      ...usual,
      rms_norm_eps: 1e-5,
      max_position_embeddings: 4096,
      original_max_position_embeddings: 4096,
      partial_rotary_factor: 1,
    },
    variant: (fields) => attentionOf({ window: windowEverywhere(fields) }),
    written(config) {
      const { scaling, turned = headSize(config) } = ropeWritten(config);
      return {
        sliding_window: config.attention?.window?.keys ?? null,
        partial_rotary_factor: shareOf(turned, headSize(config)),
        original_max_position_embeddings:
          scaling !== undefined && 'originalPositions' in scaling
            ? scaling.originalPositions
            : config.positions,
      };
    },
  },
};

const gemma = {
  ...plain,
  activation: 'gelu-tanh',
  norms: {
    ln1: 'input_layernorm',
    ln1_post: 'post_attention_layernorm',
    ln2: 'pre_feedforward_layernorm',
    ln2_post: 'post_feedforward_layernorm',
  },
  storedScale: 'one plus weight',
  scalesEmbeddings: true,
  biases: { always: [], sets: [attentionBiases] },
  tiedEmbeddings: true,
} as const satisfies Partial<GatedKind>;

const gemmaFields = [
  'head_dim',
  'attention_bias',
  'sliding_window',
  'layer_types',
  'query_pre_attn_scalar',
  'final_logit_softcapping',
] as const;

/** The classes' own sizes too: a configuration of text inside one of images leaves out what is as there. */
const gemmaDefaults = {
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  hidden_activation: 'gelu_pytorch_tanh',
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
} as const;

export const gemma2: GatedKind = {
  ...gemma,
  name: 'gemma2',
  title: 'Gemma 2: norms before and after each part, a gated GELU, windows in some layers, caps',
  choices: ['attention.scale', 'attention.cap', 'attention.window', 'logitCap'],
  file: {
    modelType: 'gemma2',
    className: 'Gemma2ForCausalLM',
    reads: [...gemmaFields, 'attn_logit_softcapping'],
    defaults: {
      ...gemmaDefaults,
      vocab_size: 256_000,
      max_position_embeddings: 8192,
      attn_logit_softcapping: 50,
      final_logit_softcapping: 30,
    },
    variant: (fields, where) => ({
      ...attentionOf({
        scale: scaleFrom(fields),
        cap: fields.attn_logit_softcapping ?? undefined,
        window: windowFrom(fields, (layer) => layer % 2 === 0, where),
      }),
      ...logitCapFrom(fields),
    }),
    written: (config) => ({ ...gemmaWritten(config), attn_logit_softcapping: config.attention?.cap ?? null }),
  },
};

export const gemma3: GatedKind = {
  ...gemma,
  name: 'gemma3',
  title:
    'Gemma 3 (text): Gemma 2 with normalized queries and keys, another RoPE in layers with a window, no caps',
  normalizesHeads: true,
  choices: ['attention.scale', 'attention.window', 'attention.windowRope', 'logitCap'],
  theta: 1_000_000,
  file: {
    modelType: 'gemma3_text',
    otherModelTypes: ['gemma3'],
    className: 'Gemma3ForCausalLM',
    // Inside a model of images: as transformers 4 has the names, and as 5 has them.
    renamed: [
      [/^language_model\.model\./, 'model.'],
      [/^language_model\.lm_head\./, 'lm_head.'],
      [/^model\.language_model\./, 'model.'],
    ],
    ignored: /\.rotary_emb\.|^(model\.)?(vision_tower|multi_modal_projector)\./,
    reads: [...gemmaFields, 'rope_local_base_freq'],
    defaults: {
      ...gemmaDefaults,
      vocab_size: 262_208,
      max_position_embeddings: 131_072,
      sliding_window_pattern: 6,
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
    },
    variant(fields, where) {
      const { global, local } = ropesFrom(fields, where);
      const pattern = fields.sliding_window_pattern ?? 6;
      const window = windowFrom(fields, (layer) => (layer + 1) % pattern !== 0, where);
      return {
        positionEncoding: global,
        ...attentionOf({ scale: scaleFrom(fields), window, windowRope: window && local }),
        ...logitCapFrom(fields),
      };
    },
    written: (config) => ({ ...gemmaWritten(config), ...writeRopes(config) }),
  },
};

function windowEverywhere({ sliding_window: keys, num_hidden_layers: count }: GatedFields) {
  if (typeof keys !== 'number') return undefined;
  return { keys, layers: Array.from({ length: count }, (_, layer) => layer) };
}

/** Only where it is to be used, and then in the layers from `max_window_layers` on. */
function qwenWindow(fields: GatedFields, where: string) {
  const isUsed = fields.use_sliding_window === true && typeof fields.sliding_window === 'number';
  const first = fields.max_window_layers ?? 28;
  return windowFrom(
    { ...fields, sliding_window: isUsed ? fields.sliding_window : null },
    (layer) => isUsed && layer >= first,
    where,
  );
}

function switchedWindow(config: ModelConfig): Record<string, Json> {
  const window = config.attention?.window;
  return {
    use_sliding_window: window !== undefined,
    sliding_window: window?.keys ?? null,
    layer_types: layerTypes(config),
  };
}

function unturnedLayers({
  no_rope_layers: said,
  no_rope_layer_interval: interval,
  num_hidden_layers,
}: GatedFields) {
  const layers = Array.from({ length: num_hidden_layers }, (_, layer) => layer);
  if (!Array.isArray(said)) return layers.filter((layer) => (layer + 1) % (interval ?? 4) === 0);
  return layers.filter((layer) => !said[layer]);
}

/** Undefined where it is the usual one, 1/√(head size). */
function scaleFrom({ query_pre_attn_scalar: scalar, head_dim: size }: GatedFields): number | undefined {
  return scalar === null || scalar === undefined || scalar === size ? undefined : 1 / Math.sqrt(scalar);
}

function logitCapFrom({ final_logit_softcapping: cap }: GatedFields): { logitCap?: number } {
  return typeof cap === 'number' ? { logitCap: cap } : {};
}

function gemmaWritten(config: ModelConfig): Record<string, Json> {
  const { attention, logitCap } = config;
  return {
    query_pre_attn_scalar: scalarOf(attention?.scale) ?? headSize(config),
    sliding_window: attention?.window?.keys ?? 4096,
    layer_types: layerTypes(config),
    final_logit_softcapping: logitCap ?? null,
  };
}

/** What `scaleFrom` makes this scale of: the whole number, where there is one (transformers 5 takes no other). */
function scalarOf(scale: number | undefined): number | undefined {
  if (scale === undefined) return undefined;
  const scalar = 1 / scale ** 2;
  const whole = Math.round(scalar);
  return 1 / Math.sqrt(whole) === scale ? whole : scalar;
}
