import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { explanationFigures } from '../../src/report/shared/explanation/figures.ts';
import { hashOfModel } from '../../src/model/files/text/hashes.node.ts';
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

  it('calls a model that it has trained by its name in the study, and has the checksum of its logits', async () => {
    const [trained, elsewhere] = explained();
    expect([trained, elsewhere].map(({ rows }) => rows[0].target)).toEqual(['ape', 'elsewhere']);
    const model = path.join(scratch, 'elsewhere');
    const words = ['--task', 'UR', '--length', '6', '--n', '6', '--only', 'behaviour', '--json'];
    const { out: json } = await commandHere(['explain', model, ...words]);
    const { checksum } = JSON.parse(json) as { checksum: number };
    expect(checksum).toBeGreaterThan(0);
    expect(elsewhere.rows[0].checksum).toBe(checksum);
    expect(elsewhere.spec.model).toBe(await hashOfModel(model));
  });

  it('shows the figures that the page of an explanation has', () => {
    const page = parseHTML(readFileSync(path.join(out, 'report.html'), 'utf8')).document;
    const [{ rows }] = explained();
    const titles = [...page.querySelectorAll('#task-1-how figure[id^="task-1-how-1-"]')].map(({ id }) => id);
    expect(titles).toEqual(explanationFigures(rows).map(({ name }) => `task-1-how-1-${name}`));
    for (const name of ['repeated', 'layers']) expect(titles).toContain(`task-1-how-1-${name}`);
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
    const [{ rows, hash }] = explained();
    const { kind, task, heads: each, ...whole } = rows[0];
    expect([kind, task, hash]).toEqual(['explanation', 'UR', first.item]);
    expect(first).toEqual({ ...whole, task, model: 'ape', seed: 1, item: hash });
    expect(heads[3]).toEqual({ ...each[3], task, model: 'ape', seed: 1, item: hash });
    const edges = await table('edges');
    const own = edges.filter(({ item }) => item === hash);
    expect(own.slice(0, whole.edges!.length)).toEqual(
      whole.edges!.map((row) => ({ ...row, layer: null, task, model: 'ape', seed: 1, item: hash })),
    );
    expect(
      own
        .slice(whole.edges!.length)
        .map(({ layer, condition, crossEntropy }) => [layer, condition, crossEntropy]),
    ).toEqual(
      (['induction', 'anti-induction', 'control-keys', 'control-values'] as const).map((cut) => [
        1,
        cut,
        whole.edgesByLayer![0][cut]!.crossEntropy,
      ]),
    );
  });

  it('may do nothing else: models of others alone', async () => {
    const alone = path.join(scratch, 'alone.yaml');
    const folder = path.join(scratch, 'alone');
    writeFileSync(
      alone,
      'name: alone\ntasks: [UR, NRFirst]\nexplain: { models: [elsewhere], length: 6, n: 6, only: [edges] }\n',
    );
    const { code, out: text, said } = await commandHere(['study', 'run', alone, '--out', folder]);
    expect(code, said).toBe(0);
    expect(text).toMatch(/^elsewhere: On UR at length 6 .*\nelsewhere: On NRFirst at length 6 /);
    const page = parseHTML(readFileSync(path.join(folder, 'report.html'), 'utf8')).document;
    expect(page.querySelector('.kicker')?.textContent).toContain('2 tasks × 1 explained model');
    expect(
      [...page.querySelectorAll('#summary li')].map(({ textContent }) =>
        (textContent ?? '').trim().slice(0, 13),
      ),
    ).toEqual(['UR, elsewhere', 'NRFirst, else']);
    expect(page.querySelectorAll('table.horizons').length).toBe(0);
  });

  it('takes an alphabet for models of text, and a device that is there', async () => {
    const other = path.join(scratch, 'other.yaml');
    const plan = async (more: string) => {
      writeFileSync(other, `name: other\ntasks: [UR]\nexplain: { models: [elsewhere], ${more} }\n`);
      return commandHere(['study', 'plan', other, '--out', path.join(scratch, 'none'), '--json']);
    };
    const specs = async (more: string) =>
      (JSON.parse((await plan(more)).out) as { items: { hash: string }[] }).items;
    const [[plain], [named], [slow]] = [
      await specs('n: 6'),
      await specs('n: 6, alphabet: digits'),
      await specs('n: 6, device: cpu'),
    ];
    expect(named.hash).not.toBe(plain.hash);
    expect(slow.hash).toBe(plain.hash); // it computes the same
    const { code, said } = await plan('device: gpu');
    expect([code, said]).toEqual([2, expect.stringContaining("unknown device 'gpu'")]);
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
