/** What the graphs of a step are fed, as tensors. */
import { discard } from '../../graph/index.ts';
import type { Tensor } from '../../graph/index.ts';
import type { AnswerFeeds } from '../../model/answers/answers.ts';
import { renewed, scalarFeeds } from './step.ts';
import { float32, int32, parameterKey, slotKey } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

export type Feeds = Record<string, Tensor>;

/** The arrays of a training state, by name. */
export type State = ReadonlyMap<string, Float32Array>;

export function batchTensors({ inputs, targets, weights }: AnswerFeeds): Feeds {
  return { targets: int32(targets), weights: float32(weights), ...inputTensors(inputs) };
}

/** The inputs of a forward pass. */
export function inputTensors(inputs: AnswerFeeds['inputs']): Feeds {
  return Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, int32(data)]));
}

/** The learning rate of a step, and what else changes with it. */
export function scalarTensors(step: number, rate: number): Feeds {
  const scalars = scalarFeeds(step, rate);
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [name, float32(Float32Array.of(value), [])]),
  );
}

export function parameterTensors(tensors: readonly TrainedTensor[], state: State): Feeds {
  return Object.fromEntries(
    tensors.map(({ name, shape }) => {
      const key = parameterKey(name);
      return [key, float32(state.get(key)!, shape)];
    }),
  );
}

/** Parameters and the optimizer's moments. */
export function stateTensors(tensors: readonly TrainedTensor[], state: State): Feeds {
  const feeds = parameterTensors(tensors, state);
  for (const { name, shape, optimizer } of tensors) {
    for (const slot of optimizer.slots) {
      const key = slotKey(slot, name);
      feeds[key] = float32(state.get(key)!, shape);
    }
  }
  return feeds;
}

/** Puts what a step has renewed in the place of what it was fed. */
export function takeRenewed(arrays: Feeds, results: Readonly<Feeds>): void {
  for (const key of Object.keys(arrays)) {
    discard(arrays[key]);
    arrays[key] = results[renewed(key)];
  }
}

/** The arrays of a state, of the tensors that a step is fed. */
export function stateIn(arrays: Feeds): State {
  return new Map(Object.entries(arrays).map(([key, { data }]) => [key, data as Float32Array]));
}
