import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { writeTextFolder } from '../../../test/text-model.ts';
import { rng } from '../../common/random.ts';
import { createSession, evaluate, Graph } from '../../graph/index.ts';
import type { Tensor } from '../../graph/index.ts';
import {
  adaptedModules,
  adapterParameters,
  merged,
  nameOfA,
  nameOfB,
  scaleOf,
} from '../../model/adapters/adapter.ts';
import type { Adapter } from '../../model/adapters/adapter.ts';
import { branchedFeeds } from '../../model/answers/branches.ts';
import type { BranchedSequence } from '../../model/answers/branches.ts';
import { initialise, LocalModel, parameters, Tokenizer } from '../../model/index.ts';
import type { ModelConfig, Weights } from '../../model/index.ts';
import { scalarTensors, batchTensors, parameterTensors, stateTensors } from '../step/feeds.ts';
import { renewed } from '../step/step.ts';
import { initialState, weightsIn } from '../step/tensors.ts';
import { openBase } from './base.node.ts';
import type { Base } from './base.ts';
import { usualSpec } from './defaults.ts';
import { drawContext, roomFor } from './sequences.ts';
import { settingOf } from './setting.ts';
import type { FinetuneSetting } from './setting.ts';
import type { FinetuneSpec } from './spec.ts';
import { clipped, finetuneStep, frozenFeeds, lossAndSlopes, trainedModel } from './step.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-finetune-step-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const tokenizer = new Tokenizer([...'abcdefgh']);
const sizes = {
  vocabulary: tokenizer.size,
  layers: 2,
  heads: 2,
  width: 8,
  positions: 24,
  window: 5,
} as const;

/** A symbol model with weights large enough for everything to count. */
function aBase(config: ModelConfig): Base {
  const random = rng('base');
  const weights = new Map(
    [...initialise(config, random)].map(([name, numbers]) => [
      name,
      numbers.map((x) => x + 0.3 * random.normal()),
    ]),
  );
  return { kind: 'symbols', name: 'base', hash: 'h', config, weights, tokenizer, trainedWith: {} };
}

function aSetting(base: Base, task = 'UR', changes: Partial<FinetuneSpec> = {}): FinetuneSetting {
  const spec = usualSpec(base, task, { min: 3, max: 8 });
  const method = { ...spec.method, ...(spec.method.kind === 'lora' && { rank: 3, alpha: 6 }) };
  return settingOf({ ...spec, method, offsets: false, ...changes }, base);
}

/** An adapter in the middle of its training: neither factor is zero. */
function someWeights({ tensors }: FinetuneSetting, size = 0.3): Weights {
  const random = rng('some weights');
  return new Map(
    tensors.flatMap(({ members }) =>
      members.map(({ name, shape }) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => size * random.normal()),
      ]),
    ),
  );
}

const contexts = (
  setting: FinetuneSetting,
  lengths: readonly number[],
  queries: number,
): BranchedSequence[] =>
  lengths.map((length) => drawContext(setting, length, queries, rng('contexts', length)));

/** Loss and derivatives by what is trained, as the step has them. @param exact in float64, by the reference evaluator */
async function slopesOf(
  setting: FinetuneSetting,
  weights: Weights,
  sequences: readonly BranchedSequence[],
  exact: boolean,
): Promise<{ loss: number; slopes: Map<string, Float64Array> }> {
  const { tensors, base } = setting;
  const graph = new Graph({ float: exact ? 'float64' : 'float32' });
  const groups = [roomFor(sequences.length, sequences)];
  const model = trainedModel(graph, setting, groups);
  const { loss, slopes } = lossAndSlopes(graph, setting, model);
  graph.output('loss', loss);
  tensors.forEach(({ name }, t) => graph.output(`slope/${name}`, slopes[t]));
  const feeds = {
    ...batchTensors(branchedFeeds(base.config, groups, sequences)),
    ...frozenFeeds(setting),
    ...parameterTensors(tensors, initialState(tensors, weights)),
  };
  const found = exact ? evaluate(graph, doubled(feeds)) : await runs(graph, feeds);
  let at = 0;
  const all = tensors.map(({ name, members }) => {
    at = 0;
    return members.map(({ name: member, shape }): [string, Float64Array] => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [member, Float64Array.from(found[`slope/${name}`].data.slice(at, (at += size)), Number)];
    });
  });
  return { loss: Number(found.loss.data[0]), slopes: new Map(all.flat()) };
}

async function runs(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await createSession(graph);
  const found = await session.run(feeds);
  await session.release();
  return found;
}

function doubled(feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [
      name,
      tensor.dtype === 'float32'
        ? { ...tensor, dtype: 'float64' as const, data: Float64Array.from(tensor.data, Number) }
        : tensor,
    ]),
  );
}

