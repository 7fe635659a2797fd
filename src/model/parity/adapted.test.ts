import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomAdapter, writeAdapter } from '../../../test/adapter.ts';
import { writeTextFolder } from '../../../test/text-model.ts';
import { merged } from '../adapters/adapter.ts';
import { loadConfig, loadWeights } from '../files/folder.node.ts';
import { loadTextModel, modelFiles } from '../files/text/text-model.node.ts';
import { withAdapter } from '../index.ts';
import { loadSymbolModel } from './adapted.node.ts';
import { rememberedParity } from './remembered.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-adapted-'));
const before = process.env.XDG_CACHE_HOME;
beforeAll(() => void (process.env.XDG_CACHE_HOME = path.join(scratch, 'cache')));
afterAll(() => {
  process.env.XDG_CACHE_HOME = before;
  rmSync(scratch, { recursive: true });
});

const fixture = path.join(import.meta.dirname, '../../../test/fixtures/model/huggingface-llama');
const base = await loadWeights(fixture);
const { config } = base;
let adapters = 0;
const written = (...[options]: [Parameters<typeof randomAdapter>[1]?]) =>
  writeAdapter(path.join(scratch, `adapter-${(adapters += 1)}`), config, randomAdapter(config, options));

describe('a model with an adapter', () => {
  it('has it in its weights, and the base stays as it is', async () => {
    const adapter = randomAdapter(config);
    const kept = new Map([...base.weights].map(([name, numbers]) => [name, numbers.slice()]));
    const adapted = await withAdapter(base, written());
    expect(adapted.weights).toEqual(merged(config, base.weights, adapter));
    expect(adapted.weights).not.toEqual(base.weights);
    expect(base.weights).toEqual(kept);
  });

  it('is opened from the folder of a model of text or of symbols, the first time and when it is known', async () => {
    const text = writeTextFolder(path.join(scratch, 'text'));
    const textConfig = await loadConfig(text);
    const adapter = randomAdapter(textConfig);
    const folder = writeAdapter(path.join(scratch, 'of-text'), textConfig, adapter);
    const plain = await loadTextModel(text);
    for (let i = 0; i < 2; i++) {
      const adapted = await loadTextModel(text, { adapter: folder });
      expect(adapted.weights).toEqual(merged(textConfig, plain.weights, adapter));
    }
    const ofSymbols = written();
    for (let i = 0; i < 2; i++) {
      const adapted = await loadSymbolModel(fixture, { adapter: ofSymbols });
      expect(adapted.weights).toEqual(merged(config, base.weights, randomAdapter(config)));
    }
  });

  it('has a checksum of its own that is remembered, and so has its base', async () => {
    const [one, two] = [written({ seed: 1 }), written({ seed: 2 })];
    const checked = async (adapter?: string) => {
      const model = await loadSymbolModel(fixture, { adapter });
      return rememberedParity(await modelFiles(fixture, adapter), model, 'x', 1);
    };
    const found = [await checked(), await checked(one), await checked(two)];
    expect(new Set(found.map(({ checksum }) => checksum)).size).toBe(3);
    expect(found.every(({ isFirst }) => isFirst)).toBe(true);
    const again = [await checked(), await checked(one), await checked(two)];
    expect(again).toEqual(found.map((one) => ({ ...one, isFirst: false })));
  });

  it('is refused where the adapter changes no weight, each time', async () => {
    const adapter = randomAdapter(config);
    for (const [name, numbers] of adapter.weights) if (name.includes('lora_B')) numbers.fill(0);
    const folder = writeAdapter(path.join(scratch, 'zero'), config, adapter);
    await expect(withAdapter(base, folder)).rejects.toThrow(`${folder}: the adapter changes no weight`);
    for (let i = 0; i < 2; i++)
      await expect(loadSymbolModel(fixture, { adapter: folder })).rejects.toThrow('changes no weight');
  });

  it('is refused where the adapter changes no logit', async () => {
    const weights = new Map(base.weights);
    for (const [name, numbers] of weights)
      if (name.includes('down_proj')) weights.set(name, new Float32Array(numbers.length));
    const folder = written({ targets: ['up_proj'] });
    await expect(withAdapter({ config, weights }, folder)).rejects.toThrow(
      `${folder}: the adapter changes no logit of a fixed prompt`,
    );
    await expect(withAdapter(base, folder)).resolves.toBeDefined();
  });

  it('is refused where its logits are no numbers', async () => {
    await expect(withAdapter(base, written({ alpha: 1e300 }))).rejects.toThrow('are not all numbers');
  });
});
