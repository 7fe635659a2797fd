import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../common/errors.ts';
import { modelConfig } from '../../config/configure.ts';
import type { ModelConfig } from '../../config/config.ts';
import { readConfigJson, writeConfigJson } from './config-file.ts';

const sizes = { vocabulary: 9, layers: 2, heads: 4, width: 16, positions: 32 } as const;
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

  const refused: [string, object, RegExp][] = [
    ['another model', { model_type: 'bert' }, /unknown model_type 'bert'.*known: gpt2, llama/],
    ['no model type', { model_type: undefined }, /no model_type/],
    ['quantized weights', { quantization_config: { bits: 4 } }, /quantized/],
    ['another scaling', { rope_scaling: { rope_type: 'dynamic', factor: 2 } }, /rope_scaling\.rope_type/],
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
    ['biases', { attention_bias: true }, /attention_bias/],
    ['another activation', { hidden_act: 'gelu' }, /hidden_act/],
    ['heads of another size', { head_dim: 8 }, /head_dim: heads of another size/],
    ['a missing width', { hidden_size: undefined }, /hidden_size/],
    ['a width that is a text', { hidden_size: '16' }, /hidden_size/],
    ['heads that do not divide the width', { num_attention_heads: 3 }, /take a width of 18, or 2 heads/],
    ['a million layers', { num_hidden_layers: 1e6 }, /layers/],
  ];
  it.each(refused)('refuses %s', (_, fields, message) => {
    expect(() => readConfigJson(JSON.stringify({ ...llamaJson, ...fields }), 'config.json')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
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
