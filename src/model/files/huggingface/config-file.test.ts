import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../common/errors.ts';
import { modelConfig } from '../../config/configure.ts';
import { ARCHITECTURE_NAMES, BIASES } from '../../config/config.ts';
import type { ModelConfig } from '../../config/config.ts';
import { readConfigJson, writeConfigJson } from './config-file.ts';

const sizes = { vocabulary: 9, layers: 2, heads: 4, width: 16, positions: 32 } as const;
const everywhere = { keys: 3, layers: [0, 1] };
const configs: [string, ModelConfig][] = [
  ['GPT-2', modelConfig({ architecture: 'gpt2', ...sizes })],
  [
    'NoPE',
    modelConfig({
      architecture: 'gpt2',
      ...sizes,
      positionEncoding: { kind: 'none' },
      tiedEmbeddings: false,
    }),
  ],
  ['GPT-2 with erf', modelConfig({ architecture: 'gpt2', ...sizes, activation: 'gelu-erf', epsilon: 1e-6 })],
  ['Llama', modelConfig({ architecture: 'llama', ...sizes, keyValueHeads: 2, mlpWidth: 24 })],
  [
    'scaled RoPE',
    modelConfig({
      architecture: 'llama',
      ...sizes,
      positionEncoding: { kind: 'rope', theta: 500, factor: 32 },
    }),
  ],
  [
    'RoPE scaled as in Llama 3',
    modelConfig({
      architecture: 'llama',
      ...sizes,
      positionEncoding: {
        kind: 'rope',
        theta: 500_000,
        factor: 32,
        scaling: { kind: 'llama3', slowTurns: 1, fastTurns: 4, originalPositions: 8 },
      },
    }),
  ],
  [
    'RoPE scaled by YaRN',
    modelConfig({
      architecture: 'llama',
      ...sizes,
      positionEncoding: {
        kind: 'rope',
        theta: 500,
        factor: 4,
        scaling: {
          kind: 'yarn',
          slowTurns: 1,
          fastTurns: 32,
          originalPositions: 8,
          amplitude: 2,
          wholePairs: false,
        },
      },
    }),
  ],
  [
    'LongRoPE',
    modelConfig({
      architecture: 'phi3',
      ...sizes,
      positionEncoding: {
        kind: 'rope',
        theta: 500,
        factor: 1,
        scaling: { kind: 'longrope', originalPositions: 8, short: [1], long: [2.5], amplitude: 1.25 },
        turned: 2,
      },
    }),
  ],
  [
    'dynamic RoPE',
    modelConfig({
      architecture: 'llama',
      ...sizes,
      positionEncoding: { kind: 'rope', theta: 500, factor: 4, scaling: { kind: 'dynamic' } },
    }),
  ],
  [
    'Llama with all biases',
    modelConfig({ architecture: 'llama', ...sizes, headSize: 6, biases: [...BIASES] }),
  ],
  [
    'Mistral',
    modelConfig({ architecture: 'mistral', ...sizes, headSize: 6, attention: { window: everywhere } }),
  ],
  ['Mistral without a window', modelConfig({ architecture: 'mistral', ...sizes })],
  [
    'Qwen 2',
    modelConfig({ architecture: 'qwen2', ...sizes, attention: { window: { keys: 3, layers: [1] } } }),
  ],
  [
    'Qwen 3',
    modelConfig({ architecture: 'qwen3', ...sizes, biases: ['query-key-value', 'attention-output'] }),
  ],
  [
    'SmolLM 3',
    modelConfig({
      architecture: 'smollm3',
      ...sizes,
      attention: { window: { keys: 3, layers: [0] }, unturnedLayers: [1] },
    }),
  ],
  ['Phi 3', modelConfig({ architecture: 'phi3', ...sizes, attention: { window: everywhere } })],
  [
    'Gemma 2',
    modelConfig({
      architecture: 'gemma2',
      ...sizes,
      headSize: 8,
      attention: { scale: 1 / Math.sqrt(168), cap: 50, window: { keys: 3, layers: [0] } },
      logitCap: 30,
    }),
  ],
  ['Gemma 2 without caps or windows', modelConfig({ architecture: 'gemma2', ...sizes })],
  [
    'Gemma 3',
    modelConfig({
      architecture: 'gemma3',
      ...sizes,
      headSize: 8,
      positionEncoding: { kind: 'rope', theta: 1e6, factor: 8 },
      attention: { window: { keys: 3, layers: [1] }, windowRope: { kind: 'rope', theta: 1e4, factor: 1 } },
    }),
  ],
  ['NeoX', modelConfig({ architecture: 'gpt-neox', ...sizes, width: 32 })],
  [
    'NeoX, one after the other',
    modelConfig({ architecture: 'gpt-neox', ...sizes, parallel: false, biases: [], activation: 'gelu-tanh' }),
  ],
  ['Phi', modelConfig({ architecture: 'phi', ...sizes, keyValueHeads: 2, headSize: 6 })],
];

