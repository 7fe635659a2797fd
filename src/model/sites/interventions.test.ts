import { afterAll, describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import type { Tensor } from '../../graph/index.ts';
import { decoders } from '../../../test/fixtures/model/decoders.ts';
import { headSize } from '../config/config.ts';
import type { ModelConfig } from '../config/config.ts';
import type { EdgeEdit, Interventions } from './edits.ts';
import { LocalModel } from '../answers/local-model.ts';
import { initialise } from '../forward/parameters.ts';
import { siteMask, siteNamed } from './sites.ts';

const sizes = { vocabulary: 9, layers: 2, heads: 4, width: 16, positions: 12 } as const;
const { width } = sizes;
const configs = decoders({ ...sizes, window: 3 });
const sequences = [[1, 5, 6, 7, 2], [1, 8, 4, 8, 2]]; // prettier-ignore
const [batch, length] = [2, 5];
const plainest = ['GPT-2', 'NoPE', 'Llama'];

function randomModel(config: ModelConfig): LocalModel {
  const random = rng('interventions');
  const weights = initialise(config, random);
  for (const numbers of weights.values()) {
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0.3 * random.normal();
  }
  return new LocalModel({ config, weights });
}

/** A copy of a tensor's numbers; of none, if it is absent. */
function floats(tensor: Tensor | undefined): Float32Array {
  return Float32Array.from((tensor?.data ?? []) as Float32Array);
}

const numbersOf = async (model: LocalModel, options: Interventions & { rows?: number }, site: string) => {
  const { sites } = await model.run(sequences, { ...options, capture: [site] });
  return floats(sites.get(site));
};

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, what?: string): void {
  expect(found.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs(found[i] - wanted[i]), what).toBeLessThan(1e-5 * (1 + Math.abs(wanted[i])));
  }
}

