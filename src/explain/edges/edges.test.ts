import { afterAll, describe, expect, it } from 'vitest';
import {
  configs,
  farthest,
  plainScores,
  randomModel,
  randomShots,
  whole,
} from '../../../test/fixtures/explain/random.ts';
import { rng } from '../../common/random.ts';
import type { EdgeEdit, LocalModel } from '../../model/index.ts';
import { behaviourOf } from '../behaviour/behaviour.ts';
import type { Behaviour } from '../behaviour/behaviour.ts';
import { Passes } from '../passes/passes.ts';
import { answerRows } from '../shots/rows.ts';
import type { Shot, ShotSet } from '../shots/shot.ts';
import type { Instance } from '../../tasks/index.ts';
import { instanceOf } from '../../../test/fixtures/explain/samples.ts';
import { layerConditions } from './by-layer.ts';
import { edgeConditions, edgeExperiment, otherPositions, targetRows } from './edges.ts';
import type { EdgeCondition } from './edges.ts';

describe.each(configs(64))('edges of %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it.each([
    ['UF', 6],
    ['UB', 7],
    ['UR', 3],
  ])('are cut in %s, n = %i, as in plain runs of whole sequences', async (task, n) => {
    const set = randomShots(task, { n });
    const conditions = edgeConditions(set.shots, rng('controls'));
    const results = await edgeExperiment(await Passes.over(model, set), conditions);
    expect(results.map(({ condition }) => condition)).toEqual([
      'base',
      ...conditions.map(({ name }) => name),
    ]);
    const base = behaviourOf(set, await plainScores(model, set));
    expectAlike(results[0].behaviour, base);
    const donor = await withoutPrevious(model, set);
    for (const [c, condition] of conditions.entries()) {
      const { behaviour } = results[c + 1];
      if (condition.donor === 'itself') expectAlike(behaviour, base);
      else if (condition.donor === 'no-previous-token') {
        expectAlike(
          behaviour,
          behaviourOf(
            set,
            await plainScores(model, set, {
              edges: replaced(model, set, condition, donor),
              mustChange: 'none',
            }),
          ),
        );
      }
    }
    const changed = results
      .slice(1, 6)
      .map(({ behaviour }) => Math.abs(behaviour.crossEntropy - base.crossEntropy));
    expect(Math.max(...changed)).toBeGreaterThan(1e-4);
  });
});

describe.each(configs(64).filter(([name]) => ['GPT-2', 'Llama', 'Phi'].includes(name)))(
  'edges of %s in one layer',
  (_, two) => {
    const model = randomModel({ ...two, layers: 3 });
    afterAll(() => model.release());

    it.each(['UF', 'UR'])('are cut in %s as in plain runs of whole sequences', async (task) => {
      const set = randomShots(task, { n: 6 });
      const passes = await Passes.over(model, set);
      const conditions = layerConditions(passes, rng('controls'));
      expect(conditions).toHaveLength(8); // two cuts with their controls in the layers 1 and 2
      const [base, ...results] = await edgeExperiment(passes, conditions);
      const donor = await withoutPrevious(model, set);
      for (const [c, condition] of conditions.entries()) {
        const edges = replaced(model, set, condition, donor).filter(({ layer }) => layer === condition.layer);
        const plain = await plainScores(model, set, { edges, mustChange: 'none' });
        expectAlike(results[c].behaviour, behaviourOf(set, plain));
        expect(results[c].condition).toBe(`${condition.cut} in layer ${condition.layer}`);
      }
      const changed = results.map(({ behaviour }) =>
        Math.abs(behaviour.crossEntropy - base.behaviour.crossEntropy),
      );
      expect(Math.min(...changed)).toBeGreaterThan(1e-6);
    });
  },
);

