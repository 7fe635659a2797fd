import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { modelConfig } from '../config/configure.ts';
import { checkWeights, initialise, parameterCount, parameters } from './parameters.ts';

const sizes = { vocabulary: 100, layers: 2, heads: 4, width: 64, positions: 100 } as const;
const gpt2 = modelConfig({ architecture: 'gpt2', ...sizes });
const llama = modelConfig({ architecture: 'llama', ...sizes, keyValueHeads: 2 });

function statistics(numbers: Float32Array) {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('parameters', () => {
  it('are as many as the arithmetic says', () => {
    const block = 2 * 2 * 64 + (64 * 192 + 192) + (64 * 64 + 64) + (64 * 256 + 256) + (256 * 64 + 64);
    expect(parameterCount(gpt2)).toBe(100 * 64 + 100 * 64 + 2 * block + 2 * 64);
    const llamaBlock = 2 * 64 + 2 * 64 * 64 + 2 * 32 * 64 + 3 * 176 * 64;
    expect(parameterCount(llama)).toBe(2 * 100 * 64 + 2 * llamaBlock + 64);
  });

  it('have no positions without positions', () => {
    const nope = modelConfig({ architecture: 'gpt2', ...sizes, positionEncoding: { kind: 'none' } });
    expect(parameterCount(gpt2) - parameterCount(nope)).toBe(100 * 64);
  });

  it.each([gpt2, llama])('start by the scheme of $architecture', (config) => {
    const weights = initialise(config, rng('seed', 1));
    for (const { name, init } of parameters(config)) {
      const { mean, deviation } = statistics(weights.get(name) ?? new Float32Array(1));
      const expected = init.kind === 'normal' ? init.deviation : 0;
      expect(mean, name).toBeCloseTo(init.kind === 'ones' ? 1 : 0, 2);
      expect(Math.abs(deviation - expected), name).toBeLessThan(0.06 * expected + 1e-9);
    }
    const residual = statistics(
      weights.get('transformer.h.0.mlp.c_proj.weight') ?? new Float32Array(1),
    ).deviation;
    if (config === gpt2) expect(residual).toBeCloseTo(0.02 / 2, 3); // two layers: 1/√(2·2)
  });

  it('are the same for the same seed and others for another', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => initialise(gpt2, rng('weights', seed)));
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('are checked by name and size, every fault at once', () => {
    const weights = initialise(gpt2, rng('weights', 1));
    weights.delete('transformer.wte.weight');
    weights.set('transformer.ln_f.bias', new Float32Array(3));
    weights.set('transformer.extra', new Float32Array(1));
    expect(() => checkWeights(gpt2, weights)).toThrow(
      /wte\.weight' is missing.*ln_f\.bias' has 3 numbers, \[64\] needs 64.*'transformer\.extra' is no parameter/,
    );
  });
});
