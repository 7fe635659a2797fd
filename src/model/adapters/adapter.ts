/**
 * Low-rank adapters (LoRA, Hu et al. 2021) as `peft` has them: which modules they change, how they begin, and how they become
 * part of a model's weights.
 */
import type { Rng } from '../../common/random.ts';
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Value } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';
import { checkWeights, parameters } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import type { LowRank } from '../forward/low-rank.ts';

/** What an adapter is, its numbers aside. */
export interface AdapterShape {
  /** r: A is [r, in], B is [out, r]. */
  readonly rank: number;
  /** α: what is added is α/r · B·A, or α/√r · B·A. */
  readonly alpha: number;
  /** Whether it is α/√r (rank-stabilised, Kalajdzievski 2023). */
  readonly rankStabilised: boolean;
  /** The last part of the names of the modules that are changed, in every layer: `q_proj`, `c_attn`, … */
  readonly targets: readonly string[];
}

/** An adapter with its numbers: of each module `NAME.lora_A.weight` and `NAME.lora_B.weight`. */
export interface Adapter extends AdapterShape {
  readonly weights: Weights;
}

/** A module that can be changed: a matrix of a layer that activations are multiplied with. */
export interface AdaptedModule {
  /** As in the model's class; its matrix is `NAME.weight`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Whether its matrix is stored [in, out] (GPT-2's Conv1D; `fan_in_fan_out` in peft). */
  readonly storedTransposed: boolean;
}

/** All that adapters of this model can change, in the order of its parameters. */
export function adaptableModules(config: ModelConfig): AdaptedModule[] {
  const storedTransposed = config.architecture === 'gpt2';
  return parameters(config)
    .filter(({ name, shape }) => shape.length === 2 && IN_A_LAYER.test(name))
    .map(({ name, shape }) => {
      const [outputs, inputs] = storedTransposed ? [shape[1], shape[0]] : shape;
      return { name: name.slice(0, -WEIGHT.length), inputs, outputs, storedTransposed };
    });
}

/** What `targets` may name. */
export function adaptableTargets(config: ModelConfig): string[] {
  return [...new Set(adaptableModules(config).map(({ name }) => lastPart(name)))];
}

/** The largest rank that is worth anything: the largest side of the model's matrices. */
export function largestRank(config: ModelConfig): number {
  return Math.max(...adaptableModules(config).flatMap(({ inputs, outputs }) => [inputs, outputs]));
}

/** The modules that an adapter of this shape changes. @throws UserError for a target that the model has not */
export function adaptedModules(
  config: ModelConfig,
  { targets }: Pick<AdapterShape, 'targets'>,
): AdaptedModule[] {
  const known = adaptableTargets(config);
  const stranger = targets.find((target) => !known.includes(target));
  if (stranger !== undefined) throw new UserError(unknownName('module', stranger, known));
  if (targets.length === 0) throw new UserError(`an adapter of no module: name some of ${known.join(', ')}`);
  return adaptableModules(config).filter(({ name }) => targets.includes(lastPart(name)));
}

/** The adapter's own parameters, in the order of the model's. */
export function adapterParameters(
  config: ModelConfig,
  shape: AdapterShape,
): { readonly name: string; readonly shape: readonly [number, number] }[] {
  return adaptedModules(config, shape).flatMap(({ name, inputs, outputs }) => [
    { name: nameOfA(name), shape: [shape.rank, inputs] },
    { name: nameOfB(name), shape: [outputs, shape.rank] },
  ]);
}

/** As peft begins: A uniform in ±1/√in (Kaiming with a = √5), B zero, so that nothing is added. */
export function initialAdapter(
  config: ModelConfig,
  shape: AdapterShape,
  rng: Rng,
): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const { name, inputs, outputs } of adaptedModules(config, shape)) {
    const bound = 1 / Math.sqrt(inputs);
    const a = Float32Array.from({ length: shape.rank * inputs }, () => bound * (2 * rng.float() - 1));
    weights.set(nameOfA(name), a);
    weights.set(nameOfB(name), new Float32Array(outputs * shape.rank));
  }
  return weights;
}

