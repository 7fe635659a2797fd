import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/explain/index.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { tinyGguf } from '../fixtures/explain/tiny-gguf.ts';
import { writeTextGguf } from '../text-model.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-explain-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const gguf = path.join(scratch, 'tiny.gguf');
const twice = path.join(scratch, 'twice.gguf');
const folder = path.join(scratch, 'trained-here');
const digits = path.join(scratch, 'of-digits');
/** Without tokenizers, as others save them: one says a symbol, the other all that may come. */
const others = path.join(scratch, 'symbols-first');
const setsModel = path.join(scratch, 'of-sets');

beforeAll(async () => {
  writeFileSync(gguf, tinyGguf());
  writeFileSync(twice, tinyGguf());
  for (const [place, symbols] of [
    [folder, 'abcdefgh'],
    [digits, '01234567'],
  ] as const) {
    const tokenizer = new Tokenizer([...symbols]);
    const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 2, heads: 2, width: 16, positions: 20 }); // prettier-ignore
    await saveFolder(place, { config, weights: initialise(config, rng('saved')), tokenizer });
  }
  for (const place of [others, setsModel]) {
    const tokenizer = new Tokenizer([...'01234567'], 'symbols-first');
    const config = modelConfig({ architecture: 'gpt2', vocabulary: tokenizer.size, layers: 2, heads: 2, width: 16, positions: 20 }); // prettier-ignore
    await saveFolder(place, { config, weights: initialise(config, rng('saved')), tokenizer });
    rmSync(path.join(place, 'tokenizer.json'));
  }
  const config = path.join(setsModel, 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('GPT2LMHeadModel', 'GPT2BCELMHeadModel'));
});

interface Run {
  readonly out: string;
  readonly said: string;
  readonly code: number | null;
}

function explain(...words: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn('node', ['bin/lengthwise.js', 'explain', ...words]);
    const [stdout, stderr]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => stdout.push(data));
    child.stderr.on('data', (data: Buffer) => stderr.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(stdout).toString(), said: Buffer.concat(stderr).toString(), code }),
    );
  });
}

async function explained<T = Explanation>(...words: string[]): Promise<T> {
  const { out, said, code } = await explain(...words, '--json');
  expect([code, out.trimEnd().split('\n').length], said).toEqual([0, 1]);
  return JSON.parse(out) as T;
}