describe.each(configs)('the sites of %s', (name, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());
  const all = model.sites(batch, length).map((site) => site.name);

  it('are TransformerLens’s', () => {
    const { architecture } = config;
    const isGemma = architecture.startsWith('gemma');
    const isParallel = ['NeoX', 'Phi'].includes(name);
    const hasRope = architecture !== 'gpt2' && architecture !== 'smollm3'; // (in its last layer, SmolLM 3 has none)
    const more = [
      ...(hasRope ? ['attn.hook_rot_q', 'attn.hook_rot_k'] : []),
      ...(['gpt2', 'gpt-neox', 'phi'].includes(architecture) ? [] : ['mlp.hook_pre_linear']),
      ...(isParallel ? [] : ['hook_resid_mid']),
      ...(architecture === 'phi' ? [] : ['ln2.hook_scale', 'ln2.hook_normalized']),
      ...(isGemma ? ['ln1_post.hook_scale', 'ln1_post.hook_normalized', 'ln2_post.hook_scale', 'ln2_post.hook_normalized'] : []), // prettier-ignore
    ];
    const block = ['hook_resid_pre', 'ln1.hook_scale', 'ln1.hook_normalized', 'attn.hook_q', 'attn.hook_k', 'attn.hook_v', 'attn.hook_attn_scores', 'attn.hook_pattern', 'attn.hook_z', 'attn.hook_result', 'hook_attn_out', 'mlp.hook_pre', 'mlp.hook_post', 'hook_mlp_out', 'hook_resid_post', ...more]; // prettier-ignore
    const positions = name === 'GPT-2' ? ['hook_pos_embed'] : [];
    const whole = ['hook_embed', ...positions, ...block.map((site) => `blocks.1.${site}`), 'ln_final.hook_scale', 'ln_final.hook_normalized']; // prettier-ignore
    expect(all.filter((site) => !site.startsWith('blocks.0')).sort()).toEqual(whole.sort());
    const unturned = all.filter((site) => site.startsWith('blocks.0') && site.includes('hook_rot'));
    expect(unturned.length).toBe(architecture === 'gpt2' ? 0 : 2);
  });

  it.each([5, 2, 1])(
    'all have their shapes with logits at %i positions, and looking changes nothing',
    async (rows) => {
      const untouched = await model.run(sequences, { rows });
      const { logits, sites } = await model.run(sequences, { rows, capture: all });
      expectClose(floats(logits), floats(untouched.logits));
      expect(logits.shape).toEqual([batch, rows, 9]);
      for (const site of model.sites(batch, length, rows)) {
        expect(sites.get(site.name)?.shape, site.name).toEqual(site.shape);
        expect(site.axes.length).toBe(site.shape.length);
      }
    },
  );

  const captured = model.run(sequences, { capture: all });
  // Of the first layers' sites those that the last has not; of the first three models all.
  const tried = all.filter(
    (site) => plainest.includes(name) || !site.startsWith('blocks.0') || site.includes('hook_rot'),
  );
  it.each(tried)(
    '%s: zeroing it shows in the logits, putting its own values in is an error',
    async (site) => {
      const untouched = await captured;
      const values = floats(untouched.sites.get(site));
      const { logits } = await model.run(sequences, {
        edits: [{ site, values: site.endsWith('scale') ? 3 : 0 }],
      });
      const before = floats(untouched.logits);
      expect(Math.max(...floats(logits).map((number, i) => Math.abs(number - before[i])))).toBeGreaterThan(
        1e-4,
      );
      await expect(model.run(sequences, { edits: [{ site, values }] })).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(`the edit of ${site} changed nothing in sample 0`),
      });
    },
  );

  it('fit together as the architecture says', async () => {
    const { sites } = await captured;
    const at = (site: string) => floats(sites.get(site));
    const sum = (...terms: string[]) =>
      at(terms[0]).map((_, i) => terms.reduce((total, term) => total + at(term)[i], 0));
    const embedding = name === 'GPT-2' ? sum('hook_embed', 'hook_pos_embed') : at('hook_embed');
    expectClose(at('blocks.0.hook_resid_pre'), embedding);
    for (const block of ['blocks.0', 'blocks.1']) {
      const [before, attended, thought] = ['hook_resid_pre', 'hook_attn_out', 'hook_mlp_out'].map(
        (site) => `${block}.${site}`,
      );
      expectClose(at(`${block}.hook_resid_post`), sum(before, attended, thought));
      if (config.parallel !== true) expectClose(at(`${block}.hook_resid_mid`), sum(before, attended));
      if (!config.architecture.startsWith('gemma')) continue;
      // What the heads add up to is normalized before it is added to the stream.
      const results = at(`${block}.attn.hook_result`);
      const scales = at(`${block}.ln1_post.hook_scale`);
      const normalized =
        scales.length === 0
          ? []
          : Array.from({ length: batch * length * width }, (_, i) => {
              const [position, number] = [Math.floor(i / width), i % width];
              const heads = Array.from(
                { length: config.heads },
                (_unused, head) => results[(position * config.heads + head) * width + number],
              );
              return heads.reduce((total, part) => total + part, 0) / scales[position];
            });
      expectClose(at(`${block}.ln1_post.hook_normalized`), normalized);
    }
    expectClose(at('blocks.1.hook_resid_pre'), at('blocks.0.hook_resid_post'));
    const pattern = at('blocks.1.attn.hook_pattern');
    for (let row = 0; row < pattern.length; row += length) {
      const weights = pattern.subarray(row, row + length);
      expectClose([weights.reduce((total, weight) => total + weight, 0)], [1]);
      const query = (row / length) % length;
      const window =
        config.attention?.window?.layers.includes(1) === true ? config.attention.window.keys : length;
      const unseen = weights.filter((_, key) => key > query || key <= query - window);
      expect(unseen.every((weight) => weight === 0)).toBe(true);
      expect(unseen.length).toBe(length - Math.min(query + 1, window));
    }
  });

  it('carry a value from one run into another', async () => {
    const site = 'blocks.0.hook_resid_post';
    const donor = [sequences[1], sequences[0]];
    const { logits, sites } = await model.run(donor, { capture: [site] });
    const values = floats(sites.get(site));
    // All of the stream between the layers is the other run's: so are the logits.
    const patched = await model.run(sequences, { edits: [{ site, values }] });
    expectClose(floats(patched.logits), floats(logits));
  });

  it('are edited where the mask says, and nowhere else', async () => {
    const site = 'blocks.0.attn.hook_z';
    const before = await numbersOf(model, {}, site);
    const mask = siteMask(siteNamed(model.sites(batch, length), site), {
      sample: [1],
      position: [2, 3],
      head: [1],
    });
    expect(mask.filter((number) => number === 1).length).toBe(2 * headSize(config));
    const after = await numbersOf(model, { edits: [{ site, values: 7, mask }] }, site);
    expectClose(
      after,
      before.map((number, i) => (mask[i] === 1 ? 7 : number)),
    );
  });
});

