/** The model that a specification describes, and its weights before the first step. */
import { rng } from '../../common/random.ts';
import { initialise, modelConfig } from '../../model/index.ts';
import type { ModelConfig, Tokenizer } from '../../model/index.ts';
import type { Lessons } from '../lessons/lessons.ts';
import type { TrainSpec } from './spec.ts';

/** RoPE as in the paper's runs (2505.21785, `reference` §5): theta, and positions divided by a factor. */
const ROPE = { theta: 500, factor: 32 };

export function configOf(spec: TrainSpec, lessons: Lessons, tokenizer: Tokenizer): ModelConfig {
  const { prompt, target } = lessons.taught.size(spec.maxLength);
  return modelConfig({
    architecture: spec.positions === 'rope' ? 'llama' : 'gpt2',
    vocabulary: tokenizer.size,
    layers: spec.layers,
    heads: spec.heads,
    width: spec.dim,
    positions: prompt + target - 1,
    ...(spec.positions === 'nope' && { positionEncoding: { kind: 'none' } }),
    ...(spec.positions === 'rope' && { positionEncoding: { kind: 'rope', ...ROPE } }),
  });
}

/** Fresh weights from the specification's seed. */
export function initialWeights(spec: TrainSpec, config: ModelConfig): Map<string, Float32Array> {
  const weights = initialise(config, rng('weights', spec.seed));
  const positions = weights.get(POSITION_EMBEDDING);
  if (
    spec.positionStart === 'sinusoid' &&
    config.positionEncoding.kind === 'learned' &&
    positions !== undefined
  ) {
    fillWithSinusoids(positions, config.positions, config.width);
  }
  return weights;
}

const POSITION_EMBEDDING = 'transformer.wpe.weight';
/** As large as the normal start (GPT-2's 0.02): a sinusoid's mean square is 1/2. */
const SINUSOID_AMPLITUDE = 0.02 * Math.SQRT2;

/** Vaswani et al. 2017 §3.5, with wavelengths from 2π to 4 · positions: [positions, width], in place. */
function fillWithSinusoids(table: Float32Array, positions: number, width: number): void {
  const longest = (4 * positions) / (2 * Math.PI);
  for (let i = 0; i < width; i++) {
    const frequency = longest ** -((2 * Math.floor(i / 2)) / width);
    const wave = i % 2 === 0 ? Math.sin : Math.cos;
    for (let position = 0; position < positions; position++) {
      table[position * width + i] = SINUSOID_AMPLITUDE * wave(position * frequency);
    }
  }
}
