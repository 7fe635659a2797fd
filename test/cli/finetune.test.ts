import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinetuneResult } from '../../src/fix/finetuned/rows.ts';
import { runAsync } from '../run-async.ts';
import { writeTextFolder } from '../text-model.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-cli-finetune-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;
const newFolder = () => path.join(scratch, `run-${made++}`);

const cwd = path.join(import.meta.dirname, '../..');
const lengthwise = (...args: string[]) => runAsync('node', ['bin/lengthwise.js', ...args], { cwd });
const words = (text: string) => text.split(' ');

describe('a model that was trained here', () => {
  const base = path.join(scratch, 'base');
  beforeAll(async () => {
    const { code, said } = await lengthwise(
      'train',
      ...words('--task UR --layers 1 --heads 2 --dim 16 --lengths 2-5 --max-length 30 --batch 16 --steps 40'),
      ...['--alphabet', 'lower:8', '--out', base],
    );
    expect(code, said).toBe(0);
  }, 60_000);

  const tune = (...more: string[]) =>
    lengthwise('finetune', base, ...words('--task UL --lengths 3-5 --steps 30 --n 20'), ...more);

  it(
    'is fine-tuned, and measured before and after, within the lengths and beyond',
    { timeout: 120_000 },
    async () => {
      const out = newFolder();
      const ran = await tune('--out', out, '--json');
      expect(ran.code, ran.said).toBe(0);
      const result = JSON.parse(ran.out) as FinetuneResult;
      expect(result).toEqual(JSON.parse(readFileSync(path.join(out, 'finetune.json'), 'utf8')));
      expect(result).toMatchObject({
        target: base,
        lengths: { min: 3, max: 5 },
        n: 20,
        perplexity: null,
        gaps: [],
      });
      const [model] = result.models;
      expect(result.models).toHaveLength(1);
      expect(model).toMatchObject({ task: 'UL', seed: 1, folder: path.join(out, 'UL', 'seed-1'), steps: 30 });
      for (const cells of [result.before, model.cells]) {
        const trained = cells.filter(({ format }) => format === 'trained');
        const ordinary = trained.filter(({ sources }) => sources === 'anywhere');
        expect(ordinary.map(({ length, multiple }) => [length, multiple])).toEqual([
          [3, null],
          [4, null],
          [5, 1],
          [8, 1.5],
          [10, 2],
          [15, 3],
          [25, 5],
        ]);
        // 100 samples in all within the range, 20 at every other length.
        expect(ordinary.map(({ n }) => n)).toEqual([34, 34, 34, 20, 20, 20, 20]);
        const firstHalf = trained.filter(({ sources }) => sources === 'first-half');
        expect(firstHalf.map(({ length }) => length)).toEqual([5, 8, 10, 15, 25]);
        const shifted = cells.filter(({ format }) => format === 'shifted');
        expect(shifted.map(({ length, n, sources }) => [length, n, sources])).toEqual(
          [5, 8, 10, 15, 25].map((length) => [length, 20, 'anywhere']),
        );
        expect(trained.length + shifted.length).toBe(cells.length);
      }
      expect(readdirSync(model.folder).sort()).toEqual([
        'adapter_config.json',
        'adapter_model.safetensors',
        'finetuning.json',
      ]);
      expect(readFileSync(path.join(out, 'finetune.html'), 'utf8')).toContain('Before and after');

      // What was measured is what the adapter gives.
      const again = await lengthwise(
        ...['measure', base, '--adapter', model.folder],
        ...words('--lengths 5 --n 34 --json --out'),
        newFolder(),
      );
      expect(again.code, again.said).toBe(0);
      const { rows } = JSON.parse(again.out) as { rows: { length: number; correct: number }[] };
      const at5 = model.cells.find(({ length, sources }) => length === 5 && sources === 'anywhere');
      expect(rows).toMatchObject([{ length: 5, correct: at5!.right }]);

      // The same command finds it all done.
      const bytes = readFileSync(path.join(model.folder, 'adapter_model.safetensors'));
      const same = await tune('--out', out, '--json');
      expect(JSON.parse(same.out)).toEqual(result);
      expect(readFileSync(path.join(model.folder, 'adapter_model.safetensors'))).toEqual(bytes);
    },
  );

  it(
    'is fine-tuned whole, for several tasks, each from its shortest length on, and several seeds, and gaps are said',
    { timeout: 180_000 },
    async () => {
      const out = newFolder();
      const ran = await lengthwise(
        ...['finetune', base, '--full', '--out', out],
        ...words('--task UR,UL,NLLast --lengths 2-4 --steps 5 --n 5 --seeds 1-2'),
      );
      expect(ran.code, ran.said).toBe(0);
      expect(ran.out).toContain('UR − UL: too few samples (27 of at least 1000 in range: take a larger n)');
      expect(ran.out).toMatch(/^ {2}before, at 4: /m);
      expect(ran.out).toMatch(/^UR as trained +\S+ % → \S+ %/m);
      const folder = path.join(out, 'UL', 'seed-2');
      expect(existsSync(path.join(folder, 'model.safetensors'))).toBe(true);
      expect(existsSync(path.join(folder, 'adapter_config.json'))).toBe(false);
      expect(ran.out).toContain('fine-tuned (all of the model) on lengths 2-4 (NLLast 3-4)');
      const { lengths, models, gaps } = JSON.parse(
        readFileSync(path.join(out, 'finetune.json'), 'utf8'),
      ) as FinetuneResult;
      expect(models.map(({ task, seed, lengths: { min, max } }) => [task, seed, min, max])).toEqual([
        ...['UR', 'UL'].flatMap((task) => [1, 2].map((seed) => [task, seed, 2, 4])),
        ...[1, 2].map((seed) => ['NLLast', seed, 3, 4]),
      ]);
      expect(lengths).toEqual({ min: 2, max: 4 });
      expect(readFileSync(path.join(out, 'finetune.html'), 'utf8')).toContain('trained on 3–4');
      expect(gaps.map(({ first, second, sources }) => [first, second, sources])).toEqual([
        ['UR', 'UL', 'anywhere'],
        ['UR', 'UL', 'first-half'],
      ]);
    },
  );

  it.each([
    ['--task ULL', "unknown task 'ULL', did you mean 'UL'?"],
    ['--lora 4 --full', '--full trains all of the model: leave --lora and --modules out, or --full'],
    ['--merge --full', '--full writes whole models: there is nothing to --merge'],
    ['--save-base nowhere', 'is a folder already, which Python opens as it is; leave it out'],
    ['--modules q_proj', "unknown module 'q_proj'"],
    ['--seed 1 --seeds 1-2', '--seed and --seeds: give one of them'],
    ['--prompt paper', 'reads symbols and no prompt; leave it out'],
    ['--alphabet A,B,C,D', "'A'"],
    ['--lr 0', '--lr: must be above 0, not 0'],
    [
      '--lora 200',
      "--lora, --modules or --full: a rank of 200, and the largest side of the model's matrices is 64",
    ],
    ['--lengths 100-200', 'a sample of length 200 takes 203 tokens'],
  ])('refuses %s in one line, and writes nothing', { timeout: 30_000 }, async (options, said) => {
    const out = newFolder();
    const ran = await lengthwise(
      'finetune',
      base,
      ...words(`--task UL --lengths 3-5 --steps 5 ${options}`),
      '--out',
      out,
    );
    expect(ran.said).toContain(said);
    expect(ran.said.trim().split('\n')).toHaveLength(1);
    expect([ran.code, ran.out, existsSync(out)]).toEqual([2, '', false]);
  });

  it('has no folder of other settings trained before it is told', { timeout: 120_000 }, async () => {
    const out = newFolder();
    const small = (...more: string[]) =>
      lengthwise('finetune', base, ...words('--task UL --lengths 3-5 --no-measure --out'), out, ...more);
    expect((await small('--seed', '2', '--steps', '3')).code).toBe(0);
    const ran = await small('--seeds', '1-2', '--steps', '4');
    expect([ran.code, ran.said]).toEqual([2, expect.stringContaining('seed-2 holds what was fine-tuned')]);
    expect(existsSync(path.join(out, 'UL', 'seed-1'))).toBe(false);
  });

  it(
    'keeps nothing of a fine-tuning that changes no logit: the advice works in the same folder',
    { timeout: 120_000 },
    async () => {
      const out = newFolder();
      const small = (rate: string) =>
        lengthwise(
          'finetune',
          base,
          ...words('--task UL --lengths 3-5 --steps 3 --no-measure --out'),
          out,
          '--lr',
          rate,
        );
      const ran = await small('1e-30');
      expect([ran.code, ran.said]).toEqual([
        2,
        expect.stringContaining('the fine-tuning changed no logit in 3 steps'),
      ]);
      const again = await small('1e-2');
      expect(again.code, again.said).toBe(0);
    },
  );

  it(
    'measures other weights in folders of their own, where earlier answers are kept',
    { timeout: 120_000 },
    async () => {
      const out = newFolder();
      const small = (steps: string) =>
        lengthwise('finetune', base, ...words('--task UL --lengths 3-5 --n 2 --out'), out, '--steps', steps);
      expect((await small('2')).code).toBe(0);
      rmSync(path.join(out, 'UL'), { recursive: true });
      const ran = await small('3');
      expect(ran.code, ran.said).toBe(0);
      const measured = readdirSync(path.join(out, 'measured', 'UL'));
      expect(measured.map((name) => name.replace(/[0-9a-f]{8}$/, 'HASH'))).toEqual([
        'seed-1-HASH',
        'seed-1-HASH',
      ]);
    },
  );

  it('must be there', { timeout: 30_000 }, async () => {
    const ran = await lengthwise(
      'finetune',
      'nowhere.gguf',
      ...words('--task UL --lengths 3-5 --out'),
      newFolder(),
    );
    expect([ran.code, ran.said.trim()]).toEqual([
      2,
      "lengthwise: there is no file or folder nowhere.gguf; name a GGUF file or a model's folder",
    ]);
  });
});