/** Attention of one layer by hand, from its queries, keys and values [batch, position, head, d], in plain loops. */
function byHand(config: ModelConfig, captured: (site: string) => Float32Array, edge: EdgeEdit): Float32Array {
  const isTurned =
    config.positionEncoding.kind === 'rope' &&
    config.attention?.unturnedLayers?.includes(edge.layer) !== true;
  const rotated = isTurned ? 'rot_' : '';
  const [q, k] = ['q', 'k'].map((which) => captured(`blocks.${edge.layer}.attn.hook_${rotated}${which}`));
  const v = captured(`blocks.${edge.layer}.attn.hook_v`);
  const { heads, keyValueHeads, attention } = config;
  const size = headSize(config);
  const window = attention?.window?.layers.includes(edge.layer) === true ? attention.window.keys : Infinity;
  const z = new Float32Array(batch * length * heads * size);
  const place = (sample: number, position: number, head: number, count: number) =>
    ((sample * length + position) * count + head) * size;
  for (let sample = 0; sample < batch; sample++) {
    for (let head = 0; head < heads; head++) {
      const keyHead = Math.floor((head * keyValueHeads) / heads);
      for (let query = 0; query < length; query++) {
        const isCut = (key: number) =>
          edge.mask[((sample * heads + head) * length + query) * length + key] === 1;
        const dot = (keys: Float32Array, key: number) => {
          let sum = 0;
          for (let i = 0; i < size; i++) {
            sum +=
              q[place(sample, query, head, heads) + i] * keys[place(sample, key, keyHead, keyValueHeads) + i];
          }
          const scaled = sum * (attention?.scale ?? 1 / Math.sqrt(size));
          return attention?.cap === undefined ? scaled : attention.cap * Math.tanh(scaled / attention.cap);
        };
        const scores = Array.from({ length: query + 1 }, (_, key) => {
          if (query - key >= window) return -Infinity;
          if (!isCut(key)) return dot(k, key);
          return edge.how === 'remove' ? -Infinity : dot(edge.keys ?? k, key);
        });
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        scores.forEach((score, key) => {
          const weight = edge.how === 'zero' && isCut(key) ? 0 : Math.exp(score) / total;
          const values = isCut(key) ? (edge.values ?? v) : v;
          for (let i = 0; i < size; i++) {
            z[place(sample, query, head, heads) + i] +=
              weight * values[place(sample, key, keyHead, keyValueHeads) + i];
          }
        });
      }
    }
  }
  return z;
}

