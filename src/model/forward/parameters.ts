/**
 * A model's parameters: their Hugging Face names and shapes (the ones on disk are the ones in the graph; where the
 * forward pass wants several as one matrix, it concatenates them), and how they start out.
 */
import { UserError } from '../../common/errors.ts';
import type { Rng } from '../../common/random.ts';
import type { Graph, Tensor, Value } from '../../graph/index.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { architectures } from '../architectures/table.ts';
import type { ModelConfig } from '../config/config.ts';

/** A parameter and the distribution that it is drawn from before training. */
export interface Parameter {
  /** As in model.safetensors. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initialiser;
}

/** How a parameter begins. */
export type Initialiser =
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' };

/** Numbers of a model, by the parameter's name, each row by row. */
export type Weights = ReadonlyMap<string, Float32Array>;

/** All parameters of a model, always in the same order. */
export function parameters(config: ModelConfig): Parameter[] {
  return architectures[config.architecture].parameters(config);
}

/** The parameters as constants of a graph, by name, for a forward pass. The weights are those that `checkWeights` accepts. */
export function constants(graph: Graph, config: ModelConfig, weights: Weights): (name: string) => Value {
  const values = new Map(
    parameters(config).map(({ name, shape }) => [name, graph.constant(weights.get(name)!, shape)]),
  );
  return (name) => values.get(name)!;
}

/** The parameters as inputs of a graph: many sessions then share the weights, and no graph grows with the model. */
export function weightInputs(graph: Graph, config: ModelConfig): (name: string) => Value {
  const inputs = new Map(
    parameters(config).map(({ name, shape }) => [name, graph.input(weightName(name), shape)]),
  );
  return (name) => inputs.get(name)!;
}

/** What those inputs are fed. */
export function weightFeeds(config: ModelConfig, weights: Weights): Record<string, Tensor> {
  return Object.fromEntries(
    parameters(config).map(({ name, shape }) => [
      weightName(name),
      { dtype: 'float32', shape, data: weights.get(name)! },
    ]),
  );
}

const weightName = (name: string): string => `weight ${name}`;

/** How many numbers a model has. */
export function parameterCount(config: ModelConfig): number {
  return parameters(config).reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
}

/**
 * Fresh weights, by the scheme of the architecture's Hugging Face class. The same stream gives the same weights:
 * parameters are drawn one after the other in the order of `parameters(config)`.
 */
export function initialise(config: ModelConfig, rng: Rng): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const { name, shape, init } of parameters(config)) {
    weights.set(name, drawn(init, new Float32Array(sizeOf(shape)), rng));
  }
  return weights;
}

/** @throws UserError that names every parameter that is absent, has another size, or does not belong to the model */
export function checkWeights(config: ModelConfig, weights: Weights): void {
  const problems: string[] = [];
  const wanted = new Map(parameters(config).map(({ name, shape }) => [name, shape]));
  for (const [name, shape] of wanted) {
    const found = weights.get(name);
    if (found === undefined) problems.push(`'${name}' is missing`);
    else if (found.length !== sizeOf(shape)) {
      problems.push(`'${name}' has ${found.length} numbers, [${shape.join(', ')}] needs ${sizeOf(shape)}`);
    }
  }
  for (const name of weights.keys()) {
    if (!wanted.has(name)) problems.push(`'${name}' is no parameter of this model`);
  }
  if (problems.length > 0) throw new UserError(`weights: ${problems.join('; ')}`);
}

function drawn(init: Initialiser, into: Float32Array, rng: Rng): Float32Array {
  switch (init.kind) {
    case 'zeros':
      return into;
    case 'ones':
      return into.fill(1);
    case 'normal':
      for (let i = 0; i < into.length; i++) into[i] = init.deviation * rng.normal();
      return into;
  }
}
