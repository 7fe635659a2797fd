/** Weights in several files, and files that call tensors otherwise: read as the one file that transformers wrote. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWeights } from '../folder.node.ts';
import { partsOf } from '../read-into.node.ts';
import { readNumbers, readSafetensors, writeSafetensors } from '../safetensors.ts';
import type { NamedArray } from '../safetensors.ts';

const fixtures = join(import.meta.dirname, '../../../../test/fixtures/model');
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lengthwise-shards-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** A copy of a fixture, and its tensors. */
async function copyOf(fixture: string, name: string): Promise<{ folder: string; tensors: NamedArray[] }> {
  const folder = join(scratch, name);
  await cp(join(fixtures, fixture), folder, { recursive: true });
  const { read, size } = await partsOf(join(folder, 'model.safetensors'));
  const tensors: NamedArray[] = [];
  for (const tensor of (await readSafetensors(read, size, 'fixture')).values()) {
    tensors.push({ ...tensor, data: await readNumbers(tensor, read, 'fixture') });
  }
  return { folder, tensors };
}

interface Index {
  weight_map: Record<string, string>;
}

/** The fixture in three files. */
async function inShards(
  name: string,
): Promise<{ folder: string; index: Index; parts: Map<string, NamedArray[]> }> {
  const { folder, tensors } = await copyOf('huggingface-qwen3', name);
  await rm(join(folder, 'model.safetensors'));
  const parts = new Map<string, NamedArray[]>();
  for (const [i, tensor] of tensors.entries()) {
    const file = `model-0000${(i % 3) + 1}-of-00003.safetensors`;
    parts.set(file, [...(parts.get(file) ?? []), tensor]);
  }
  const index: Index = { weight_map: {} };
  for (const [file, part] of parts) {
    await writeFile(join(folder, file), writeSafetensors(part));
    for (const tensor of part) index.weight_map[tensor.name] = file;
  }
  await writeIndex(folder, index);
  return { folder, index, parts };
}

const writeIndex = (folder: string, index: unknown) =>
  writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));