describe('edges in one layer', () => {
  it('are cut in the samples that its window reaches, and stay in the others', async () => {
    const [, llama] = configs(3).find(([name]) => name === 'Mistral')!;
    const attention = { window: { keys: 4, layers: [1] } };
    const model = randomModel({ ...llama, layers: 3, attention });
    const set = randomShots('UR', { n: 8, length: 6 });
    const passes = await Passes.over(model, set);
    const conditions = layerConditions(passes, rng('x')).filter(({ layer }) => layer === 1);
    expect(conditions.map(({ cut }) => cut)).toContain('induction');
    const [, ...results] = await edgeExperiment(passes, conditions);
    const donor = await withoutPrevious(model, set);
    for (const [c, condition] of conditions.entries()) {
      const edges = replaced(model, set, condition, donor).filter(({ layer }) => layer === 1);
      const plain = await plainScores(model, set, { edges, mustChange: 'none' });
      expectAlike(results[c].behaviour, behaviourOf(set, plain));
    }
    // Of some samples there is nothing to cut, which is an error where it is asked for by name.
    const strict = plainScores(model, set, {
      edges: replaced(model, set, conditions[0], donor).slice(1, 2),
      mustChange: 'exist',
    });
    await expect(strict).rejects.toThrow(/changed nothing in sample/);
    await model.release();
  });

  it('leave out layers whose window does not reach them', async () => {
    const [, llama] = configs(3).find(([name]) => name === 'Mistral')!;
    const attention = { window: { keys: 1, layers: [0, 2] } };
    const model = randomModel({ ...llama, layers: 4, attention });
    const passes = await Passes.over(model, randomShots('UR', { n: 4, length: 6 }));
    const layers = new Set(layerConditions(passes, rng('x')).map(({ layer }) => layer));
    expect([...layers]).toEqual([1, 3]);
    await model.release();
  });
});

/** K′ and V′ of every layer: [sample, position, head, d]. */
type Donor = readonly { readonly keys: Float32Array; readonly values: Float32Array }[];

/** By one plain run in which no position carries anything to the next. */
async function withoutPrevious(model: LocalModel, set: ShotSet): Promise<Donor> {
  const sequences = set.shots.map(whole);
  const [{ length }] = sequences;
  const { heads, layers } = model.config;
  const mask = Float32Array.from({ length: sequences.length * heads * length * length }, (_, i) => {
    const [query, key] = [Math.floor(i / length) % length, i % length];
    return Number(key === query - 1);
  });
  const names = new Set(model.sites(sequences.length, length).map(({ name }) => name));
  const sitesOf = (layer: number) => {
    const turned = `blocks.${layer}.attn.hook_rot_k`;
    return [names.has(turned) ? turned : `blocks.${layer}.attn.hook_k`, `blocks.${layer}.attn.hook_v`];
  };
  const all = Array.from({ length: layers }, (_, layer) => layer);
  const { sites } = await model.run(sequences, {
    capture: all.flatMap(sitesOf),
    edges: all.map((layer) => ({ layer, mask, how: 'zero' })),
    mustChange: 'none',
  });
  const numbers = (name: string) => sites.get(name)!.data as Float32Array;
  return all.map((layer) => {
    const [keys, values] = sitesOf(layer).map(numbers);
    return { keys, values };
  });
}

function replaced({ config }: LocalModel, set: ShotSet, condition: EdgeCondition, donor: Donor): EdgeEdit[] {
  const [shot] = set.shots;
  const length = whole(shot).length;
  const rows = shot.rows.length;
  const maskOf = (layer: number, positions: EdgeCondition['keys']) => {
    const queries = layer === config.layers - 1 ? rows : length;
    const mask = new Float32Array(set.shots.length * config.heads * queries * length);
    set.shots.forEach((one, s) => {
      const keys = positions!(one, s);
      targetRows(one).forEach((row, t) => {
        const query = queries - rows + row;
        for (let head = 0; head < config.heads; head++)
          mask[((s * config.heads + head) * queries + query) * length + one.prefix.length + keys[t]!] = 1;
      });
    });
    return mask;
  };
  return donor.map(({ keys, values }, layer) => ({
    layer,
    how: 'replace',
    mask: maskOf(layer, condition.keys ?? condition.values),
    ...(condition.keys && { keys }),
    ...(condition.values && { values, valuesMask: maskOf(layer, condition.values) }),
  }));
}

function expectAlike(found: Behaviour, wanted: Behaviour): void {
  const numbers = ({ crossEntropy, logProbabilityRight, amongSymbols }: Behaviour) => [
    crossEntropy,
    logProbabilityRight ?? 0,
    amongSymbols.crossEntropy,
    amongSymbols.rightMinusLeft ?? 0,
  ];
  expect(farthest(numbers(found), numbers(wanted))).toBeLessThan(5e-5);
  expect(found.accuracy).toBe(wanted.accuracy);
  expect(found.tokenAccuracy).toBe(wanted.tokenAccuracy);
}

