/**
 * The configuration of a GGUF file, as the config.json that Hugging Face would have for the model: one reader then
 * knows what the fields mean and which are supported. What a file does not say, because llama.cpp has it in its source
 * (activations, which layers of Gemma have a window), stands here.
 */
import type { GgufHeader } from './header.ts';
import { Facts } from './facts.ts';

/** Numbers per parameter that only tensors say: RoPE's divisors. */
export type RopeDivisors = (name: string) => readonly number[] | undefined;

type Json = Record<string, unknown>;

/** An architecture of llama.cpp. */
interface GgufArchitecture {
  /** Hugging Face's name for it. */
  readonly modelType: string;
  /** The fields of config.json that not all have. */
  fields(facts: Facts): Json;
}

/** llama.cpp's names. Mistral and SmolLM 1 and 2 are 'llama' there. */
export const ggufArchitectures: Readonly<Record<string, GgufArchitecture>> = {
  gpt2: {
    modelType: 'gpt2',
    fields: (facts) => ({
      n_layer: facts.number('block_count'),
      n_head: facts.number('attention.head_count'),
      n_embd: facts.number('embedding_length'),
      // Converters have written 4·n_embd whatever it was.
      n_inner: widthOfMlp(facts),
      n_positions: facts.number('context_length'),
      activation_function: 'gelu_new',
      layer_norm_epsilon: decimal(facts.number('attention.layer_norm_epsilon')),
    }),
  },
  llama: {
    modelType: 'llama',
    fields: (facts) => ({
      ...gated(facts),
      attention_bias: facts.hasTensor('blk.0.attn_output.bias'),
      mlp_bias: facts.hasTensor('blk.0.ffn_gate.bias'),
    }),
  },
  qwen2: {
    modelType: 'qwen2',
    fields: (facts) => ({ ...gated(facts), use_sliding_window: false }),
  },
  qwen3: {
    modelType: 'qwen3',
    fields: (facts) => ({
      ...gated(facts),
      attention_bias: facts.hasTensor('blk.0.attn_q.bias'),
      use_sliding_window: false,
    }),
  },
  smollm3: {
    modelType: 'smollm3',
    fields: (facts) => {
      const shared = gated(facts);
      const layers = facts.number('block_count');
      // 1 where there is RoPE: all but every fourth layer.
      const no_rope_layers = Array.from({ length: layers }, (_, layer) => ((layer + 1) % 4 === 0 ? 0 : 1));
      return { ...shared, attention_bias: false, mlp_bias: false, use_sliding_window: false, no_rope_layers };
    },
  },
  phi3: {
    modelType: 'phi3',
    fields: (facts) => {
      const { head_dim: size, ...shared } = gated(facts);
      const window = facts.number('attention.sliding_window', 0);
      return {
        ...shared,
        partial_rotary_factor: facts.number('rope.dimension_count', Number(size)) / Number(size),
        original_max_position_embeddings: facts.number(
          'rope.scaling.original_context_length',
          facts.number('context_length'),
        ),
        sliding_window: window === 0 ? null : window,
      };
    },
  },
  gemma2: {
    modelType: 'gemma2',
    fields: (facts) => {
      const shared = gated(facts);
      const layers = facts.number('block_count');
      return {
        ...shared,
        ...gemma(facts, shared, layers === 46),
        attn_logit_softcapping: facts.number('attn_logit_softcapping', 50),
        final_logit_softcapping: facts.number('final_logit_softcapping', 30),
        layer_types: layerTypes(layers, facts.number('attention.sliding_window_pattern', 2)),
      };
    },
  },
  gemma3: {
    modelType: 'gemma3_text',
    fields: (facts) => {
      const shared = gated(facts);
      const layers = facts.number('block_count');
      return {
        ...shared,
        ...gemma(facts, shared, layers === 62),
        attn_logit_softcapping: null,
        final_logit_softcapping: facts.optionalNumber('final_logit_softcapping') ?? null,
        layer_types: layerTypes(layers, facts.number('attention.sliding_window_pattern', 6)),
        rope_theta: facts.number('rope.freq_base', 1_000_000),
        rope_local_base_freq: facts.number('rope.freq_base_swa', 10_000),
      };
    },
  },
  gptneox: {
    modelType: 'gpt_neox',
    fields: (facts) => ({
      ...sizes(facts),
      hidden_act: 'gelu',
      layer_norm_eps: decimal(facts.number('attention.layer_norm_epsilon')),
      rotary_pct: facts.number('rope.dimension_count') / headSize(facts),
      rotary_emb_base: facts.number('rope.freq_base', 10_000),
      use_parallel_residual: facts.flag('use_parallel_residual', true),
      attention_bias: facts.hasTensor('blk.0.attn_qkv.bias'),
    }),
  },
  phi2: {
    modelType: 'phi',
    fields: (facts) => ({
      ...sizes(facts),
      hidden_act: 'gelu_new',
      layer_norm_eps: decimal(facts.number('attention.layer_norm_epsilon')),
      partial_rotary_factor: facts.number('rope.dimension_count') / headSize(facts),
      rope_theta: facts.number('rope.freq_base', 10_000),
      qk_layernorm: false,
    }),
  },
};