describe('a model of text', () => {
  it(
    'is asked as it was trained and by the usual prompt, and says what it cost in English',
    { timeout: 240_000 },
    async () => {
      const base = writeTextFolder(path.join(scratch, 'text'), { template: null });
      const out = newFolder();
      const ran = await lengthwise(
        ...['finetune', base, '--out', out, '--alphabet', 'lower'],
        ...words('--task UR --lengths 3-4 --lora 2 --modules q_proj,v_proj --steps 3 --n 4'),
      );
      expect(ran.code, ran.said).toBe(0);
      const result = JSON.parse(readFileSync(path.join(out, 'finetune.json'), 'utf8')) as FinetuneResult;
      expect(result.method).toBe('LoRA of rank 2, α 4, on q_proj, v_proj');
      expect(result.perplexity).toBeGreaterThan(1);
      const [model] = result.models;
      expect(model.perplexity).toBeGreaterThan(1);
      expect(model.perplexity).not.toBe(result.perplexity);
      const usual = model.cells.filter(({ format, sources }) => format === 'usual' && sources === 'anywhere');
      expect(usual.map(({ length }) => length)).toEqual([4, 6, 8, 12, 20]);
      expect(ran.out).toMatch(/perplexity on English text: \d+\.\d before; after UR, seed 1: \d+\.\d/);

      const again = await lengthwise(
        ...['measure', base, '--adapter', model.folder],
        ...words('--lengths 4 --n 2 --json --out'),
        newFolder(),
      );
      expect(again.said).toContain('asking UR, which it was fine-tuned on; --task names others');
      const { rows } = JSON.parse(again.out) as { rows: { task: string; n: number }[] };
      expect(rows).toMatchObject([{ task: 'UR', n: 2 }]);
    },
  );
});
