import { afterAll, describe, expect, it } from 'vitest';
import { configs, randomModel, randomShots, whole } from '../../../test/fixtures/explain/random.ts';
import { rng } from '../../common/random.ts';
import { taskAttention } from '../heads/attention.ts';
import { scoresOfHeads } from '../heads/scores.ts';
import type { HeadsOfTask } from '../heads/scores.ts';
import { Passes } from '../passes/passes.ts';
import { exampleOf, LEAST_SHARE } from './example.ts';

/** Every head: two layers of four. */
const all = [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head]));

describe.each(configs(3))('an example, %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());
  const set = randomShots('UF', { n: 6 });
  const [shot] = set.shots;

  it('has, of the heads that are marked, the shares that a plain run of the whole sample has', async () => {
    const passes = await Passes.over(model, set);
    const scored = markedAt(scoresOfHeads(set, await taskAttention(passes), rng('null')), all);
    const { heads, ...places } = (await exampleOf(passes, scored))!;
    expect(places).toEqual({ tokens: shot.texts, source: shot.source, first: shot.first });
    expect(heads.map(({ layer, head }) => [layer, head])).toEqual(all);
    const capture = [0, 1].map((layer) => `blocks.${layer}.attn.hook_pattern`);
    const { sites } = await model.logitsOf([0], [whole(shot)], { capture });
    for (const { layer, head, edges } of heads) {
      const { data, shape } = sites.get(`blocks.${layer}.attn.hook_pattern`)!;
      const length = shape[2];
      const past = shot.prefix.length;
      const plain: (readonly number[])[] = [];
      for (let from = 0; from < shot.tail.length; from++)
        for (let to = 0; to < shot.tail.length; to++) {
          const share = data[(head * length + past + from) * length + past + to] as number;
          if (share >= LEAST_SHARE) plain.push([from, to, share]);
        }
      expect(edges.map(([from, to]) => [from, to])).toEqual(plain.map(([from, to]) => [from, to]));
      edges.forEach(([, , share], i) => expect(share).toBeCloseTo(plain[i][2], 3));
    }
    expect(heads.flatMap(({ edges }) => edges).length).toBeGreaterThan(10);
  });

  it('has no heads where none is marked, and is none where the text is not known', async () => {
    const passes = await Passes.over(model, set);
    const scored = markedAt(scoresOfHeads(set, await taskAttention(passes), rng('null')));
    expect((await exampleOf(passes, scored))!.heads).toEqual([]);
    const silent = { ...set, shots: set.shots.map((one) => ({ ...one, texts: undefined })) };
    expect(await exampleOf(await Passes.over(model, silent), scored)).toBeNull();
  });
});

/** The scores with marks at these heads, and at no others. */
function markedAt({ scores, ...more }: HeadsOfTask, at: readonly (readonly number[])[] = []): HeadsOfTask {
  const marks = Object.entries(scores).map(([name, byLayer]) => [
    name,
    byLayer.map((row, layer) =>
      row.map((score, head) => ({ ...score, marked: at.some(([l, h]) => l === layer && h === head) })),
    ),
  ]);
  return { ...more, scores: Object.fromEntries(marks) as HeadsOfTask['scores'] };
}
