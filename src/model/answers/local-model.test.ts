import { afterAll, describe, expect, it } from 'vitest';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { rng } from '../../common/random.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import { initialise } from '../forward/parameters.ts';
import type { EdgeEdit } from '../sites/edits.ts';
import { siteMask } from '../sites/sites.ts';
import { LocalModel } from './local-model.ts';

const sizes = { vocabulary: 9, layers: 2, heads: 4, width: 16, positions: 12 } as const;
const all = decoders({ ...sizes, window: 3 });
const isLong = ([name]: readonly [string, ModelConfig]) => name === 'Phi 3 with LongRoPE';
const configs = all.filter((one) => !isLong(one));
/** Two beginnings, and two sequences after each. */
const beginnings = [[1, 5, 6], [1, 8, 4]]; // prettier-ignore
const tails = [[7, 2, 3], [3, 3, 8], [2, 5, 5], [6, 7, 2]]; // prettier-ignore
const wholes = tails.map((tail, i) => [...beginnings[i >> 1], ...tail]);

function randomModel(config: ModelConfig): LocalModel {
  const random = rng('prefixes');
  const weights = initialise(config, random);
  for (const numbers of weights.values()) {
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0.3 * random.normal();
  }
  return new LocalModel({ config, weights }, { sessions: 40 });
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, share = 1e-5): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs(found[i] - wanted[i])).toBeLessThan(share * (1 + Math.abs(wanted[i])));
  }
}

const data = (tensor: { data: unknown } | undefined) => Float32Array.from(tensor!.data as Float32Array);

describe('an offset', () => {
  const config = configs.find(([name]) => name.startsWith('GPT-2'))![1];
  const sequences = [[1, 5, 6], [1, 8, 4]]; // prettier-ignore

  it('is the position of the first token: all see other position vectors, after a beginning too', async () => {
    const weights = initialise(config, rng('offset'));
    const shifted = new Map(weights);
    const vectors = weights.get('transformer.wpe.weight')!;
    const moved = new Float32Array(vectors.length);
    moved.set(vectors.subarray(4 * config.width));
    shifted.set('transformer.wpe.weight', moved);
    const model = new LocalModel({ config, weights }, { offset: 4 });
    const wanted = await new LocalModel({ config, weights: shifted }).logits(sequences);
    const found = await model.logits(sequences);
    sequences.forEach((_, s) => expectClose(found[s], wanted[s]));
    const after = await model.begin(sequences.map((sequence) => sequence.slice(0, 1)));
    const { logits } = await model.run(sequences.map((sequence) => sequence.slice(1)), { after, rows: 1 }); // prettier-ignore
    const { vocabulary } = config;
    expectClose(data(logits).subarray(0, vocabulary), wanted[0].subarray(-vocabulary));
    expect((await model.greedy([1, 5], 20)).length).toBeLessThanOrEqual(config.positions - 4 - 1);
    await expect(model.logits([Array.from({ length: 9 }, () => 1)])).rejects.toThrow(
      'a sequence of 9 tokens from position 4 on: the model has 12 positions',
    );
  });

  it('is refused where positions are not learned', () => {
    const [, rope] = configs.find(([, one]) => one.positionEncoding.kind === 'rope')!;
    const weights = initialise(rope, rng('offset'));
    expect(() => new LocalModel({ config: rope, weights }, { offset: 4 })).toThrow(
      'an offset of 4: sequences begin elsewhere than at 0 only where positions are learned (this model: rope)',
    );
  });
});

