/**
 * How a model's parameters are held during training. Every matrix is a tensor of its own, which keeps each optimizer
 * update in cache; all vectors (norms, biases) lie in one flat tensor, because dozens of tiny updates would cost more
 * in calls than in arithmetic.
 */
import type { Tensor, Value } from '../../graph/index.ts';
import { reshape, slice } from '../../graph/index.ts';
import { sizeOf } from '../../graph/types/tensor.ts';
import { parameters } from '../../model/index.ts';
import type { ModelConfig, Weights } from '../../model/index.ts';
import { adamw } from './optimizers/adamw.ts';
import { muon } from './optimizers/muon.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { TrainSpec } from '../spec/spec.ts';

/** One tensor of the training state and the parameters that lie in it one after the other. */
export interface TrainedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly members: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
}

const VECTORS = 'vectors';

/** The tensors that a model is trained as. Vectors are not decayed: a norm's scale has no reason to be small. */
export function trainedTensors(
  config: ModelConfig,
  spec: Pick<TrainSpec, 'optimizer' | 'weightDecay'>,
): TrainedTensor[] {
  const all = parameters(config);
  const tensors: TrainedTensor[] = all
    .filter(({ shape }) => shape.length > 1)
    .map(({ name, shape }) => ({
      name,
      shape,
      members: [{ name, shape }],
      optimizer: spec.optimizer === 'muon' && isHidden(name) ? muonFor(config, name) : adamw,
      weightDecay: spec.weightDecay,
    }));
  const vectors = all.filter(({ shape }) => shape.length === 1);
  if (vectors.length > 0) {
    const length = vectors.reduce((sum, { shape }) => sum + shape[0], 0);
    tensors.push({ name: VECTORS, shape: [length], members: vectors, optimizer: adamw, weightDecay: 0 });
  }
  return tensors;
}

/** The state's arrays at the beginning: `parameter/…` from the weights, the optimizer's slots at zero. */
export function initialState(tensors: readonly TrainedTensor[], weights: Weights): Map<string, Float32Array> {
  const state = new Map<string, Float32Array>();
  for (const { name, shape, members, optimizer } of tensors) {
    const parameter = new Float32Array(sizeOf(shape));
    let offset = 0;
    for (const member of members) {
      parameter.set(weights.get(member.name)!, offset);
      offset += sizeOf(member.shape);
    }
    state.set(parameterKey(name), parameter);
    for (const slot of optimizer.slots) state.set(slotKey(slot, name), new Float32Array(parameter.length));
  }
  return state;
}

/** The weights in a state, by the names that the model knows them under. */
export function weightsIn(
  tensors: readonly TrainedTensor[],
  state: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const { name, members } of tensors) {
    const parameter = state.get(parameterKey(name))!;
    let offset = 0;
    for (const member of members) {
      weights.set(member.name, parameter.slice(offset, offset + sizeOf(member.shape)));
      offset += sizeOf(member.shape);
    }
  }
  return weights;
}

/** The members of a tensor as values of the graph, each with its own shape. */
export function membersOf(tensor: TrainedTensor, value: Value): Map<string, Value> {
  if (tensor.members.length === 1) return new Map([[tensor.members[0].name, value]]);
  let offset = 0;
  return new Map(
    tensor.members.map(({ name, shape }) => {
      const part = reshape(slice(value, 0, offset, offset + sizeOf(shape)), shape);
      offset += sizeOf(shape);
      return [name, part];
    }),
  );
}

export function parameterKey(tensor: string): string {
  return `parameter/${tensor}`;
}

export function slotKey(slot: string, tensor: string): string {
  return `${slot}/${tensor}`;
}

/** Whether a matrix maps activations to activations (not an embedding). */
function isHidden(name: string): boolean {
  return /\.(attn|self_attn|mlp)\./.test(name);
}

function muonFor(config: ModelConfig, name: string): Optimizer {
  return config.architecture === 'gpt2'
    ? muon({ outputAxis: 1, blocks: name.includes('c_attn') ? 3 : 1 })
    : muon({ outputAxis: 0, blocks: 1 });
}

/** An array as a tensor of one axis. */
export function int32(data: Int32Array): Tensor {
  return { dtype: 'int32', shape: [data.length], data };
}

export function float32(data: Float32Array, shape: readonly number[] = [data.length]): Tensor {
  return { dtype: 'float32', shape, data };
}
