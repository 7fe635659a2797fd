import { describe, expect, it } from 'vitest';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { rng } from '../../common/random.ts';
import { Graph, evaluate } from '../../graph/index.ts';
import type { Tensor, Value } from '../../graph/index.ts';
import type { ModelConfig } from '../config/config.ts';
import { forward } from '../forward/forward.ts';
import { arrange } from '../forward/layout.ts';
import { initialise, parameters } from '../forward/parameters.ts';
import type { Weights } from '../forward/parameters.ts';
import { PlannedHooks } from '../sites/interventions.ts';
import {
  adaptableTargets,
  adaptedModules,
  adapterOf,
  adapterParameters,
  checkAdapter,
  initialAdapter,
  merged,
} from './adapter.ts';
import type { Adapter, AdapterShape } from './adapter.ts';

const sizes = { vocabulary: 7, layers: 2, heads: 2, width: 8, positions: 12 } as const;
const all = decoders({ ...sizes, window: 3 });
const [, gpt2] = all[0];

/** An adapter of every module with numbers large enough to show. */
function anAdapter(config: ModelConfig, changes: Partial<AdapterShape> = {}): Adapter {
  const shape = {
    ...{ rank: 3, alpha: 6, rankStabilised: false, targets: adaptableTargets(config) },
    ...changes,
  };
  const random = rng('adapter test');
  const weights = new Map(
    adapterParameters(config, shape).map(({ name, shape: [rows, columns] }) => [
      name,
      Float32Array.from({ length: rows * columns }, () => 0.3 * random.normal()),
    ]),
  );
  return { ...shape, weights };
}

function weightsOf(config: ModelConfig): Weights {
  const random = rng('base');
  return new Map(
    [...initialise(config, random)].map(([name, numbers]) => [
      name,
      numbers.map((number) => number + 0.3 * random.normal()),
    ]),
  );
}

/** Logits in float64. @param rows whether only the last positions have some @param byHead whether heads are looked at */
function logitsOf(
  config: ModelConfig,
  weights: Weights,
  adapter: Adapter | undefined,
  rows: number,
  byHead = false,
): number[] {
  const graph = new Graph({ float: 'float64' });
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, shape: readonly number[], numbers: Float32Array): Value => {
    feeds[name] = { dtype: 'float64', shape, data: Float64Array.from(numbers) };
    return graph.input(name, shape);
  };
  const own = new Map(
    parameters(config).map(({ name, shape }) => [name, input(name, shape, weights.get(name)!)]),
  );
  const parts =
    adapter &&
    new Map(
      adapterParameters(config, adapter).map(({ name, shape }) => [
        name,
        input(name, shape, adapter.weights.get(name)!),
      ]),
    );
  const group = { batch: 2, length: 5, rows };
  const hooks = new PlannedHooks(graph, config, group, {
    capture: byHead ? ['blocks.1.attn.hook_result'] : [],
    interventions: {},
  } as never);
  const logits = forward(
    graph,
    config,
    (name) => own.get(name)!,
    { groups: [group] },
    {
      ...(adapter && { adapter: adapterOf(config, adapter, (name) => parts!.get(name)!) }),
      ...(byHead && { hooks }),
    },
  );
  graph.output('logits', logits);
  const sequences = [
    [1, 2, 3, 4, 5],
    [6, 5, 0, 1, 1],
  ];
  const arranged = arrange(config, { groups: [group] }, [{ sequences }]);
  return Array.from(evaluate(graph, { ...feeds, ...arranged }).logits.data, Number);
}

describe('a low-rank adapter', () => {
  it.each(all)('%s: beside the weights or in them, the model is the same', (_, config) => {
    const weights = weightsOf(config);
    const adapter = anAdapter(config);
    for (const rows of [1, 5]) {
      const beside = logitsOf(config, weights, adapter, rows);
      const within = logitsOf(config, merged(config, weights, adapter), undefined, rows);
      const plain = logitsOf(config, weights, undefined, rows);
      beside.forEach((logit, i) => expect(Math.abs(logit - within[i])).toBeLessThan(2e-5));
      expect(beside.some((logit, i) => Math.abs(logit - plain[i]) > 0.01)).toBe(true);
    }
  });

  it.each(all)('%s: each module by itself changes what the model says', (_, config) => {
    const weights = weightsOf(config);
    const plain = logitsOf(config, weights, undefined, 5);
    for (const target of adaptableTargets(config)) {
      const adapter = anAdapter(config, { targets: [target] });
      const beside = logitsOf(config, weights, adapter, 5);
      const within = logitsOf(config, merged(config, weights, adapter), undefined, 5);
      beside.forEach((logit, i) => expect(Math.abs(logit - within[i])).toBeLessThan(2e-5));
      expect(beside.some((logit, i) => Math.abs(logit - plain[i]) > 1e-4)).toBe(true);
    }
  });

  it.each(all)('%s: begins as the model itself', (_, config) => {
    const weights = weightsOf(config);
    const shape = { rank: 2, alpha: 4, rankStabilised: false, targets: adaptableTargets(config) };
    const first = initialAdapter(config, shape, rng('first'));
    const beside = logitsOf(config, weights, { ...shape, weights: first }, 5);
    expect(beside).toEqual(logitsOf(config, weights, undefined, 5));
    expect(merged(config, weights, { ...shape, weights: first })).toEqual(new Map(weights));
    expect(initialAdapter(config, shape, rng('first'))).toEqual(first);
    for (const { name, inputs } of adaptedModules(config, shape)) {
      const a = first.get(`${name}.lora_A.weight`)!;
      expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(inputs)));
    }
  });

  it('counts by α/r, or by α/√r where it is rank-stabilised', () => {
    const weights = weightsOf(gpt2);
    const adapter = anAdapter(gpt2);
    const stabilised = { ...adapter, rankStabilised: true, alpha: 6 / Math.sqrt(3) };
    const [usual, other] = [adapter, stabilised].map((one) => merged(gpt2, weights, one));
    for (const [name, numbers] of usual)
      numbers.forEach((number, i) => expect(other.get(name)![i]).toBeCloseTo(number, 5));
  });

  it('is refused with modules that are not there, or numbers of another size', () => {
    expect(() => adaptedModules(gpt2, { targets: ['c_atn'] })).toThrow("did you mean 'c_attn'?");
    expect(() => adaptedModules(gpt2, { targets: [] })).toThrow('an adapter of no module');
    const adapter = anAdapter(gpt2);
    const [name] = [...adapter.weights.keys()];
    const changed = (weights: Map<string, Float32Array>) => checkAdapter(gpt2, { ...adapter, weights });
    expect(() => changed(new Map(adapter.weights).set(name, new Float32Array(2)))).toThrow(/has 2 numbers/);
    const lacking = new Map(adapter.weights);
    lacking.delete(name);
    expect(() => changed(lacking)).toThrow(`'${name}' is missing`);
    expect(() => changed(new Map(adapter.weights).set('x', new Float32Array(1)))).toThrow(/belongs to no/);
  });
});
