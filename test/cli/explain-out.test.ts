import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation, ExplanationFile } from '../../src/explain/index.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { commandHere } from '../command-here.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-explain-out-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const [model, other] = ['model', 'other'].map((name) => path.join(scratch, name));

beforeAll(async () => {
  for (const [place, seed] of [
    [model, 'one'],
    [other, 'two'],
  ] as const) {
    const tokenizer = new Tokenizer([...'abcdefgh']);
    const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 2, heads: 2, width: 16, positions: 20 }); // prettier-ignore
    await saveFolder(place, { config, weights: initialise(config, rng(seed)), tokenizer });
  }
});

const settings = ['--length', '5', '--n', '6', '--draws', '1'];
const explain = (folder: string, tasks: string, ...more: string[]) =>
  commandHere(['explain', model, '--task', tasks, ...settings, '--out', folder, ...more]);
const kept = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, 'explanation.json'), 'utf8')) as ExplanationFile;

describe('lengthwise explain --out', () => {
  const folder = path.join(scratch, 'why');

  it('keeps what is found, with its options, seed and versions, and writes a page', async () => {
    const { code, out, said } = await explain(folder, 'UR', '--seed', '3');
    expect(code, said).toBe(0);
    expect(out).toContain(`report: ${path.join(folder, 'report.html')}`);
    const { explanations, options, runs, target, model: hash } = kept(folder);
    expect(explanations.map(({ task }) => task)).toEqual(['UR']);
    expect(options).toMatchObject({
      length: 5,
      n: 6,
      draws: 1,
      seed: 3,
      ablation: 'resample',
      alphabet: null,
    });
    expect([target, hash.length, runs.length]).toEqual(['model', 64, 1]);
    expect(runs[0].command).toBe(
      `lengthwise explain ${model} --ablation resample --draws 1 --seed 3 --device cpu --task UR --length 5 --n 6 --out ${folder}`,
    );
    const { out: json } = await commandHere([
      'explain',
      model,
      '--task',
      'UR',
      ...settings,
      '--seed',
      '3',
      '--json',
    ]);
    expect(JSON.parse(json)).toEqual(explanations[0]);
    expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain(
      'On UR at length 5 the model is right in',
    );
    expect(readdirSync(folder).toSorted()).toEqual(['explanation.json', 'lock.sqlite', 'report.html']);
  });

  it('adds a task, and does nothing again that is finished', async () => {
    const [first] = kept(folder).explanations;
    const marked = { ...first, words: ['This was kept.'] };
    writeFileSync(
      path.join(folder, 'explanation.json'),
      JSON.stringify({ ...kept(folder), explanations: [marked] }),
    );
    const { code, out, said } = await explain(folder, 'UL,UR', '--seed', '3', '--json');
    expect(code, said).toBe(0);
    const [left, right] = JSON.parse(out) as Explanation[];
    expect([left.task, right.words]).toEqual(['UL', ['This was kept.']]);
    expect(kept(folder).explanations.map(({ task }) => task)).toEqual(['UR', 'UL']);
    const when = statSync(path.join(folder, 'explanation.json')).mtimeMs;
    expect((await explain(folder, 'UL', '--seed', '3')).code).toBe(0);
    expect(statSync(path.join(folder, 'explanation.json')).mtimeMs).toBe(when);
  });

  it('writes its page again', async () => {
    const page = readFileSync(path.join(folder, 'report.html'), 'utf8');
    rmSync(path.join(folder, 'report.html'));
    const { code, out } = await commandHere(['report', folder]);
    expect([code, out]).toEqual([0, `report: ${path.join(folder, 'report.html')}\n`]);
    expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toBe(page);
    const { out: json } = await commandHere(['report', folder, '--json']);
    expect(JSON.parse(json)).toMatchObject({
      folder,
      kind: 'explanation',
      explanations: [{ task: 'UR' }, { task: 'UL' }],
    });
  });

  const damaged = path.join(scratch, 'damaged');
  const newer = path.join(scratch, 'newer');
  const strange = path.join(scratch, 'strange');
  const samples = path.join(scratch, 'samples.jsonl');
  for (const place of [damaged, newer, strange]) mkdirSync(place);
  writeFileSync(path.join(damaged, 'explanation.json'), '{"kind": "expl');
  writeFileSync(path.join(strange, 'thesis.tex'), '');
  writeFileSync(
    samples,
    ['b', 'c'].map((query) => JSON.stringify({ task: 'UR', source: [...'abcde'], query })).join('\n'),
  );

  it.each<[string, readonly string[], string]>([
    [
      'why',
      [model, '--task', 'UR', ...settings, '--seed', '4'],
      'holds an explanation with seed 3, and this is seed 4',
    ],
    [
      'why',
      [model, '--task', 'UF', '--length', '6', '--n', '6', '--draws', '1', '--seed', '3'],
      'with length 5, and this is length 6',
    ],
    [
      'why',
      [model, '--samples', samples, '--draws', '1', '--seed', '3'],
      'with length 5, and this is length null',
    ],
    [
      'why',
      [other, '--task', 'UR', ...settings, '--seed', '3'],
      'holds an explanation of model, and this is other',
    ],
    [
      'strange',
      [model, '--task', 'UR', ...settings],
      'holds something else (thesis.tex), and no explanation: name an empty or a new folder',
    ],
    ['damaged', [model, '--task', 'UR', ...settings], 'is no file of lengthwise explain, or a damaged one'],
    ['newer', [model, '--task', 'UR', ...settings], 'explains otherwise (format 99'],
  ])('%s is left as it is, and %j refused', async (name, words, message) => {
    writeFileSync(path.join(newer, 'explanation.json'), JSON.stringify({ ...kept(folder), format: 99 }));
    const place = path.join(scratch, name);
    const before = readdirSync(place).map((file) => readFileSync(path.join(place, file)).toString('base64'));
    const { code, out, said } = await commandHere(['explain', ...words, '--out', place]);
    expect([code, out]).toEqual([2, '']);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
    expect(said).toContain(message);
    expect(readdirSync(place).map((file) => readFileSync(path.join(place, file)).toString('base64'))).toEqual(
      before,
    );
  });

  it('refuses the same model once its files are others', async () => {
    const config = path.join(model, 'config.json');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, `${text}\n`);
    const { code, said } = await explain(folder, 'UR', '--seed', '3');
    writeFileSync(config, text);
    expect(code).toBe(2);
    expect(said).toContain('holds an explanation of model when its files were others');
  });

  it('goes on where Ctrl-C has stopped it, with the same results', async () => {
    const stopped = path.join(scratch, 'stopped');
    const words = ['explain', model, '--task', 'UR,UF', '--length', '5', '--n', '400', '--draws', '2', '--only', 'edges', '--out']; // prettier-ignore
    const child = spawn('node', [path.join(import.meta.dirname, '../../bin/lengthwise.js'), ...words, stopped], { detached: true }); // prettier-ignore
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const place = path.join(stopped, 'explanation.json');
    while (!existsSync(place) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(-child.pid!, 'SIGINT');
    expect(await closed, said).toBe(130);
    expect(said).toContain('lengthwise: interrupted; the same command goes on from here');
    expect(kept(stopped).explanations.map(({ task }) => task)).toEqual(['UR']);
    const whole = path.join(scratch, 'whole');
    for (const at of [stopped, whole]) expect((await commandHere([...words, at])).code).toBe(0);
    expect(kept(stopped).explanations).toEqual(kept(whole).explanations);
  });
});