/**
 * The config.json of a file's model.
 * @param divisors RoPE's divisors from a tensor of the file, or nothing where there is no such tensor
 * @param where what to call the file in errors
 * @throws UserError for an architecture that is not read, what is missing, and what is not supported
 */
export function configJsonOf(header: GgufHeader, divisors: RopeDivisors, where: string): Json {
  const facts = new Facts(header, where);
  const known = Object.hasOwn(ggufArchitectures, facts.architecture)
    ? ggufArchitectures[facts.architecture]
    : undefined;
  if (known === undefined) {
    throw facts.fault(
      `the architecture '${facts.architecture.slice(0, 100)}' is not read; expected one of ${Object.keys(ggufArchitectures).join(', ')}`,
    );
  }
  const json: Json = {
    model_type: known.modelType,
    vocab_size: facts.shapeOf('token_embd.weight')[0],
    tie_word_embeddings: !facts.hasTensor('output.weight'),
    ...known.fields(facts),
    ...ropeScaling(facts, divisors),
  };
  facts.ignore(
    'vocab_size',
    'attention.value_length',
    'rope.scaling.finetuned',
    'attention.causal',
    'attention.head_count_kv',
  );
  facts.refuseOthers();
  return json;
}

/** Sizes that all but GPT-2 name alike. */
function sizes(facts: Facts): Json {
  const heads = facts.numberOfEachLayer('attention.head_count', 0);
  return {
    num_hidden_layers: facts.number('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: facts.numberOfEachLayer('attention.head_count_kv', heads),
    hidden_size: facts.number('embedding_length'),
    intermediate_size: facts.numberOfEachLayer('feed_forward_length', 0),
    max_position_embeddings: facts.number('context_length'),
  };
}

/** Decoders with RMSNorm, a gated MLP and RoPE. */
function gated(facts: Facts): Json {
  return {
    ...sizes(facts),
    head_dim: headSize(facts),
    hidden_act: 'silu',
    rms_norm_eps: decimal(facts.number('attention.layer_norm_rms_epsilon')),
    rope_theta: facts.number('rope.freq_base', 10_000),
  };
}

function widthOfMlp(facts: Facts): number {
  facts.ignore('feed_forward_length');
  return facts.shapeOf('blk.0.ffn_up.weight')[0];
}

/** Sizes of heads are in the file where they are not width / heads. */
function headSize(facts: Facts): number {
  const plain = facts.number('embedding_length') / facts.numberOfEachLayer('attention.head_count', 0);
  return facts.number('attention.key_length', plain);
}

function gemma(facts: Facts, shared: Json, isLargest: boolean): Json {
  return {
    hidden_act: undefined,
    hidden_activation: 'gelu_pytorch_tanh',
    sliding_window: facts.number('attention.sliding_window', 4096),
    // The 27-billion-parameter models divide by √(width / heads) and not by √(head size).
    query_pre_attn_scalar: isLargest
      ? facts.number('embedding_length') / facts.number('attention.head_count')
      : shared.head_dim,
  };
}

/** Every layer has a window but each `pattern`th. */
function layerTypes(layers: number, pattern: number): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    (layer + 1) % pattern === 0 ? 'full_attention' : 'sliding_attention',
  );
}

/** `rope_scaling`, where the file has any: a factor for all, YaRN, or a divisor for each frequency. */
function ropeScaling(facts: Facts, divisors: RopeDivisors): Json {
  const type = facts.text('rope.scaling.type') ?? 'none';
  const factor = facts.number('rope.scaling.factor', facts.number('rope.scale_linear', 1));
  const original = facts.number('rope.scaling.original_context_length', facts.number('context_length'));
  const amplitude = facts.optionalNumber('rope.scaling.attn_factor');
  // Numbers that turn: where only a part does, the architecture says so; here it must be whole.
  facts.ignore('rope.dimension_count');
  const short = divisors('rope_factors_short.weight') ?? divisors('rope_freqs.weight');
  const long = divisors('rope_factors_long.weight') ?? short;
  if (short !== undefined) {
    return {
      rope_scaling: {
        rope_type: 'longrope',
        short_factor: short,
        long_factor: long,
        attention_factor: amplitude ?? 1,
        original_max_position_embeddings: original,
      },
    };
  }
  if (type === 'linear' || (type === 'none' && factor !== 1)) {
    return { rope_scaling: { rope_type: 'linear', factor } };
  }
  if (type === 'yarn') {
    return {
      rope_scaling: {
        rope_type: 'yarn',
        factor,
        original_max_position_embeddings: original,
        ...(amplitude !== undefined && { attention_factor: amplitude * (1 + 0.1 * Math.log(factor)) }),
        beta_fast: facts.number('rope.scaling.yarn_beta_fast', 32),
        beta_slow: facts.number('rope.scaling.yarn_beta_slow', 1),
      },
    };
  }
  if (type === 'none' || type === 'longrope') return {};
  throw facts.fault(`RoPE scaling of the type '${type.slice(0, 100)}' is not supported`);
}

/** The shortest decimal that is this number in float32: 9.99999974e-6 in a file was 1e-5. */
function decimal(number: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(number.toPrecision(digits));
    if (Math.fround(short) === Math.fround(number)) return short;
  }
  return number;
}
