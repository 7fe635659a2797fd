import { describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { createSession, crossEntropy, evaluate, gradients, Graph } from '../../graph/index.ts';
import type { Tensor, Value } from '../../graph/index.ts';
import { answerFeeds } from '../../model/answers/answers.ts';
import type { AnswerFeeds, AnswerGroup, PromptAndTarget } from '../../model/answers/answers.ts';
import { arrange, forward, modelConfig, parameters, rowCount } from '../../model/index.ts';
import type { Layout, ModelConfig } from '../../model/index.ts';
import { preset } from '../spec/presets.ts';
import { feedsOfShare } from '../batch/shares.ts';
import type { BatchPlan } from '../batch/shares.ts';
import {
  gradientKey,
  gradientStep,
  renewed,
  scalarFeeds,
  shareKey,
  trainingStep,
  updateStep,
} from './step.ts';
import { initialState, parameterKey, slotKey, trainedTensors, weightsIn } from './tensors.ts';

/**
 * What a step computes is laid out in groups, padded on both sides, with logits at the answers alone. The reference:
 * each sequence by itself, nothing padded, and the mean over the answers' tokens.
 */
const sizes = { vocabulary: 7, layers: 2, heads: 2, width: 8, positions: 16 } as const;
const configs: [string, ModelConfig][] = [
  ['GPT-2', modelConfig({ architecture: 'gpt2', ...sizes })],
  ['NoPE', modelConfig({ architecture: 'gpt2', ...sizes, positionEncoding: { kind: 'none' } })],
  ['Llama', modelConfig({ architecture: 'llama', ...sizes })],
];
const groups = [
  { batch: 2, prompt: 4, target: 2 },
  { batch: 3, prompt: 7, target: 4 },
];
const divisions: [string, AnswerGroup[][]][] = [
  ['one share', [groups]],
  ['two shares', [[groups[0]], [groups[1]]]],
  ['two shares of one group', [[groups[0], { ...groups[1], batch: 1 }], [{ ...groups[1], batch: 2 }]]],
];
const sequences: PromptAndTarget[] = [
  { prompt: [1, 4, 2], target: [5] },
  { prompt: [1, 3, 4, 2], target: [6, 3] },
  { prompt: [1, 5, 2, 6], target: [4, 4, 3] },
  { prompt: [1, 5, 2, 6, 3, 4, 2], target: [4, 5, 6, 3] },
  { prompt: [1, 6, 3, 2, 2], target: [5, 3] },
];
const offsets = [0, 7, 3, 6, 10];

function weightsOf(config: ModelConfig): Map<string, Tensor> {
  const random = rng('step test');
  return new Map(
    parameters(config).map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float64Array.from(
        { length: size },
        () => (shape.length === 1 ? 1 : 0) + 0.3 * random.normal(),
      );
      return [name, { dtype: 'float64', shape, data }];
    }),
  );
}

/** Loss and its derivatives over all parameters. */
function lossOf(
  config: ModelConfig,
  layout: Layout,
  feeds: Record<string, Tensor>,
): Record<string, number[]> {
  const graph = new Graph({ float: 'float64' });
  const weights = weightsOf(config);
  const values = new Map<string, Value>();
  for (const [name, { shape }] of weights) values.set(name, graph.input(name, shape));
  const logits = forward(graph, config, (name) => values.get(name)!, layout);
  const rows = rowCount(layout);
  const loss = crossEntropy(logits, graph.input('targets', [rows], 'int32'), graph.input('weights', [rows]));
  graph.output('loss', loss);
  const names = [...values.keys()];
  gradients(loss, [...values.values()]).forEach((value, i) => graph.output(`d ${names[i]}`, value));
  const outputs = evaluate(graph, { ...Object.fromEntries(weights), ...feeds });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
}

const int32 = (numbers: ArrayLike<number>): Tensor => ({
  dtype: 'int32',
  shape: [numbers.length],
  data: Int32Array.from(numbers),
});
const float64 = (numbers: ArrayLike<number>): Tensor => ({
  dtype: 'float64',
  shape: [numbers.length],
  data: Float64Array.from(numbers),
});

