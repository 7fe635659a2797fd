import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { readStudy } from '../../src/study/index.ts';
import type { ExplainItem } from '../../src/study/index.ts';
import { commandHere } from '../command-here.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-study-explain-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const file = path.join(scratch, 'study.yaml');
const out = path.join(scratch, 'out');
const written = (explain: string) =>
  `name: why\ntasks: [UR, UL]\nmodels: [ape]\ntrain: { steps: 20, lengths: 1-6, layers: 2, heads: 2, dim: 16 }\nmeasure: { lengths: [6], n: 5 }\n${explain}`;

beforeAll(async () => {
  const tokenizer = new Tokenizer([...'abcdefgh']);
  const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 2, heads: 2, width: 16, positions: 20 }); // prettier-ignore
  await saveFolder(path.join(scratch, 'elsewhere'), {
    config,
    weights: initialise(config, rng('one')),
    tokenizer,
  });
  writeFileSync(file, written('explain: { length: 6, n: 6, draws: 2, models: [elsewhere] }\n'));
});

const explained = () => readStudy(out).items.filter((item): item is ExplainItem => item.kind === 'explain');

describe('a study that explains', () => {
  it('plans an explanation for each task of each model that it trains, and of those elsewhere', async () => {
    const { out: text } = await commandHere(['study', 'plan', file, '--out', out]);
    expect(text).toMatch(/explain {2}UR +ape +1 +length 6, n 6, 2 draws/);
    expect(text).toContain('2 predict, 2 train, 2 measure, 4 explain to do');
  });

  it('explains the models that it has trained and measured: one run id from the verdict to the head', async () => {
    const { code, said } = await commandHere(['study', 'run', file, '--out', out, '--workers', '2']);
    expect(code, said).toBe(0);
    const items = explained();
    expect(items.map(({ task, model, seed, state }) => [task, model, seed, state])).toEqual([
      ['UR', 'ape', 1, 'done'],
      ['UR', 'elsewhere', null, 'done'],
      ['UL', 'ape', 1, 'done'],
      ['UL', 'elsewhere', null, 'done'],
    ]);
    const [{ spec, rows, needs }] = items;
    expect(rows[0]).toMatchObject({ task: 'UR', length: 6, n: 6, prompt: 'sequence' });
    const measured = readStudy(out).items.find((item) => item.kind === 'measure' && item.task === 'UR');
    expect(measured?.kind === 'measure' && measured.spec.model).toBe(spec.model);
    expect(needs).toEqual([spec.model]);
    expect(existsSync(path.join(out, 'models', spec.model.slice(0, 16), 'model.safetensors'))).toBe(true);
    const page = readFileSync(path.join(out, 'report.html'), 'utf8');
    for (const text of [
      'How it does it',
      `models/${spec.model.slice(0, 16)}`,
      'how UL is done',
      ...rows[0].words.map((words) => words.slice(0, 40)),
    ])
      // prettier-ignore
      expect(page).toContain(text);
  });

  it('has the same numbers as the command for the same model', async () => {
    const [{ spec, rows }] = explained();
    const model = path.join(out, 'models', spec.model.slice(0, 16));
    const words = ['--task', 'UR', '--length', '6', '--n', '6', '--draws', '2', '--json'];
    const { out: json } = await commandHere(['explain', model, ...words]);
    const { kind, ...row } = rows[0];
    const alone = JSON.parse(json) as typeof row;
    expect(kind).toBe('explanation');
    expect(alone.behaviour.crossEntropy).toBeCloseTo(row.behaviour.crossEntropy, 4); // by other numbers of threads
    expect(alone.edges!.map(({ condition }) => condition)).toEqual(
      row.edges!.map(({ condition }) => condition),
    );
    expect(alone.heads.length).toBe(row.heads.length);
  });

  it('does nothing twice, and only what is new where the file has changed', async () => {
    const plan = async () => (await commandHere(['study', 'plan', file, '--out', out])).out;
    expect(await plan()).toContain('nothing is left to do');
    writeFileSync(file, written('explain: { tasks: [UL], length: 6, n: 7, draws: 2 }\n'));
    expect(await plan()).toContain('6 of 7 items are done');
    expect(await plan()).toContain('1 explain to do');
  });

  it('exports explanations and heads', async () => {
    const table = async (name: string) =>
      (await commandHere(['export', out, '--table', name, '--format', 'jsonl'])).out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [first] = await table('explanations');
    expect(first).toMatchObject({ task: 'UR', model: 'ape', seed: 1, length: 6, n: 6 });
    const heads = await table('heads');
    expect(heads).toHaveLength(4 * 4);
    expect(heads[3]).toMatchObject({ layer: 1, head: 1, item: first.item });
  });

  it.each([
    ['explain: { tasks: [XX] }', '9:'],
    ['explain: { length: 2 }', "'length' is a whole number from 3"],
    ['explain: { length: 2000 }', "UR is explained at length 2000, but 'maxLength' ends at"],
    ['explain: { only: [head] }', "unknown experiment 'head', did you mean 'heads'?"],
    [
      'explain: { models: [nowhere.gguf] }',
      'cannot read nowhere.gguf: there is no such file or folder; a GGUF file or a model folder was expected',
    ],
    ['explain: { model: [x] }', "unknown key 'model', did you mean 'models'?"],
  ])('refuses %s at its place', async (text, message) => {
    const bad = path.join(scratch, 'bad.yaml');
    writeFileSync(bad, written(`${text}\n`));
    const { code, said } = await commandHere(['study', 'plan', bad, '--out', path.join(scratch, 'none')]);
    expect(code).toBe(2);
    expect(said).toContain(message === '9:' ? "unknown task of this study 'XX'" : message);
    expect(said).toMatch(/bad\.yaml:6:\d+: /);
  });
});