const samples = (name: string, ...lines: unknown[]): string => {
  const file = path.join(scratch, name);
  writeFileSync(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return file;
};
const sample = { task: 'UR', source: ['a', 'b', 'c', 'd'], query: 'b' };
const next = { task: 'any', source: ['1', '2'], next: [['1', '2'], [], ['<eos>']] };
const demonstrations = [{ source: ['x', 'y', 'z', 'w'], query: 'y', answer: ['z'] }];

describe.concurrent('lengthwise explain', () => {
  it('explains a GGUF file in one object', async () => {
    const found = await explained(gguf, '--task', 'UR', '--length', '4', '--n', '6', '--draws', '2');
    expect(found).toMatchObject({ target: 'tiny.gguf', task: 'UR', length: 4, n: 6, prompt: 'demonstrated' });
    expect(found.heads).toHaveLength(4);
    expect(found.behaviour.amongSymbols.n).toBe(6);
    const [{ scores, repeated, lags }] = found.heads;
    expect(Object.keys(scores)).toEqual(expect.arrayContaining(['retrieval', 'copying']));
    expect(Object.keys(repeated)).toEqual(['induction', 'sameSymbol', 'antiInduction', 'previousToken']);
    expect(lags).toHaveLength(21);
    expect([found.retrieval!.n, found.copying!.n, found.repeated!.n, found.repeated!.length]).toEqual([6, 26, 20, 50]); // prettier-ignore
    // `<s>` first; neither that nor `</s>` is drawn, and each sequence stands there twice.
    for (const [begin, ...drawn] of found.repeated!.sequences) {
      expect(begin).toBe(0);
      expect(Math.min(...drawn)).toBeGreaterThan(1);
      expect(drawn.slice(0, 50)).toEqual(drawn.slice(50));
    }
    expect(Object.keys(found)).toEqual(['target', 'checksum', 'task', 'length', 'n', 'prompt', 'behaviour', 'heads', 'nullMaximum', 'retrieval', 'copying', 'repeated', 'ranking', 'ablations', 'edges', 'edgesByLayer', 'faithfulness', 'circuit', 'paths', 'example', 'words']); // prettier-ignore
  });

  it('explains several tasks of a model trained here, on its own symbols, in an array', async () => {
    const words = [folder, '--task', 'UF,UL', '--length', '5', '--n', '6', '--draws', '1', '--seed', '3'];
    const found = await explained<Explanation[]>(...words);
    expect(found.map(({ task, prompt }) => [task, prompt])).toEqual([
      ['UF', 'sequence'],
      ['UL', 'sequence'],
    ]);
    // As many as its 8 symbols and 20 positions permit.
    expect(found[0].repeated!.sequences.map((one) => one.length)).toEqual(new Array(20).fill(17));
    expect(found[0].copying!.n).toBe(8);
    expect(await explained<Explanation[]>(...words)).toEqual(found);
  });

  it('makes only what is asked for', async () => {
    const found = await explained(
      folder,
      '--task',
      'UB',
      '--length',
      '4',
      '--n',
      '4',
      '--only',
      'behaviour,edges',
    );
    expect(found).toMatchObject({ ablations: null, nullMaximum: null, retrieval: null, copying: null, repeated: null }); // prettier-ignore
    expect(found.heads[0]).toMatchObject({ scores: {}, repeated: {}, lags: null });
    expect(found.edges!.length).toBeGreaterThan(5);
  });

  it('explains given samples, by task and length', async () => {
    const file = samples(
      'good.jsonl',
      { ...sample, demonstrations },
      { ...sample, query: 'c', demonstrations },
      { task: 'UF', source: ['q', 'r', 's'] },
      { task: 'UF', source: ['s', 'r', 'q'] },
    );
    const found = await explained<Explanation[]>(gguf, '--samples', file, '--draws', '1');
    expect(found.map(({ task, length, n }) => [task, length, n])).toEqual([
      ['UR', 4, 2],
      ['UF', 3, 2],
    ]);
  });

  it('asks in a prompt of measure, and cuts edges only where symbols stand side by side', async () => {
    const text = writeTextGguf(path.join(scratch, 'text.gguf'));
    const asked = [text, '--length', '5', '--n', '4'];
    const pair = await explain(
      ...asked,
      '--task',
      'UR',
      '--prompt',
      'pair',
      '--only',
      'heads,edges',
      '--json',
    );
    expect(pair.code, pair.said).toBe(0);
    const found = JSON.parse(pair.out) as Explanation;
    expect([found.prompt, found.edges, found.heads.length]).toEqual(['pair', null, 4]);
    expect(found.example?.tokens.join('')).toMatch(/^"\w, \w, \w, \w, \w" -> "\w, \w$/);
    expect(found.words.at(-1)).toMatch(/^Edges were not cut: the prompt pair has tokens between the symbols/);
    const copy = await explain(...asked, '--task', 'UB', '--prompt', 'arrow', '--only', 'edges', '--json');
    expect((JSON.parse(copy.out) as Explanation).edges).not.toBeNull();
    for (const [words, message] of [
      [['--task', 'UR', '--prompt', 'pair', '--only', 'edges'], 'edges: the prompt pair has tokens between'],
      [['--task', 'UR', '--prompt', 'auto'], '--prompt auto: one prompt is explained at a time'],
      [['--task', 'UR', '--prompt', 'turns'], 'its answers are replies of a chat'],
      [['--task', 'UR', '--prompt', 'pear'], 'pear'],
    ] as const) {
      const refused = await explain(...asked, ...words);
      expect([refused.code, refused.said]).toEqual([2, expect.stringContaining(message)]);
    }
    const symbols = await explain(folder, '--task', 'UR', '--length', '5', '--n', '4', '--prompt', 'pair');
    expect([symbols.code, symbols.said]).toEqual([2, expect.stringContaining('leave --prompt out')]);
  });

  it('shows tables of at most 80 columns', async () => {
    const { out, code, said } = await explain(
      gguf,
      '--task',
      'NRFirst',
      '--length',
      '6',
      '--n',
      '8',
      '--draws',
      '2',
    );
    expect(code, said).toBe(0);
    for (const title of [
      'Where heads look',
      'OV copying',
      'random tokens that stand there twice (20 times)',
      'Single heads',
      'Heads together',
      'Edges cut',
      'after the first',
    ])
      expect(out).toContain(title);
    const tables = out.split('\n').filter((line) => / {2}/.test(line));
    expect(tables.length).toBeGreaterThan(15);
    for (const line of tables) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('says what a model takes before it is loaded, and checks it once', async () => {
    const words = [twice, '--task', 'UR', '--length', '4', '--n', '4', '--only', 'behaviour'];
    const first = await explain(...words);
    expect(first.said).toMatch(
      /^twice\.gguf: [\d,]+ parameters, about 0\.7 GB of memory and, roughly, 1 s\n(?:.*free now.*\n)?twice\.gguf: checked once: edits of all 2\d kinds of sites change its logits; checksum [\d.]+\n/,
    );
    const { checksum } = await explained<Explanation & { checksum: number }>(...words);
    expect(first.said).toContain(`checksum ${checksum}\n`);
    expect((await explain(...words)).said).not.toContain('checked once');
  });

  it('has help with an example', async () => {
    const { out } = await explain('--help');
    expect(out).toContain('$ lengthwise explain ');
    expect(out).toContain('--alphabet');
  });

  const notAModel = path.join(scratch, 'not-a-model');
  writeFileSync(notAModel, 'text');
  const empty = path.join(scratch, 'empty');
  mkdirSync(empty);
  const huge = path.join(scratch, 'huge');
  mkdirSync(huge);
  const sizes = { hidden_size: 100_000, intermediate_size: 300_000, num_attention_heads: 100 };
  const config = { model_type: 'llama', vocab_size: 1000, num_hidden_layers: 700, ...sizes };
  writeFileSync(path.join(huge, 'config.json'), JSON.stringify({ ...config, max_position_embeddings: 100 }));

  it.each<[readonly string[], string]>([
    [
      ['nowhere.gguf', '--task', 'UR'],
      'nowhere.gguf: no such file or folder; a GGUF file or a model folder was expected',
    ],
    [[notAModel, '--task', 'UR'], 'no GGUF file'],
    [[empty, '--task', 'UR'], 'no model folder: there is no config.json in it'],
    [[huge, '--task', 'UR'], 'parameters need 364,001.7 GB of memory in float32, and this machine has '],
    [[gguf], 'no task to explain: say which, for example --task UR,UL, or give --samples FILE'],
    [[gguf, '--task', 'URR'], "unknown task 'URR', did you mean 'UR'?"],
    [[gguf, '--task', 'UR,UR'], '--task names UR twice'],
    [[gguf, '--task', 'flip-flop'], '--task: flip-flop is not explained here; take some of UL, UR'],
    [[gguf, '--task', 'UR', '--only', 'head'], 'experiment'],
    [[gguf, '--task', 'UR', '--ablation', 'noise'], 'ablation'],
    [[gguf, '--task', 'UR', '--length', '2'], '--length must be at least 3, not 2'],
    [
      [gguf, '--task', 'UF', '--length', '27'],
      'UF admits lengths 1 to 26 with an alphabet of 26 symbols, not 27',
    ],
    [[gguf, '--task', 'UR', '--length', '40'], 'positions'],
    [
      [gguf, '--task', 'UR', '--alphabet', 'digits'],
      'is not one token of this model: take other symbols (--alphabet), or a model that has it',
    ],
    [
      [folder, '--task', 'UR', '--alphabet', 'lower'],
      '--alphabet: the model does not know the symbol "i"; it has a b c d e f g h',
    ],
    [[folder, '--task', 'UR', '--length', '18'], 'positions'],
    [
      [folder, '--task', 'UF', '--length', '9'],
      'UF admits lengths 1 to 8 with an alphabet of 8 symbols, not 9',
    ],
    [
      [gguf, '--samples', 'nowhere.jsonl'],
      '--samples: cannot read nowhere.jsonl: there is no such file or folder',
    ],
    [[gguf, '--samples', samples('bad.jsonl', sample, '{')], `bad.jsonl:2: no JSON`],
    [
      [gguf, '--samples', samples('other.jsonl', sample), '--task', 'UR'],
      '--task and --samples: the file says what is asked; leave --task out',
    ],
    [
      [gguf, '--samples', samples('single.jsonl', sample)],
      'UR at length 4: one sample, and resample ablation takes values from others',
    ],
    [
      [gguf, '--samples', samples('uneven.jsonl', sample, { ...sample, demonstrations })],
      'one size was expected',
    ],
    [
      [folder, '--samples', samples('shown.jsonl', { ...sample, demonstrations })],
      '--samples: a symbol model reads no demonstrations; leave them out',
    ],
    [[folder, '--task', 'UF', '--symbols', 'lower:8'], "names its symbols: don't name others"],
    [
      [gguf, '--task', 'UF', '--symbols', 'lower'],
      'it has a tokenizer, so its symbols have names; leave --symbols out',
    ],
    [
      [gguf, '--task', 'UF', '--offset', '1'],
      'a text model begins at its first position; leave --offset out',
    ],
    [[others, '--task', 'UF', '--symbols', 'lower'], 'a model of 8 symbols, and 26 are named (a b c d e …)'],
    [
      [others, '--samples', samples('unnamed.jsonl', sample, sample)],
      "'a' is not among the model's symbols 0 to 7: its folder has no tokenizer, so they are called by their ids; --symbols names them",
    ],
    [
      [others, '--task', 'UF', '--length', '6', '--offset', '9'],
      'a sequence of 13 tokens from position 9 on: the model has 20 positions',
    ],
    [
      [setsModel, '--task', 'UF'],
      'this model says which symbols may come next, not which one comes: give --samples with "next"',
    ],
    [
      [others, '--samples', samples('sets.jsonl', next, next)],
      '"next": this model says one symbol, not all that may come; give "answer"',
    ],
    [
      [gguf, '--samples', samples('text-sets.jsonl', next, next)],
      '"next": a model of text says one token, not all that may come; give "answer" instead',
    ],
    [
      [
        setsModel,
        '--samples',
        samples('mixed.jsonl', next, { task: 'any', source: ['1', '2'], answer: ['1'] }),
      ],
      'any: a sample without "next"; all of them need it',
    ],
    [
      [digits, '--samples', samples('letters.jsonl', sample, sample)],
      "'a' is not among the model's 8 symbols",
    ],
  ])('%j is one clear line', async (words, message) => {
    const { out, said, code } = await explain(...words);
    const lines = said.split('\n').filter((line) => line.startsWith('lengthwise: '));
    expect({ out, code, lines: lines.length }, said).toEqual({ out: '', code: 2, lines: 1 });
    expect(lines[0]).toContain(message);
  });

  it('explains models without a tokenizer: by ids or names, from any position, on tasks of their own', async () => {
    const copies = await explained(others, '--task', 'UF', '--length', '4', '--n', '4', '--draws', '2');
    expect(copies).toMatchObject({ task: 'UF', prompt: 'sequence', n: 4 });
    const later = await explained(others, '--task', 'UF', '--length', '4', '--n', '4', '--only', 'behaviour', '--offset', '7'); // prettier-ignore
    expect(later.prompt).toBe('sequence from position 7');
    expect(later.behaviour.crossEntropy).not.toBe(copies.behaviour.crossEntropy);
    const lines = ['ba', 'ca', 'db'].map((text) => ({ task: 'sort', source: [...text], answer: [...[...text].sort(), '<eos>'] })); // prettier-ignore
    const sorted = await explained(others, '--symbols', 'lower:8', '--samples', samples('sort.jsonl', ...lines)); // prettier-ignore
    expect(sorted).toMatchObject({ task: 'sort', length: 2, n: 3, edges: null, paths: [] });
    expect(sorted.behaviour.tokenAccuracyByPlace).toHaveLength(3);
    expect(sorted.retrieval).toMatchObject({ n: 6 });
  });

  it('explains models that say all symbols that may come next', async () => {
    const lines = [next, { ...next, source: ['2', '2'] }];
    const found = await explained(setsModel, '--samples', samples('next.jsonl', ...lines));
    expect(found).toMatchObject({ task: 'any', prompt: 'next symbols', behaviour: { n: 2, ofSets: true } });
    expect(found.heads.every(({ effect }) => effect?.exact?.crossEntropy !== undefined)).toBe(true);
    const { out } = await explain(setsModel, '--samples', samples('next.jsonl', ...lines));
    expect(out).toContain('sets of next symbols');
  });

  it('is ended by Ctrl-C while it computes', async () => {
    const child = spawn('node', ['bin/lengthwise.js', 'explain', gguf, '--task', 'UF', '--length', '9', '--n', '3000', '--draws', '10000'], { detached: true }); // prettier-ignore
    let said = '';
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stderr.on('data', (data: Buffer) => {
      const before = said.includes('UF at length 9');
      said += data.toString();
      if (!before && said.includes('UF at length 9')) process.kill(-child.pid!, 'SIGINT');
    });
    expect(await closed).toBe(130);
    expect(said.match(/^lengthwise: .*$/gm)).toEqual(['lengthwise: interrupted']);
  });
});