/** What a forward pass adds to its modules (`ForwardOptions.adapter`). @param values the adapter's parameters, by name */
export function adapterOf(
  config: ModelConfig,
  shape: AdapterShape,
  values: (name: string) => Value,
): (module: string) => LowRank | undefined {
  const changed = new Set(adaptedModules(config, shape).map(({ name }) => name));
  const scale = scaleOf(shape);
  return (module) =>
    changed.has(module) ? { a: values(nameOfA(module)), b: values(nameOfB(module)), scale } : undefined;
}

/**
 * The weights of a model with an adapter in them. What is not changed is shared with `weights`.
 * @throws UserError for numbers that are not this adapter's
 */
export function merged(config: ModelConfig, weights: Weights, adapter: Adapter): Map<string, Float32Array> {
  const all = new Map(weights);
  mergeInto(config, all, adapter);
  return all;
}

/**
 * The same in the map itself, matrix by matrix, so that a large model is in memory once.
 * @returns whether any number of the weights is another one now
 * @throws UserError as `merged` does, before anything is changed
 */
export function mergeInto(
  config: ModelConfig,
  weights: Map<string, Float32Array>,
  adapter: Adapter,
): boolean {
  checkWeights(config, weights);
  checkAdapter(config, adapter);
  const scale = scaleOf(adapter);
  let isChanged = false;
  for (const module of adaptedModules(config, adapter)) {
    const name = `${module.name}${WEIGHT}`;
    const [a, b] = [nameOfA(module.name), nameOfB(module.name)].map((key) => adapter.weights.get(key)!);
    const before = weights.get(name)!;
    const after = withProduct(before, a, b, adapter.rank, scale, module);
    isChanged ||= after.some((number, i) => number !== before[i]);
    weights.set(name, after);
  }
  return isChanged;
}

/** @throws UserError that names what is missing, superfluous or of another size */
export function checkAdapter(config: ModelConfig, adapter: Adapter): void {
  const wanted = new Map(adapterParameters(config, adapter).map(({ name, shape }) => [name, shape]));
  const problems: string[] = [];
  for (const [name, [rows, columns]] of wanted) {
    const found = adapter.weights.get(name);
    if (found === undefined) problems.push(`'${name}' is missing`);
    else if (found.length !== rows * columns)
      problems.push(`'${name}' has ${found.length} numbers, [${rows}, ${columns}] needs ${rows * columns}`);
  }
  for (const name of adapter.weights.keys())
    if (!wanted.has(name)) problems.push(`'${name}' belongs to no module that it names`);
  if (problems.length > 0) throw new UserError(`adapter: ${problems.slice(0, MOST_PROBLEMS).join('; ')}`);
}

/** The first of its tensors that has a number that is not finite. */
export function nonFiniteOf({ weights }: Pick<Adapter, 'weights'>): string | undefined {
  return [...weights].find(([, numbers]) => !numbers.every(Number.isFinite))?.[0];
}

/** α/r, or α/√r. */
export function scaleOf({ rank, alpha, rankStabilised }: Omit<AdapterShape, 'targets'>): number {
  return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
}

const WEIGHT = '.weight';
/** Matrices of layers, as all architectures here name them; embeddings and the unembedding stand outside. */
const IN_A_LAYER = /\.(?:layers|h)\.\d+\..*\.weight$/;
const MOST_PROBLEMS = 5;

export const nameOfA = (module: string): string => `${module}.lora_A.weight`;
export const nameOfB = (module: string): string => `${module}.lora_B.weight`;

export function lastPart(module: string): string {
  return module.slice(module.lastIndexOf('.') + 1);
}

/** W + scale · B·A, each number rounded once. */
function withProduct(
  matrix: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rank: number,
  scale: number,
  { inputs, outputs, storedTransposed }: AdaptedModule,
): Float32Array {
  const sum = new Float32Array(matrix.length);
  const row = new Float64Array(inputs);
  const [outputStep, inputStep] = storedTransposed ? [1, outputs] : [inputs, 1];
  for (let output = 0; output < outputs; output++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[output * rank + r];
      if (factor === 0) continue;
      for (let input = 0; input < inputs; input++) row[input] += factor * a[r * inputs + input];
    }
    for (let input = 0; input < inputs; input++) {
      const at = output * outputStep + input * inputStep;
      sum[at] = matrix[at] + row[input];
    }
  }
  return sum;
}
