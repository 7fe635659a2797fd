/**
 * Tiny models that llama.cpp's own script has converted (`test/fixtures/gguf/convert.py`), beside the Hugging Face folders
 * that they are from: the layouts of tensors are those of llama.cpp.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../config/config.ts';
import { loadWeights } from '../folder.node.ts';
import { loadGguf } from './load.node.ts';

const fixtures = path.join(import.meta.dirname, '../../../../test/fixtures');

/** What the files do not say and these models have otherwise than the published ones: as the folder says, in place of the file. */
const unsaid: Readonly<Record<string, (folder: ModelConfig) => Partial<ModelConfig>>> = {
  gemma2: ({ attention }) => ({ attention }), // the scale of queries
  gemma3: ({ attention }) => ({ attention }), // that scale, which layers have windows, and their theta
  'gpt-neox-sequential': ({ positionEncoding }) => ({ positionEncoding }), // theta
  'gpt2-hub': () => ({}),
  'llama-biased': () => ({}),
  'phi3-longrope': ({ positionEncoding }) => ({ positionEncoding }), // an amplitude in float32
  qwen2: ({ attention }) => ({ attention }), // windows, which Qwen 2 never uses
  qwen3: () => ({}),
};

describe('GGUF files that llama.cpp has written', () => {
  it.each(Object.entries(unsaid))('%s is the model of the folder', async (name, otherwise) => {
    const file = await loadGguf(path.join(fixtures, 'gguf', `huggingface-${name}.gguf`));
    const folder = await loadWeights(path.join(fixtures, 'model', `huggingface-${name}`));
    expect({ ...file.config, ...otherwise(folder.config) }).toEqual(folder.config);
    expect([...file.weights.keys()].sort()).toEqual([...folder.weights.keys()].sort());
    for (const [parameter, numbers] of folder.weights) {
      const read = file.weights.get(parameter)!;
      expect(read.length, parameter).toBe(numbers.length);
      // 1 + w of Gemma's norms has lost a bit of w.
      const worst = numbers.reduce((most, number, i) => Math.max(most, Math.abs(number - read[i])), 0);
      expect(worst, parameter).toBeLessThanOrEqual(name.startsWith('gemma') ? 2 ** -22 : 0);
    }
  });

  it('keep LongRoPE to float32', async () => {
    const { config } = await loadGguf(path.join(fixtures, 'gguf', 'huggingface-phi3-longrope.gguf'));
    expect(config.positionEncoding).toMatchObject({
      theta: 50,
      turned: 6,
      scaling: { kind: 'longrope', originalPositions: 8, short: [1, 1.5, 2], long: [1.5, 3, 7] },
    });
  });
});
