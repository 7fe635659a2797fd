import { afterAll, describe, expect, it } from 'vitest';
import { initialise, LocalModel, modelConfig, rng, Tokenizer } from '../../model/index.ts';
import { Ablation } from '../ablation/ablate.ts';
import { attributed } from '../ablation/attribution.ts';
import { explain } from '../explain.ts';
import { Passes } from '../passes/passes.ts';
import { setShots } from '../shots/sequence.ts';
import type { Shot, ShotSet } from '../shots/shot.ts';
import { amongSymbols, behaviourOf } from './behaviour.ts';
import { setBehaviourOf, signsOf } from './sets.ts';

/** Two tokens, two places, two samples: all signs of the first sample are right, one of the second is wrong. */
const shot = (next: number[][]) => ({ next, rows: [{}, {}] });
const set = { tokens: [0, 1], shots: [shot([[0], [0, 1]]), shot([[1], []])] } as unknown as ShotSet;
const logits = Float32Array.from([2, -1, 3, 0.5, -1, 4, 0.25, -2]);

describe('sets of what may come next', () => {
  it('are right by the signs of all logits, and worth the sum of binary cross-entropies', () => {
    const found = setBehaviourOf(set, { logits });
    const loss = (towards: number) => Math.log(1 + Math.exp(-towards));
    const places = [[2, 1], [3, 0.5], [1, 4], [-0.25, 2]].map(([a, b]) => loss(a) + loss(b)); // prettier-ignore
    expect(found).toMatchObject({ n: 2, accuracy: 0.5, tokenAccuracy: 0.75, rightMinusLeft: null });
    expect(found.crossEntropy).toBeCloseTo(places.reduce((a, b) => a + b) / 4, 6);
    expect(found.margin).toBeCloseTo((1 + 0.5 + 1 - 0.25) / 4, 6);
    expect(found.tokenAccuracyByPlace).toEqual([1, 0.5]);
    const { crossEntropyFirst, crossEntropyRest, ofSets } = behaviourOf(set, { logits });
    expect([crossEntropyFirst, crossEntropyRest!]).toEqual([(places[0] + places[2]) / 2, (places[1] + places[3]) / 2].map((x) => expect.closeTo(x, 6) as number)); // prettier-ignore
    expect(ofSets).toBe(true);
  });
});

describe('a model that tells them', () => {
  const tokenizer = new Tokenizer(['a', 'b'], 'symbols-first');
  const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 2, heads: 2, width: 8, positions: 9 }); // prettier-ignore
  const weights = initialise(config, rng('sets'));
  const noise = rng('noise');
  for (const numbers of weights.values())
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0.3 * noise.normal();
  const model = new LocalModel({ config, weights });
  afterAll(() => model.release());
  const sources = ['abab', 'aabb', 'bbaa', 'baba', 'aaaa'];
  const shots = setShots(
    tokenizer,
    sources.map((text) => {
      const source = [...text];
      const sample = { task: 'any', length: 4, source, query: null, answer: [], positions: [] };
      return { sample, demonstrations: [], next: [['a'], ['a', 'b'], ['b'], [], ['<eos>']] };
    }),
  );

  it('is read at <bos> and at every symbol, over the whole vocabulary', async () => {
    expect(shots.shots[0]).toMatchObject({ tail: [2, 0, 1, 0, 1], next: [[0], [0, 1], [1], [], [4]] });
    const found = behaviourOf(shots, (await (await Passes.over(model, shots)).clean()).scores);
    const plain = await model.logits(shots.shots.map(({ tail }) => [...tail]));
    const together = Float32Array.from(plain.flatMap((numbers) => [...numbers]));
    expect(found.crossEntropy).toBeCloseTo(setBehaviourOf(shots, { logits: together }).crossEntropy, 4);
  });

  it('has its heads ranked by one gradient, as small steps confirm', async () => {
    const passes = await Passes.over(model, shots);
    const ablation = await Ablation.of(passes, 'resample');
    const estimates = await attributed(ablation, 'crossEntropy');
    const { z } = await passes.clean();
    const step = 0.02;
    for (const layer of [0, 1])
      for (const head of [0, 1]) {
        const change = await ablation.change(layer);
        const values = z[layer].map((x, i) => x + (Math.floor(i / 4) % 2 === head ? step * change[i] : 0));
        const site = `blocks.${layer}.attn.hook_z`;
        const moved = await passes.scores({ edits: () => [{ site, values }], mustChange: 'none' });
        const base = (await passes.clean()).scores;
        const slope = (amongSymbols(shots, moved).crossEntropy - amongSymbols(shots, base).crossEntropy) / step; // prettier-ignore
        expect(Math.abs(estimates[layer][head] - slope)).toBeLessThan(0.02 * Math.max(0.2, Math.abs(slope)));
      }
  });

  it('has the same cross-entropy in the graph that is differentiated', async () => {
    const passes = await Passes.over(model, shots);
    const row = (shot: Shot, j: number) => ({ signs: signsOf(shots.tokens, shot.next![j]), weight: -1 / 25 });
    const { metric } = await passes.derivatives('set-log-probability', row);
    expect(metric).toBeCloseTo(amongSymbols(shots, (await passes.clean()).scores).crossEntropy, 5);
  });

  it('is explained without edges and scores of matches, which go on from a symbol', async () => {
    const found = await explain('sets', model, shots, { draws: 3 });
    expect(found).toMatchObject({ prompt: 'next symbols', edges: null, paths: [], nullMaximum: null, retrieval: null }); // prettier-ignore
    expect(Object.keys(found.heads[0].scores)).toEqual(['previousToken', 'sink', 'copying']);
    expect(found.heads.every(({ effect }) => effect?.exact !== null)).toBe(true);
    expect(found.words.join(' ')).toContain(
      'knows at every place which symbols may come next in 0 % of 5 samples',
    );
    expect(found.words.join(' ')).toContain('No edges were cut: ');
  });
});
