import { afterAll, describe, expect, it } from 'vitest';
import {
  configs,
  farthest,
  plainScores,
  randomModel,
  randomShots,
  whole,
} from '../../../test/fixtures/explain/random.ts';
import { checkShots } from '../shots/shot.ts';
import { Passes } from './passes.ts';

describe.each(configs(3))('passes of %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it.each([
    ['UF', 10], // five groups of two
    ['UF', 11], // groups of three, and one of two
    ['UR', 6], // groups of two in one batch
    ['UL', 1],
  ])('over %s, n = %i, are plain runs of the whole sequences', async (task, n) => {
    const set = randomShots(task, { n });
    const passes = await Passes.over(model, set);
    const plain = await plainScores(model, set);
    const found = await passes.scores({ vocabulary: 'whole' });
    expect(found.best).toEqual(plain.best);
    expect(farthest(found.normalizers!, plain.normalizers!)).toBeLessThan(5e-5);
    expect(farthest(found.logits, plain.logits)).toBeLessThan(5e-5);
    expect(farthest((await passes.scores()).logits, plain.logits)).toBeLessThan(5e-5);
  });

  it('have clean heads and streams of the samples’ own positions, in the last layer of the answer’s rows', async () => {
    const set = randomShots('UF', { n: 11 });
    const passes = await Passes.over(model, set);
    const clean = await passes.clean();
    const { rows, past, positions } = passes;
    const names = ['blocks.0.attn.hook_z', 'blocks.1.attn.hook_z', 'blocks.1.hook_resid_pre'];
    const { sites } = await model.run(set.shots.map(whole), { rows, capture: names });
    const own = (name: string): number[] => {
      const { data, shape } = sites.get(name)!;
      const [n, all, ...rest] = shape;
      const size = rest.reduce((a, b) => a * b, 1);
      const numbers = data as Float32Array;
      return Array.from({ length: n }, (_unused, s) => {
        const from = all - (all === rows ? rows : positions);
        const before = new Array<number>((positions - (all - from)) * size).fill(0);
        return [...before, ...numbers.subarray((s * all + from) * size, (s + 1) * all * size)];
      }).flat();
    };
    expect(past).toBe(set.shots[0].prefix.length);
    expect(farthest(clean.z[0], own(names[0]))).toBeLessThan(5e-5);
    expect(farthest(clean.z[1], own(names[1]))).toBeLessThan(5e-5);
    expect(farthest(clean.streams[1], own(names[2]))).toBeLessThan(5e-5);
  });
});

describe('batches', () => {
  const [, config] = configs(3)[0];
  const model = randomModel(config);
  afterAll(() => model.release());

  it('hold every sample once, in order, groups of one size together', async () => {
    for (const [n, sizes] of [
      [10, [10]],
      [11, [3, 3, 3, 2]],
      [2, [2]],
    ] as const) {
      const set = randomShots('UF', { n });
      const { batches } = await Passes.over(model, set);
      expect(batches.map(({ shots }) => shots.length)).toEqual(sizes);
      expect(batches.flatMap(({ shots }) => shots)).toEqual(set.shots);
      expect(batches.map(({ start }) => start)).toEqual(
        sizes.map((_, i) => sizes.slice(0, i).reduce((a: number, b) => a + b, 0)),
      );
    }
  });

  it('are nearly equal where there are too many samples for one, whatever their number', async () => {
    const { shots, ...rest } = randomShots('UF', { n: 10 });
    const many = Array.from({ length: 1009 }, (_, i) => ({ ...shots[i % 10], prefix: [] }));
    const { batches } = await Passes.over(model, { ...rest, shots: many });
    expect(batches.map((batch) => batch.shots.length)).toEqual([504, 505]);
  });
});

describe('samples', () => {
  const set = randomShots('UF', { n: 4 });
  it.each([
    ['none', { ...set, shots: [] }, 'UF at length 4: no samples to explain'],
    [
      'of several sizes',
      { ...set, shots: [...set.shots, ...randomShots('UF', { n: 2, length: 5 }).shots] },
      'UF at length 4: samples of 21+8+4 and 25+10+5 tokens',
    ],
    ['of other symbols', { ...set, tokens: [0, 1] }, 'is not among the symbols'],
  ])('%s are refused', (_, given, message) => {
    expect(() => checkShots(given)).toThrow(message);
  });
});
