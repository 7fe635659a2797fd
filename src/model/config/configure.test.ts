import { describe, expect, it } from 'vitest';
import { checkConfig, modelConfig } from './configure.ts';
import type { ModelOptions } from './config.ts';

const sizes = { vocabulary: 10, layers: 2, heads: 4, width: 64, positions: 100 } as const;

describe('a model configuration', () => {
  it('has its architecture’s defaults', () => {
    expect(modelConfig({ architecture: 'gpt2', ...sizes })).toMatchObject({
      keyValueHeads: 4,
      mlpWidth: 256,
      positionEncoding: { kind: 'learned' },
      tiedEmbeddings: true,
    });
    expect(modelConfig({ architecture: 'llama', ...sizes })).toMatchObject({
      mlpWidth: 176,
      positionEncoding: { kind: 'rope', theta: 10_000, factor: 1 },
      activation: 'silu',
    });
  });

  const impossible: [string, Partial<ModelOptions>, RegExp][] = [
    [
      'heads that do not divide the width',
      { heads: 5 },
      /5 heads do not divide the width 64: take a width of 65, or 4 heads/,
    ],
    ['key/value heads that do not divide the heads', { architecture: 'llama', keyValueHeads: 3 }, /take 2/],
    ['grouped queries in GPT-2', { keyValueHeads: 2 }, /architecture llama/],
    [
      'an odd head size with RoPE',
      { architecture: 'llama', width: 36, heads: 4 },
      /a head has 9: take a width of 40/,
    ],
    ['RoPE in GPT-2', { positionEncoding: { kind: 'rope', theta: 1, factor: 1 } }, /architecture llama/],
    [
      'learned positions in Llama',
      { architecture: 'llama', positionEncoding: { kind: 'learned' } },
      /architecture gpt2/,
    ],
    ['SwiGLU in GPT-2', { activation: 'silu' }, /gelu-tanh/],
    ['GELU in Llama', { architecture: 'llama', activation: 'gelu-tanh' }, /silu/],
    [
      'a table of rotations beyond memory',
      { architecture: 'llama', positions: 1 << 24 },
      /take at most \d+ positions/,
    ],
    [
      'a window in Llama',
      { architecture: 'llama', attention: { window: { keys: 3, layers: [0] } } },
      /llama has no attention\.window: leave it out/,
    ],
    [
      'biases in Mistral',
      { architecture: 'mistral', biases: ['mlp'] },
      /mistral leaves no choice in the biases of mlp/,
    ],
    [
      'half of the biases of attention',
      { architecture: 'llama', biases: ['attention-output'] },
      /query-key-value and attention-output together/,
    ],
    [
      'a window in some layers of Mistral',
      { architecture: 'mistral', attention: { window: { keys: 3, layers: [0] } } },
      /window in every layer: name all of 0 to 1/,
    ],
    [
      'a window in a layer that is not there',
      { architecture: 'qwen2', attention: { window: { keys: 3, layers: [1, 2] } } },
      /the layers 1, 2: expected some of 0 to 1/,
    ],
    [
      'layers out of order',
      { architecture: 'smollm3', attention: { unturnedLayers: [1, 0] } },
      /in order, each once/,
    ],
    [
      'a RoPE for windows without a window',
      { architecture: 'gemma3', attention: { windowRope: { kind: 'rope', theta: 1, factor: 1 } } },
      /leave windowRope out/,
    ],
    [
      'more turned than a head has',
      { architecture: 'phi3', positionEncoding: { kind: 'rope', theta: 1, factor: 1, turned: 18 } },
      /turns 18 numbers, but a head has 16/,
    ],
    [
      'an odd number turned',
      { architecture: 'phi3', positionEncoding: { kind: 'rope', theta: 1, factor: 1, turned: 3 } },
      /3 are to turn: take 4/,
    ],
    [
      'Phi, one after the other',
      { architecture: 'phi', parallel: false },
      /side by side: parallel must be true/,
    ],
    [
      'grouped queries in NeoX',
      { architecture: 'gpt-neox', keyValueHeads: 2 },
      /gpt-neox has a key\/value head per head/,
    ],
    ['a head size in GPT-2', { headSize: 8 }, /gpt2 has no headSize/],
    ['no layers', { layers: 0 }, /layers/],
    ['half a layer', { layers: 1.5 }, /layers/],
    ['a width beyond every model', { width: 1e9 }, /width/],
    ['an unknown architecture', { architecture: 'gtp2' as 'gpt2' }, /did you mean 'gpt2'/],
  ];
  it.each(impossible)('refuses %s, with the way out', (_, options, message) => {
    expect(() => modelConfig({ architecture: 'gpt2', ...sizes, ...options })).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  it('needs no width that the heads divide where their size is said', () => {
    expect(modelConfig({ architecture: 'qwen3', ...sizes, heads: 3, headSize: 8 })).toMatchObject({
      headSize: 8,
    });
  });

  it('names every fault at once', () => {
    const wrong = {
      architecture: 'llama',
      ...sizes,
      heads: 5,
      keyValueHeads: 2,
      activation: 'gelu-tanh',
    } as const;
    expect(() => modelConfig(wrong)).toThrow(/width 64.*5 heads: take.*silu/);
  });

  it('refuses what it does not know', () => {
    const known = modelConfig({ architecture: 'gpt2', ...sizes });
    expect(() => checkConfig({ ...known, dropout: 0.1 }, 'file.json')).toThrow(/^file\.json: .*dropout/);
    for (const value of [null, 3, [], 'gpt2'])
      expect(() => checkConfig(value)).toThrow(/model configuration: /);
  });
});
