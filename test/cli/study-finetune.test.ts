/** Studies that pretrain a model and fine-tune it, and that fine-tune models from elsewhere; stopped anywhere, they go on. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinetuneResult, TunedCell } from '../../src/fix/finetuned/rows.ts';
import { finetuneResult } from '../../src/fix/finetuned/schema.ts';
import { readStudy } from '../../src/study/index.ts';
import type { ExplainItem, FinetuneItem, StudyItem, TunedRow } from '../../src/study/index.ts';
import { commandHere } from '../command-here.ts';
import { writeTextFolder } from '../text-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-study-finetune-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const inScratch = (name: string): string => path.join(scratch, name);
const write = (name: string, text: string): string => {
  writeFileSync(inScratch(name), text);
  return inScratch(name);
};
const run = (file: string, out: string, ...more: string[]) =>
  commandHere(['study', 'run', file, '--out', out, '--workers', '2', ...more]);

const itemsIn = <Kind extends StudyItem['kind']>(folder: string, kind: Kind) =>
  readStudy(folder).items.filter((item): item is Extract<StudyItem, { kind: Kind }> => item.kind === kind);
const tunedOf = ({ rows }: FinetuneItem): TunedRow => rows.find((row) => row.kind === 'tuned')!;
const table = async (out: string, name: string) =>
  (await commandHere(['export', out, '--table', name, '--format', 'jsonl'])).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Without what the clock says. */
function withoutTimes(rows: unknown): unknown {
  const times = new Set(['seconds', 'elapsed', 'left', 'tokensPerSecond']);
  return JSON.parse(JSON.stringify(rows, (key, value: unknown) => (times.has(key) ? 0 : value)));
}

function weightsIn(folder: string): string[] {
  return globSync('*.safetensors', { cwd: folder }).map((name) =>
    createHash('sha256').update(readFileSync(path.join(folder, name))).digest('hex'),
  ); // prettier-ignore
}

