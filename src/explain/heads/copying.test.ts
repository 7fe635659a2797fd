import { afterAll, describe, expect, it } from 'vitest';
import { configs, farthest, randomModel } from '../../../test/fixtures/explain/random.ts';
import { rng } from '../../common/random.ts';
import type { LocalModel, ModelConfig } from '../../model/index.ts';
import { copyingOfHeads } from './copying.ts';

const SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

describe.each(configs(30))('what heads of %s make of tokens', (_, config) => {
  const model = randomModel(config);
  afterAll(() => model.release());

  it('is what passes make of them in which nothing else happens', async () => {
    const found = await model.ovLogits(SYMBOLS);
    for (let layer = 0; layer < config.layers; layer++)
      expect(farthest(found[layer], await byPasses(model, layer)), `layer ${layer}`).toBeLessThan(2e-4);
  });

  it('is a share of symbols, with that of random pairings beside it', async () => {
    const logits = await model.ovLogits(SYMBOLS);
    const { scores, n } = await copyingOfHeads(model, SYMBOLS, rng('x'), 200);
    expect(n).toBe(9);
    scores.flat().forEach((one, i) => {
      const [layer, head] = [Math.floor(i / config.heads), i % config.heads];
      const itself = SYMBOLS.filter((symbol) => {
        const row = logits[layer].subarray((head * 9 + symbol) * 9, (head * 9 + symbol + 1) * 9);
        return row.every((logit, other) => other === symbol || logit < row[symbol]);
      });
      expect(one.value).toBeCloseTo(itself.length / 9, 9);
      expect(one.null).toBeCloseTo(1 / 9, 9);
    });
  });
});

/**
 * [H, C, C] by passes over single tokens: what the first layer's MLP makes of the embedding alone is put in as the stream, each
 * head's result (less what it makes of nothing) as the only one of its layer, and what comes of it as the last stream.
 */
async function byPasses(model: LocalModel, layer: number): Promise<number[]> {
  const { config } = model;
  const { heads, layers, width } = config;
  const at = `blocks.${layer}`;
  const streams = await readTokens(model, config, layer); // [C + 1, D], the last one of zeros
  const sequences = [...SYMBOLS, 0].map((token) => [token]);
  const results = await captured(model, sequences, { layer, stream: streams }, [], `${at}.attn.hook_result`); // [C + 1, 1, H, D]
  const nothing = results.subarray(-heads * width);
  const alone = new Float32Array((heads * SYMBOLS.length + 1) * heads * width);
  for (let head = 0; head < heads; head++) {
    SYMBOLS.forEach((_, symbol) => {
      for (let i = 0; i < width; i++) {
        const own = results[(symbol * heads + head) * width + i] - nothing[head * width + i];
        alone[((head * SYMBOLS.length + symbol) * heads + head) * width + i] = own;
      }
    });
  }
  const count = heads * SYMBOLS.length + 1; // the last one: none of the heads says anything
  const all = Array.from({ length: count }, () => [0]);
  const output = await captured(
    model,
    all,
    undefined,
    [{ site: `${at}.attn.hook_result`, values: alone }],
    `${at}.hook_attn_out`,
  ); // [count, 1, D]
  const added = less(output, width);
  const edits = [{ site: `blocks.${layers - 1}.hook_resid_post`, values: added }];
  const { logits } = await model.run(all, { edits, mustChange: 'none' });
  const picked = Array.from({ length: count }, (_, row) =>
    SYMBOLS.map((symbol) => (logits.data as Float32Array)[row * config.vocabulary + symbol]),
  );
  return picked.slice(0, -1).flatMap((row) => row.map((logit, i) => logit - picked[count - 1][i]));
}

/** What layers read of each token alone, and zeros: [C + 1, D]. */
async function readTokens(model: LocalModel, config: ModelConfig, layer: number): Promise<Float32Array> {
  const sequences = SYMBOLS.map((token) => [token]);
  const embedded = await captured(model, sequences, undefined, [], 'hook_embed');
  const read = new Float32Array(embedded.length + config.width);
  read.set(embedded);
  if (layer === 0) return read;
  const site = `blocks.0.${config.parallel === true ? 'hook_resid_pre' : 'hook_resid_mid'}`;
  const thought = await captured(
    model,
    sequences,
    undefined,
    [{ site, values: embedded }],
    'blocks.0.hook_mlp_out',
  );
  return read.map((x, i) => x + (thought[i] ?? 0));
}

async function captured(
  model: LocalModel,
  sequences: readonly (readonly number[])[],
  from: { layer: number; stream: Float32Array } | undefined,
  edits: readonly { site: string; values: Float32Array }[],
  site: string,
): Promise<Float32Array> {
  const start = from !== undefined && from.layer > 0 ? { from } : {};
  const first = from?.layer === 0 ? [{ site: 'blocks.0.hook_resid_pre', values: from.stream }] : [];
  const { sites } = await model.run(sequences, { ...start, edits: [...first, ...edits], capture: [site], mustChange: 'none' }); // prettier-ignore
  return Float32Array.from(sites.get(site)!.data as Float32Array);
}

/** Each row less the last. */
function less(rows: Float32Array, width: number): Float32Array {
  const last = rows.length - width;
  return rows.map((x, i) => x - rows[last + (i % width)]);
}
