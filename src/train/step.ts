/**
 * The training step as a graph: forward pass, loss on the answer, gradients, optimizer. Parameters and the optimizer's
 * moments are inputs, and outputs of the same names with a prime; the outputs of one step are the inputs of the next.
 */
import { crossEntropy, gradients, Graph } from '../graph/index.ts';
import type { Value } from '../graph/index.ts';
import { answerLayout } from '../model/answers.ts';
import type { AnswerGroup } from '../model/answers.ts';
import { forward } from '../model/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { rowCount } from '../model/layout.ts';
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
  const layout = answerLayout(groups);
  const parameters = tensors.map((tensor) => graph.input(parameterKey(tensor.name), tensor.shape));
  const members = new Map(tensors.flatMap((tensor, i) => [...membersOf(tensor, parameters[i])]));

  const logits = forward(graph, config, (name) => members.get(name)!, layout); // [M, V]
  const targets = graph.input('targets', [rowCount(layout)], 'int32');
  const weights = graph.input('weights', [rowCount(layout)]);
  const loss = crossEntropy(logits, targets, weights); // mean over the answers' tokens
  graph.output('loss', loss);

  const scalars = stepScalars(graph);
  const derivatives = gradients(loss, parameters);
  tensors.forEach((tensor, i) => update(graph, tensor, parameters[i], derivatives[i], scalars));
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