describe('a study that pretrains a model and fine-tunes it', { timeout: 240_000 }, () => {
  const out = inScratch('reader');
  const file = inScratch('reader.yaml');
  beforeAll(() => {
    write(
      'reader.yaml',
      `name: reader
tasks: [UR, UL]
models: [{ name: reader, positions: ape, pretrain: text, layers: 1, heads: 2, dim: 16, steps: 40, lengths: 16-24, batch: 8, alphabet: lower:12, maxLength: 30 }]
measure: { lengths: [5], n: 20 }
seeds: 1..2
explain: { tasks: [UL], length: 5, n: 6, only: [behaviour] }
finetune: { lengths: 3-5, steps: 300, batch: 4, learningRate: 3e-3, n: 4 }
`,
    );
  });

  it('plans one training a seed, and what is asked, fine-tuned and explained of it', async () => {
    const { out: text } = await commandHere(['study', 'plan', file, '--out', out]);
    expect(text).toMatch(
      /^train +text +reader +2 +1 layers, 2 heads, dim 16, lengths 16-24, up to 40 steps/m,
    );
    expect(text).toMatch(/^finetune +UR +reader +2 +all of the model, lengths 3-5, up to 300 steps, n 4 /m);
    expect(text).toContain('2 train, 2 predict, 4 measure, 4 finetune, 4 explain to do');
  });

  it('says what fine-tuning brought, before and after, and what became of the gap', async () => {
    const { code, out: text, said } = await run(file, out);
    expect(code, said).toBe(0);
    expect(text).toMatch(/^UR +reader +in +/m); // what was pretrained is measured as every model is
    expect(text).toContain('reader, fine-tuned (all of the model) on lengths 3-5');
    expect(text).toMatch(/^UL as trained +\S+ % → \S+ %/m);
    expect(text).toMatch(/^UR − UL: too few samples \(\d+ of at least 1000 in range: take a larger n\)$/m);
    expect(text).toMatch(/^UL, seed 2: 300 steps, \d+ s; .* in finetuned\/[0-9a-f]{16}$/m);
  });

  it('has the same numbers in its store, its JSON and its exports', async () => {
    const items = itemsIn(out, 'finetune');
    expect(items.map(({ task, model, seed, state }) => [task, model, seed, state])).toEqual([
      ['UR', 'reader', 1, 'done'],
      ['UR', 'reader', 2, 'done'],
      ['UL', 'reader', 1, 'done'],
      ['UL', 'reader', 2, 'done'],
    ]);
    const rows = items.map(tunedOf);
    const [first] = rows;
    expect(first).toMatchObject({ method: 'all of the model', lengths: { min: 3, max: 5 }, n: 4, perplexityBefore: null }); // prettier-ignore
    expect(first.model).toMatchObject({ task: 'UR', seed: 1, steps: 300, folder: items[0].folder });
    const asked = ({ format, length, multiple, n }: TunedCell) => [format, length, multiple, n];
    expect(first.before.map(asked)).toEqual(first.model.cells.map(asked));
    const beyond = [5, 8, 10, 15, 25].map((length, i) => ({ length, multiple: [1, 1.5, 2, 3, 5][i] }));
    expect(first.before.filter(({ sources }) => sources === 'anywhere').map(asked)).toEqual([
      ['trained', 3, null, 7],
      ['trained', 4, null, 7],
      ['trained', 5, 1, 7],
      ...beyond.slice(1).map(({ length, multiple }) => ['trained', length, multiple, 4]),
      ...beyond.map(({ length, multiple }) => ['shifted', length, multiple, 4]),
    ]);
    const { out: json } = await run(file, out, '--json');
    const { finetuned } = JSON.parse(json) as { finetuned: FinetuneResult[] };
    expect(finetuned).toHaveLength(1);
    expect(finetuneResult.parse(finetuned[0])).toEqual(finetuned[0]);
    expect(finetuned[0]).toEqual(readStudy(out).tuned![0]);
    expect(finetuned[0].models).toEqual(rows.map(({ model, lengths }) => ({ ...model, lengths })));
    expect(finetuned[0].before).toEqual(
      rows.flatMap(({ before, model: { seed } }) => before.map((cell) => ({ ...cell, seed }))),
    );
    expect(finetuned[0].gaps.map(({ first: one, second, sources }) => [one, second, sources])).toEqual([
      ['UR', 'UL', 'anywhere'],
      ['UR', 'UL', 'first-half'],
    ]);
    const models = await table(out, 'finetuned');
    expect(models.map(({ task, seed, item }) => [task, seed, item])).toEqual(
      items.map(({ task, seed, hash }) => [task, seed, hash]),
    );
    const cells = await table(out, 'finetuned-cells');
    expect(cells).toHaveLength(rows.reduce((sum, { before, model }) => sum + before.length + model.cells.length, 0)); // prettier-ignore
    const [gap] = await table(out, 'gaps');
    expect(gap).toMatchObject({
      model: 'reader',
      first: 'UR',
      second: 'UL',
      when: 'before',
      length: 5,
      seeds: 2,
    });
    expect(gap.difference).toBeCloseTo(finetuned[0].gaps[0].before!.difference, 12);
  });

  it('begins with the model that was pretrained from the same seed, and learns something', () => {
    const trainings = itemsIn(out, 'train');
    const items = itemsIn(out, 'finetune');
    for (const { spec, needs, seed, folder } of items) {
      const training = trainings.find(({ hash }) => hash === spec.model);
      expect([training?.seed, needs]).toEqual([seed, [spec.model]]);
      expect(weightsIn(path.join(out, folder))).not.toEqual(weightsIn(path.join(out, training!.folder)));
    }
    const losses = items.map(({ rows }) =>
      rows.filter((row) => row.kind === 'progress').map(({ loss }) => loss),
    );
    for (const curve of losses) expect(curve.at(-1)).toBeLessThan(curve[0]);
  });

  it('explains it before and after', () => {
    const [before, second, after] = itemsIn(out, 'explain') as readonly ExplainItem[];
    const [, , tuned] = itemsIn(out, 'finetune');
    expect([before.spec.model, after.spec.model]).toEqual([tuned.spec.model, tuned.hash]);
    expect([before, second, after].map(({ rows }) => rows[0].target)).toEqual([
      'reader',
      'reader',
      'reader, fine-tuned on UL',
    ]);
    expect(after.rows[0].checksum).not.toBe(before.rows[0].checksum);
  });

  it('killed while it trains, and stopped while it measures, has the rows of a run that was not', async () => {
    const killed = inScratch('killed');
    const isLeft = () => itemsIn(killed, 'finetune').some(({ state }) => state !== 'done');
    expect(await stopped(file, killed, 'SIGKILL', () => curveIn(killed) > 0)).toBeNull();
    expect(isLeft()).toBe(true);
    expect(await stopped(file, killed, 'SIGKILL', () => answersIn(killed) > 0)).toBeNull();
    expect(isLeft()).toBe(true);
    const answers = answersIn(killed);
    expect(await stopped(file, killed, 'SIGINT', () => answersIn(killed) > answers)).toBe(130);
    expect([isLeft(), itemsIn(killed, 'finetune').some(({ state }) => state === 'failed')]).toEqual([true, false]); // prettier-ignore
    const { code, said } = await run(file, killed);
    expect(code, said).toBe(0);
    for (const kind of ['finetune', 'explain', 'measure'] as const) {
      const rowsOf = (folder: string) => itemsIn(folder, kind).map(({ rows }) => rows);
      expect(withoutTimes(rowsOf(killed))).toEqual(withoutTimes(rowsOf(out)));
    }
    for (const { folder } of itemsIn(out, 'finetune'))
      expect(weightsIn(path.join(killed, folder))).toEqual(weightsIn(path.join(out, folder)));
  });

  it('is done again where its folder was removed and something new needs it, base and all', async () => {
    const [one] = itemsIn(out, 'finetune');
    const bytes = weightsIn(path.join(out, one.folder));
    rmSync(path.join(out, 'finetuned'), { recursive: true });
    rmSync(path.join(out, 'models'), { recursive: true });
    const more = readFileSync(file, 'utf8').replace(
      'tasks: [UL], length: 5, n: 6',
      'tasks: [UR], length: 5, n: 7',
    );
    const { code, said } = await run(write('more.yaml', more), out);
    expect(code, said).toBe(0);
    expect(weightsIn(path.join(out, one.folder))).toEqual(bytes);
    expect(itemsIn(out, 'explain').map(({ state }) => state)).toEqual(Array<string>(4).fill('done'));
  });
});