describe('weights in several files', () => {
  it('are those of one file', async () => {
    const { folder } = await inShards('whole');
    expect(await loadWeights(folder)).toEqual(await loadWeights(join(fixtures, 'huggingface-qwen3')));
  });

  const second = 'model-00002-of-00003.safetensors';
  type Sharded = Awaited<ReturnType<typeof inShards>>;
  const damages: [string, (sharded: Sharded) => Promise<void>, RegExp][] = [
    ['a file that is gone', ({ folder }) => rm(join(folder, second)), /00002-of-00003\.safetensors: cannot be read: there is no such file or folder/],
    ['a tensor that its file has not', async ({ folder, parts }) =>
      writeFile(join(folder, second), writeSafetensors(parts.get(second)!.slice(1))), /00002.*is missing, which the index says is in this file/],
    ['a tensor that the index has not', ({ folder, index }) => {
      delete index.weight_map['model.norm.weight'];
      return writeIndex(folder, index);
    }, /'model\.norm\.weight' is not in this file by the index/],
    ['a tensor in two files', async ({ folder, index, parts }) => {
      const [first] = parts.keys();
      await writeFile(join(folder, second), writeSafetensors([...parts.get(second)!, parts.get(first)![0]]));
      return writeIndex(folder, index);
    }, /is not in this file by the index/],
    ['a tensor twice in the index', ({ folder }) =>
      writeFile(join(folder, 'model.safetensors.index.json'), `{"weight_map": {"a": "${second}", "a": "${second}"}}`), /'a' is in it twice/],
    ['a path out of the folder', ({ folder }) => writeIndex(folder, { weight_map: { a: '../other/model.safetensors' } }), /"\.\.\/other\/model\.safetensors": the name of a \.safetensors file in the folder/],
    ['a path from the root', ({ folder }) => writeIndex(folder, { weight_map: { a: '/etc/passwd' } }), /the name of a \.safetensors file/],
    ['a file of another kind', ({ folder }) => writeIndex(folder, { weight_map: { a: 'pytorch_model.bin' } }), /the name of a \.safetensors file/],
    ['a number for a file', ({ folder }) => writeIndex(folder, { weight_map: { a: 3 } }), /is in 3: the name of/],
    ['no map', ({ folder }) => writeIndex(folder, {}), /index\.json: no weight_map/],
  ]; // prettier-ignore
  it.each(damages)('with %s get one clear line', async (what, damage, message) => {
    const sharded = await inShards(what.replaceAll(' ', '-'));
    await damage(sharded);
    const failure = await loadWeights(sharded.folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('\n');
  });
});

describe('tensors under other names', () => {
  const write = (folder: string, tensors: NamedArray[]) =>
    writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  const renamed = (tensors: NamedArray[], rename: (name: string) => string) =>
    tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) }));
  const stray = (name: string): NamedArray => ({ name, shape: [2], data: Float32Array.of(1, 2) });

  const spellings: [string, string, (tensors: NamedArray[]) => NamedArray[]][] = [
    ['NeoX as transformers 5 has it in memory', 'huggingface-gpt-neox', (tensors) =>
      renamed(tensors, (name) => name.replace('embed_out', 'lm_head'))],
    ['NeoX with the buffers of old versions', 'huggingface-gpt-neox', (tensors) =>
      [...tensors, stray('gpt_neox.layers.0.attention.bias'), stray('gpt_neox.layers.1.attention.masked_bias'), stray('gpt_neox.layers.0.attention.rotary_emb.inv_freq')]],
    ['Llama with the buffers of old versions', 'huggingface-llama', (tensors) =>
      [...tensors, stray('model.layers.0.self_attn.rotary_emb.inv_freq')]],
    ['Gemma 3 inside a model of images, in transformers 4', 'huggingface-gemma3', (tensors) =>
      [...renamed(tensors, (name) => `language_model.${name}`), stray('vision_tower.x'), stray('multi_modal_projector.y')]],
    ['Gemma 3 inside a model of images, in transformers 5', 'huggingface-gemma3', (tensors) =>
      [...renamed(tensors, (name) => name.replace('model.', 'model.language_model.')), stray('model.vision_tower.x'), stray('model.multi_modal_projector.y')]],
    ['Qwen 2 without its prefix', 'huggingface-qwen2', (tensors) =>
      renamed(tensors, (name) => name.replace('model.', ''))],
    ['Gemma 2 with the embedding repeated', 'huggingface-gemma2', (tensors) =>
      [...tensors, { ...tensors.find(({ name }) => name === 'model.embed_tokens.weight')!, name: 'lm_head.weight' }]],
  ]; // prettier-ignore
  it.each(spellings)('%s', async (what, fixture, change) => {
    const { folder, tensors } = await copyOf(fixture, what.replaceAll(/\W/g, '-'));
    await write(folder, change(tensors));
    expect(await loadWeights(folder)).toEqual(await loadWeights(join(fixtures, fixture)));
  });

  it('are refused where one is there twice, or says that embeddings are not tied', async () => {
    const { folder, tensors } = await copyOf('huggingface-gpt-neox', 'twice');
    const head = tensors.find(({ name }) => name === 'embed_out.weight')!;
    await write(folder, [...tensors, { ...head, name: 'lm_head.weight' }]);
    await expect(loadWeights(folder)).rejects.toThrow(
      /'lm_head\.weight' and 'embed_out\.weight' are the same tensor/,
    );

    const tied = await copyOf('huggingface-gemma2', 'untied');
    const embedding = tied.tensors.find(({ name }) => name === 'model.embed_tokens.weight')!;
    const other = {
      ...embedding,
      name: 'lm_head.weight',
      data: embedding.data.map((number) => number + 1e-3),
    };
    await write(tied.folder, [...tied.tensors, other]);
    await expect(loadWeights(tied.folder)).rejects.toThrow(
      /'lm_head\.weight' differs from 'model\.embed_tokens\.weight', but config\.json says that they are one/,
    );
  });
});
