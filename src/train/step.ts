/**
 * The training step as a graph: forward pass, loss on the answer, gradients, optimizer. Parameters and the optimizer's
 * moments are inputs, and outputs of the same names with a prime; the outputs of one step are the inputs of the next.
 */
import {
  add,
  concatenate,
  crossEntropy,
  gradients,
  Graph,
  overParts,
  reshape,
  slice,
} from '../graph/index.ts';
import type { Value } from '../graph/index.ts';
import { answerLayout } from '../model/answers.ts';
import type { AnswerGroup } from '../model/answers.ts';
import { forward, forwardInputs, rowCount } from '../model/index.ts';
import type { ForwardInputs, ModelConfig } from '../model/index.ts';
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

  const { loss, derivatives } = lossAndDerivatives(graph, config, members, groups);
  graph.output('loss', loss);

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

/** What a pass over some sequences reads: the inputs of the forward pass, and what should come out. */
interface Feeds extends ForwardInputs {
  readonly targets: Value;
  readonly weights: Value;
}

/**
 * The mean loss over the answers' tokens, and its derivatives by the parameters. Group after group, and piece by piece
 * within a group: a piece's activations stay in the processor's cache from the forward pass to its gradients.
 */
function lossAndDerivatives(
  graph: Graph,
  config: ModelConfig,
  members: ReadonlyMap<string, Value>,
  groups: readonly AnswerGroup[],
): { loss: Value; derivatives: ReadonlyMap<string, Value> } {
  const layout = answerLayout(groups);
  const all: Feeds = {
    ...forwardInputs(graph, config, layout),
    targets: graph.input('targets', [rowCount(layout)], 'int32'),
    weights: graph.input('weights', [rowCount(layout)]),
  };
  const parts = cutByGroup(all, groups).map((feeds, g) =>
    groupDerivatives(graph, config, members, groups[g], feeds),
  );
  const [loss, ...sums] = parts.reduce((total, part) => total.map((value, i) => add(value, part[i])));
  return { loss, derivatives: new Map([...members.keys()].map((name, i) => [name, sums[i]])) };
}

/** A group's share of the loss, then its derivatives by each member. */
function groupDerivatives(
  graph: Graph,
  config: ModelConfig,
  members: ReadonlyMap<string, Value>,
  group: AnswerGroup,
  { tokens, positions, starts: [starts], targets, weights }: Feeds,
): readonly Value[] {
  const pieces = pieceCount(group, config.width);
  const layout = answerLayout([{ ...group, batch: group.batch / pieces }]);
  const fed = [tokens, targets, weights, starts!, ...(positions === undefined ? [] : [positions])];
  const { sums } = overParts(pieces, fed, (tokens, targets, weights, starts, positions) => {
    const inputs = { tokens, positions, starts: [starts] };
    const logits = forward(graph, config, (name) => members.get(name)!, layout, { inputs }); // [rows of the piece, V]
    const loss = crossEntropy(logits, targets, weights);
    return { sums: [loss, ...gradients(loss, [...members.values()])] };
  });
  return sums;
}

/** What is fed for all groups, cut into what belongs to each. */
function cutByGroup(all: Feeds, groups: readonly AnswerGroup[]): Feeds[] {
  let token = 0;
  let row = 0;
  return groups.map(({ batch, prompt, target }, g) => {
    const [tokens, rows] = [batch * (prompt + target - 1), batch * target];
    const feeds = {
      tokens: slice(all.tokens, 0, token, token + tokens),
      positions: all.positions && slice(all.positions, 0, token, token + tokens),
      starts: [all.starts[g]],
      targets: slice(all.targets, 0, row, row + rows),
      weights: slice(all.weights, 0, row, row + rows),
    };
    token += tokens;
    row += rows;
    return feeds;
  });
}

/** The widest activation of a piece, [tokens, 4 · width] in float32, should take about half of a core's second-level cache. */
const PIECE_BYTES = 512 * 1024;
/** Matrix products over fewer rows than this lose more than the cache brings. */
const LEAST_TOKENS = 200;

/** Into how many equal pieces a group is cut: as few as fit the cache. */
function pieceCount({ batch, prompt, target }: AnswerGroup, width: number): number {
  const length = prompt + target - 1;
  const wanted = Math.max(LEAST_TOKENS, PIECE_BYTES / (16 * width));
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((pieces) => batch % pieces === 0);
  return divisors.find((pieces) => (batch / pieces) * length <= 1.5 * wanted) ?? batch;
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
