import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTextFolder } from '../../../test/text-model.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../model/index.ts';
import { plannedItems } from '../plan.ts';
import type { PlannedItem } from '../item.ts';
import { parseStudy, StudyFileError } from './study-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lengthwise-finetuning-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  const tokenizer = new Tokenizer([...'abcdefgh']);
  const sizes = { layers: 1, heads: 2, width: 16, positions: 40 };
  const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, ...sizes });
  await saveFolder(path.join(folder, 'symbols'), {
    config,
    weights: initialise(config, rng('one')),
    tokenizer,
  });
  writeTextFolder(path.join(folder, 'words'));
});

const READER = '{ name: reader, positions: ape, pretrain: text, layers: 1, heads: 2, dim: 16, steps: 9 }';
/** Line 6 is `finetune`. */
const written = (finetune: string, { tasks = 'UR, UL', models = `[${READER}]`, more = '' } = {}): string =>
  `name: tuned
tasks: [${tasks}]
models: ${models}
measure: { lengths: [5], n: 40 }
seeds: 1..3
finetune: ${finetune}
${more}`;
const withoutModels = (text: string): string => text.replace(/^(models|measure): .*$/gm, '# left out');

const file = path.join(folder, 'study.yaml');
const planned = (text: string): Promise<PlannedItem[]> => plannedItems(parseStudy(text, file));
async function mistakesIn(text: string): Promise<string[]> {
  try {
    await planned(text);
    return [];
  } catch (error) {
    if (!(error instanceof StudyFileError)) throw error;
    expect(error.file).toBe(file);
    return error.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
}

type TuningItem = Extract<PlannedItem, { kind: 'finetune' }>;
const tuned = async (text: string): Promise<TuningItem[]> =>
  (await planned(text)).filter((item): item is TuningItem => item.kind === 'finetune');
const places = (items: readonly PlannedItem[]) =>
  items.map(({ kind, task, model, seed }) => [kind, task, model, seed].join(' '));

describe('a model that the study pretrains', () => {
  it('is trained once a seed, then measured and fine-tuned on every task', async () => {
    const items = await planned(written('{ lengths: 3-5 }').replace('1..3', '1..2'));
    expect(places(items)).toEqual([
      'train text reader 1',
      'train text reader 2',
      'predict UR  ',
      'measure UR reader 1',
      'measure UR reader 2',
      'finetune UR reader 1',
      'finetune UR reader 2',
      'predict UL  ',
      'measure UL reader 1',
      'measure UL reader 2',
      'finetune UL reader 1',
      'finetune UL reader 2',
    ]);
    const [one, two, , measured, , first, second] = items;
    expect([measured.needs, first.needs, second.needs]).toEqual([[one.hash], [one.hash], [two.hash]]);
    expect(first.spec).toMatchObject({ model: one.hash, n: 200 });
    expect(one.spec).toMatchObject({ task: 'text', seed: 1, layers: 1 });
  });

  it('is fine-tuned whole, with its own symbols, unless an adapter is asked for', async () => {
    const [item] = await tuned(written('{ lengths: 3-5 }'));
    const { finetune } = item.spec;
    expect(finetune).toMatchObject({ method: { kind: 'full' }, prompt: null, offsets: true, seed: 1 });
    expect(finetune.taskOptions?.alphabet).toHaveLength(62);
    expect(finetune).not.toHaveProperty('base');
    const [small] = await tuned(written('{ lengths: 3-5, rank: 2 }'));
    expect(small.spec.finetune.method).toMatchObject({ kind: 'lora', rank: 2, alpha: 4 });
  });

  it('has words of its own, and tasks may name some of them', async () => {
    const models = `[${READER.replace('steps: 9', 'steps: 9, alphabet: lower:12')}]`;
    const tasks = '{ task: UR, alphabet: lower:8 }, UL';
    const items = await planned(written('{ lengths: 3-5 }', { models, tasks }));
    const sizes = items.flatMap((item) => {
      if (item.kind === 'finetune') return [item.spec.finetune.taskOptions?.alphabet?.length];
      return item.kind === 'measure' || item.kind === 'train'
        ? [item.spec.taskOptions?.alphabet?.length]
        : [];
    });
    expect(sizes).toEqual([...Array<number>(3).fill(12), ...Array<number>(6).fill(8), ...Array<number>(6).fill(12)]); // prettier-ignore
  });

  it('has positions for all that it is asked, before and after it is fine-tuned', async () => {
    const positions = async (text: string) => {
      const [training] = await planned(text);
      return training.kind === 'train' ? training.spec.maxLength : 0;
    };
    expect(await positions(written('{ lengths: 3-5 }'))).toBe(160); // the preset's
    expect(await positions(written('{ lengths: 5-40 }'))).toBe(5 * 40 + 3); // begin, bar, query and all symbols
    expect(await positions(written('{ lengths: 3-5 }').replace('[5]', '[5, 300]'))).toBe(300 + 3);
  });

  it('is explained before and after', async () => {
    const more = 'explain: { tasks: [UL], length: 5 }';
    const items = await planned(written('{ tasks: [UL], lengths: 3-5, seeds: [2], method: lora }', { more }));
    const [training, , , , , , , , , before] = items.filter(({ seed }) => seed === 2 || seed === null);
    expect(training.kind).toBe('train');
    const explained = items.filter((item) => item.kind === 'explain' && item.seed === 2);
    const [item] = items.filter(({ kind }) => kind === 'finetune');
    expect(before).toBeUndefined();
    expect(explained.map(({ needs, spec }) => [needs, 'model' in spec && spec.model])).toEqual([
      [[training.hash], training.hash],
      [[item.hash], item.hash],
    ]);
    expect(explained[1]).toMatchObject({
      on: {
        folder: `models/${training.hash.slice(0, 16)}`,
        adapter: `finetuned/${item.hash.slice(0, 16)}`,
      },
    });
  });
});

describe('a model from elsewhere', () => {
  it('is fine-tuned with an adapter, from every seed, and explained before and after', async () => {
    const more = 'explain: { length: 5, alphabet: lower:9 }';
    const items = await planned(
      withoutModels(written('{ models: [words, symbols], tasks: [UL], lengths: 3-5 }', { more })),
    );
    expect(places(items)).toEqual([
      'predict UL  ',
      ...[1, 2, 3].flatMap((seed) => [`finetune UL words ${seed}`, `explain UL words ${seed}`]),
      ...[1, 2, 3].flatMap((seed) => [`finetune UL symbols ${seed}`, `explain UL symbols ${seed}`]),
      'explain UL words ',
      'explain UL symbols ',
    ]);
    const [, first, after] = items;
    const before = items.at(-2)!;
    expect(first.needs).toEqual([]);
    expect(first.spec).toMatchObject({
      finetune: { method: { kind: 'lora', rank: 16 }, prompt: { name: 'trained' } },
      model: 'model' in before.spec && before.spec.model,
    });
    expect(after.needs).toEqual([first.hash]);
    expect(after.spec).toMatchObject({ model: first.hash, alphabet: [...'abcdefghi'] });
    expect(after.kind === 'explain' && after.on).toEqual({
      target: path.join(folder, 'words'),
      adapter: `finetuned/${first.hash.slice(0, 16)}`,
      device: 'cpu',
    });
  });

  it('is explained with the same symbols before and after', async () => {
    const more = 'explain: { length: 5 }';
    const alphabets = async (text: string) =>
      (await planned(text)).flatMap((item) =>
        item.kind === 'explain' ? [item.spec.alphabet?.join('')] : [],
      );
    const tasks = '{ task: UL, alphabet: lower:6 }';
    const own = withoutModels(written('{ models: [symbols], lengths: 3-5, seeds: [1] }', { tasks, more }));
    expect(await alphabets(own)).toEqual(['abcdef', 'abcdef']);
    const reader = written('{ lengths: 3-5, seeds: [1] }', { tasks, more }).replace('1..3', '[1]');
    expect(await alphabets(reader)).toEqual(['abcdef', 'abcdef']);
  });

  it('is another piece of work where something else determines it, and the same where nothing does', async () => {
    const hashOf = async (finetune: string) =>
      (await tuned(withoutModels(written(`{ models: [symbols], ${finetune} }`)))).map(({ hash }) => hash);
    const [plain] = await hashOf('lengths: 3-5');
    for (const same of ['lengths: 3-5, steps: 400', 'lengths: 3-5, device: cpu', 'lengths: 3-5, tasks: [UR]'])
      expect((await hashOf(same))[0]).toBe(plain);
    for (const other of [
      'lengths: 3-6',
      'lengths: 3-5, steps: 401',
      'lengths: 3-5, n: 201',
      'lengths: 3-5, method: full',
    ])
      // prettier-ignore
      expect((await hashOf(other))[0]).not.toBe(plain);
  });

  it('is fine-tuned on all tasks that can be, beside those that can not', async () => {
    const items = await tuned(
      written('{ lengths: 6-8, models: [symbols], seeds: [1] }', { tasks: 'NF, flip-flop', models: '[ape]' }),
    );
    expect(places(items)).toEqual(['finetune NF symbols 1']);
  });
});

describe('what can not be fine-tuned is said at its place, once', () => {
  it('as is how a task is trained on which no model is', async () => {
    const tasks = '{ task: UR, train: { steps: 5 } }, UL';
    expect(await mistakesIn(written('{ lengths: 3-5 }', { tasks }))).toEqual([
      "2:9: no model is trained on UR from scratch: leave its 'train' away (how models are fine-tuned stands in 'finetune')",
    ]);
    expect(await mistakesIn(written('{ lengths: 3-5 }', { tasks, models: `[ape, ${READER}]` }))).toEqual([]);
  });

  it.each<[string, string, readonly string[]]>([
    ['no lengths', '{ steps: 3 }', ["6:11: finetune has no 'lengths'"]],
    [
      'a number',
      '{ lengths: 3-5, steps: 0 }',
      ["6:34: 'steps' is a whole number from 1 to 100000000, not '0'"],
    ],
    [
      'an adapter of all of the model',
      '{ lengths: 3-5, method: full, rank: 3 }',
      ["6:47: 'rank' is of an adapter, and 'method: full' trains all of the model: leave one out"],
    ],
    [
      'a rank that the model has not',
      '{ lengths: 3-5, rank: 900 }',
      ["6:33: fine-tuning reader: a rank of 900, and the largest side of the model's matrices is 64"],
    ],
    [
      'a module that it has not',
      '{ lengths: 3-5, modules: [q_proj] }',
      [
        "6:36: fine-tuning reader: unknown module 'q_proj', did you mean 'c_proj'? (known: c_attn, c_proj, c_fc)",
      ],
    ],
    [
      'a seed that is not pretrained',
      '{ lengths: 3-5, seeds: 3..4 }',
      ["6:34: seed 4: 'reader' is pretrained from the study's seeds (1, 2, 3); name it among them, too"],
    ],
    [
      'a file that is not there',
      '{ lengths: 3-5, models: [nowhere] }',
      [
        '6:36: cannot read nowhere: there is no such file or folder; a GGUF file or a model folder was expected',
      ],
    ],
    [
      'a folder that is no model',
      '{ lengths: 3-5, models: [.] }',
      [expect.stringMatching(/^6:36: .*model/) as string],
    ],
    [
      'lengths that the positions of a model in a folder do not have',
      '{ lengths: 3-50, models: [symbols] }',
      [
        '6:22: fine-tuning UR, UL: a sample of length 50 takes 53 tokens, and symbols has 40 positions: take shorter ones',
      ],
    ],
  ])('%s', async (_, finetune, said) => {
    expect(await mistakesIn(written(finetune))).toEqual(said);
  });

  it('a task that there is not, and those that can not be fine-tuned', async () => {
    const finetune = '{ tasks: [ULL, flip-flop, UF], lengths: 3-5, models: [symbols] }';
    expect(await mistakesIn(written(finetune, { tasks: 'UL, UF, flip-flop', models: '[ape]' }))).toEqual([
      "6:21: unknown task of this study 'ULL', did you mean 'UL'? (known: UL, UF, flip-flop)",
      '6:26: no model can be fine-tuned on flip-flop; take some of UL, UR, NLFirst, NRFirst, NLLast, NRLast, UF, UB, NF, NB',
    ]);
  });

  it('nobody to begin with', async () => {
    const [mistake, ...others] = await mistakesIn(written('{ lengths: 3-5 }', { models: '[ape]' }));
    expect(others).toEqual([]);
    expect(mistake).toBe(
      '6:11: finetune begins with a model that is there: name files or folders (finetune: { models: [FILE.gguf] }), or pretrain a model (models: [{ name: reader, positions: ape, pretrain: text }]); the other models that are trained here know the one task that they were trained on',
    );
  });

  it('no task that can be', async () => {
    const nothing = written('{ lengths: 3-5, models: [symbols] }', { models: '[ape]', tasks: 'flip-flop' });
    expect(await mistakesIn(nothing)).toEqual([
      "6:11: none of the study's tasks can be fine-tuned: name some of UL, UR, NLFirst, NRFirst, NLLast, NRLast, UF, UB, NF, NB",
    ]);
  });

  it('symbols that the base has not, at the task', async () => {
    const tasks = '{ task: UR, alphabet: digits }, UL';
    expect(
      await mistakesIn(written('{ lengths: 3-5, models: [symbols] }', { tasks, models: '[ape]' })),
    ).toEqual(["2:9: fine-tuning UR: '0' is not among the model's 8 symbols, did you mean 'a'?"]);
    expect(
      await mistakesIn(written('{ lengths: 3-5 }', { tasks: '{ task: UR, alphabet: [x, "?"] }, UL' })),
    ).toEqual([
      "2:9: 'reader' can't be asked about UR: '?' is not among the model's 62 symbols, did you mean 'a'?",
    ]);
  });

  it('lengths that unique copies do not have with so few symbols', async () => {
    const tasks = 'UF';
    expect(await mistakesIn(written('{ lengths: 3-70 }', { tasks }))).toEqual([
      '6:22: fine-tuning UF: UF has lengths 1-62 with 62 symbols that are all different, not 3-70; shorten them, or take a larger alphabet',
    ]);
  });
});

describe('a model that is pretrained', () => {
  const models = (more: string) => `[${READER.replace(' }', `, ${more} }`)}]`;
  it.each<[string, string, readonly string[]]>([
    [
      'kind',
      '[{ positions: ape, pretrain: wiki }]',
      ["3:38: unknown kind of pretraining 'wiki' (known: text)"],
    ],
    [
      'words of a model that is trained on tasks',
      '[{ positions: ape, alphabet: digits }]',
      ["3:38: 'alphabet' is of models with 'pretrain: text': others have the symbols of their task"],
    ],
    [
      'lengths',
      models('lengths: 2-3'),
      [
        expect.stringMatching(
          /^3:10: the model 'reader': lengths: text has lengths from 7, not 2-3/,
        ) as string,
      ],
    ],
    [
      'positions',
      models('lengths: 16-20, maxLength: 20'),
      [
        "4:22: UR is measured at length 30, which takes 33 tokens, but 'maxLength' of the model 'reader' ends at 20: raise it, or leave it away",
        "4:22: UL is measured at length 30, which takes 33 tokens, but 'maxLength' of the model 'reader' ends at 20: raise it, or leave it away",
      ],
    ],
  ])('is refused for its %s', async (_, wanted, said) => {
    const text = written('{ lengths: 3-5, models: [symbols] }', { models: wanted }).replace('[5]', '[30]');
    const found = await mistakesIn(text);
    expect(found).toEqual(said);
  });
});