/** The state before a step, and what is fed besides the batch. */
function beforeStep(config: ModelConfig) {
  const tensors = trainedTensors(config, { ...preset('quick', 'UR', 'ape'), optimizer: 'adamw' });
  const weights = new Map(
    [...weightsOf(config)].map(([name, { data }]) => [name, Float32Array.from(data, Number)]),
  );
  const state = initialState(tensors, weights);
  const fed: Record<string, Tensor> = {};
  for (const { name, shape, optimizer } of tensors) {
    for (const key of [parameterKey(name), ...optimizer.slots.map((slot) => slotKey(slot, name))]) {
      fed[key] = { dtype: 'float32', shape, data: state.get(key)! };
    }
  }
  for (const [name, value] of Object.entries(scalarFeeds(1, 0.01))) {
    fed[name] = { dtype: 'float32', shape: [], data: Float32Array.of(value) };
  }
  return { tensors, fed };
}

function tensorsOf({ inputs, targets, weights }: AnswerFeeds): Record<string, Tensor> {
  return {
    ...Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, int32(data)])),
    targets: int32(targets),
    weights: { dtype: 'float32', shape: [weights.length], data: weights },
  };
}

/** The step's own loss and derivatives: AdamW's first moment after a step from zero is a tenth of the gradient. */
function stepOf(
  config: ModelConfig,
  shares: AnswerGroup[][],
  feeds: AnswerFeeds,
): Record<string, readonly number[]> {
  const { tensors, fed } = beforeStep(config);
  const outputs = evaluate(trainingStep(config, tensors, shares), { ...fed, ...tensorsOf(feeds) });
  const moments = new Map<string, Float32Array>();
  for (const { name } of tensors) {
    moments.set(
      parameterKey(name),
      Float32Array.from(outputs[renewed(slotKey('moment1', name))].data, Number),
    );
  }
  const found: Record<string, number[]> = { loss: [Number(outputs.loss.data[0])] };
  for (const [name, moment] of weightsIn(tensors, moments))
    found[`d ${name}`] = Array.from(moment, (m) => 10 * m);
  return found;
}

describe.each(configs)('a training step: %s', (_, config) => {
  const feeds = answerFeeds(config, groups, sequences, offsets);

  it.each(divisions)(
    'over %s has the mean loss over the sequences’ answers, each computed alone, and its derivatives',
    (_, shares) => {
      const together = stepOf(config, shares, answerFeeds(config, shares.flat(), sequences, offsets));

      const answers = sequences.reduce((sum, { target }) => sum + target.length, 0);
      const alone: Record<string, number[]> = {};
      sequences.forEach(({ prompt, target }, s) => {
        const tokens = [...prompt, ...target.slice(0, -1)];
        const layout = { groups: [{ batch: 1, length: tokens.length, rows: target.length }] };
        const own = lossOf(config, layout, {
          ...arrange(config, layout, [{ sequences: [tokens], offsets: [offsets[s]] }]),
          targets: int32(target),
          weights: float64(target.map(() => 1 / answers)),
        });
        for (const [name, numbers] of Object.entries(own)) {
          alone[name] = numbers.map((number, i) => number + (alone[name]?.[i] ?? 0));
        }
      });

      expect(Object.keys(together).sort()).toEqual(Object.keys(alone).sort());
      for (const [name, numbers] of Object.entries(together)) {
        const worst = Math.max(...numbers.map((number, i) => Math.abs(number - alone[name][i])));
        expect(worst, name).toBeLessThan(1e-6); // weights and moments are float32
      }
      expect(together.loss[0]).toBeGreaterThan(1);
    },
  );

  it('in two parts is the same as whole, bit for bit', async () => {
    const { tensors, fed } = beforeStep(config);
    const shares = [[groups[0]], [groups[1]]];
    const plan: BatchPlan = { shares, order: sequences.map((_, i) => i) };
    const whole = await outputsOf(trainingStep(config, tensors, shares), { ...fed, ...tensorsOf(feeds) });

    const update: Record<string, Tensor> = { ...fed };
    let loss = 0;
    for (const share of shares.keys()) {
      const own = tensorsOf(feedsOfShare(feeds, plan, share));
      const results = await outputsOf(gradientStep(config, tensors, shares[share]), { ...fed, ...own });
      loss = Math.fround(loss + Number(results.loss.data[0]));
      for (const { name } of tensors) update[shareKey(share, name)] = results[gradientKey(name)];
    }
    const halves = [tensors.slice(0, 3), tensors.slice(3)].map((half) =>
      outputsOf(updateStep(half, shares.length), update),
    );
    const together = Object.assign({}, ...(await Promise.all(halves)));
    expect({ ...together, loss: { ...whole.loss, data: Float32Array.of(loss) } }).toEqual(whole);
  });
});

/** By ONNX Runtime; feeds that the graph has no input for are left out. */
async function outputsOf(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await createSession(graph);
  const outputs = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => graph.inputs.has(name))),
  );
  await session.release();
  return outputs;
}
