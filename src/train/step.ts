/**
 * The training step as a graph: forward pass, loss on the answer, gradients, optimizer. Parameters and the optimizer's
 * moments are inputs, and outputs of the same names with a prime; the outputs of one step are the inputs of the next.
 */
import { concatenate, crossEntropy, gradients, Graph, reshape } from '../graph/index.ts';
import type { Value } from '../graph/index.ts';
import { answerLayout } from '../model/answers.ts';
import type { AnswerGroup } from '../model/answers.ts';
import { rowCount } from '../model/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { overPieces } from '../model/pieces.ts';
import { BETA1, BETA2 } from './optimizers/adamw.ts';
import type { StepScalars } from './optimizers/optimizer.ts';
import { membersOf, parameterKey, slotKey } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

/** The output that carries the new value of an input. */
export function renewed(key: string): string {
  return `${key}'`;
}

export function trainingStep(
  config: ModelConfig,
  tensors: readonly TrainedTensor[],
  groups: readonly AnswerGroup[],
): Graph {
  const graph = new Graph();
  const parameters = tensors.map((tensor) => graph.input(parameterKey(tensor.name), tensor.shape));
  const members = new Map(tensors.flatMap((tensor, i) => [...membersOf(tensor, parameters[i])]));

  const rows = rowCount(answerLayout(groups));
  const expected = [graph.input('targets', [rows], 'int32'), graph.input('weights', [rows])];
  const weights = (name: string) => members.get(name)!;
  const { sums } = overPieces(graph, config, weights, groups, expected, (logits, targets, weights) => {
    const loss = crossEntropy(logits, targets, weights); // the piece's share of the mean over the answers' tokens
    return { sums: [loss, ...gradients(loss, [...members.values()])] };
  });
  graph.output('loss', sums[0]);
  const derivatives = new Map([...members.keys()].map((name, i) => [name, sums[i + 1]]));

  const scalars = stepScalars(graph);
  tensors.forEach((tensor, i) => {
    const own = tensor.members.map(({ name }) => derivatives.get(name)!);
    const gradient = own.length === 1 ? own[0] : concatenate(own.map(flat), 0);
    update(graph, tensor, parameters[i], gradient, scalars);
  });
  return graph;
}

/** The scalars that a step is fed: its learning rate and AdamW's corrections at step 1, 2, … */
export function scalarFeeds(step: number, rate: number): Record<string, number> {
  return { rate, correction1: 1 / (1 - BETA1 ** step), correction2: 1 / (1 - BETA2 ** step) };
}

function stepScalars(graph: Graph): StepScalars {
  return {
    rate: graph.input('rate', []),
    correction1: graph.input('correction1', []),
    correction2: graph.input('correction2', []),
  };
}

function update(
  graph: Graph,
  tensor: TrainedTensor,
  parameter: Value,
  gradient: Value,
  scalars: StepScalars,
): void {
  const { name, shape, optimizer, weightDecay } = tensor;
  const slots = optimizer.slots.map((slot) => graph.input(slotKey(slot, name), shape));
  const next = optimizer.update(graph, parameter, gradient, slots, scalars, weightDecay);
  graph.output(renewed(parameterKey(name)), next.parameter);
  optimizer.slots.forEach((slot, i) => graph.output(renewed(slotKey(slot, name)), next.slots[i]));
}

function flat(value: Value): Value {
  return reshape(value, [value.shape.reduce((product, dimension) => product * dimension, 1)]);
}
