/**
 * Adapters beside Python's peft: ours, opened there, theirs, read here, and merged folders, opened by transformers; the same logits to
 * 1e-4 of the largest, in float32 or, where rounding has grown in one of the two, in float64. Needs LENGTHWISE_PYTHON: a Python
 * with torch, transformers and peft. LENGTHWISE_SMOLLM2 (a GGUF file) adds a real model, dequantised for Python.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import { merged } from '../../src/model/adapters/adapter.ts';
import type { Adapter } from '../../src/model/adapters/adapter.ts';
import { readAdapter } from '../../src/model/files/peft/adapter.node.ts';
import { saveTextFolder } from '../../src/model/files/text/save.node.ts';
import { loadTextModel } from '../../src/model/files/text/text-model.node.ts';
import {
  initialise,
  loadGguf,
  loadWeights,
  LocalModel,
  saveFolder,
  Tokenizer,
  withAdapter,
} from '../../src/model/index.ts';
import type { ModelConfig, Weights } from '../../src/model/index.ts';
import { randomAdapter, writeAdapter } from '../adapter.ts';
import { decoders } from '../fixtures/model/decoders.ts';

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const isThere =
  spawnSync(python, ['-c', 'import torch, transformers, peft'], { stdio: 'ignore' }).status === 0;
const reason = isThere
  ? ''
  : ' (skipped: LENGTHWISE_PYTHON names no Python with torch, transformers and peft)';
const smollm2 = process.env.LENGTHWISE_SMOLLM2 ?? '';
const PATIENCE_MS = 30 * 60 * 1000;

interface Logits {
  readonly logits: number[][];
  /** The same in float64. */
  readonly exact: number[][];
}

interface Answers {
  readonly adapter: Logits;
  readonly merged: Logits;
  readonly theirs: Logits;
  readonly tensors: Readonly<Record<'ours' | 'theirs', Record<string, number[]>>>;
  readonly fields: Readonly<Record<'adapter' | 'theirs', Record<string, unknown>>>;
}

interface Model {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

const sequencesOf = (
  name: string,
  { vocabulary }: ModelConfig,
  count: number,
  length: number,
): number[][] => {
  const random = rng('peft', name);
  return Array.from({ length: count }, () => Array.from({ length }, () => random.below(vocabulary)));
};

async function ask(folder: string, adapter: Adapter, sequences: number[][], size: number): Promise<void> {
  const { rank, alpha, rankStabilised, targets } = adapter;
  const lora = { r: rank, lora_alpha: alpha, use_rslora: rankStabilised, target_modules: targets };
  await writeFile(path.join(folder, 'questions.json'), JSON.stringify({ sequences, lora, size, seed: 14 }));
}

function runPython(folder: string): Promise<unknown> {
  return promisify(execFile)(python, [path.join(import.meta.dirname, 'peft_peer.py'), folder], {
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
    maxBuffer: 2 ** 26,
  });
}

async function expectSame(model: Model, sequences: number[][], wanted: Logits, name: string): Promise<void> {
  const local = new LocalModel(model);
  try {
    for (const [s, found] of (await local.logits(sequences)).entries()) {
      const worst = (numbers: readonly number[]) =>
        numbers.reduce((most, number, i) => Math.max(most, Math.abs(number - found[i])), 0);
      const largest = wanted.exact[s].reduce((most, number) => Math.max(most, Math.abs(number)), 1);
      expect(found.length).toBe(wanted.exact[s].length);
      expect(Math.min(worst(wanted.logits[s]), worst(wanted.exact[s])), name).toBeLessThan(1e-4 * largest);
    }
  } finally {
    await local.release();
  }
}

async function answersIn(folder: string): Promise<Answers> {
  return JSON.parse(await readFile(path.join(folder, 'answers.json'), 'utf8')) as Answers;
}

describe.skipIf(!isThere)(`peft${reason}`, () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'lengthwise-peft-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  it(
    'opens our adapters of every architecture, and we its own: the same logits, keys, shapes and settings',
    async () => {
      const tokenizer = new Tokenizer(Array.from({ length: 20 }, (_, i) => `s${i}`));
      const sizes = { vocabulary: tokenizer.size, layers: 2, heads: 4, width: 32, positions: 40, window: 6 };
      const tiny = path.join(scratch, 'tiny');
      await mkdir(tiny);
      const all = decoders(sizes).map(([name, config], i) => {
        const random = rng('peft', name);
        const weights = new Map(
          [...initialise(config, random)].map(([key, numbers]) => [
            key,
            numbers.map((number) => number + 0.1 * random.normal()),
          ]),
        );
        const adapter = randomAdapter(config, {
          seed: i,
          rank: 3,
          alpha: 5,
          size: 0.2,
          rankStabilised: i % 2 > 0,
        });
        return { folder: path.join(tiny, name.replaceAll(' ', '-')), name, config, weights, adapter };
      });
      for (const { folder, name, config, weights, adapter } of all) {
        await saveFolder(path.join(folder, 'base'), { config, weights, tokenizer });
        const inWeights = merged(config, weights, adapter);
        await saveFolder(path.join(folder, 'merged'), { config, weights: inWeights, tokenizer });
        writeAdapter(path.join(folder, 'adapter'), config, adapter);
        await ask(folder, adapter, sequencesOf(name, config, 2, 16), 0.2);
      }
      await runPython(tiny);
      for (const { folder, name, config, weights, adapter } of all) {
        const answers = await answersIn(folder);
        const sequences = sequencesOf(name, config, 2, 16);
        expect(answers.tensors.ours, name).toEqual(answers.tensors.theirs);
        const { target_modules: targets, ...fields } = answers.fields.adapter;
        const { target_modules: theirTargets, ...theirFields } = answers.fields.theirs;
        expect(fields, name).toEqual(theirFields);
        expect(targets, name).toEqual(theirTargets);
        const base = { config, weights };
        const adapted = await withAdapter(base, path.join(folder, 'adapter'));
        await expectSame(adapted, sequences, answers.adapter, name);
        await expectSame(await loadWeights(path.join(folder, 'merged')), sequences, answers.merged, name);
        await expectSame(adapted, sequences, answers.merged, name);
        await expectSame(
          await withAdapter(base, path.join(folder, 'theirs')),
          sequences,
          answers.theirs,
          name,
        );
        expect((await readAdapter(path.join(folder, 'theirs'), config)).targets.toSorted()).toEqual(
          adapter.targets.toSorted(),
        );
      }
    },
    PATIENCE_MS,
  );

