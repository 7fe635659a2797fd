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
import { amongSymbols } from '../behaviour/behaviour.ts';
import { Passes } from '../passes/passes.ts';
import type { Shot } from '../shots/shot.ts';
import { ablationKinds } from '../settings/defaults.ts';
import type { AblationKind } from '../settings/defaults.ts';
import { Ablation, donorsOf } from './ablate.ts';
import type { Head } from './ablate.ts';
import { attributed, ranked } from './attribution.ts';
import { controlSets } from './controls.ts';

const heads: readonly Head[] = [
  { layer: 0, head: 1 },
  { layer: 0, head: 3 },
  { layer: 1, head: 2 },
];

describe.each(configs(3))('without heads, %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it.each([
    ['UF', 10],
    ['UF', 7],
    ['UL', 6],
  ])('does on %s, n = %i, what a plain run with edits does', async (task, n) => {
    const set = randomShots(task, { n });
    const passes = await Passes.over(model, set);
    const { rows, past, positions } = passes;
    const length = past + positions;
    const sites = ['blocks.0.attn.hook_z', 'blocks.1.attn.hook_z'];
    const captured = (await model.run(set.shots.map(whole), { rows, capture: sites })).sites;
    for (const kind of ablationKinds) {
      const edits = sites.map((site, layer) => {
        const { data, shape } = captured.get(site)!;
        const [, all, count, size] = shape;
        const z = data as Float32Array;
        const at = (s: number, p: number, h: number, i: number) => ((s * all + p) * count + h) * size + i;
        const values = new Float32Array(z.length);
        const mask = new Float32Array(z.length);
        for (let s = 0; s < n; s++)
          for (let p = all === length ? past : 0; p < all; p++)
            for (const { head } of heads.filter((one) => one.layer === layer))
              for (let i = 0; i < size; i++) {
                mask[at(s, p, head, i)] = 1;
                values[at(s, p, head, i)] = instead(kind, (other) => z[at(other, p, head, i)], s, passes);
              }
        return { site, values, mask };
      });
      const plain = await plainScores(model, set, { edits });
      const ablation = await Ablation.of(passes, kind);
      const found = await passes.scores(ablation.options(heads));
      expect(farthest(found.logits, plain.logits), kind).toBeLessThan(2e-5);
      const behaviour = await ablation.without(heads);
      expect(behaviour.crossEntropy).toBeCloseTo(amongSymbols(set, plain).crossEntropy, 4);
      // Of heads in the last layer only, the layers before are not computed again.
      const last = await passes.scores(ablation.options([heads[2]]));
      const fromTheStart = await passes.scores({ ...ablation.options([heads[2]]), from: 0 });
      expect(farthest(last.logits, fromTheStart.logits)).toBeLessThan(2e-5);
    }
  });

  it('is estimated by one gradient as small steps confirm', async () => {
    const set = randomShots('UF', { n: 6 });
    const passes = await Passes.over(model, set);
    const ablation = await Ablation.of(passes, 'mean');
    const clean = await passes.clean();
    for (const metric of ['crossEntropy', 'rightMinusLeft'] as const) {
      const estimates = await attributed(ablation, metric);
      for (const { layer, head } of heads) {
        const options = ablation.options([{ layer, head }]);
        const step = 0.004;
        const at = async (share: number) => {
          const scores = await passes.scores({
            ...options,
            edits: (batch) =>
              options.edits!(batch).map((edit) => ({
                ...edit,
                mask: edit.mask!.map((one) => share * one),
              })),
          });
          return amongSymbols(set, scores)[metric]!;
        };
        const slope = ((await at(step)) - (await at(-step))) / (2 * step);
        expect(Math.abs(slope - estimates[layer][head])).toBeLessThan(0.02 * Math.abs(slope) + 2e-3);
      }
    }
    expect(clean.z).toHaveLength(2);
  });

  it('is estimated by several gradients between the samples and those that heads are resampled from', async () => {
    const set = randomShots('UF', { n: 6 });
    const passes = await Passes.over(model, set);
    const ablation = await Ablation.of(passes, 'resample');
    const donors = donorsOf(passes);
    const count = set.shots.reduce((sum, { rows }) => sum + rows.length, 0);
    const wanted = (shot: Shot, j: number) => ({
      plus: shot.answer[j],
      minus: shot.answer[j],
      weight: -1 / count,
    });
    const slopes = async (share: number) =>
      passes.derivatives('log-probability', wanted, await ablation.inputOnTheWay(share));

    // At the other end the model reads the other samples themselves, after the demonstrations of its own.
    const swapped = set.shots.map((shot, i) => ({ ...shot, tail: set.shots[donors[i]].tail }));
    const there = await Passes.over(model, { ...set, shots: swapped });
    const [atEnd, plain] = [await slopes(0), await there.derivatives('log-probability', wanted)];
    expect(farthest([atEnd.metric], [plain.metric])).toBeLessThan(1e-5);
    for (const [layer, z] of plain.z.entries()) expect(farthest(atEnd.z[layer], z)).toBeLessThan(1e-5);

    const halfWay = await slopes(0.5);
    const own = await slopes(1);
    expect(
      farthest([own.metric], [amongSymbols(set, (await passes.clean()).scores).crossEntropy]),
    ).toBeLessThan(1e-5);
    const estimates = await attributed(ablation, 'crossEntropy', 2);
    const { heads: perLayer } = passes.config;
    for (const [layer, of] of estimates.entries()) {
      const change = await ablation.change(layer);
      const size = change.length / (6 * passes.positions * perLayer);
      const sums = new Array<number>(perLayer).fill(0);
      change.forEach((by, i) => {
        sums[Math.floor(i / size) % perLayer] += (by * (atEnd.z[layer][i] + halfWay.z[layer][i])) / 2;
      });
      expect(farthest(of, sums)).toBeLessThan(1e-5);
    }
    const zero = await Ablation.of(passes, 'zero');
    await expect(attributed(zero, 'crossEntropy', 2)).rejects.toThrow(/^zero ablation has no input/);
  });
});