/** Mean negative log-probability of the answers' tokens, each asked by itself in a plain pass. */
async function plainLoss(model: LocalModel, sequences: readonly BranchedSequence[]): Promise<number> {
  let [sum, count] = [0, 0];
  for (const { trunk, branches } of sequences) {
    for (const { prompt, target } of branches) {
      const [logits] = await model.logits([[...trunk, ...prompt, ...target]]);
      const { vocabulary } = model.config;
      target.forEach((token, i) => {
        const at = (trunk.length + prompt.length + i - 1) * vocabulary;
        const row = Array.from(logits.slice(at, at + vocabulary));
        const largest = Math.max(...row);
        sum -= row[token] - largest - Math.log(row.reduce((total, x) => total + Math.exp(x - largest), 0));
        count++;
      });
    }
  }
  return sum / count;
}

describe('the loss of a fine-tuning', () => {
  it.each(decoders(sizes))(
    '%s: is the mean negative log-probability of the answers in plain passes',
    async (_, config) => {
      const base = aBase(config);
      for (const [task, queries] of [
        ['UR', 3],
        ['UF', 1],
      ] as const) {
        const setting = aSetting(base, task);
        const weights = someWeights(setting);
        const { method } = setting.spec;
        const adapter = { ...method, weights } as unknown as Adapter;
        const model = new LocalModel({ config, weights: merged(config, base.weights, adapter) });
        for (const sequences of [contexts(setting, [5], queries), contexts(setting, [3, 7, 4], queries)]) {
          const { loss } = await slopesOf(setting, weights, sequences, false);
          const plain = await plainLoss(model, sequences);
          expect(Math.abs(loss / plain - 1)).toBeLessThan(1e-5);
        }
      }
    },
  );

  it('of a text model counts the answer and its end, and nothing of the prompt', async () => {
    const base = await openBase(writeTextFolder(path.join(scratch, 'text')));
    const setting = aSetting(base, 'UR');
    const [context] = contexts(setting, [6], 4);
    expect(context.branches).toHaveLength(4);
    const { tokenizer } = base as Extract<Base, { kind: 'text' }>;
    for (const { target } of context.branches) expect(target).toEqual([target[0], tokenizer.end]);
    const model = new LocalModel(base);
    const start = startOf(setting);
    const { loss } = await slopesOf(setting, start, [context], false);
    expect(Math.abs(loss / (await plainLoss(model, [context])) - 1)).toBeLessThan(1e-5);
  });

  it('of several questions about one context is the mean over each alone', async () => {
    const [, config] = decoders(sizes)[2];
    const setting = aSetting(aBase(config));
    const weights = someWeights(setting);
    const [context] = contexts(setting, [8], 4);
    const count = context.branches.length;
    expect(count).toBeGreaterThan(1);
    const together = await slopesOf(setting, weights, [context], true);
    const alone = await Promise.all(
      context.branches.map((branch) =>
        slopesOf(setting, weights, [{ trunk: context.trunk, branches: [branch] }], true),
      ),
    );
    expect(together.loss).toBeCloseTo(alone.reduce((sum, { loss }) => sum + loss, 0) / count, 6);
    for (const [name, slope] of together.slopes)
      slope.forEach((x, i) =>
        expect(x).toBeCloseTo(alone.reduce((sum, { slopes }) => sum + slopes.get(name)![i], 0) / count, 6),
      );
  });
});

const startOf = ({ tensors }: FinetuneSetting): Weights =>
  new Map(
    tensors.flatMap(({ members }) =>
      members.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
    ),
  );