  it.skipIf(!existsSync(smollm2))(
    'a GGUF file that is saved dequantised is the base on which peft gives our logits',
    async () => {
      const folder = path.join(scratch, 'real', 'smollm2');
      const base = await loadTextModel(smollm2);
      const { config } = base;
      await saveTextFolder(path.join(folder, 'base'), base, smollm2);
      const adapter = randomAdapter(config, { rank: 4, alpha: 8, size: 0.02 });
      writeAdapter(path.join(folder, 'adapter'), config, adapter);
      const adapted = await withAdapter(await loadGguf(smollm2), path.join(folder, 'adapter'));
      await saveTextFolder(path.join(folder, 'merged'), adapted, smollm2);
      const sequences = [base.tokenizer.encode('Input: a b c d\nOutput: a b c d\nInput: k l m\nOutput:')];
      await ask(folder, adapter, sequences, 0.02);
      await runPython(path.dirname(folder));
      const answers = await answersIn(folder);
      await expectSame(adapted, sequences, answers.adapter, 'adapter');
      await expectSame(await loadWeights(path.join(folder, 'merged')), sequences, answers.merged, 'merged');
      const theirs = await withAdapter(base, path.join(folder, 'theirs'));
      await expectSame(theirs, sequences, answers.theirs, 'theirs');
      expect(await tokensOf(path.join(folder, 'base'), TEXT)).toEqual([
        ...(base.tokenizer.begin === undefined ? [] : [base.tokenizer.begin]),
        ...base.tokenizer.encode(TEXT),
      ]);
    },
    PATIENCE_MS,
  );
});

const TEXT = "It's 2026: naïve  Übung\n\n<|im_start|>user\nCopy 日本 🙂 1234<|im_end|>\n";

/** What Python's AutoTokenizer makes of a text. */
async function tokensOf(folder: string, text: string): Promise<unknown> {
  const code =
    'import json, sys; from transformers import AutoTokenizer; print(json.dumps(AutoTokenizer.from_pretrained(sys.argv[1])(sys.argv[2])["input_ids"]))';
  const { stdout } = await promisify(execFile)(python, ['-c', code, folder, text]);
  return JSON.parse(stdout) as unknown;
}