function instead(kind: AblationKind, of: (sample: number) => number, sample: number, passes: Passes): number {
  if (kind === 'zero') return 0;
  const n = passes.set.shots.length;
  if (kind === 'resample') return of(donorsOf(passes)[sample]);
  return Array.from({ length: n }, (_, s) => of(s)).reduce((a, b) => a + b, 0) / n;
}

describe('ablations', () => {
  const [, config] = configs(3)[0];
  const model = randomModel(config);
  afterAll(() => model.release());

  it.each([2, 3, 7, 10, 23])('take from each of %i samples another one, of another prompt', async (n) => {
    const set = randomShots('UF', { n });
    const donors = donorsOf(await Passes.over(model, set));
    donors.forEach((donor, i) => {
      expect(donor).not.toBe(i);
      expect(set.shots[donor].prefix).not.toEqual(set.shots[i].prefix);
    });
  });

  it('of a single sample are refused, but for zeros', async () => {
    const passes = await Passes.over(model, randomShots('UF', { n: 1 }));
    for (const kind of ['resample', 'mean'] as const) {
      await expect(Ablation.of(passes, kind)).rejects.toThrow(
        `UF at length 4: one sample, and ${kind} ablation takes values from others: give more samples, or leave ablations out (--only behaviour,heads,edges)`,
      );
    }
    await expect(Ablation.of(passes, 'zero')).resolves.toBeInstanceOf(Ablation);
  });

  it('of samples that are all the same are refused, but for zeros: nothing would be changed', async () => {
    const set = randomShots('UF', { n: 1 });
    const passes = await Passes.over(model, { ...set, shots: [set.shots[0], set.shots[0]] });
    for (const kind of ['resample', 'mean'] as const) {
      await expect(Ablation.of(passes, kind)).rejects.toThrow(
        `UF at length 4: 2 samples that are all the same, and ${kind} ablation takes values from others`,
      );
    }
    await expect(Ablation.of(passes, 'zero')).resolves.toBeInstanceOf(Ablation);
  });
});

describe('control sets', () => {
  const set = [
    { layer: 1, head: 0 },
    { layer: 3, head: 1 },
    { layer: 3, head: 2 },
  ];

  it('are all there are where these are few: as many heads of the same layers, none of the set', () => {
    const { sets, possible } = controlSets(set, 5, rng('x')); // 4 of one layer, 3 pairs of the other
    expect(possible).toBe(12);
    expect(new Set(sets.map((one) => JSON.stringify(one))).size).toBe(12);
    for (const one of sets) {
      expect(one.map(({ layer }) => layer)).toEqual([1, 3, 3]);
      for (const head of one) expect(set).not.toContainEqual(head);
    }
  });

  it('are different draws where these are many, the same for a seed', () => {
    const { sets, possible } = controlSets(set, 40, rng('x'), 50);
    expect(possible).toBe(39 * ((38 * 37) / 2));
    expect(new Set(sets.map((one) => JSON.stringify(one))).size).toBe(50);
    expect(controlSets(set, 40, rng('x'), 50).sets).toEqual(sets);
    expect(controlSets(set, 40, rng('y'), 50).sets).not.toEqual(sets);
    for (const one of sets) for (const head of one) expect(set).not.toContainEqual(head);
  });

  it('are none where a layer has too few others', () => {
    expect(controlSets(set, 3, rng('x'))).toEqual({ sets: [], possible: 0 });
  });
});

it('heads are ranked by the size of a number, whatever its sign', () => {
  const order = ranked([[0.1, -3], [2, 0]]).map(({ layer, head }) => [layer, head]); // prettier-ignore
  expect(order).toEqual([[0, 1], [1, 0], [0, 0], [1, 1]]); // prettier-ignore
});