describe('the derivatives of a fine-tuning', () => {
  it.each(decoders(sizes))(
    '%s: are those of the whole model with the adapter in it, by the chain rule',
    async (_, config) => {
      const base = aBase(config);
      const setting = aSetting(base);
      const weights = someWeights(setting);
      const sequences = contexts(setting, [5, 7], 3);
      const { slopes, loss } = await slopesOf(setting, weights, sequences, true);
      const { method } = setting.spec;
      if (method.kind !== 'lora') throw new Error('an adapter was expected');
      const whole = { ...base, weights: merged(config, base.weights, { ...method, weights }) };
      const full = aSetting(whole, 'UR', { method: { kind: 'full' } });
      const of = await slopesOf(full, whole.weights, sequences, true);
      expect(of.loss).toBeCloseTo(loss, 5); // merged weights are rounded to float32
      const scale = scaleOf(method);
      for (const module of adaptedModules(config, method)) {
        const { name, inputs, outputs, storedTransposed } = module;
        const [a, b] = [weights.get(nameOfA(name))!, weights.get(nameOfB(name))!];
        const dW = of.slopes.get(`${name}.weight`)!;
        const at = (output: number, input: number) =>
          dW[storedTransposed ? input * outputs + output : output * inputs + input];
        const [dA, dB] = [slopes.get(nameOfA(name))!, slopes.get(nameOfB(name))!];
        for (let r = 0; r < method.rank; r++) {
          for (let input = 0; input < inputs; input++) {
            let sum = 0;
            for (let output = 0; output < outputs; output++)
              sum += b[output * method.rank + r] * at(output, input);
            expect(Math.abs(dA[r * inputs + input] - scale * sum)).toBeLessThan(2e-5);
          }
          for (let output = 0; output < outputs; output++) {
            let sum = 0;
            for (let input = 0; input < inputs; input++) sum += at(output, input) * a[r * inputs + input];
            expect(Math.abs(dB[output * method.rank + r] - scale * sum)).toBeLessThan(2e-5);
          }
        }
      }
    },
  );

  it('are there by nothing but what is trained', () => {
    const setting = aSetting(aBase(decoders(sizes)[2][1]));
    const graph = finetuneStep(setting, [roomFor(1, contexts(setting, [4], 1))]);
    const moved = [...graph.outputs.keys()];
    expect(moved).toEqual([
      'loss',
      ...['parameter', 'moment1', 'moment2'].map((kind) => renewed(`${kind}/adapter`)),
    ]);
    const lora = setting.tensors[0].members.map(({ name }) => name);
    expect(lora).toEqual(
      adapterParameters(setting.base.config, setting.spec.method as never).map(({ name }) => name),
    );
    const full = aSetting(setting.base, 'UR', { method: { kind: 'full' } });
    expect(full.tensors.flatMap(({ members }) => members.map(({ name }) => name)).sort()).toEqual(
      parameters(setting.base.config)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('are cut to length 1 as a whole', () => {
    const graph = new Graph({ float: 'float64' });
    const [one, two] = [graph.input('one', [2]), graph.input('two', [1, 2])];
    clipped([one, two]).forEach((slope, i) => graph.output(`cut ${i}`, slope));
    const cut = (numbers: readonly number[]): number[] => {
      const [x, y, z, w] = numbers;
      const found = evaluate(graph, {
        one: { dtype: 'float64', shape: [2], data: Float64Array.of(x, y) },
        two: { dtype: 'float64', shape: [1, 2], data: Float64Array.of(z, w) },
      });
      return [...found['cut 0'].data, ...found['cut 1'].data].map(Number);
    };
    cut([2, 4, 4, 8]).forEach((x, i) => expect(x).toBeCloseTo([0.2, 0.4, 0.4, 0.8][i], 6));
    expect(cut([0.1, 0.2, 0, 0.3])).toEqual([0.1, 0.2, 0, 0.3]);
    expect(cut([0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
  });
});

describe('a step', () => {
  it('moves the adapter by AdamW along the derivatives, cut to length 1', async () => {
    const setting = aSetting(aBase(decoders(sizes)[0][1]));
    const weights = someWeights(setting);
    const sequences = contexts(setting, [5, 7], 3);
    const { slopes } = await slopesOf(setting, weights, sequences, false);
    const groups = [roomFor(2, sequences)];
    const state = initialState(setting.tensors, weights);
    const { config } = setting.base;
    const moved = await runs(finetuneStep(setting, groups), {
      ...batchTensors(branchedFeeds(config, groups, sequences)),
      ...frozenFeeds(setting),
      ...stateTensors(setting.tensors, state),
      ...scalarTensors(1, 0.01),
    });
    const after = weightsIn(
      setting.tensors,
      new Map([['parameter/adapter', moved["parameter/adapter'"].data as Float32Array]]),
    );
    // AdamW's first step is the rate along each derivative's sign, wherever it is far from epsilon.
    let [seen, length] = [0, 0];
    for (const slope of slopes.values()) for (const x of slope) length += x * x;
    for (const [name, slope] of slopes) {
      slope.forEach((x, i) => {
        if (Math.abs(x) < 1e-4) return;
        expect(after.get(name)![i] - weights.get(name)![i]).toBeCloseTo(-0.01 * Math.sign(x), 4);
        const cut = x / Math.max(1, Math.sqrt(length));
        const place = [...weights.keys()].slice(0, [...weights.keys()].indexOf(name));
        const before = place.reduce((sum, other) => sum + weights.get(other)!.length, 0);
        expect(Number(moved["moment1/adapter'"].data[before + i])).toBeCloseTo(0.1 * cut, 5);
        seen++;
      });
    }
    expect(seen).toBeGreaterThan(100);
  });
});
