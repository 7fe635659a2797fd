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