describe('edges that are not there', () => {
  it('because every layer’s window is shorter than the way to the source, are an error that says so', async () => {
    const [, mistral] = configs(3).find(([name]) => name === 'Mistral')!;
    const model = randomModel(mistral);
    const set = randomShots('UR', { n: 4, length: 6 });
    const passes = await Passes.over(model, set);
    await expect(edgeExperiment(passes, edgeConditions(set.shots, rng('x')))).rejects.toThrow(
      /^the cut of edges in layer 0 \(keys\) changed nothing in sample \d: no query sees those keys: they come after it, or before the latest 3 that it sees \(the layer's window\)$/,
    );
    await model.release();
  });

  it('in some layers are cut in the others', async () => {
    const [, gemma] = configs(3).find(([name]) => name === 'Gemma 3')!;
    const model = randomModel(gemma);
    const set = randomShots('UR', { n: 4, length: 6 });
    const passes = await Passes.over(model, set);
    const [base, induction] = await edgeExperiment(passes, edgeConditions(set.shots, rng('x')));
    expect(base.condition).toBe('base');
    expect(Number.isFinite(induction.behaviour.crossEntropy)).toBe(true);
    await model.release();
  });
});

describe('a condition', () => {
  const [, config] = configs(64)[0];
  const model = randomModel(config);
  afterAll(() => model.release());

  it('of some layers leaves the others', async () => {
    const set = randomShots('UF', { n: 4 });
    const passes = await Passes.over(model, set);
    const [cut] = edgeConditions(set.shots, rng('x'));
    const run = async (layers: number[]) =>
      (await edgeExperiment(passes, [{ ...cut, layers }]))[1].behaviour.crossEntropy;
    const base = (await edgeExperiment(passes, []))[0].behaviour.crossEntropy;
    expect(await run([0])).toBeCloseTo(base, 4); // keys of layer 0 know nothing but their own token
    expect(await run([1])).not.toBeCloseTo(base, 4);
  });

  it('with another sample is left out where there is none', () => {
    const names = (n: number) =>
      edgeConditions(randomShots('UF', { n }).shots, rng('x')).map(({ name }) => name);
    expect(names(1)).toEqual([
      'induction',
      'anti-induction',
      'both',
      'control-keys',
      'control-values',
      'identity',
    ]);
    expect(names(2)).toEqual([...names(1), 'other-sample-keys', 'other-sample-values']);
  });

  it('of controls goes to other symbols of the source', () => {
    const { shots } = randomShots('UB', { n: 20 });
    const { keys } = edgeConditions(shots, rng('x')).find(({ name }) => name === 'control-keys')!;
    shots.forEach((shot, s) => {
      targetRows(shot).forEach((row, t) => {
        const at = shot.rows[row].at!;
        const place = shot.source.indexOf(keys!(shot, s)[t]!);
        expect(place).toBeGreaterThanOrEqual(0);
        expect([at, at + 1]).not.toContain(place);
      });
    });
  });
});

describe('control edges', () => {
  const near = (set: ShotSet, kind: 'every' | 'own') => {
    const drawn = otherPositions(set.shots, rng('controls'));
    return set.shots.flatMap((shot, i) =>
      drawn(shot, i).map((position, t) => {
        const { at, same } = shot.rows[targetRows(shot)[t]];
        const symbol = shot.source.indexOf(position!);
        return (kind === 'every' ? same : [at!]).some((match) => symbol === match || symbol === match + 1);
      }),
    );
  };

  it('go to no occurrence of the symbol, nor to one after it', () => {
    const sources = ['abacde', 'abcade', 'acbdae'];
    const shots = sources.map((source) => shotOf(instanceOf('NRFirst', source, 'a')));
    expect(near(setOf(shots), 'every')).toEqual([false, false, false]);
  });

  it('go past the symbol itself and the one after it where all else are occurrences', () => {
    const shots = ['abab', 'abab'].map((source) => shotOf(instanceOf('NRFirst', source, 'a')));
    expect(near(setOf(shots), 'own')).toEqual([false, false]);
  });

  /** A look-up as tokens: the source, a mark, the query. */
  function shotOf(sample: Instance): Shot {
    const { source } = sample;
    const tail = [...source.map((symbol) => symbol.charCodeAt(0)), 1, sample.query!.charCodeAt(0)];
    const answer = [sample.answer[0].charCodeAt(0)];
    return { sample, prefix: [], tail, answer, first: source.length + 1, source: [...source.keys()], rows: answerRows(sample, 1) }; // prettier-ignore
  }

  const setOf = (shots: readonly Shot[]): ShotSet => ({ task: 'NRFirst', length: 6, prompt: 'none', tokens: [], shots }); // prettier-ignore
});
