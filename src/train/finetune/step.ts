/**
 * The step of a fine-tuning as a graph: one forward pass over contexts with all their questions, the loss on the answers, its
 * derivatives by what is trained, and AdamW with the whole gradient cut to length 1.
 *
 * An adapter's base is fed in every run: as fixed inputs of the session or constants of the graph it would be a sixth quicker,
 * and take twice the memory. (A batch in pieces that fit the cache, as in training from scratch, is slower here: the matrices
 * are what does not fit.)
 */
import {
  add,
  crossEntropy,
  divide,
  gradients,
  Graph,
  minimum,
  multiply,
  reduceSum,
  sqrt,
  square,
} from '../../graph/index.ts';
import type { Tensor, Value } from '../../graph/index.ts';
import { adapterOf } from '../../model/adapters/adapter.ts';
import { branchedLayout } from '../../model/answers/branches.ts';
import type { BranchedGroup } from '../../model/answers/branches.ts';
import { forward } from '../../model/forward/forward.ts';
import { weightFeeds, weightInputs } from '../../model/forward/parameters.ts';
import { gradientOf, parameterInputs, update } from '../step/step.ts';
import { membersOf } from '../step/tensors.ts';
import type { FinetuneSetting } from './setting.ts';

/** What the graphs need of a setting. */
export type Trained = Pick<FinetuneSetting, 'base' | 'tensors' | 'spec'>;

/** A model with what is trained as inputs: its logits at the rows of a layout, [M, V]. */
export interface TrainedModel {
  readonly logits: Value;
  /** The trained tensors, in their order. */
  readonly parameters: readonly Value[];
  /** By name, what lies in them. */
  readonly members: ReadonlyMap<string, Value>;
}

/** A whole step. Its inputs and outputs are those of training from scratch, with the frozen weights (`frozenFeeds`). */
export function finetuneStep(setting: Trained, groups: readonly BranchedGroup[]): Graph {
  const graph = new Graph();
  const { tensors } = setting;
  const model = trainedModel(graph, setting, groups);
  const { loss, slopes } = lossAndSlopes(graph, setting, model);
  graph.output('loss', loss);
  const cut = clipped(slopes);
  update(
    graph,
    tensors,
    model.parameters,
    cut.map((slope) => [slope]),
  );
  return graph;
}

/** Declares the inputs of the forward pass, of what is trained, and of what is frozen. */
export function trainedModel(
  graph: Graph,
  { base: { config }, tensors, spec: { method } }: Trained,
  groups: readonly BranchedGroup[],
): TrainedModel {
  const parameters = parameterInputs(graph, tensors);
  const members = new Map(tensors.flatMap((tensor, t) => [...membersOf(tensor, parameters[t])]));
  const own = (name: string) => members.get(name)!;
  const layout = { ...branchedLayout(groups), reach: reachOf(groups, config) };
  const logits =
    method.kind === 'full'
      ? forward(graph, config, own, layout)
      : forward(graph, config, weightInputs(graph, config), layout, {
          adapter: adapterOf(config, method, own),
        });
  return { logits, parameters, members };
}

/** What the inputs of the frozen weights are fed. */
export function frozenFeeds({ base, spec }: Trained): Record<string, Tensor> {
  return spec.method.kind === 'full' ? {} : weightFeeds(base.config, base.weights);
}

/** The loss, and its derivatives by each of the trained tensors. Declares targets and weights, [M] each, as inputs. */
export function lossAndSlopes(
  graph: Graph,
  { tensors }: Trained,
  { logits, members }: TrainedModel,
): { readonly loss: Value; readonly slopes: readonly Value[] } {
  const rows = logits.shape[0];
  const loss = crossEntropy(logits, graph.input('targets', [rows], 'int32'), graph.input('weights', [rows]));
  const derivatives = gradients(loss, [...members.values()]);
  const byName = new Map([...members.keys()].map((name, i) => [name, derivatives[i]]));
  return { loss, slopes: tensors.map((tensor) => gradientOf(tensor, byName)) };
}

/** The largest length of the whole gradient, as everybody has it. */
const LONGEST_GRADIENT = 1;

/** As `torch.nn.utils.clip_grad_norm_` does it. */
export function clipped(slopes: readonly Value[]): Value[] {
  const squares = slopes.map((slope) =>
    reduceSum(
      square(slope),
      slope.shape.map((_, axis) => axis),
    ),
  );
  const length = sqrt(squares.reduce((a, b) => add(a, b)));
  const factor = minimum(divide(LONGEST_GRADIENT, add(length, 1e-6)), 1);
  return slopes.map((slope) => multiply(slope, factor));
}

/** RoPE's angles are computed so far. Learned positions begin anywhere. */
function reachOf(
  groups: readonly BranchedGroup[],
  { positionEncoding, positions }: Trained['base']['config'],
): number {
  if (positionEncoding.kind !== 'rope') return positions;
  return Math.max(...groups.map(({ trunk, length }) => trunk + length));
}
