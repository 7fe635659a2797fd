/** `--adapter`: a LoRA adapter in the weights of a model that runs here. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/explain/index.ts';
import { loadConfig } from '../../src/model/files/folder.node.ts';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { randomAdapter, writeAdapter } from '../adapter.ts';
import { commandHere, workingDirectory } from '../command-here.ts';
import { writeTextFolder, writeTextGguf } from '../text-model.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-adapter-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const folder = writeTextFolder(path.join(scratch, 'tiny'));
const file = writeTextGguf(path.join(scratch, 'tiny.gguf'));
const symbols = path.join(scratch, 'symbols');
const [one, two, ofSymbols] = ['one', 'two', 'of-symbols'].map((name) => path.join(scratch, name));
beforeAll(async () => {
  const config = await loadConfig(folder);
  for (const [seed, place] of [one, two].entries())
    writeAdapter(place, config, randomAdapter(config, { seed }));
  const tokenizer = new Tokenizer([...'abcdefgh']);
  const sizes = { vocabulary: tokenizer.size, layers: 2, heads: 2, width: 16, positions: 20 };
  const small = modelConfig({ architecture: 'gpt2', ...sizes });
  await saveFolder(symbols, { config: small, weights: initialise(small, rng('saved')), tokenizer });
  writeAdapter(ofSymbols, small, randomAdapter(small));
});

const asked = ['--task', 'UF', '--lengths', '5', '--n', '4'];
const measure = (...words: string[]) => commandHere(['measure', ...words]);

async function measured(...words: string[]): Promise<MeasurementResult> {
  const run = await measure(...words, '--json');
  expect(run.code, run.said).toBe(0);
  return JSON.parse(run.out) as MeasurementResult;
}

describe('measure --adapter', () => {
  it.each([
    ['a GGUF file', file, 'tiny.gguf + one', one],
    ['a text folder', folder, 'tiny + one', one],
    ['the folder of a symbol model', symbols, 'symbols + of-symbols', ofSymbols],
  ])('%s: the rows of base and adapted stand in folders of their own', async (_, target, name, adapter) => {
    const base = await measured(target, ...asked);
    const adapted = await measured(target, ...asked, '--adapter', adapter);
    expect(adapted.respondent).toMatchObject({
      model: name,
      weights: base.respondent.weights,
      adapter: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(base.respondent.adapter).toBeUndefined();
    expect(adapted.run.folder).not.toBe(base.run.folder);
    expect(adapted.run).toMatchObject({ answered: 4, reused: 0 });
    expect(adapted.run.folder).toContain(`-${path.basename(adapter)}-`);
    if (target !== symbols) expect(adapted.respondent.checksum).not.toBe(base.respondent.checksum);
    const again = await measured(target, ...asked, '--adapter', adapter);
    expect(again.run).toMatchObject({ folder: adapted.run.folder, answered: 0, reused: 4 });
    const report = path.join(scratch, 'report.html');
    const { code, said } = await commandHere(['report', adapted.run.folder!, '--out', report]);
    expect(code, said).toBe(0);
    expect(readFileSync(report, 'utf8')).toContain(name);
  });

  it('never mixes rows in one folder', async () => {
    const out = path.join(scratch, 'rows');
    await measured(file, ...asked, '--adapter', one, '--out', out);
    for (const words of [['--adapter', two], []]) {
      const { code, said } = await measure(file, ...asked, ...words, '--out', out);
      expect([code, said]).toEqual([
        2,
        expect.stringContaining('answers of another respondent, which differs in --adapter;'),
      ]);
    }
  });

  it('refuses what has no weights here, with the way out', async () => {
    const endpoint = await measure('http://127.0.0.1:9/v1', '--model', 'x', '--adapter', one);
    expect([endpoint.code, endpoint.said]).toEqual([
      2,
      expect.stringContaining('a server loads adapters itself (vLLM: --enable-lora --lora-modules'),
    ]);
    const outputs = path.join(scratch, 'outputs.jsonl');
    writeFileSync(outputs, '{}\n');
    const recorded = await measure('--outputs', outputs, '--adapter', one);
    expect([recorded.code, recorded.said]).toEqual([
      2,
      expect.stringContaining('--adapter: this option only applies to the folder of a model or a text model'),
    ]);
  });

  it.each(['measure', 'explain', 'fix'])('%s: the folder of an adapter is no model', async (command) => {
    const given = command === 'fix' ? ['--at-least', 'UF=5'] : ['--task', 'UF'];
    const { code, said } = await commandHere([command, one, ...given]);
    expect([code, said]).toEqual([
      2,
      expect.stringContaining(
        `${one}: an adapter, not a model: name the model that it was made for, and this folder beside it: lengthwise measure BASE --adapter ${one}. It says that it was made for the/base.`,
      ),
    ]);
  });

  it.each(['measure', 'explain'])('%s: a model is no adapter, and others fit no base', async (command) => {
    const model = await commandHere([command, file, '--task', 'UF', '--adapter', folder]);
    expect([model.code, model.said]).toEqual([
      2,
      expect.stringContaining(`${folder}: a model, not an adapter: name it as the model`),
    ]);
    const other = await commandHere([command, file, '--task', 'UF', '--adapter', ofSymbols]);
    expect([other.code, other.said]).toEqual([2, expect.stringContaining('no adapter of this model')]);
  });

  it('an adapter that changes nothing is an error', async () => {
    const config = await loadConfig(folder);
    const adapter = randomAdapter(config);
    for (const [name, numbers] of adapter.weights) if (name.includes('lora_B')) numbers.fill(0);
    const zero = writeAdapter(path.join(scratch, 'zero'), config, adapter);
    const { code, said } = await measure(folder, ...asked, '--adapter', zero);
    expect([code, said]).toEqual([2, expect.stringContaining(`${zero}: the adapter changes no weight`)]);
  });
});

describe('explain --adapter', () => {
  it('explains the adapted model, and keeps it apart from its base', async () => {
    const out = path.join(scratch, 'why');
    const explain = (...words: string[]) =>
      commandHere(['explain', file, '--task', 'UF', '--n', '4', '--only', 'behaviour', ...words, '--json']);
    const base = await explain();
    const adapted = await explain('--adapter', one, '--out', out);
    expect(adapted.code, adapted.said).toBe(0);
    const found = JSON.parse(adapted.out) as Explanation;
    expect(found.target).toBe('tiny.gguf + one');
    expect(found.checksum).not.toBe((JSON.parse(base.out) as Explanation).checksum);
    const mixed = await explain('--out', out);
    expect([mixed.code, mixed.said]).toEqual([
      2,
      expect.stringContaining('why holds an explanation of tiny.gguf + one, and this is tiny.gguf:'),
    ]);
  });
});

describe('fix --adapter', () => {
  it('asks the adapted model, in a folder of its own', async () => {
    const fix = (...words: string[]) =>
      commandHere(['fix', file, '--at-least', 'UL=3', '--only', 'reverse', '--n', '2', '--prompt', 'pair', ...words, '--json']); // prettier-ignore
    const adapted = await fix('--adapter', one);
    expect(JSON.parse(adapted.out), adapted.said).toMatchObject({ target: 'tiny.gguf + one' });
    const [, place] = /results go to (\S+)/.exec(adapted.said) ?? [];
    expect(existsSync(path.join(workingDirectory, place, 'fix.json'))).toBe(true);
    const base = await fix();
    expect(base.said).not.toContain(`results go to ${place}\n`);
    const endpoint = await commandHere([
      'fix',
      'http://127.0.0.1:9/v1',
      '--at-least',
      'UL=3',
      '--adapter',
      one,
    ]);
    expect([endpoint.code, endpoint.said]).toEqual([
      2,
      expect.stringContaining('a server loads adapters itself'),
    ]);
  });
});
