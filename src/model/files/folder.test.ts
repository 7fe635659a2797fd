/**
 * Folders on disk: those that transformers made (opened here), those made here (whose recorded answers come from
 * transformers), and damaged ones. `test/fixtures/model/make.py` made the recordings.
 */
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../common/random.ts';
import { modelConfig } from '../config/configure.ts';
import { loadFolder, loadWeights, saveFolder } from './folder.node.ts';
import { LocalModel } from '../answers/local-model.ts';
import { initialise } from '../forward/parameters.ts';
import { Tokenizer } from './tokenizer.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/model');

interface Expected {
  readonly tokens: string[];
  readonly sequences: number[][];
  readonly logits: number[][][];
  readonly prompts: number[][];
  readonly greedy: number[][];
}

async function expectedIn(folder: string): Promise<Expected> {
  return JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Expected;
}

/** What an equality of numbers would not see: which NaN, which zero. */
function bitsOf(numbers: Float32Array = new Float32Array()): Uint32Array {
  return new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lengthwise-model-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe.each([
  'huggingface-gemma2',
  'huggingface-gemma3',
  'huggingface-gpt-neox',
  'huggingface-gpt-neox-sequential',
  'huggingface-gpt2',
  'huggingface-gpt2-erf-untied',
  'huggingface-gpt2-hub',
  'huggingface-gpt2-nope',
  'huggingface-llama',
  'huggingface-llama-bfloat16',
  'huggingface-llama-biased',
  'huggingface-llama-dynamic',
  'huggingface-llama-float16',
  'huggingface-llama-llama3',
  'huggingface-llama-scaled-tied',
  'huggingface-llama-transformers-4',
  'huggingface-llama-yarn',
  'huggingface-mistral',
  'huggingface-phi',
  'huggingface-phi3',
  'huggingface-phi3-longrope',
  'huggingface-qwen2',
  'huggingface-qwen3',
  'huggingface-smollm3',
  'lengthwise-gpt2',
  'lengthwise-gpt2-nope',
  'lengthwise-llama',
  'lengthwise-llama-scaled',
])('the folder %s', (name) => {
  const folder = join(fixtures, name);

  it('gives transformers’ logits to 5e-5 of the largest', async () => {
    const model = new LocalModel(await loadFolder(folder));
    const expected = await expectedIn(folder);
    const logits = await model.logits(expected.sequences);
    logits.forEach((found, s) => {
      const wanted = expected.logits[s].flat();
      expect(found.length).toBe(wanted.length);
      const worst = wanted.reduce((most, number, i) => Math.max(most, Math.abs(number - found[i])), 0);
      const largest = wanted.reduce((most, number) => Math.max(most, Math.abs(number)), 1);
      expect(worst).toBeLessThan(5e-5 * largest);
    });
    await model.release();
  });

  it('gives transformers’ greedy answers and tokens', async () => {
    const { config, weights, tokenizer } = await loadFolder(folder);
    const model = new LocalModel({ config, weights });
    const { prompts, greedy, tokens } = await expectedIn(folder);
    expect(tokenizer.tokens).toEqual(tokens);
    for (const [p, prompt] of prompts.entries()) {
      expect(await model.greedy(prompt, 6, [tokenizer.eos])).toEqual(greedy[p]);
    }
    await model.release();
  });
});

describe('saving', () => {
  it.each(['gpt2', 'gpt2-nope', 'llama', 'llama-scaled'])(
    'writes %s byte for byte as the folder that transformers has opened',
    async (name) => {
      const source = join(fixtures, `lengthwise-${name}`);
      const copy = join(scratch, name);
      await saveFolder(copy, await loadFolder(source));
      const names = (await readdir(source)).filter((file) => file !== 'expected.json');
      expect((await readdir(copy)).sort()).toEqual(names.sort());
      for (const file of names) {
        expect((await readFile(join(copy, file))).equals(await readFile(join(source, file))), file).toBe(
          true,
        );
      }
    },
  );

  it.each(['gpt2', 'gpt2-erf-untied', 'gpt2-nope', 'llama', 'llama-scaled-tied'])(
    'writes the weights of %s byte for byte as transformers does',
    async (name) => {
      const source = join(fixtures, `huggingface-${name}`);
      const copy = join(scratch, `huggingface-${name}`);
      await saveFolder(copy, await loadFolder(source));
      const file = 'model.safetensors';
      expect((await readFile(join(copy, file))).equals(await readFile(join(source, file)))).toBe(true);
    },
  );

  const tokenizer = new Tokenizer(['a', 'b']);
  const config = modelConfig({
    architecture: 'llama',
    vocabulary: 6,
    layers: 1,
    heads: 2,
    width: 8,
    positions: 8,
  });
  const fresh = () => ({ config, weights: initialise(config, rng('folder')), tokenizer });

  it('is bit-exact, odd numbers included', async () => {
    const model = fresh();
    const odd = [NaN, -0, 1e-42, Infinity, Math.fround(0.1)];
    model.weights.get('model.norm.weight')?.set(odd);
    await saveFolder(join(scratch, 'odd'), model);
    const { weights } = await loadFolder(join(scratch, 'odd'));
    for (const [name, numbers] of model.weights) {
      expect(bitsOf(weights.get(name)), name).toEqual(bitsOf(numbers));
    }
  });

  describe('without a tokenizer, in which the symbols come first', () => {
    let folder: string;
    const own = ['x', 'y', 'z'];
    beforeAll(async () => {
      folder = join(scratch, 'symbols-first');
      const tokenizer = new Tokenizer(own, 'symbols-first');
      const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 1, heads: 1, width: 4, positions: 8 }); // prettier-ignore
      await saveFolder(folder, { config, weights: initialise(config, rng('saved')), tokenizer });
      expect((await loadFolder(folder)).tokenizer.tokens).toEqual(tokenizer.tokens);
      await rm(join(folder, 'tokenizer.json'));
    });

    it('has them by their ids, or as they are called', async () => {
      const numbered = await loadFolder(folder);
      expect(numbered).toMatchObject({ ofSets: false, hasTokenizer: false });
      expect(numbered.tokenizer.tokens).toEqual(['0', '1', '2', '<bos>', '<sep>', '<eos>', '<pad>']);
      const { tokenizer } = await loadFolder(folder, { symbols: own });
      expect(tokenizer.tokens).toEqual([...own, '<bos>', '<sep>', '<eos>', '<pad>']);
      await expect(loadFolder(folder, { symbols: ['x', 'y'] })).rejects.toThrow(
        'config.json: a model of 3 symbols, and 2 are named (x y): name all of them in the order of their ids',
      );
    });

    it('is told from others by its config.json', async () => {
      const path = join(folder, 'config.json');
      const text = await readFile(path, 'utf8');
      const json = JSON.parse(text) as Record<string, unknown>;
      await writeFile(path, JSON.stringify({ ...json, architectures: ['GPT2BCELMHeadModel'] }));
      expect((await loadFolder(folder)).ofSets).toBe(true);
      for (const other of [{ pad_token_id: null }, { bos_token_id: 5 }, { eos_token_id: 3 }]) {
        await writeFile(path, JSON.stringify({ ...json, ...other }));
        await expect(loadFolder(folder), JSON.stringify(other)).rejects.toThrow('there is no tokenizer.json');
      }
      await writeFile(path, text);
    });
  });

  it('leaves a folder alone that holds something, unless told to replace it', async () => {
    const folder = join(scratch, 'taken');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    await expect(saveFolder(folder, fresh())).rejects.toThrow(/taken: already there, and not empty/);
    expect(await readdir(folder)).toEqual(['thesis.txt']);
    await saveFolder(folder, fresh(), { replace: true, extraFiles: { 'training.json': '{}' } });
    expect(await readdir(folder)).toContain('training.json');
    expect(await readdir(folder)).not.toContain('thesis.txt');
    expect((await readdir(scratch)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('leaves nothing behind where it cannot write', async () => {
    await writeFile(join(scratch, 'file'), '');
    await expect(saveFolder(join(scratch, 'file', 'model'), fresh())).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/a file, not a folder|part of the path is a file/),
    });
    // Node's own mkdir with `recursive` would not come back from there.
    await expect(saveFolder('/proc/nowhere/model', fresh())).rejects.toThrow(
      /cannot write to \S+: its folder does not exist/,
    );
    const wrong = { ...fresh(), tokenizer: new Tokenizer(['a', 'b', 'c']) };
    await expect(saveFolder(join(scratch, 'wrong'), wrong)).rejects.toThrow(/7 tokens for a model of 6/);
    expect(await readdir(scratch)).not.toContain('wrong');
  });
});

