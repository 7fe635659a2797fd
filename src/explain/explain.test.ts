import { afterAll, describe, expect, it } from 'vitest';
import { configs, randomModel, randomShots } from '../../test/fixtures/explain/random.ts';
import { initialise, LocalModel, modelConfig, rng, Tokenizer } from '../model/index.ts';
import { explain } from './explain.ts';
import { experiments } from './settings/defaults.ts';
import type { ExplainProgress } from './explain.ts';
import { drawnSamples } from './shots/drawn.ts';
import { sequenceShots } from './shots/sequence.ts';

describe('an explanation', () => {
  const [, config] = configs(64)[2];
  const model = randomModel(config);
  afterAll(() => model.release());
  const set = randomShots('UF', { n: 7 });

  it('has what was asked for, every head in order, and words', async () => {
    const told: ExplainProgress[] = [];
    const found = await explain('random', model, set, { draws: 3 }, (progress) => told.push(progress));
    expect(found).toMatchObject({ target: 'random', task: 'UF', length: 4, n: 7, prompt: 'demonstrated' });
    expect(found.heads.map(({ layer, head }) => [layer, head])).toEqual([0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head]))); // prettier-ignore
    for (const { scores, effect } of found.heads) {
      expect(Object.keys(scores)).toEqual(
        expect.arrayContaining(['induction', 'sameSymbol', 'previousToken']),
      );
      expect(effect!.exact).not.toBeNull(); // there are fewer heads than are verified
    }
    expect(found.ranking).toMatchObject({ kind: 'resample', metric: 'rightMinusLeft', missed: { tried: 0, asLarge: 0 } }); // prettier-ignore
    expect(found.circuit!.at(-1)).toMatchObject({ heads: 8, faithfulness: 1, random: null });
    expect(found.ablations!.map(({ heads }) => heads.length)).toEqual([1, 2, 5]);
    for (const { controls, heads } of found.ablations!)
      expect(controls.tried, heads.join()).toBe(Math.min(3, controls.possible));
    expect(found.edges!.map(({ condition }) => condition).slice(0, 3)).toEqual(['base', 'induction', 'anti-induction']); // prettier-ignore
    expect(found.words.length).toBeGreaterThan(1);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect([...new Set(told.map(({ experiment }) => experiment))]).toEqual([...experiments]);
    for (const experiment of experiments)
      expect(told.findLast((one) => one.experiment === experiment)!.share).toBeCloseTo(1, 9);
  });

  it('is the same for the same seed', async () => {
    const once = await explain('random', model, set, { draws: 3, seed: 5 });
    expect(await explain('random', model, set, { draws: 3, seed: 5 })).toEqual(once);
    const other = await explain('random', model, set, { draws: 3, seed: 6 });
    expect(other.edges!.find(({ condition }) => condition === 'control-keys')).not.toEqual(once.edges!.find(({ condition }) => condition === 'control-keys')); // prettier-ignore
    expect(other.behaviour).toEqual(once.behaviour);
  });

  it('of some experiments leaves the others out', async () => {
    const found = await explain('random', model, set, { only: ['behaviour'] });
    expect(found).toMatchObject({
      nullMaximum: null,
      ranking: null,
      ablations: null,
      edges: null,
      circuit: null,
      paths: null,
    });
    for (const { scores, effect } of found.heads) expect([scores, effect]).toEqual([{}, null]);
    expect(found.words).toHaveLength(1);
  });

  it.each(['UF', 'UB', 'NF', 'NB', 'UR', 'UL', 'NRFirst', 'NRLast', 'NLFirst', 'NLLast'])(
    'of %s can be made',
    async (task) => {
      // prettier-ignore
      const own = randomShots(task, { n: 3, length: 6 });
      const found = await explain('random', model, own, { draws: 2 });
      for (const text of JSON.stringify(found).match(/null|NaN/g) ?? []) expect(text).toBe('null');
      expect(found.edges!.find(({ condition }) => condition === 'identity')!.crossEntropy).toBeCloseTo(
        found.behaviour.crossEntropy,
        4,
      );
    },
  );

  it('of two samples, and of one without ablations', async () => {
    expect((await explain('random', model, randomShots('UR', { n: 2 }), { draws: 2 })).n).toBe(2);
    const one = randomShots('UR', { n: 1 });
    await expect(explain('random', model, one)).rejects.toThrow('one sample');
    expect((await explain('random', model, one, { only: ['heads', 'edges'] })).n).toBe(1);
  });
});

describe('a model with one layer and one head', () => {
  const tokenizer = new Tokenizer([...'abcdefgh']);
  const config = modelConfig({
    architecture: 'gpt2',
    vocabulary: tokenizer.size,
    layers: 1,
    heads: 1,
    width: 8,
    positions: 24,
  });
  const model = new LocalModel({ config, weights: initialise(config, rng('one')) });
  afterAll(() => model.release());

  it.each(['UF', 'UR'])('has neither edges nor other heads: %s', async (task) => {
    const drawing = { task, length: 3, n: 4, seed: 1, alphabet: tokenizer.symbols };
    const found = await explain('one', model, sequenceShots(tokenizer, drawnSamples(drawing)));
    expect(found.edges).toBeNull();
    expect(found.heads).toHaveLength(1);
    expect(found.ablations).toEqual([]);
    expect(found.paths).toEqual([]);
    expect(found.words[1]).toMatch(/^(Of single heads L0H0|The one head)/);
  });
});
