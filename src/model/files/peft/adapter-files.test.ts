/** What is written of an adapter, held against what Python's peft 0.21.2 has written: test/fixtures/peft/make.py. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoders } from '../../../../test/fixtures/model/decoders.ts';
import { rng } from '../../../common/random.ts';
import { adaptableTargets, initialAdapter } from '../../adapters/adapter.ts';
import type { Adapter } from '../../adapters/adapter.ts';
import { loadConfig } from '../folder.node.ts';
import { partsOf } from '../read-into.node.ts';
import { readNumbers, readSafetensors } from '../safetensors.ts';
import { adapterFiles } from './adapter-files.ts';

const fixtures = path.join(import.meta.dirname, '../../../../test/fixtures');
const PREFIX = 'base_model.model.';

/** An adapter of all layers as peft has written it, read in the simplest way. */
async function written(name: string): Promise<{ adapter: Adapter; config: Record<string, unknown> }> {
  const folder = path.join(fixtures, 'peft', name);
  const config = JSON.parse(await readFile(path.join(folder, 'adapter_config.json'), 'utf8')) as never;
  const { r, lora_alpha: alpha, use_rslora: rankStabilised } = config as Record<string, never>;
  const { read, size } = await partsOf(path.join(folder, 'adapter_model.safetensors'));
  const tensors = await readSafetensors(read, size, name);
  const weights = new Map<string, Float32Array>();
  for (const tensor of tensors.values())
    weights.set(tensor.name.slice(PREFIX.length), await readNumbers(tensor, read, name));
  const targets = [...weights.keys()].map((key) => key.split('.').at(-3)!);
  return { config, adapter: { rank: r, alpha, rankStabilised, targets: [...new Set(targets)], weights } };
}

describe('the files of an adapter', () => {
  it.each(['llama', 'gpt2', 'gpt-neox', 'phi', 'phi3', 'gemma3'])(
    '%s: tensors are byte for byte those of peft, and its configuration says the same',
    async (name) => {
      const model = await loadConfig(path.join(fixtures, `model/huggingface-${name}`));
      const { adapter, config } = await written(name);
      const files = adapterFiles(model, adapter, `huggingface-${name}`);
      const theirs = await readFile(path.join(fixtures, 'peft', name, 'adapter_model.safetensors'));
      expect(Buffer.compare(Buffer.from(files['adapter_model.safetensors']), theirs)).toBe(0);
      const { target_modules: targets, ...ours } = JSON.parse(String(files['adapter_config.json'])) as Record<
        string,
        unknown
      >;
      expect(config).toMatchObject(ours);
      expect(targets).toEqual(adapter.targets);
      expect(Object.keys(ours)).toEqual([...Object.keys(ours)].sort());
    },
  );

  const [, gpt2] = decoders({ vocabulary: 7, layers: 2, heads: 2, width: 8, positions: 12, window: 3 })[0];
  const shape = { rank: 2, alpha: 4, rankStabilised: false, targets: adaptableTargets(gpt2) };

  it('are not written of numbers that are not finite', () => {
    const weights = initialAdapter(gpt2, shape, rng('files'));
    const [name, numbers] = [...weights].at(-1)!;
    numbers[3] = NaN;
    expect(() => adapterFiles(gpt2, { ...shape, weights }, 'base')).toThrow(
      `adapter: '${name}' has numbers that are not finite`,
    );
  });

  it('are not written of an adapter that is not the model’s', () => {
    const weights = initialAdapter(gpt2, { ...shape, rank: 3 }, rng('files'));
    expect(() => adapterFiles(gpt2, { ...shape, weights }, 'base')).toThrow(/needs/);
  });
});