describe('a damaged folder', () => {
  const rewrite = (file: string, change: (text: string) => string) => async (folder: string) => {
    await writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')));
  };
  const damages: [string, (folder: string) => Promise<void>, RegExp][] = [
    ['no folder', (folder) => rm(folder, { recursive: true }), /no such folder; a model folder was expected/],
    ['no config.json', (folder) => rm(join(folder, 'config.json')), /there is no config\.json in it/],
    ['no weights', (folder) => rm(join(folder, 'model.safetensors')), /there is no model\.safetensors/],
    ['no tokenizer', (folder) => rm(join(folder, 'tokenizer.json')), /: there is no tokenizer\.json: put the model's beside its weights/],
    ['truncated weights', (folder) => truncate(join(folder, 'model.safetensors'), 3000), /cut off/],
    ['an empty file of weights', (folder) => truncate(join(folder, 'model.safetensors'), 0), /0 bytes/],
    ['a huge config.json', (folder) => truncate(join(folder, 'config.json'), 5e6), /5000000 bytes; at most 4000000/],
    ['a truncated config.json', (folder) => truncate(join(folder, 'config.json'), 40), /config\.json: no JSON/],
    ['binary in config.json', (folder) => writeFile(join(folder, 'config.json'), Buffer.of(0xff)), /no UTF-8/],
    ['another width', rewrite('config.json', (text) => text.replace('"n_inner": 32', '"n_inner": 16')), /is \[8, 32\], config\.json says \[8, 16\]/],
    ['a layer more', rewrite('config.json', (text) => text.replace('"n_layer": 2', '"n_layer": 3')), /'transformer\.h\.2\.ln_1\.weight' is missing/],
    ['a layer less', rewrite('config.json', (text) => text.replace('"n_layer": 2', '"n_layer": 1')), /belongs to no part of the model/],
    ['positions where there are none', rewrite('config.json', (text) => text.replace('"learned"', '"none"')), /wpe\.weight' is not zero/],
    ['another tokenizer', rewrite('tokenizer.json', (text) => text.replace('WordLevel', 'BPE')), /only word-level/],
    ['ids with a gap', rewrite('tokenizer.json', (text) => text.replace('"a": 4', '"a": 40')), /not 0 to 8, each once/],
    ['a symbol with a space in it', rewrite('tokenizer.json', (text) => text.replace('"a": 4', '"a b": 4')), /tokenizer\.json: symbol "a b": a symbol has no white space/],
    ['other special tokens', rewrite('tokenizer.json', (text) => text.replaceAll('<sep>', '<mid>')), /expected <pad> <bos> <sep> <eos>/],
    ['a device for weights', async (folder) => {
      await rm(join(folder, 'model.safetensors'));
      await symlink('/dev/zero', join(folder, 'model.safetensors'));
    }, /a device or a pipe, not a file/],
    ['a file for a folder', async (folder) => {
      await rm(folder, { recursive: true });
      await writeFile(folder, '');
    }, /a file, not a folder/],
  ]; // prettier-ignore
  it.each(damages)('with %s gets one clear line', async (what, damage, message) => {
    const folder = join(scratch, `damaged-${what.replaceAll(/\W/g, '-')}`);
    await cp(join(fixtures, 'lengthwise-gpt2'), folder, { recursive: true });
    await damage(folder);
    const failure = await loadFolder(folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('\n');
  });

  it('says what to do about weights in other forms', async () => {
    const folder = join(scratch, 'forms');
    await cp(join(fixtures, 'lengthwise-gpt2'), folder, { recursive: true });
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    await expect(loadWeights(folder)).rejects.toThrow(/as safetensors/);
  });
});