describe.each(configs)('what %s reads after a beginning', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());
  const size = headSize(config);

  it.each([3, 2])('is what it reads of the whole, with logits at the last %i positions', async (rows) => {
    const pattern = 'blocks.1.attn.hook_pattern';
    const whole = await model.run(wholes, { rows, capture: [pattern] });
    const after = await model.begin(beginnings);
    const tail = await model.run(tails, { rows, after, capture: [pattern] });
    expectClose(data(tail.logits), data(whole.logits));
    expect(tail.sites.get(pattern)?.shape).toEqual(whole.sites.get(pattern)?.shape);
    expectClose(data(tail.sites.get(pattern)), data(whole.sites.get(pattern)));
  });

  it('is the same after two segments, the second of each sequence by itself', async () => {
    const whole = await model.run(wholes, { rows: 1 });
    const first = await model.begin(beginnings);
    const after = await model.begin(
      tails.map((tail) => tail.slice(0, 2)),
      { after: first },
    );
    const last = await model.run(
      tails.map((tail) => tail.slice(2)),
      { after },
    );
    expectClose(data(last.logits), data(whole.logits));
  });

  it('begins at a layer with the stream before it', async () => {
    const stream = 'blocks.1.hook_resid_pre';
    const after = await model.begin(beginnings);
    const whole = await model.run(tails, { after, capture: [stream] });
    const from = { layer: 1, stream: data(whole.sites.get(stream)) };
    expectClose(data((await model.run(tails, { after, from })).logits), data(whole.logits));
  });

  it('is cut in the beginning and after it as in the whole', async () => {
    const cuts = (sample: number, queries: number, past: number): EdgeEdit[] =>
      Array.from({ length: config.layers }, (_unused, layer) => {
        const keys = past + queries;
        const mask = new Float32Array(sample * config.heads * queries * keys);
        for (let i = 0; i < sample * config.heads; i++) {
          for (let q = 0; q < queries; q++) {
            if (past + q > 0) mask[(i * queries + q) * keys + past + q - 1] = 1;
          }
        }
        return { layer, mask, how: 'zero' };
      });
    const whole = await model.run(wholes, { edges: cuts(4, 6, 0) });
    const after = await model.begin(beginnings, { edges: beginningCuts(cuts(2, 3, 0)) });
    const tail = await model.run(tails, { after, edges: cuts(4, 3, 3) });
    const last = wholes.flatMap((_unused, s) =>
      Array.from(data(whole.logits).subarray((s * 6 + 3) * 9, (s + 1) * 54)),
    );
    expectClose(data(tail.logits), last);
  });

  /** A beginning has logits at its last position only: the last layer has one query. */
  function beginningCuts(cuts: readonly EdgeEdit[]): EdgeEdit[] {
    return cuts.map((cut, layer) => {
      if (layer < config.layers - 1) return cut;
      const mask = new Float32Array(2 * config.heads * 3);
      for (let i = 0; i < 2 * config.heads; i++) mask[i * 3 + 1] = 1;
      return { ...cut, mask };
    });
  }

  it('sees other keys and values in the beginning, as in the whole', async () => {
    const heads = config.keyValueHeads;
    const random = rng('others');
    const part = Float32Array.from({ length: 4 * 2 * heads * size }, () => random.normal()); // positions 1 and 2
    const own = Float32Array.from({ length: 4 * 6 * heads * size }, (_unused, i) => {
      const [sample, position, rest] = [
        Math.floor(i / (6 * heads * size)),
        Math.floor(i / (heads * size)) % 6,
        i % (heads * size),
      ];
      return position === 1 || position === 2 ? part[(sample * 2 + position - 1) * heads * size + rest] : 0;
    });
    const site = (past: number) => ({
      name: 'pattern',
      axes: ['sample', 'head', 'query', 'key'] as const,
      shape: [4, config.heads, past === 0 ? 6 : 3, 6],
    });
    const cut = (past: number) => ({
      layer: 0,
      how: 'replace' as const,
      mask: siteMask(site(past), { query: [3 - past], key: [2] }),
    });
    const whole = await model.run(wholes, { edges: [{ ...cut(0), keys: own, values: own }] });
    const after = await model.begin(beginnings);
    const of = { from: 1, count: 2 };
    const tail = await model.run(tails, { after, edges: [{ ...cut(3), keys: part, values: part, of }] });
    const last = wholes.flatMap((_unused, s) =>
      Array.from(data(whole.logits).subarray((s * 6 + 3) * 9, (s + 1) * 54)),
    );
    expectClose(data(tail.logits), last);
    await expect(
      model.run(tails, { after, edges: [{ ...cut(3), keys: part, of: { from: 0, count: 2 } }] }),
    ).rejects.toThrow('the mask names the key at 2, of which nothing is given');
    await expect(
      model.run(tails, { after, edges: [{ ...cut(3), keys: part, of: { from: 5, count: 2 } }] }),
    ).rejects.toThrow('positions 5 to 6 are not in 0 to 5');
  });

  it('is scored by normalizers, best tokens and candidates', async () => {
    const after = await model.begin(beginnings);
    const logits = data((await model.run(tails, { after })).logits);
    const candidates = Array.from({ length: 12 }, (_unused, row) => [row % 9, (row + 4) % 9]);
    const scores = await model.score(tails, { after, candidates });
    for (let row = 0; row < 12; row++) {
      const own = [...logits.subarray(row * 9, (row + 1) * 9)];
      expect(scores.best[row]).toBe(own.indexOf(Math.max(...own)));
      expectClose([scores.normalizers[row]], [Math.log(own.reduce((sum, x) => sum + Math.exp(x), 0))]);
      expectClose(scores.candidates.subarray(2 * row, 2 * row + 2), candidates[row].map((token) => own[token])); // prettier-ignore
    }
  });

  it('has the logits of some tokens alone', async () => {
    const after = await model.begin(beginnings);
    const { logits } = await model.run(tails, { after, rows: 2 });
    const whole = data(logits);
    const some = await model.logitsOf([4, 0, 8], tails, { after, rows: 2 });
    expectClose(some.logits, Array.from({ length: 8 }, (_unused, row) => [4, 0, 8].map((token) => whole[row * 9 + token])).flat()); // prettier-ignore
    await expect(model.logitsOf([9], tails, { after })).rejects.toThrow(
      'token 9: the model has tokens 0 to 8',
    );
  });

  it.each(['logit-difference', 'log-probability'] as const)(
    'has derivatives of a %s that small steps confirm',
    async (of) => {
      const z = 'blocks.0.attn.hook_z';
      const after = await model.begin(beginnings);
      const rows = 2;
      const plus = [1, 2, 3, 4, 5, 6, 7, 8];
      const minus = [8, 7, 6, 5, 4, 3, 2, 1];
      const weights = [0.5, 0, 0.25, 1, 0.5, 0.5, 0, 2];
      const options = {
        after,
        rows,
        of,
        tokens: [8, 7, 6, 5, 4, 3, 2, 1, 0],
        by: [z],
        plus,
        weights,
        ...(of === 'logit-difference' && { minus }),
      };
      const { metric, derivatives, sites } = await model.derivatives(tails, { ...options, capture: [z] });
      const slope = data(derivatives.get(z));
      const values = data(sites.get(z));
      const at = async (step: number) => {
        const moved = values.map((value, i) => value + step * direction[i]);
        const edits = [{ site: z, values: moved }];
        return (await model.derivatives(tails, { ...options, edits, mustChange: 'none' })).metric;
      };
      const random = rng('direction');
      const direction = values.map(() => random.normal());
      expect(await at(0)).toBeCloseTo(metric, 4);
      const step = 2e-3;
      const predicted = slope.reduce((sum, x, i) => sum + x * direction[i], 0);
      expect(Math.abs(predicted)).toBeGreaterThan(1e-3);
      const measured = ((await at(step)) - (await at(-step))) / (2 * step);
      expect(Math.abs(measured - predicted)).toBeLessThan(0.02 * Math.abs(predicted) + 0.01);
    },
  );
});

describe('a beginning', () => {
  const [, config] = configs[0];
  const model = randomModel(config);
  afterAll(() => model.release());

  it('of three sequences has no four after it', async () => {
    const after = await model.begin([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    await expect(model.run(tails, { after })).rejects.toThrow(
      '4 sequences after 3 beginnings: as many after each were expected',
    );
  });

  it('has as many positions as the model', async () => {
    const after = await model.begin([[1, 2, 3, 4, 5, 6, 7, 8, 1, 2]]);
    await expect(model.run([[1, 2, 3]], { after })).rejects.toThrow('12 positions');
  });

  it('is refused where what follows turns all positions otherwise', async () => {
    const long = randomModel(all.find(isLong)![1]);
    const after = await long.begin([[1, 2]]);
    await expect(long.run([[3, 4]], { after })).rejects.toThrow(
      "sequences of 4 tokens: beyond 3 the model's RoPE turns all positions otherwise",
    );
    await long.release();
  });
});