describe.each(configs)('cutting edges of %s', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());
  const layer = 1;
  const pattern = siteNamed(model.sites(batch, length), `blocks.${layer}.attn.hook_pattern`);
  const someEdges = siteMask(pattern, { head: [0, 3], query: [2, 4], key: [1, 2] });
  const random = rng('replacements');
  const replacement = () =>
    Float32Array.from({ length: batch * length * config.keyValueHeads * headSize(config) }, () =>
      random.normal(),
    );
  const cuts: [string, EdgeEdit][] = [
    ['removing', { layer, mask: someEdges, how: 'remove' }],
    ['zeroing', { layer, mask: someEdges, how: 'zero' }],
    ['replacing keys', { layer, mask: someEdges, how: 'replace', keys: replacement() }],
    ['replacing values', { layer, mask: someEdges, how: 'replace', values: replacement() }],
    [
      'replacing both',
      { layer, mask: someEdges, how: 'replace', keys: replacement(), values: replacement() },
    ],
  ];

  it.each(cuts)('%s gives what a computation by hand gives', async (_name, edge) => {
    const site = `blocks.${layer}.attn.hook_z`;
    const { sites } = await model.run(sequences, {
      capture: model.sites(batch, length).map(({ name }) => name),
    });
    const wanted = byHand(config, (name) => floats(sites.get(name)), edge);
    expectClose(await numbersOf(model, { edges: [edge] }, site), wanted);
    expect(wanted).not.toEqual(floats(sites.get(site)));
  });

  it('serves a batch of different cuts in one run', async () => {
    const site = `blocks.${layer}.attn.hook_z`;
    const mask = siteMask(pattern, { sample: [0], query: [3], key: [1] });
    siteMask(pattern, { sample: [1], query: [4], key: [2] }).forEach((number, i) => (mask[i] += number));
    const { sites } = await model.run(sequences, {
      capture: model.sites(batch, length).map(({ name }) => name),
    });
    const edge = { layer, mask, how: 'zero' } as const;
    const wanted = byHand(config, (name) => floats(sites.get(name)), edge);
    expectClose(await numbersOf(model, { edges: [edge] }, site), wanted);
  });

  it('refuses what cannot have been meant', async () => {
    const zeros = new Float32Array(someEdges.length);
    const ahead = siteMask(pattern, { query: [1], key: [2, 3] });
    const firstKey = siteMask(pattern, { query: [0], key: [0] });
    const { sites } = await model.run(sequences, { capture: [`blocks.${layer}.attn.hook_v`] });
    const own = floats(sites.get(`blocks.${layer}.attn.hook_v`));
    const refused: [EdgeEdit, RegExp][] = [
      [
        { layer, mask: zeros, how: 'zero' },
        /cut of edges in layer 1 changed nothing in sample 0: the mask names no edge/,
      ],
      [{ layer, mask: ahead, how: 'zero' }, /changed nothing.*no query sees those keys: they come after it/],
      [{ layer, mask: ahead, how: 'remove' }, /changed nothing/],
      [{ layer, mask: someEdges, how: 'replace', values: own }, /\(values\) changed nothing/],
      [{ layer, mask: firstKey, how: 'remove' }, /position 0 would be left without any key/],
      [{ layer, mask: someEdges, how: 'replace' }, /needs the keys or the values/],
      [{ layer, mask: someEdges, how: 'zero', keys: own }, /takes no keys/],
      [{ layer, mask: someEdges.subarray(1), how: 'zero' }, /199 numbers, the site is \[2, 4, 5, 5\]/],
      [{ layer, mask: someEdges.map((number) => number / 2), how: 'zero' }, /is cut \(1\) or not \(0\)/],
      [{ layer, mask: someEdges, how: 'zeros' as 'zero' }, /unknown cut 'zeros', did you mean 'zero'/],
      [{ layer: 2, mask: someEdges, how: 'zero' }, /layer 2: the model has layers 0 to 1/],
    ];
    for (const [edge, message] of refused) {
      await expect(model.run(sequences, { edges: [edge] })).rejects.toThrow(message);
    }
  });
});

