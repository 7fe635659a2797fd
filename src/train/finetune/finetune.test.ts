import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTextFolder, writeTextGguf } from '../../../test/text-model.ts';
import { UserError } from '../../common/errors.ts';
import { adaptableTargets, merged } from '../../model/adapters/adapter.ts';
import { loadFolder } from '../../model/files/folder.node.ts';
import { readAdapter } from '../../model/files/peft/adapter.node.ts';
import { loadTextModel } from '../../model/files/text/text-model.node.ts';
import { LocalModel } from '../../model/index.ts';
import { sequenceOf } from '../../tasks/sequence.ts';
import { taskNamed } from '../../tasks/index.ts';
import { rng } from '../../common/random.ts';
import { CHECKPOINT_FILE, readCheckpoint } from '../run/checkpoint.node.ts';
import { weightsHash } from '../run/record.node.ts';
import { train } from '../run/train.node.ts';
import { preset } from '../spec/presets.ts';
import { openBase, baseFacts } from './base.node.ts';
import type { Base } from './base.ts';
import { usualSpec, wishedSpec } from './defaults.ts';
import { finetune } from './finetune.node.ts';
import { finetuneInProcess } from './process.node.ts';
import { FINETUNING_FILE, readFinetuning } from './record.node.ts';
import type { FinetunedRow, FinetuneRow } from './rows.ts';
import type { FinetuneSpec } from './spec.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-finetune-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;
const newFolder = () => path.join(scratch, `run-${made++}`);

/** A model that looks right, in sources of up to five symbols. */
const symbolBase = path.join(scratch, 'base');
const textBase = path.join(scratch, 'text');
let symbols: Base;
let text: Base;
const signal = new AbortController().signal;

beforeAll(async () => {
  const sizes = { layers: 2, heads: 2, dim: 32, lengths: { min: 2, max: 4 }, maxLength: 10, batch: 32 };
  const spec = { ...preset('quick', 'UR', 'ape'), ...sizes, steps: 500, evaluateEvery: 100 };
  const alphabet = ['a', 'b', 'c', 'd', 'e'];
  await train({ ...spec, taskOptions: { alphabet } }, symbolBase, {
    signal,
    threads: 1,
    onRow: () => undefined,
  });
  symbols = await openBase(symbolBase);
  text = await openBase(writeTextFolder(textBase));
}, 120_000);

interface Outcome {
  readonly rows: FinetuneRow[];
  readonly result: FinetunedRow;
}

async function tuned(
  spec: FinetuneSpec,
  target: string,
  folder: string,
  options: { threads?: number; baseName?: string } = {},
): Promise<Outcome> {
  const rows: FinetuneRow[] = [];
  const onRow = (row: FinetuneRow) => void rows.push(row);
  const result = await finetune(spec, target, folder, { signal, threads: 1, ...options, onRow });
  return { rows, result };
}

/** Goes on until after so many steps, then stops. */
async function stoppedAfter(
  spec: FinetuneSpec,
  target: string,
  folder: string,
  steps: number,
): Promise<void> {
  const stop = new AbortController();
  const onRow = (row: FinetuneRow) => {
    if (row.step >= steps) stop.abort(new Error('enough'));
  };
  await expect(finetune(spec, target, folder, { signal: stop.signal, threads: 1, onRow })).rejects.toThrow(
    'enough',
  );
}

const few = { steps: 12, evaluateEvery: 5, warmup: 2 };
const onSymbols = (changes: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  ...usualSpec(symbols, 'UL', { min: 2, max: 4 }),
  ...few,
  ...changes,
});
const onText = (changes: Partial<FinetuneSpec> = {}): FinetuneSpec => ({
  ...usualSpec(text, 'UR', { min: 2, max: 6 }),
  ...few,
  ...changes,
});

const bytesIn = (folder: string, name = 'adapter_model.safetensors') =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, name)))
    .digest('hex');

/** Without what the clock says. */
const timeless = (rows: readonly FinetuneRow[]): object[] =>
  rows.map((row) => ({ ...row, tokensPerSecond: 0, elapsed: 0, left: 0, seconds: 0 }));

