/**
 * Models saved here, opened by Hugging Face's transformers, and the other way round: the same logits to 5e-5 of the
 * largest, in float32 or, where rounding has grown in one of the two, in float64; and the same greedy answers. Needs LENGTHWISE_PYTHON: a Python with torch and transformers.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import {
  LocalModel,
  Tokenizer,
  initialise,
  loadFolder,
  loadWeights,
  modelConfig,
  saveFolder,
} from '../../src/model/index.ts';
import type { ModelOptions } from '../../src/model/index.ts';
import { decoders } from '../fixtures/model/decoders.ts';

const python = process.env.LENGTHWISE_PYTHON;
const reason = python === undefined ? ' (skipped: LENGTHWISE_PYTHON names no Python)' : '';
const LENGTH = 24;
const MAX_TOKENS = 8;

interface Questions {
  readonly sequences: number[][];
  readonly maxTokens: number;
  readonly text?: string;
}

interface Answers {
  readonly logits: number[][][];
  /** The same in float64. */
  readonly exact: number[][][];
  readonly greedy: number[][];
  readonly ids?: number[];
  readonly text?: string;
  readonly eos?: number;
}

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as T;
}

function runPython(...parameters: string[]): void {
  const script = join(import.meta.dirname, 'model.py');
  execFileSync(python ?? 'python', [script, ...parameters], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function putQuestions(folder: string, vocabulary: number, text?: string): Promise<void> {
  const random = rng('questions', basename(folder));
  const sequence = () => Array.from({ length: LENGTH }, () => random.below(vocabulary));
  const questions: Questions = {
    sequences: [sequence(), sequence(), sequence()],
    maxTokens: MAX_TOKENS,
    text,
  };
  await writeFile(join(folder, 'questions.json'), JSON.stringify(questions));
}

async function expectSameAnswers(folder: string, model: LocalModel): Promise<void> {
  const answers = await readJson<Answers>(folder, 'answers.json');
  const { sequences } = await readJson<Questions>(folder, 'questions.json');
  for (const [s, found] of (await model.logits(sequences)).entries()) {
    const [wanted, exact] = [answers.logits[s].flat(), answers.exact[s].flat()];
    expect(found.length).toBe(wanted.length);
    const worst = (numbers: number[]) =>
      numbers.reduce((most, number, i) => Math.max(most, Math.abs(number - found[i])), 0);
    const largest = wanted.reduce((most, number) => Math.max(most, Math.abs(number)), 1);
    expect(Math.min(worst(wanted), worst(exact)), basename(folder)).toBeLessThan(5e-5 * largest);
    expect(await model.greedy(sequences[s], MAX_TOKENS, [3]), basename(folder)).toEqual(answers.greedy[s]);
  }
  await model.release();
}

const models: Record<string, Omit<ModelOptions, 'vocabulary' | 'positions'>> = {
  'gpt2-small': { architecture: 'gpt2', layers: 2, heads: 4, width: 64 },
  'gpt2-large': { architecture: 'gpt2', layers: 4, heads: 4, width: 256 },
  'gpt2-erf-untied': {
    architecture: 'gpt2',
    layers: 1,
    heads: 1,
    width: 16,
    mlpWidth: 24,
    tiedEmbeddings: false,
    activation: 'gelu-erf',
  },
  nope: { architecture: 'gpt2', layers: 3, heads: 2, width: 32, positionEncoding: { kind: 'none' } },
  llama: { architecture: 'llama', layers: 2, heads: 4, width: 64 },
  'llama-grouped': { architecture: 'llama', layers: 3, heads: 6, keyValueHeads: 2, width: 48 },
  'llama-scaled-tied': {
    architecture: 'llama',
    layers: 2,
    heads: 4,
    keyValueHeads: 1,
    width: 64,
    tiedEmbeddings: true,
    positionEncoding: { kind: 'rope', theta: 500, factor: 32 },
  },
  'llama-llama3': {
    architecture: 'llama',
    layers: 2,
    heads: 2,
    width: 64,
    positionEncoding: {
      kind: 'rope',
      theta: 5_000,
      factor: 8,
      scaling: { kind: 'llama3', slowTurns: 1, fastTurns: 4, originalPositions: 32 },
    },
  },
  'llama-yarn': {
    architecture: 'llama',
    layers: 2,
    heads: 2,
    width: 64,
    positionEncoding: {
      kind: 'rope',
      theta: 5_000,
      factor: 4,
      scaling: {
        kind: 'yarn',
        slowTurns: 1,
        fastTurns: 6,
        originalPositions: 16,
        amplitude: 1.2,
        wholePairs: true,
      },
    },
  },
};

describe.skipIf(python === undefined)(`transformers${reason}`, () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lengthwise-peers-'));
  });
  afterAll(() => rm(scratch, { recursive: true }));

  it('opens what is saved here, and answers the same', async () => {
    const symbols = ['a', 'b', '10', 'é', '[UNK]', 'the', '__proto__', '日本'];
    const tokenizer = new Tokenizer(symbols);
    const text = `<bos> ${symbols.join(' ')} <sep> a b <eos>`;
    const folder = join(scratch, 'ours');
    await mkdir(folder);
    for (const [name, options] of Object.entries(models)) {
      const config = modelConfig({ ...options, vocabulary: tokenizer.size, positions: 64 });
      const random = rng('peers', name);
      const weights = initialise(config, random);
      for (const numbers of weights.values()) {
        for (let i = 0; i < numbers.length; i++) numbers[i] += 0.1 * random.normal();
      }
      await saveFolder(join(folder, name), { config, weights, tokenizer });
      await putQuestions(join(folder, name), config.vocabulary, text);
    }
    runPython('answer', folder);
    for (const name of Object.keys(models)) {
      await expectSameAnswers(join(folder, name), new LocalModel(await loadFolder(join(folder, name))));
      const { ids, text: decoded, eos } = await readJson<Answers>(folder, name, 'answers.json');
      expect({ ids, decoded, eos }).toEqual({
        ids: tokenizer.encodeText(text),
        decoded: text,
        eos: tokenizer.eos,
      });
    }
  });

  it('opens every decoder that is saved here, and answers the same', async () => {
    const tokenizer = new Tokenizer(['a', 'b', 'c', 'd', 'e']);
    const sizes = { vocabulary: tokenizer.size, layers: 3, heads: 4, width: 32, positions: 64, window: 5 };
    const folder = join(scratch, 'decoders');
    await mkdir(folder);
    for (const [i, [name, config]] of decoders(sizes).entries()) {
      const random = rng('peers', name);
      const weights = initialise(config, random);
      for (const numbers of weights.values()) {
        for (let k = 0; k < numbers.length; k++) numbers[k] += 0.4 * random.normal();
      }
      const own = join(folder, `${i}-${config.architecture}`);
      await saveFolder(own, { config, weights, tokenizer });
      await putQuestions(own, config.vocabulary);
    }
    runPython('answer', folder);
    for (const name of await readdir(folder)) {
      await expectSameAnswers(join(folder, name), new LocalModel(await loadFolder(join(folder, name))));
    }
  });

  it.each([
    ['make', 1, 12],
    ['make', 2, 12],
    ['make-others', 1, 60],
    ['make-others', 2, 60],
  ] as const)(
    'saves random models that answer the same here (%s, seed %i)',
    async (which, seed, count) => {
      const folder = join(scratch, `theirs-${which}-${seed}`);
      runPython(which, folder, String(seed));
      const names = await readdir(folder);
      expect(names.length).toBe(count);
      for (const name of names) {
        const { config } = await loadWeights(join(folder, name));
        await putQuestions(join(folder, name), config.vocabulary);
      }
      runPython('answer', folder);
      for (const name of names) {
        await expectSameAnswers(join(folder, name), new LocalModel(await loadWeights(join(folder, name))));
      }
    },
    600_000,
  );
});
