/**
 * Whether a model computes what its weights say, as far as that can be told without another program: an edit at every kind of
 * site must change its logits. And a checksum of the logits of a fixed prompt, so that a file that has changed, or a program
 * that computes otherwise, is noticed.
 */
import { UserError } from '../../common/errors.ts';
import { rng } from '../../common/random.ts';
import { LocalModel } from '../answers/local-model.ts';
import type { ModelConfig } from '../config/config.ts';
import { parameters } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import { siteMask } from '../sites/sites.ts';
import type { Site } from '../sites/sites.ts';

export interface Parity {
  /**
   * The cross-entropy of the fixed prompt, in nats a token, to four decimals: what transformers gives as the loss of the same
   * tokens. It depends on all logits.
   */
  readonly checksum: number;
  /** Kinds of sites whose edits change logits. */
  readonly sites: number;
}

/** Tokens of the fixed prompt, at most. */
const LENGTH = 8;
/** Rounding differs from thread to thread in the seventh digit. */
const CHANGED = 1e-5;
const DECIMALS = 4;

/** Tokens that lie evenly in the vocabulary, from the first one on: floor(i · vocabulary / count). */
export function fixedPrompt({ vocabulary, positions }: ModelConfig): number[] {
  const count = Math.min(LENGTH, vocabulary, positions);
  return Array.from({ length: count }, (_, i) => Math.floor((i * vocabulary) / count));
}

/**
 * One run: the prompt as it is, and once for each kind of site with that site edited.
 * @param where what to call the model in errors
 * @throws UserError for a site whose edit changes no logit, and logits that are no numbers
 */
export async function checkParity(
  model: { readonly config: ModelConfig; readonly weights: Weights },
  where: string,
  threads = 1,
): Promise<Parity> {
  const { config } = model;
  const prompt = fixedPrompt(config);
  const kinds = siteKinds(new LocalModel(model).sites(1, prompt.length));
  const sequences = Array.from({ length: kinds.length + 1 }, () => prompt);
  const local = new LocalModel(model, { threads });
  try {
    const all = local.sites(sequences.length, prompt.length);
    const edits = kinds.map((name, i) => {
      const site = all.find((one) => one.name === name)!;
      return { site: name, values: noise(site), mask: siteMask(site, { sample: [i + 1] }) };
    });
    const { normalizers, candidates } = await local.score(sequences, {
      edits,
      mustChange: 'none',
      candidates: Array.from({ length: sequences.length * prompt.length }, () => prompt),
    });
    const logits = sequences.map((_, i) => part(candidates, i, sequences.length));
    if (!logits.every((row) => row.every(Number.isFinite)))
      throw new UserError(
        `${where}: the logits of a fixed prompt are not all numbers: its weights are damaged`,
      );
    for (const [i, name] of kinds.entries()) {
      if (!differ(logits[0], logits[i + 1])) checkZeros(model, name, where);
    }
    const entropies = prompt.slice(1).map((_, i) => normalizers[i] - logits[0][i * prompt.length + i + 1]);
    const mean = entropies.reduce((sum, one) => sum + one, 0) / Math.max(1, entropies.length);
    return { checksum: Number(mean.toFixed(DECIMALS)), sites: kinds.length };
  } finally {
    await local.release();
  }
}

/** The first site of each kind: not all layers have all. */
function siteKinds(all: readonly Site[]): string[] {
  const kinds = new Map<string, string>();
  for (const { name } of all) {
    const kind = name.replace(/^blocks\.\d+\./, '');
    if (!kinds.has(kind)) kinds.set(kind, name);
  }
  return [...kinds.values()];
}

/** Values of a size that matters beside any others. */
function noise({ name, shape }: Site): Float32Array {
  const random = rng('an edit of', name);
  const size = shape.reduce((product, axis) => product * axis, 1);
  const one = Float32Array.from({ length: size / shape[0] }, () => 10 * random.normal());
  return Float32Array.from({ length: size }, (_, i) => one[i % one.length]);
}

function part(numbers: Float32Array, index: number, count: number): Float32Array {
  const size = numbers.length / count;
  return numbers.subarray(index * size, (index + 1) * size);
}

function differ(a: Float32Array, b: Float32Array): boolean {
  const largest = a.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  return a.some((number, i) => Math.abs(number - b[i]) > CHANGED * largest);
}

/**
 * A model whose matrices are all zero somewhere is one without that part: nothing can change there.
 * @throws UserError where the layer has no such matrix
 */
function checkZeros(
  { config, weights }: { config: ModelConfig; weights: Weights },
  site: string,
  where: string,
): void {
  const layer = /^blocks\.(\d+)\./.exec(site)?.[1];
  const zero = parameters(config).some(
    ({ name, shape }) =>
      shape.length > 1 &&
      (layer === undefined || name.includes(`.${layer}.`)) &&
      weights.get(name)!.every((number) => number === 0),
  );
  if (zero) return;
  throw new UserError(
    `${where}: an edit of ${site} changes no logit, so the model is not computed as its weights say; please report it with the model's name`,
  );
}