describe('a symbol model', () => {
  it.each([
    ['by an adapter', 'lora', 1e-2],
    ['by all of its weights', 'full', 3e-3],
  ] as const)('learns another task %s', async (_, kind, learningRate) => {
    const folder = newFolder();
    const spec = {
      ...usualSpec(symbols, 'UL', { min: 2, max: 3 }, kind),
      ...{ learningRate, steps: 800, batch: 16, evaluateEvery: 50 },
    };
    const { result, rows } = await tuned(spec, symbolBase, folder);
    expect(result.accuracy).toBeGreaterThan(0.95);
    const { config, tokenizer } = symbols as Extract<Base, { kind: 'symbols' }>;
    const weights =
      kind === 'full'
        ? (await loadFolder(folder)).weights
        : merged(config, symbols.weights, await readAdapter(folder, config));
    expect(kind === 'full' ? weightsHash(new Map(weights) as never) : result.weights).toBe(result.weights);
    // What was saved answers so, too: asked in plain passes, beside what the base answers.
    const share = async (model: LocalModel): Promise<number> => {
      const [task, random] = [taskNamed('UL'), rng('asked')];
      let right = 0;
      for (let i = 0; i < 100; i++) {
        const sample = task.sample(2 + random.below(2), random, spec.taskOptions);
        const sequence = tokenizer.encode(sequenceOf(task, sample).prompt);
        const [logits] = await model.lastLogits([sequence]);
        right += Number(tokenizer.tokens[logits.indexOf(Math.max(...logits))] === sample.answer[0]);
      }
      return right / 100;
    };
    expect(await share(new LocalModel({ config, weights }))).toBeGreaterThan(0.93);
    expect(await share(new LocalModel(symbols))).toBeLessThan(0.6);
    expect(rows.at(-1)).toBe(result);
  });

  it('is asked as it was trained: the same symbols, and options that the task has', () => {
    expect(onSymbols().taskOptions).toEqual({ alphabet: ['a', 'b', 'c', 'd', 'e'] });
    expect(onSymbols().prompt).toBeNull();
    expect(onSymbols().offsets).toBe(true);
  });
});

