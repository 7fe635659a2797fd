/** Adapters on disk: those that Python's peft 0.21.2 has written (test/fixtures/peft/make.py), and damaged ones. */
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../common/errors.ts';
import { merged } from '../../adapters/adapter.ts';
import { LocalModel } from '../../answers/local-model.ts';
import { loadConfig, loadWeights } from '../folder.node.ts';
import { writeSafetensors } from '../safetensors.ts';
import { adapterFiles } from './adapter-files.ts';
import { readAdapter } from './adapter.node.ts';

const fixtures = path.join(import.meta.dirname, '../../../../test/fixtures');
const model = (name: string) => path.join(fixtures, 'model', `huggingface-${name}`);
const adapterOf = (name: string) => path.join(fixtures, 'peft', name);

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'lengthwise-adapter-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** A copy of an adapter's folder, with other fields in its configuration: undefined leaves one out. */
async function changed(name: string, fields: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(path.join(scratch, 'changed-'));
  await cp(adapterOf(name), folder, { recursive: true });
  const file = path.join(folder, 'adapter_config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...config, ...fields }));
  return folder;
}

describe('an adapter that peft has written', () => {
  it.each(['llama', 'gpt2', 'gpt-neox', 'phi', 'phi3', 'gemma3', 'qwen3'])(
    '%s: in the weights, it gives the logits that peft gives',
    async (name) => {
      const { config, weights } = await loadWeights(model(name));
      const adapter = await readAdapter(adapterOf(name), config);
      const text = await readFile(path.join(adapterOf(name), 'expected.json'), 'utf8');
      const { sequences, logits } = JSON.parse(text) as { sequences: number[][]; logits: number[][][] };
      const local = new LocalModel({ config, weights: merged(config, weights, adapter) });
      const found = (await local.logits(sequences)).flatMap((numbers) => [...numbers]);
      await local.release();
      const expected = logits.flat(2);
      const largest = Math.max(...expected.map(Math.abs));
      expect(found).toHaveLength(expected.length);
      found.forEach((logit, i) =>
        expect(Math.abs(logit - expected[i])).toBeLessThan(5e-5 * Math.max(1, largest)),
      );
    },
  );

  it('is read from what we write of it', async () => {
    const config = await loadConfig(model('gpt2'));
    const adapter = await readAdapter(adapterOf('gpt2'), config);
    expect(adapter).toMatchObject({ rank: 2, alpha: 3, rankStabilised: true });
    const folder = await mkdtemp(path.join(scratch, 'ours-'));
    for (const [name, content] of Object.entries(adapterFiles(config, adapter, 'base')))
      await writeFile(path.join(folder, name), content);
    expect(await readAdapter(folder, config)).toEqual(adapter);
  });

  it('is read with the few fields that old versions wrote', async () => {
    const folder = await mkdtemp(path.join(scratch, 'old-'));
    await cp(adapterOf('llama'), folder, { recursive: true });
    const old = { peft_type: 'LORA', r: 2, lora_alpha: 8, target_modules: '.*proj', bias: 'none' };
    await writeFile(path.join(folder, 'adapter_config.json'), JSON.stringify(old));
    const config = await loadConfig(model('llama'));
    expect((await readAdapter(folder, config)).weights).toEqual(
      (await readAdapter(adapterOf('llama'), config)).weights,
    );
  });
});

describe('an adapter that is not read', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['DoRA', { use_dora: true }, /adapter_config\.json: use_dora true; read are LoRA adapters/],
    ['biases', { bias: 'all' }, /bias "all"/],
    ['biases of LoRA', { lora_bias: true }, /lora_bias true/],
    ['further modules', { modules_to_save: ['lm_head'] }, /modules_to_save \["lm_head"\]/],
    ['ranks of its own', { rank_pattern: { q_proj: 4 } }, /rank_pattern/],
    ['alphas of its own', { alpha_pattern: { q_proj: 4 } }, /alpha_pattern/],
    ['activated LoRA', { alora_invocation_tokens: [1] }, /alora_invocation_tokens/],
    ['another kind', { peft_type: 'IA3' }, /peft_type "IA3"; read are LoRA/],
    ['PiSSA', { init_lora_weights: 'pissa' }, /init_lora_weights "pissa" changes the base model/],
    ['no kind', { peft_type: undefined }, /no peft_type/],
    ['MLX', { peft_type: undefined, lora_parameters: { scale: 20 } }, /MLX's format/],
    ['rank 0', { r: 0 }, /r: /],
    ['a rank beyond the model', { r: 1e9 }, /a rank of 1000000000/],
    ['no alpha', { lora_alpha: null }, /lora_alpha: expected a number/],
    ['another rank', { r: 3 }, /lora_A\.weight' is \[2, 16\], the model needs \[3, 16\]/],
    [
      'more modules',
      { target_modules: ['q_proj', 'v_proj'] },
      /'model\.layers\.0\.self_attn\.k_proj' has tensors, and target_modules does not name it/,
    ],
  ])('%s', async (_, fields, says) => {
    const folder = await changed('llama', fields);
    const config = await loadConfig(model('llama'));
    const reading = readAdapter(folder, config);
    await expect(reading).rejects.toThrow(UserError);
    await expect(reading).rejects.toThrow(says);
    await expect(reading).rejects.toThrow(/^[^\n]*$/);
  });

  it('is of another model, which it names', async () => {
    const config = await loadConfig(model('gpt-neox'));
    await expect(readAdapter(adapterOf('llama'), config)).rejects.toThrow(
      /no adapter of this model \(it says that it was made for huggingface-llama\): 'base_model\.model\.model\.layers\.0\..*' belongs to no layer/,
    );
    const wider = { ...(await loadConfig(model('llama'))), width: 32 };
    await expect(readAdapter(adapterOf('llama'), wider)).rejects.toThrow(
      /'model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight' is \[2, 16\], the model needs \[2, 32\]/,
    );
  });

  it('has layers that its configuration names and its tensors miss', async () => {
    const config = await loadConfig(model('qwen3'));
    await expect(
      readAdapter(await changed('qwen3', { layers_to_transform: [0, 1] }), config),
    ).rejects.toThrow(
      /module 'model\.layers\.0\.self_attn\.q_proj' has no tensors, and target_modules with layers_to_transform names it/,
    );
    const elsewhere = await changed('qwen3', { layers_to_transform: [5] });
    await expect(readAdapter(elsewhere, config)).rejects.toThrow(
      /has tensors, and target_modules with layers_to_transform does not name it/,
    );
  });

  it('has numbers that are not finite', async () => {
    const config = await loadConfig(model('llama'));
    const adapter = await readAdapter(adapterOf('llama'), config);
    const folder = await changed('llama', {});
    const tensors = [...adapter.weights].map(([name, data]) => {
      const shape = name.includes('lora_A') ? [2, data.length / 2] : [data.length / 2, 2];
      return { name: `base_model.model.${name}`, shape, data: Float32Array.from(data) };
    });
    tensors[3].data[1] = Infinity;
    await writeFile(path.join(folder, 'adapter_model.safetensors'), writeSafetensors(tensors));
    await expect(readAdapter(folder, config)).rejects.toThrow(/numbers that are not finite/);
  });

  it('is a model, a pickled adapter, none at all', async () => {
    const config = await loadConfig(model('llama'));
    await expect(readAdapter(model('llama'), config)).rejects.toThrow(
      /a model, not an adapter: name it as the model \(lengthwise measure .*\), without --adapter/,
    );
    const folder = await changed('llama', {});
    await rm(path.join(folder, 'adapter_model.safetensors'));
    await writeFile(path.join(folder, 'adapter_model.bin'), '');
    await expect(readAdapter(folder, config)).rejects.toThrow(/adapter_model\.bin is not read/);
    await expect(readAdapter(scratch, config)).rejects.toThrow(/there is no adapter_config\.json and no/);
    await expect(readAdapter(path.join(scratch, 'x'), config)).rejects.toThrow(/no such folder/);
    const file = path.join(folder, 'adapter_config.json');
    await expect(readAdapter(file, config)).rejects.toThrow(/a file, not a folder/);
  });

  it('is cut off, or changed anywhere: one line, or the adapter', async () => {
    const config = await loadConfig(model('gpt2'));
    const folder = await mkdtemp(path.join(scratch, 'fuzz-'));
    const names = ['adapter_config.json', 'adapter_model.safetensors'];
    const whole = await Promise.all(names.map((name) => readFile(path.join(adapterOf('gpt2'), name))));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array({ maxLength: 12 }),
        fc.boolean(),
        async (which, share, bytes, cut) => {
          for (const [i, name] of names.entries()) await writeFile(path.join(folder, name), whole[i]);
          const file = path.join(folder, names[which]);
          const at = Math.floor(share * whole[which].length);
          const damaged = Uint8Array.from(whole[which]);
          damaged.set(bytes.subarray(0, Math.max(0, damaged.length - at)), at);
          await writeFile(file, damaged);
          if (cut) await truncate(file, at);
          try {
            const { weights } = await readAdapter(folder, config);
            for (const numbers of weights.values()) expect(numbers.every(Number.isFinite)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            expect(String(error)).not.toContain('\n');
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