const llamaJson = {
  model_type: 'llama',
  vocab_size: 9,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
};

describe('config.json', () => {
  it.each(configs)('of %s gives back the configuration', (_, config) => {
    expect(readConfigJson(writeConfigJson(config, undefined), 'config.json')).toEqual(config);
  });

  it('has caps as floats, without which transformers 5 refuses them', () => {
    const [, gemma] = configs.find(([name]) => name === 'Gemma 2')!;
    const text = writeConfigJson(gemma, undefined);
    expect(text).toContain('"final_logit_softcapping": 30.0');
    expect(text).toContain('"attn_logit_softcapping": 50.0');
  });

  it('is tried with every architecture', () => {
    const tried = new Set(configs.map(([, { architecture }]) => architecture));
    expect([...tried].sort()).toEqual([...ARCHITECTURE_NAMES].sort());
  });

  const ropes: [string, object, number, number][] = [
    ['nothing', {}, 10_000, 1],
    ['theta in transformers 4', { rope_theta: 500 }, 500, 1],
    ['scaling in transformers 4', { rope_theta: 500, rope_scaling: { type: 'linear', factor: 4 } }, 500, 4],
    ['scaling in later ones', { rope_theta: 500, rope_scaling: { rope_type: 'linear', factor: 4 } }, 500, 4],
    ['transformers 5', { rope_parameters: { rope_type: 'linear', rope_theta: 500, factor: 4 } }, 500, 4],
    [
      'the default in 5',
      { rope_parameters: { rope_type: 'default', rope_theta: 7 }, rope_scaling: null },
      7,
      1,
    ],
  ];
  it.each(ropes)('reads RoPE as written by %s', (_, fields, theta, factor) => {
    const config = readConfigJson(JSON.stringify({ ...llamaJson, ...fields }), 'config.json');
    expect(config.positionEncoding).toEqual({ kind: 'rope', theta, factor });
  });

  const llama3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const bounds = { slowTurns: 1, fastTurns: 4, originalPositions: 64 };
  const yarn = { kind: 'yarn', slowTurns: 1, fastTurns: 32, originalPositions: 64, wholePairs: true };
  const scalings: [string, object, object][] = [
    [
      'Llama 3.1',
      { rope_scaling: { ...llama3, original_max_position_embeddings: 64 } },
      { kind: 'llama3', ...bounds },
    ],
    ['Llama 3 without the original length', { rope_scaling: llama3 }, { kind: 'llama3', ...bounds }],
    [
      'a length beside the scaling',
      { rope_scaling: llama3, original_max_position_embeddings: 16 },
      { kind: 'llama3', ...bounds, originalPositions: 16 },
    ],
    [
      'YaRN without its temperature',
      { rope_scaling: { rope_type: 'yarn', factor: Math.E } },
      { ...yarn, amplitude: 1.1 },
    ],
    [
      'YaRN with its temperature',
      { rope_scaling: { rope_type: 'yarn', factor: 8, attention_factor: 2 } },
      { ...yarn, amplitude: 2 },
    ],
    [
      'DeepSeek’s YaRN',
      {
        rope_parameters: { rope_type: 'yarn', factor: Math.E, mscale: 1, mscale_all_dim: 2, truncate: false },
      },
      { ...yarn, amplitude: expect.closeTo(1.1 / 1.2, 12) as number, wholePairs: false },
    ],
  ];
  it.each(scalings)('reads the scaling of %s', (_, fields, scaling) => {
    const text = JSON.stringify({ ...llamaJson, max_position_embeddings: 64, ...fields });
    expect(readConfigJson(text, 'config.json').positionEncoding).toMatchObject({ kind: 'rope', scaling });
  });

  const small = {
    vocab_size: 9,
    hidden_size: 32,
    intermediate_size: 24,
    num_hidden_layers: 4,
    num_attention_heads: 4,
  };
  const list = [1.5, 3];
  const spellings: [string, object, object][] = [
    [
      'Gemma 3',
      { model_type: 'gemma3_text', rope_theta: 5e5, rope_local_base_freq: 20, rope_scaling: { rope_type: 'linear', factor: 8 }, sliding_window_pattern: 2 },
      {
        model_type: 'gemma3_text',
        rope_parameters: { full_attention: { rope_type: 'linear', rope_theta: 5e5, factor: 8 }, sliding_attention: { rope_type: 'default', rope_theta: 20 } },
        layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
      },
    ],
    [
      'NeoX',
      { model_type: 'gpt_neox', rotary_pct: 0.5, rotary_emb_base: 77 },
      { model_type: 'gpt_neox', rope_parameters: { rope_type: 'default', rope_theta: 77, partial_rotary_factor: 0.5 } },
    ],
    ['Phi', { model_type: 'phi', partial_rotary_factor: 0.25, rope_theta: 77 }, { model_type: 'phi', rope_parameters: { rope_theta: 77, partial_rotary_factor: 0.25 } }],
    [
      'Phi 3',
      { model_type: 'phi3', partial_rotary_factor: 0.5, original_max_position_embeddings: 8, rope_scaling: { type: 'su', short_factor: list, long_factor: list } },
      { model_type: 'phi3', original_max_position_embeddings: 8, rope_parameters: { rope_type: 'longrope', short_factor: list, long_factor: list, partial_rotary_factor: 0.5 } },
    ],
    [
      'Qwen 2',
      { model_type: 'qwen2', use_sliding_window: true, sliding_window: 5, max_window_layers: 3 },
      { model_type: 'qwen2', use_sliding_window: true, sliding_window: 5, layer_types: ['full_attention', 'full_attention', 'full_attention', 'sliding_attention'] },
    ],
    ['SmolLM 3', { model_type: 'smollm3', rope_theta: 2e6 }, { model_type: 'smollm3', no_rope_layers: [1, 1, 1, 0] }],
    [
      'Gemma 2',
      { model_type: 'gemma2', hidden_act: 'gelu_pytorch_tanh' },
      { model_type: 'gemma2', layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'], attn_logit_softcapping: 50 },
    ],
  ]; // prettier-ignore
  it.each(spellings)('of %s says the same in transformers 4 and 5', (_, four, five) => {
    const [one, other] = [four, five].map((fields) =>
      readConfigJson(JSON.stringify({ ...small, ...fields }), 'config.json'),
    );
    expect(one).toEqual(other);
  });

  it('has Gemma 3 inside a model of text and images, with the sizes that it leaves out', () => {
    const text = { hidden_size: 2560, intermediate_size: 10240, num_hidden_layers: 34, sliding_window: 1024, rope_scaling: { factor: 8, rope_type: 'linear' } }; // prettier-ignore
    const json = {
      model_type: 'gemma3',
      text_config: { model_type: 'gemma3_text', ...text },
      vision_config: {},
    };
    expect(readConfigJson(JSON.stringify(json), 'config.json')).toMatchObject({
      architecture: 'gemma3',
      vocabulary: 262_208,
      heads: 8,
      keyValueHeads: 4,
      headSize: 256,
      tiedEmbeddings: true,
      positionEncoding: { kind: 'rope', theta: 1e6, factor: 8 },
      attention: { window: { keys: 1024 }, windowRope: { kind: 'rope', theta: 1e4, factor: 1 } },
    });
  });

  const refused: [string, object, RegExp][] = [
    [
      'another model',
      { model_type: 'bert' },
      /unknown model_type 'bert'.*known: gpt2, llama, mistral, qwen2, qwen3, smollm3, phi3, gemma2, gemma3_text, gemma3, gpt_neox, phi/,
    ],
    ['no model type', { model_type: undefined }, /no model_type/],
    ['quantized weights', { quantization_config: { bits: 4 } }, /quantized/],
    ['another scaling', { rope_scaling: { rope_type: 'proportional' } }, /rope_scaling\.rope_type/],
    [
      'a field of RoPE that is not known',
      { rope_scaling: { rope_type: 'default', mrope_section: [1] } },
      /rope_scaling: .*mrope_section/,
    ],
    [
      'dynamic scaling without its factor',
      { rope_scaling: { rope_type: 'dynamic' } },
      /'dynamic' scaling needs a factor/,
    ],
    [
      'LongRoPE without its factors',
      { rope_scaling: { rope_type: 'longrope' } },
      /needs a short_factor, a long_factor/,
    ],
    [
      'LongRoPE with too few factors',
      { rope_scaling: { rope_type: 'longrope', short_factor: [1], long_factor: [1, 2] } },
      /1 short and 2 long factors: 4 numbers turn in pairs, so 2 of each/,
    ],
    [
      'LongRoPE with two ideas of its growth',
      {
        max_position_embeddings: 32,
        rope_scaling: {
          rope_type: 'longrope',
          short_factor: [1, 1],
          long_factor: [1, 2],
          factor: 3,
          original_max_position_embeddings: 8,
        },
      },
      /by a factor of 3, but max_position_embeddings is 4 times.*say attention_factor/,
    ],
    ['RoPE over a part of a head', { partial_rotary_factor: 0.5 }, /partial_rotary_factor/],
    [
      'RoPE over a part of a head, in transformers 5',
      { rope_parameters: { partial_rotary_factor: 0.5 } },
      /partial_rotary_factor: this architecture turns whole heads/,
    ],
    ['scaling without its factor', { rope_scaling: { type: 'linear' } }, /needs a factor/],
    [
      'Llama 3 scaling without its bounds',
      { rope_scaling: { rope_type: 'llama3', factor: 2 } },
      /'llama3' scaling needs a low_freq_factor, a high_freq_factor/,
    ],
    [
      'bounds that cross',
      { rope_scaling: { ...llama3, high_freq_factor: 1 } },
      /more than 1 times.*less than 1: the first must be the larger/,
    ],
    ['YaRN at theta 1', { rope_theta: 1, rope_scaling: { rope_type: 'yarn', factor: 2 } }, /theta above 1/],
    ['a window', { sliding_window: 4 }, /sliding_window: this value is not supported for this architecture/],
    ['normalized queries', { qk_layernorm: true }, /qk_layernorm/],
    ['a cap', { final_logit_softcapping: 30 }, /final_logit_softcapping/],
    ['experts', { num_local_experts: 8 }, /num_local_experts/],
    ['scaled logits', { logit_scale: 0.0625 }, /logit_scale/],
    ['layers without RoPE', { no_rope_layers: [1, 0] }, /no_rope_layers/],
    ['another activation', { hidden_act: 'gelu' }, /hidden_act/],
    ['a missing width', { hidden_size: undefined }, /hidden_size/],
    ['a width that is a text', { hidden_size: '16' }, /hidden_size/],
    ['heads that do not divide the width', { num_attention_heads: 3 }, /take a width of 18, or 2 heads/],
    ['a million layers', { num_hidden_layers: 1e6 }, /layers/],
  ];
  it.each(refused)('of Llama is refused with %s', (_, fields, message) => {
    expect(() => readConfigJson(JSON.stringify({ ...llamaJson, ...fields }), 'config.json')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  const others: [string, object, RegExp][] = [
    ['a window that is on without a size', { model_type: 'qwen2', use_sliding_window: true, sliding_window: null, layer_types: ['sliding_attention', 'full_attention'] }, /sliding_attention, but no sliding_window/],
    ['windows that are off, in layers that have one', { model_type: 'qwen3', layer_types: ['sliding_attention', 'full_attention'] }, /sliding_attention, but no sliding_window/],
    ['another kind of layer', { model_type: 'qwen3', layer_types: ['linear_attention', 'full_attention'] }, /layer_types/],
    ['kinds for another number of layers', { model_type: 'gemma2', layer_types: ['full_attention'] }, /layer_types: 1 entries for 2 layers/],
    ['biases where it has none', { model_type: 'mistral', attention_bias: true }, /attention_bias/],
    ['kinds of layers', { model_type: 'mistral', layer_types: ['sliding_attention', 'full_attention'] }, /layer_types/],
    ['attention that looks ahead', { model_type: 'gemma3_text', use_bidirectional_attention: true }, /use_bidirectional_attention/],
    ['a cap of scores, which transformers passes over', { model_type: 'gemma3_text', attn_logit_softcapping: 50 }, /attn_logit_softcapping/],
    ['another activation', { model_type: 'gemma2', hidden_activation: 'gelu' }, /hidden_activation/],
    ['another activation', { model_type: 'phi', hidden_act: 'relu' }, /hidden_act/],
    ['normalized queries', { model_type: 'phi', qk_layernorm: true }, /qk_layernorm/],
    ['fewer heads of keys', { model_type: 'gpt_neox', num_key_value_heads: 2 }, /a key\/value head per head/],
    ['attention that sees all', { is_causal: false }, /is_causal/],
    ['attention that sees all', { model_type: 'gpt_neox', is_causal: false }, /is_causal/],
    ['quantized weights of a newer kind', { compression_config: { quant_method: 'compressed-tensors' } }, /compression_config: quantized weights are not supported/],
    ['quantized weights of its decoder', { model_type: 'gemma3', text_config: { quantization_config: { quant_method: 'gptq' } } }, /quantization_config: quantized weights/],
    ['scales by layer', { model_type: 'gpt2', n_embd: 16, n_layer: 2, n_head: 4, scale_attn_by_inverse_layer_idx: true }, /scale_attn_by_inverse_layer_idx/],
  ]; // prettier-ignore
  it.each(others)('is refused with %s: %o', (_, fields, message) => {
    expect(() => readConfigJson(JSON.stringify({ ...llamaJson, ...fields }), 'config.json')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  // `GPT2Config(num_attention_heads=4).n_head` is 4 in transformers.
  it('of GPT-2 takes the names that other architectures have', () => {
    const own = { model_type: 'gpt2', vocab_size: 9, n_embd: 16, n_layer: 2, n_positions: 32 };
    const { n_embd, n_layer, n_positions, ...rest } = own;
    const others = {
      ...rest,
      ...{ hidden_size: n_embd, num_hidden_layers: n_layer, max_position_embeddings: n_positions },
    };
    const read = (fields: object) => readConfigJson(JSON.stringify(fields), 'config.json');
    expect(read({ ...others, num_attention_heads: 4 })).toEqual(read({ ...own, n_head: 4 }));
    expect(() => read({ ...own, n_head: 2, num_attention_heads: 4 })).toThrow(
      'config.json: num_attention_heads and n_head are one field of GPT-2, and have two values',
    );
    expect(() => read({ ...own, n_head: 2, is_causal: false })).toThrow(/is_causal/);
  });

  it.each(['', '{', '[]', 'null', '3', '"x"'])('refuses %j', (text) => {
    expect(() => readConfigJson(text, 'config.json')).toThrow(/^config\.json: /);
  });

  it('takes damage of any kind without any other error', () => {
    const whole = configs.map(
      ([, config]) => JSON.parse(writeConfigJson(config, undefined)) as Record<string, unknown>,
    );
    const keys = [...new Set(whole.flatMap(Object.keys))];
    const damage = fc.record({
      base: fc.constantFrom(...whole),
      changes: fc.array(fc.tuple(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 2 })), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(damage, ({ base, changes }) => {
        try {
          readConfigJson(JSON.stringify({ ...base, ...Object.fromEntries(changes) }), 'config.json');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).message).not.toMatch(/\n/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