describe.each([
  ['a symbol model with a curriculum', () => ({ target: symbolBase, spec: onSymbols({ curriculum: 4 }) })],
  ['a text model', () => ({ target: textBase, spec: onText() })],
])('fine-tuning of %s', (_, given) => {
  it('gives the same bytes and curve whether it is interrupted or not, by one thread or two', async () => {
    const { spec, target } = given();
    const [whole, wholeFolder] = [newFolder(), newFolder()];
    const once = await tuned(spec, target, whole);
    expect(once.rows.map(({ step }) => step)).toEqual([5, 10, 12, 12]);
    const folder = newFolder();
    await stoppedAfter(spec, target, folder, 5);
    expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
    await stoppedAfter(spec, target, folder, 10);
    const pieces = await tuned(spec, target, folder);
    expect(timeless(pieces.rows)).toEqual(timeless(once.rows));
    expect(bytesIn(folder)).toBe(bytesIn(whole));
    const two = await tuned(spec, target, wholeFolder, { threads: 2 });
    expect(timeless(two.rows)).toEqual(timeless(once.rows));
    expect(bytesIn(wholeFolder)).toBe(bytesIn(whole));
    const other = newFolder();
    await tuned({ ...spec, seed: 2 }, target, other);
    expect(bytesIn(other)).not.toBe(bytesIn(whole));
  });

  it('leaves an adapter and its record, and is found finished', async () => {
    const { spec, target } = given();
    const folder = newFolder();
    const first = await tuned(spec, target, folder, { baseName: 'org/base' });
    expect(readdirSync(folder).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      FINETUNING_FILE,
    ]);
    const config = JSON.parse(readFileSync(path.join(folder, 'adapter_config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ base_model_name_or_path: 'org/base', r: 16, lora_alpha: 32 });
    const record = readFinetuning(folder, { ...spec })!;
    expect(record).toMatchObject({ base: { name: path.basename(target), hash: spec.base }, spec });
    expect([...record.curve, record.result]).toEqual(first.rows);
    expect(await tuned(spec, target, folder)).toEqual(first);
    await expect(tuned({ ...spec, seed: 9 }, target, folder)).rejects.toThrow(
      `${folder} holds what was fine-tuned with other settings: choose another folder`,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('a kill in the middle', () => {
  it('costs nothing: the same bytes come out', async () => {
    const spec = onSymbols({ steps: 600, evaluateEvery: 50, learningRate: 1e-4 });
    const [whole, folder] = [newFolder(), newFolder()];
    await tuned(spec, symbolBase, whole);
    await stoppedAfter(spec, symbolBase, folder, 100);
    const killed = finetuneInProcess(spec, symbolBase, folder, {
      ...{ signal, threads: 1 },
      onRow: ({ step }) => {
        if (step >= 200) killWorkers();
      },
    });
    await expect(killed).rejects.toThrow('the fine-tuning process was killed by SIGKILL');
    expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
    expect(readCheckpoint(folder)!.step).toBeLessThan(600);
    const result = await finetuneInProcess(spec, symbolBase, folder, {
      ...{ signal, threads: 2 },
      onRow: () => undefined,
    });
    expect(result.step).toBe(600);
    expect(bytesIn(folder)).toBe(bytesIn(whole));
  });
});

/** Kills the fine-tuning processes among this one's children, as the system does when memory runs out. */
function killWorkers(): void {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  for (const pid of children.map(Number)) {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('finetune/worker.node'))
      process.kill(pid, 'SIGKILL');
  }
}

describe('a text model of which all weights are trained', () => {
  it.each([
    ['a folder', (name: string) => writeTextFolder(path.join(scratch, name))],
    ['a GGUF file', (name: string) => writeTextGguf(path.join(scratch, `${name}.gguf`))],
  ])('is a folder like any other, that answers otherwise: from %s', async (_, write) => {
    const target = write(`whole-${made++}`);
    const base = await openBase(target);
    const folder = newFolder();
    const spec = { ...usualSpec(base, 'UF', { min: 2, max: 4 }, 'full'), ...few };
    const { result } = await tuned(spec, target, folder);
    const saved = await loadTextModel(folder);
    expect(weightsHash(new Map(saved.weights) as Map<string, Float32Array>)).toBe(result.weights);
    expect(result.weights).not.toBe(weightsHash(new Map(base.weights) as Map<string, Float32Array>));
    expect(saved.tokenizer.encode(' a b | a')).toEqual(
      (base as typeof text & { kind: 'text' }).tokenizer.encode(' a b | a'),
    );
    expect(readdirSync(folder)).toContain(FINETUNING_FILE);
    expect(await tuned(spec, target, folder)).toMatchObject({ result });
  });
});

describe('a fine-tuning', () => {
  it('of a base that changed is refused', async () => {
    await expect(tuned({ ...onSymbols(), base: 'f'.repeat(64) }, symbolBase, newFolder())).rejects.toThrow(
      /^base is another model than the one that is to be fine-tuned/,
    );
  });

  it('that changes no logit is an error, and leaves nothing that looks finished', async () => {
    const folder = newFolder();
    const spec = onSymbols({ learningRate: 1e-30, steps: 2, evaluateEvery: 2 });
    await expect(tuned(spec, symbolBase, folder)).rejects.toThrow(UserError);
    await expect(tuned(spec, symbolBase, folder)).rejects.toThrow(
      'the fine-tuning changed no logit in 2 steps: take more of them, or a learning rate above 1e-30',
    );
    expect(existsSync(path.join(folder, FINETUNING_FILE))).toBe(false);
  });

  it('that diverges is one clear line, and leaves nothing behind', async () => {
    const folder = newFolder();
    await expect(tuned(onSymbols({ learningRate: 1e38, steps: 50 }), symbolBase, folder)).rejects.toThrow(
      /^fine-tuning diverged: .*; a learning rate below 1e\+38 may help$/,
    );
    expect(existsSync(folder)).toBe(false);
  });

  it('ends at 100 % of the training range', async () => {
    // The base can do this already: its first evaluation finds nothing wrong.
    const spec = {
      ...usualSpec(symbols, 'UR', { min: 2, max: 2 }),
      steps: 600,
      evaluateEvery: 20,
      learningRate: 1e-4,
    };
    const { result } = await tuned(spec, symbolBase, newFolder());
    expect(result).toMatchObject({ kind: 'finetuned', reason: 'perfect', accuracy: 1 });
    expect(result.step).toBeLessThan(600);
  });

  it.each<[string, () => FinetuneSpec, string]>([
    [
      'a prompt for a symbol model',
      () => onSymbols({ prompt: onText().prompt }),
      'prompt: base is a symbol model',
    ],
    [
      'no prompt for a text model',
      () => onText({ prompt: null }),
      'prompt: text is a text model, which needs one',
    ],
    [
      'offsets without learned positions',
      () => onText({ offsets: true }),
      'offsets: text has no learned positions',
    ],
    ['no batch', () => onText({ batch: 0 }), 'batch: must be a whole number of at least 1, not 0'],
    ['no such module', () => onText({ method: { ...lora(), targets: ['q_prj'] } }), "did you mean 'q_proj'?"],
    [
      'a rank of 0',
      () => onText({ method: { ...lora(), rank: 0 } }),
      'method: a rank is a whole number from 1, not 0',
    ],
    ['a rate of 0', () => onText({ learningRate: 0 }), 'learningRate: must be above 0, not 0'],
    ['settle', () => onText({ schedule: 'settle' as never }), "unknown schedule 'settle'"],
    [
      'too long ones',
      () => onSymbols({ lengths: { min: 2, max: 30 } }),
      'base has 13 positions: take shorter ones',
    ],
    ['no such length', () => onSymbols({ lengths: { min: 0, max: 1 } }), 'UL has lengths from 2'],
    [
      'other symbols',
      () => onSymbols({ taskOptions: { alphabet: ['x', 'y'] } }),
      "'x' is not among the model's 5",
    ],
    ['another task', () => onSymbols({ task: 'UX' }), "unknown task 'UX'"],
  ])('with %s is refused in one line', async (_, spec, message) => {
    const target = spec().base === symbols.hash ? symbolBase : textBase;
    const folder = newFolder();
    await expect(tuned(spec(), target, folder)).rejects.toThrow(message);
    await expect(tuned(spec(), target, folder)).rejects.toThrow(UserError);
    expect(existsSync(folder)).toBe(false);
  });

  it("into a folder with somebody else's files is refused", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    await expect(tuned(onText(), textBase, folder)).rejects.toThrow(/holds something else \(notes.txt\)/);
  });
});

const lora = () => ({
  ...{ kind: 'lora' as const, rank: 4, alpha: 8, rankStabilised: false },
  targets: adaptableTargets(text.config),
});

describe('a base', () => {
  it('is known before its weights are read, as it is with them', async () => {
    for (const target of [textBase, symbolBase]) {
      const { weights, ...facts } = await openBase(target);
      expect(weights.size).toBeGreaterThan(0);
      expect(await baseFacts(target)).toMatchObject({ ...facts, tokenizer: expect.anything() as unknown });
    }
    expect(usualSpec(await baseFacts(textBase), 'UR', { min: 2, max: 6 })).toEqual(
      usualSpec(text, 'UR', { min: 2, max: 6 }),
    );
  });

  it('with few letters of one token each learns the symbols that are named', () => {
    if (text.kind !== 'text') throw new Error('a text model was expected');
    const tokenizer = Object.create(text.tokenizer) as typeof text.tokenizer;
    tokenizer.single = () => undefined;
    const few = { ...text, tokenizer };
    expect(() => wishedSpec(few, 'UR', { min: 2, max: 6 }, {})).toThrow(/name the symbols to draw from/);
    const { taskOptions } = wishedSpec(few, 'UR', { min: 2, max: 6 }, { options: { alphabet: ['a', 'b'] } });
    expect(taskOptions).toEqual({ alphabet: ['a', 'b'] });
  });

  it('that is none is one clear line', async () => {
    await expect(openBase(path.join(scratch, 'nowhere'))).rejects.toThrow(
      /nowhere: no such folder; a model folder was expected/,
    );
  });
});