describe('a window', () => {
  const [, config] = configs.find(([name]) => name === 'Mistral')!;
  const model = randomModel(config);
  afterAll(() => model.release());
  const layer = 1;
  const pattern = siteNamed(model.sites(batch, length), `blocks.${layer}.attn.hook_pattern`);

  it('is named where an edge is outside of it', async () => {
    const outside = siteMask(pattern, { query: [4], key: [0, 1] });
    for (const how of ['zero', 'remove'] as const) {
      await expect(model.run(sequences, { edges: [{ layer, mask: outside, how }] })).rejects.toThrow(
        /changed nothing in sample 0: no query sees those keys.*before the latest 3 that it sees \(the layer's window\)/,
      );
    }
  });

  it('counts where a query would be left without any key', async () => {
    const inside = siteMask(pattern, { query: [4], key: [2, 3, 4] });
    await expect(model.run(sequences, { edges: [{ layer, mask: inside, how: 'remove' }] })).rejects.toThrow(
      /position 4 would be left without any key/,
    );
  });
});

describe('an intervention', () => {
  const model = randomModel(configs[0][1]);
  afterAll(() => model.release());
  const site = 'blocks.0.hook_resid_post';
  it.each<[string, Interventions, RegExp]>([
    [
      'an unknown site',
      { capture: ['blocks.0.hook_resid_pos'] },
      /did you mean 'blocks\.0\.hook_resid_post'/,
    ],
    ['a layer too many', { edits: [{ site: 'blocks.2.hook_resid_post', values: 0 }] }, /unknown site/],
    [
      'the rotated queries of a model without RoPE',
      { capture: ['blocks.0.attn.hook_rot_q'] },
      /did you mean 'blocks\.0\.attn\.hook_q'/,
    ],
    [
      'values of another size',
      { edits: [{ site, values: new Float32Array(3) }] },
      /3 numbers, the site is \[2, 5, 16\]/,
    ],
    ['values that are no numbers', { edits: [{ site, values: NaN }] }, /not all finite/],
    ['a mask of zeros', { edits: [{ site, values: 3, mask: new Float32Array(160) }] }, /changed nothing/],
    [
      'two edits of one site',
      {
        edits: [
          { site, values: 1 },
          { site, values: 2 },
        ],
      },
      /two edits of/,
    ],
  ])('is refused with %s', async (_, interventions, message) => {
    await expect(model.run(sequences, interventions)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(message),
    });
  });

  it('is refused an axis or index that the site has not', () => {
    const [first] = model.sites(batch, length);
    expect(() => siteMask(first, { head: [0] })).toThrow(
      /hook_embed has no axis 'head' \(it has sample, position, width\)/,
    );
    expect(() => siteMask(first, { position: [5] })).toThrow(/position 5 is not in 0 to 4/);
  });
});

describe('a model', () => {
  const [, config] = configs[2];
  it('answers the same in a batch, alone, and after its sessions are gone', async () => {
    const model = randomModel(config);
    const ragged = [[1, 5, 6, 7, 2], [1, 8], [3]]; // prettier-ignore
    const together = await model.logits(ragged);
    const last = await model.lastLogits(ragged);
    await model.release();
    for (const [s, sequence] of ragged.entries()) {
      const [own] = await model.logits([sequence]);
      expect(own.length).toBe(sequence.length * 9);
      expectClose(together[s], own);
      expectClose(last[s], own.subarray(-9));
    }
    await model.release();
  });

  it('keeps no more sessions than it may, and still answers questions asked at once', async () => {
    const model = new LocalModel({ config, weights: initialise(config, rng('few')) }, { sessions: 1 });
    const lengths = [1, 2, 3, 2, 1, 3];
    const answers = await Promise.all(
      lengths.map((count) => model.logits([new Array<number>(count).fill(1)])),
    );
    expect(answers.map(([own]) => own.length)).toEqual(lengths.map((count) => count * 9));
    await model.release();
  });

  it('continues greedily as its logits say, up to its last position', async () => {
    const model = randomModel(config);
    const answer = await model.greedy([1, 5, 6], 100);
    expect(answer.length).toBe(12 - 3 + 1); // the token after the last position can still be told
    for (let i = 0; i < answer.length; i++) {
      const [own] = await model.logits([[1, 5, 6, ...answer.slice(0, i)]]);
      const last = own.subarray(-9);
      expect(last.indexOf(Math.max(...last))).toBe(answer[i]);
    }
    const stopped = await model.greedy([1, 5, 6], 100, [answer[3]]);
    expect(stopped).toEqual(answer.slice(0, answer.indexOf(answer[3])));
    await expect(model.greedy(new Array<number>(13).fill(1), 1)).rejects.toThrow(
      /13 tokens: the model has 12 positions/,
    );
    await expect(model.logits([[]])).rejects.toThrow(/without tokens/);
    await model.release();
  });
});
