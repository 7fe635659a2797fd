/**
 * The training step as graphs: forward pass, loss on the answer, gradients, optimizer. Parameters and the optimizer's
 * moments are inputs, and outputs of the same names with a prime; the outputs of one step are the inputs of the next.
 * It is there whole, for one thread, and in two parts, which two threads take for a share of the batch and of the
 * parameters each: the same operations in the same order, so that the numbers are the same to the last bit.
 */
import { add, concatenate, crossEntropy, gradients, Graph, reshape } from '../../graph/index.ts';
import type { Value } from '../../graph/index.ts';
import { answerLayout } from '../../model/answers/answers.ts';
import type { AnswerGroup } from '../../model/answers/answers.ts';
import { rowCount } from '../../model/index.ts';
import type { ModelConfig } from '../../model/index.ts';
import { overGroups } from '../../model/forward/pieces.ts';
import { BETA1, BETA2 } from './optimizers/adamw.ts';
import type { StepScalars } from './optimizers/optimizer.ts';
import { membersOf, parameterKey, slotKey } from './tensors.ts';
import type { TrainedTensor } from './tensors.ts';

/** The output that carries the new value of an input. */
export function renewed(key: string): string {
  return `${key}'`;
}

/** The loss's derivatives by a tensor, over one share of the batch: an output of `gradientStep`. */
export function gradientKey(tensor: string): string {
  return `gradient/${tensor}`;
}

/** The same as an input of `updateStep`. */
export function shareKey(share: number, tensor: string): string {
  return `share ${share} of ${gradientKey(tensor)}`;
}

/** A whole step over all shares of a batch. */
export function trainingStep(
  config: ModelConfig,
  tensors: readonly TrainedTensor[],
  shares: readonly (readonly AnswerGroup[])[],
): Graph {
  const graph = new Graph();
  const parameters = parameterInputs(graph, tensors);
  const results = lossAndGradients(graph, config, tensors, parameters, shares);
  graph.output('loss', total(results.map(({ loss }) => loss)));
  update(
    graph,
    tensors,
    parameters,
    tensors.map((_, t) => results.map((share) => share.gradients[t])),
  );
  return graph;
}

/** The first part of a step: loss and gradients over one share of a batch. */
export function gradientStep(
  config: ModelConfig,
  tensors: readonly TrainedTensor[],
  share: readonly AnswerGroup[],
): Graph {
  const graph = new Graph();
  const [result] = lossAndGradients(graph, config, tensors, parameterInputs(graph, tensors), [share]);
  graph.output('loss', result.loss);
  tensors.forEach(({ name }, t) => graph.output(gradientKey(name), result.gradients[t]));
  return graph;
}

/** The second part: gradients added up over the shares, and the optimizer, for some of the tensors. */
export function updateStep(tensors: readonly TrainedTensor[], shares: number): Graph {
  const graph = new Graph();
  const slopes = tensors.map(({ name, shape }) =>
    Array.from({ length: shares }, (_, share) => graph.input(shareKey(share, name), shape)),
  );
  update(graph, tensors, parameterInputs(graph, tensors), slopes);
  return graph;
}

/** The scalars that a step is fed: its learning rate and AdamW's corrections at step 1, 2, … */
export function scalarFeeds(step: number, rate: number): Record<string, number> {
  return { rate, correction1: 1 / (1 - BETA1 ** step), correction2: 1 / (1 - BETA2 ** step) };
}

interface ShareResult {
  readonly loss: Value;
  /** By tensor. */
  readonly gradients: readonly Value[];
}

/** The parameters as inputs, in the order of the tensors. */
export function parameterInputs(graph: Graph, tensors: readonly TrainedTensor[]): Value[] {
  return tensors.map(({ name, shape }) => graph.input(parameterKey(name), shape));
}

/** Of each share by itself. Declares the batch's inputs, in the order of the shares. */
function lossAndGradients(
  graph: Graph,
  config: ModelConfig,
  tensors: readonly TrainedTensor[],
  parameters: readonly Value[],
  shares: readonly (readonly AnswerGroup[])[],
): ShareResult[] {
  const members = new Map(tensors.flatMap((tensor, t) => [...membersOf(tensor, parameters[t])]));
  const weights = (name: string) => members.get(name)!;
  const groups = shares.flat();
  const rows = rowCount(answerLayout(groups));
  const expected = [graph.input('targets', [rows], 'int32'), graph.input('weights', [rows])];
  const results = overGroups(graph, config, weights, groups, expected, (logits, targets, weights) => {
    const loss = crossEntropy(logits, targets, weights); // the piece's share of the mean over the answers' tokens
    return { sums: [loss, ...gradients(loss, [...members.values()])] };
  });
  return shares.map((share) => {
    const own = results.splice(0, share.length);
    const [loss, ...derivatives] = own[0].sums.map((_, i) => total(own.map(({ sums }) => sums[i])));
    const byName = new Map([...members.keys()].map((name, i) => [name, derivatives[i]]));
    return { loss, gradients: tensors.map((tensor) => gradientOf(tensor, byName)) };
  });
}

/** The derivatives by a tensor's members, laid out as the tensor is. */
export function gradientOf({ members }: TrainedTensor, byName: ReadonlyMap<string, Value>): Value {
  const own = members.map(({ name }) => byName.get(name)!);
  return own.length === 1 ? own[0] : concatenate(own.map(flat), 0);
}

/**
 * Renews parameters and moments by the optimizers. Declares the moments and the scalars of the step as inputs.
 * @param slopes for each tensor its gradients over the shares
 */
export function update(
  graph: Graph,
  tensors: readonly TrainedTensor[],
  parameters: readonly Value[],
  slopes: readonly (readonly Value[])[],
): void {
  const scalars: StepScalars = {
    rate: graph.input('rate', []),
    correction1: graph.input('correction1', []),
    correction2: graph.input('correction2', []),
  };
  tensors.forEach(({ name, shape, optimizer, weightDecay }, t) => {
    const slots = optimizer.slots.map((slot) => graph.input(slotKey(slot, name), shape));
    const next = optimizer.update(graph, parameters[t], total(slopes[t]), slots, scalars, weightDecay);
    graph.output(renewed(parameterKey(name)), next.parameter);
    optimizer.slots.forEach((slot, i) => graph.output(renewed(slotKey(slot, name)), next.slots[i]));
  });
}

function total(values: readonly Value[]): Value {
  return values.reduce((a, b) => add(a, b));
}

function flat(value: Value): Value {
  return reshape(value, [value.shape.reduce((product, dimension) => product * dimension, 1)]);
}