describe('a study that fine-tunes models from elsewhere', { timeout: 240_000 }, () => {
  it('brings what the command brings, and measures a base once for all seeds', async () => {
    const base = inScratch('base');
    const trained = await commandHere([
      ...'train --task UR --layers 1 --heads 2 --dim 16 --lengths 2-5 --max-length 30 --batch 16'.split(' '),
      ...['--steps', '40', '--alphabet', 'lower:8', '--out', base],
    ]);
    expect(trained.code, trained.said).toBe(0);
    const out = inScratch('elsewhere');
    const file = write(
      'elsewhere.yaml',
      'name: elsewhere\ntasks: [{ task: UL, name: left }]\nseeds: 1..2\nfinetune: { models: [base], lengths: 3-5, steps: 20, rank: 4, n: 5 }\n',
    );
    const { code, said, out: text } = await run(file, out);
    expect(code, said).toBe(0);
    expect(text).toContain('base, fine-tuned (LoRA of rank 4, α 8, on c_attn, c_proj, c_fc) on lengths 3-5');
    expect(text).toMatch(/^left as trained +\S+ % → \S+ %/m);
    const [{ before, models, method }] = readStudy(out).tuned!;
    const alone = inScratch('alone');
    const command = await commandHere([
      ...['finetune', base, '--task', 'UL', '--lengths', '3-5', '--steps', '20', '--lora', '4', '--n', '5'],
      ...['--seeds', '1-2', '--threads', '1', '--out', alone, '--json'],
    ]);
    expect(command.code, command.said).toBe(0);
    const result = JSON.parse(command.out) as FinetuneResult;
    const named = (cells: readonly TunedCell[]) => cells.map((cell) => ({ ...cell, task: 'left' }));
    expect(before).toEqual(named(result.before));
    expect(method).toBe(result.method);
    expect(models.map(({ cells }) => cells)).toEqual(result.models.map(({ cells }) => named(cells)));
    for (const [i, { folder }] of models.entries())
      expect(weightsIn(path.join(out, folder))).toEqual(weightsIn(result.models[i].folder));
    const answers = readdirSync(path.join(out, 'finetuned', 'answers'));
    expect(answers.filter((name) => name.startsWith('before-'))).toHaveLength(1);
    expect(answers).toHaveLength(3);
  });

  it('explains a model of text with its adapter, and says what it cost in English', async () => {
    writeTextFolder(inScratch('words'), { template: null });
    const out = inScratch('text');
    const file = write(
      'text.yaml',
      `name: text
tasks: [{ task: UR, alphabet: lower }]
explain: { length: 5, n: 4, only: [behaviour] }
finetune: { models: [words], lengths: 3-4, rank: 2, modules: [q_proj, v_proj], steps: 3, n: 2 }
`,
    );
    const { code, said, out: text } = await run(file, out);
    expect(code, said).toBe(0);
    expect(text).toMatch(/perplexity on English text: \d+\.\d before; after UR, seed 1: \d+\.\d/);
    const [item] = itemsIn(out, 'finetune');
    const { perplexityBefore, model } = tunedOf(item);
    expect(perplexityBefore).toBeGreaterThan(1);
    expect(model.perplexity).not.toBe(perplexityBefore);
    const [after, before] = itemsIn(out, 'explain');
    expect([after.spec.model, before.spec.model]).toEqual([item.hash, item.spec.model]);
    const explained = await commandHere([
      ...['explain', inScratch('words'), '--adapter', path.join(out, item.folder)],
      ...['--task', 'UR', '--length', '5', '--n', '4', '--only', 'behaviour', '--json'],
    ]);
    expect(explained.code, explained.said).toBe(0);
    const { checksum } = JSON.parse(explained.out) as { checksum: number };
    expect(after.rows[0].checksum).toBe(checksum);
    expect(before.rows[0].checksum).not.toBe(checksum);
    expect(existsSync(path.join(out, item.folder, 'adapter_config.json'))).toBe(true);
  });

  it('names what can not be fine-tuned at its line, before anything is done', async () => {
    const file = write(
      'bad.yaml',
      'name: bad\ntasks: [UR]\nfinetune:\n  models: [base]\n  lengths: 30-50\n  rank: 900\n',
    );
    for (const command of ['plan', 'run']) {
      const { code, said } = await commandHere(['study', command, file, '--out', inScratch('none')]);
      expect(code).toBe(2);
      expect(said).toContain(
        "bad.yaml:6:9: fine-tuning base: a rank of 900, and the largest side of the model's",
      );
      expect(said).toContain('bad.yaml has a mistake; nothing was done');
    }
    expect(existsSync(inScratch('none'))).toBe(false);
  });
});

/** Runs a study until something is so, and stops it. @returns its exit code */
async function stopped(
  file: string,
  out: string,
  by: 'SIGKILL' | 'SIGINT',
  isSo: () => boolean,
): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [path.join(root, 'bin/lengthwise.js'), 'study', 'run', file, '--out', out, '--workers', '2'],
    { cwd: scratch, stdio: 'ignore' },
  );
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isSo()) return;
      clearInterval(timer); // a second Ctrl-C would stop it at once
      child.kill(by);
    }, 20);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve(code);
    });
  });
}

/** Points of learning curves of fine-tunings. */
function curveIn(folder: string): number {
  if (!existsSync(path.join(folder, 'study.sqlite'))) return 0;
  try {
    return itemsIn(folder, 'finetune').flatMap(({ rows }) => rows.filter(({ kind }) => kind === 'progress')).length; // prettier-ignore
  } catch {
    return 0; // it has not begun
  }
}

/** Ways of asking that have answers. */
function answersIn(folder: string): number {
  return globSync('finetuned/answers/**/measure.sqlite', { cwd: folder }).length;
}
