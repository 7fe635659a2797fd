/** Checksums are the losses that transformers 5.24 gives for the same tokens: model(ids, labels=ids).loss, in float32. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWeights } from '../files/folder.node.ts';
import { checkParity, fixedPrompt } from './parity.ts';

const fixtures = path.join(import.meta.dirname, '../../../test/fixtures/model');

const losses: [string, number][] = [
  ['huggingface-gemma2', 6.719728],
  ['huggingface-gemma3', 6.358803],
  ['huggingface-gpt-neox', 6.133026],
  ['huggingface-gpt-neox-sequential', 5.528183],
  ['huggingface-gpt2', 3.241396],
  ['huggingface-gpt2-erf-untied', 2.293326],
  ['huggingface-gpt2-hub', 3.241396],
  ['huggingface-llama', 3.449425],
  ['huggingface-llama-biased', 5.928211],
  ['huggingface-llama-dynamic', 6.674581],
  ['huggingface-llama-float16', 3.449681],
  ['huggingface-llama-llama3', 2.079468],
  ['huggingface-llama-scaled-tied', 2.649343],
  ['huggingface-llama-yarn', 2.074129],
  ['huggingface-mistral', 4.213311],
  ['huggingface-phi', 4.16994],
  ['huggingface-phi3', 5.583639],
  ['huggingface-phi3-longrope', 9.08478],
  ['huggingface-qwen2', 4.826011],
  ['huggingface-qwen3', 5.732964],
  ['huggingface-smollm3', 5.915201],
];

const load = (name: string) => loadWeights(path.join(fixtures, name));

describe('the check of a model', () => {
  it.each(losses)(
    'edits every kind of site of %s, and has the loss of transformers as checksum',
    async (name, loss) => {
      const model = await load(name);
      const { checksum, sites } = await checkParity(model, name);
      expect(Math.abs(checksum - loss)).toBeLessThan(1e-4);
      expect(sites).toBeGreaterThan(18);
    },
  );

  it('is the same on any number of threads', async () => {
    const model = await load('huggingface-gemma3');
    expect(await checkParity(model, 'x', 3)).toEqual(await checkParity(model, 'x', 1));
  });

  it('spreads its tokens over the vocabulary, and takes no more than there are', async () => {
    const { config } = await load('huggingface-llama');
    expect(fixedPrompt({ ...config, vocabulary: 32_000, positions: 100 })).toEqual([
      0, 4000, 8000, 12_000, 16_000, 20_000, 24_000, 28_000,
    ]);
    expect(fixedPrompt({ ...config, vocabulary: 5, positions: 100 })).toEqual([0, 1, 2, 3, 4]);
    expect(fixedPrompt({ ...config, vocabulary: 32, positions: 2 })).toEqual([0, 16]);
  });

  const llamaWith = async (value: number) => {
    const { config, weights } = await load('huggingface-llama');
    const filled = new Map(weights);
    const name = 'model.layers.0.mlp.down_proj.weight';
    filled.set(
      name,
      weights.get(name)!.map(() => value),
    );
    return { config, weights: filled };
  };

  it('is an error where an edit changes nothing, but for models without that part', async () => {
    await expect(checkParity(await llamaWith(1e-30), 'models/x')).rejects.toThrow(
      /^models\/x: an edit of blocks\.0\.ln2\.hook_scale changes no logit, so the model is not computed as its weights say; please report it with the model's name$/,
    );
    expect((await checkParity(await llamaWith(0), 'x')).sites).toBeGreaterThan(18);
  });

  it('is an error where weights are no numbers', async () => {
    await expect(checkParity(await llamaWith(NaN), 'x')).rejects.toThrow(
      'x: the logits of a fixed prompt are not all numbers: its weights are damaged',
    );
  });
});
