/** Whether a fine-tuning has changed what the model says. */
import { rng } from '../../common/random.ts';
import { createSession, Graph } from '../../graph/index.ts';
import type { Computing, Tensor } from '../../graph/index.ts';
import { branchedFeeds } from '../../model/answers/branches.ts';
import type { Weights } from '../../model/index.ts';
import { inputTensors, parameterTensors } from '../step/feeds.ts';
import { initialState } from '../step/tensors.ts';
import { drawContext, roomFor } from './sequences.ts';
import { startingWeights } from './setting.ts';
import type { FinetuneSetting } from './setting.ts';
import { frozenFeeds, trainedModel } from './step.ts';

/**
 * Whether the logits of a sample of the longest training length are others than the base's. A server, or a reader, that leaves
 * an adapter out would answer as the base does and say nothing.
 */
export async function changesLogits(
  setting: FinetuneSetting,
  trained: Weights,
  computing: Computing,
): Promise<boolean> {
  const { spec, base, tensors } = setting;
  const sample = drawContext(setting, spec.lengths.max, 1, rng('changes', spec.task));
  const groups = [roomFor(1, [sample])];
  const graph = new Graph();
  graph.output('logits', trainedModel(graph, setting, groups).logits);
  const session = await createSession(graph, computing);
  const { inputs } = branchedFeeds(base.config, groups, [sample]);
  const logitsWith = async (weights: Weights): Promise<Tensor['data']> => {
    const parameters = parameterTensors(tensors, initialState(tensors, weights));
    return (await session.run({ ...inputTensors(inputs), ...frozenFeeds(setting), ...parameters })).logits
      .data;
  };
  try {
    const [before, after] = [await logitsWith(startingWeights(setting)), await logitsWith(trained)];
    return before.some((logit, i) => logit !== after[i]);
  } finally {
    await session.release();
  }
}
