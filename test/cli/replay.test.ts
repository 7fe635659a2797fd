import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { commandHere } from '../command-here.ts';

const root = path.resolve(import.meta.dirname, '../..');
process.chdir(root); // some files are named from there
const recorded = (name: string): string => path.join(root, 'test/fixtures/recorded', name);
const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-replay-'));

async function lengthwise(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, out, said } = await commandHere(argv);
  return { code, out, err: said };
}

/** A cell over all lengths, what is known of the file, and the tables. */
interface Result {
  readonly correct: number;
  readonly n: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly length: number; readonly n: number; readonly correct: number }[];
  readonly horizons: readonly { readonly length: number | null; readonly high: number | null }[];
  readonly badLines: readonly { readonly line: number; readonly reason: string }[];
  readonly correctByOracle: number;
  readonly contradictions: readonly unknown[];
  readonly authors?: { readonly text?: { readonly corrected: { readonly overall: number } } };
}

/** Replays a file, or records given as objects, and reads the JSON. */
async function replayed(file: string | readonly unknown[], ...argv: string[]): Promise<Result> {
  const { code, out, err } = await lengthwise('replay', pathOf(file), ...argv, '--json');
  expect(err).toMatch(/^\d+ answered, 0 from before, 0 failed; 0 requests\n$/);
  expect(code).toBe(0);
  const { rows, horizons, recording } = JSON.parse(out) as Pick<Result, 'rows' | 'horizons'> & {
    readonly recording: { readonly all: readonly Result[]; readonly files: readonly Result[] };
  };
  expect([recording.all.length, recording.files.length]).toEqual([1, 1]);
  return { ...recording.all[0], ...recording.files[0], rows, horizons };
}

let written = 0;
function pathOf(file: string | readonly unknown[]): string {
  if (typeof file === 'string') return file;
  const name = path.join(folder, `records-${written++}.jsonl`);
  const lines = file.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  writeFileSync(name, `${lines.join('\n')}\n`);
  return name;
}

describe("the paper's recorded outputs", () => {
  it.each([
    ['UL.llama3_70B.simple_rule.L30.jsonl', 'UL', 30, 15, { 'other-side': 11 }],
    ['UR.llama3_70B.simple_rule.L30.jsonl', 'UR', 30, 29, {}],
    ['UL.llama3_8B.simple_rule.L30.jsonl', 'UL', 30, 5, { 'other-side': 8 }],
    ['UR.llama3_8B.simple_rule.L30.jsonl', 'UR', 30, 21, {}],
    ['NRLast.llama3_70B.simple_rule_explained.L30.jsonl', 'NRLast', 23, 16, {}],
    ['UB.llama3_8B.bare.L30.jsonl', 'UB', 30, 1, {}],
    ['git-revert.llama3_8B.depth10.jsonl', 'git-revert', 19, 19, {}],
    ['NLFirst.gpt2-xl.seed100.jsonl', 'NLFirst', 40, 40, {}],
  ])('%s has the accuracy that was published', async (file, task, n, correct, errors) => {
    const result = await replayed(recorded(file), '--task', task);
    expect(result).toMatchObject({ n, correct, accuracy: correct / n, errors, badLines: [] });
    expect(result.contradictions).toEqual([]);
    expect(result.rows.reduce((sum, row) => sum + row.n, 0)).toBe(n);
  });

  it('UB: more than half of the outputs copy forward instead', async () => {
    const { errors } = await replayed(recorded('UB.llama3_8B.bare.L30.jsonl'), '--task', 'UB');
    expect(errors['other-direction']).toBeGreaterThanOrEqual(15);
  });

  it('the released scoring cuts six characters off every base model’s revert, and says so', async () => {
    const result = await replayed(
      recorded('git-revert.llama3_8B.depth10.jsonl'),
      '--task',
      'git-revert',
      '--scoring',
      'authors',
    );
    expect(result).toMatchObject({ n: 19, correct: 0, authors: { quirks: { 'six-characters-lost': 19 } } });
  });
});

describe('several recordings at once', () => {
  const files = [
    recorded('UL.llama3_70B.simple_rule.L30.jsonl'),
    recorded('UR.llama3_70B.simple_rule.L30.jsonl'),
  ];

  it('of two operations on the same sources: the asymmetry, in pairs', async () => {
    const { code, out } = await lengthwise('replay', ...files, '--task', 'UL,UR', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(out) as object;
    expect(result).toMatchObject({
      format: 'lengthwise.measurement',
      respondent: { kind: 'recording', files },
      rows: [
        { task: 'UL', length: 29, n: 30, correct: 15, errors: { 'other-side': 11 }, truncated: 0 },
        { task: 'UR', length: 29, n: 30, correct: 29 },
      ],
      horizons: [
        { task: 'UL', threshold: 0.9, length: null, shortest: 29, undecided: null },
        { task: 'UR', threshold: 0.9, length: null, undecided: { length: 29, n: 30, correct: 29 } },
      ],
      asymmetries: [{ first: 'UR', second: 'UL', length: 29, n: 30, paired: true }],
      recording: {
        all: [
          { task: 'UL', n: 30, correct: 15 },
          { task: 'UR', n: 30, correct: 29 },
        ],
        files: [
          { file: files[0], task: 'UL', records: 30 },
          { file: files[1], task: 'UR', records: 30 },
        ],
      },
    });
  });

  it('a line for each, and why a horizon can’t be told', async () => {
    const { out } = await lengthwise('replay', ...files, '--task', 'UL,UR');
    expect(out).toMatch(/^UL +< 29 +29 +30$/m);
    expect(out).toMatch(/^UR +undecided at 29: 29 of 30, too few to show 90 % +29 +30$/m);
    expect(out).toMatch(/^UL, all lengths: 15 of 30 right, 50 % \(31\.3 % – 68\.7 %\)$/m);
    expect(out).toMatch(/^UL +29 +30 +15 +50 % +31\.3 % – 68\.7 %/m);
    expect(out).toMatch(/right - left +UR - UL +29 +30 +\+46\.7 %/);
  });

  it('and where sources are not the same, that they are no pairs and have no p', async () => {
    const [left, right] = files.map((file) => readFileSync(file, 'utf8').trim().split('\n'));
    const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-unpaired-'));
    const cut = path.join(scratch, 'others.jsonl');
    writeFileSync(cut, right.slice(15).join('\n'));
    const first = path.join(scratch, 'first.jsonl');
    writeFileSync(first, left.slice(0, 15).join('\n'));
    const { out } = await lengthwise('replay', first, cut, '--task', 'UL,UR');
    expect(out).toMatch(/^contrast +tasks +length +n +pairs +difference +95 % interval +p +p corrected$/m);
    expect(out).toMatch(/^right - left +UR - UL +29 +15 +unpaired +\+.* – +–$/m);
    const { out: same } = await lengthwise('replay', ...files, '--task', 'UL,UR');
    expect(same).toMatch(/^contrast +tasks +length +n +difference/m);
  });

  it('very many lengths are a few lines for people, and all there is in --json', async () => {
    const file = recorded('NLFirst.gpt2-xl.seed100.jsonl');
    const { out } = await lengthwise('replay', file, '--task', 'NLFirst');
    expect(out).toMatch(/^NLFirst +102–200 +40 +40 +100 %/m);
    const { rows, horizons } = await replayed(file, '--task', 'NLFirst');
    expect(rows.length).toBeGreaterThan(20);
    // Groups are for reading: a right answer at each of some lengths shows nothing about any of them.
    const first = `${rows[0].correct} of ${rows[0].n}`;
    expect(out).toMatch(
      new RegExp(
        `^NLFirst +undecided at 102: ${first}, too few to show 90 % +${rows.length} from 102 to 200 +40$`,
        'm',
      ),
    );
    expect(horizons).toMatchObject([{ length: null, shortest: 102, censored: false }]);
    const { code, err } = await lengthwise('replay', file, '--task', 'NLFirst', '--at-least', 'NLFirst=110');
    expect(code).toBe(4);
    expect(err).toContain('NLFirst: a horizon of at least 110 is not shown: undecided at 102');
  });

  it('a horizon of very many lengths is there where each of them has enough samples', async () => {
    const symbols = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ'];
    const records = Array.from({ length: 22 }, (_, i) => i + 5).flatMap((length) =>
      symbols.map((left) => {
        const others = symbols.filter((symbol) => symbol !== left);
        const input = `${left}Z${others.slice(0, length - 2).join('')}|Z`;
        return { input, target: left, full_output: length === 20 ? 'Z' : left };
      }),
    );
    const { rows, horizons } = await replayed(records, '--task', 'UL');
    const [{ length, high }] = horizons;
    expect([length, high]).toEqual([19, 19]);
    expect(rows.find((row) => row.length === 20)).toMatchObject({ n: 36, correct: 0 });
  });

  it.each([
    ['null', { target: 'b' }, { full_output: null }],
    ['no field', { target: 'b' }, {}],
    ['no field, and no right answer is recorded', {}, {}],
  ])(
    'records without an output are counted, and the status says that they are missing: %s',
    async (_, gold, none) => {
      const records = [
        { input: 'xbcde|c', ...gold, full_output: 'b' },
        { input: 'ybcde|c', ...gold, ...none },
      ];
      const { code, out, err } = await lengthwise('replay', pathOf(records), '--task', 'UL', '--json');
      expect(code).toBe(3);
      expect(err).toContain('1 answered, 0 from before, 1 failed; 0 requests');
      expect(err).toContain('incomplete: 1 record failed\n');
      expect(JSON.parse(out)).toMatchObject({ run: { answered: 1, failed: 1 }, rows: [{ n: 2, failed: 1 }] });
    },
  );

  it.each([
    [[...files, '--task', 'UL,UR,UL'], '--task names 3 tasks for 2 files'],
    [[files[0], '--task', 'table-lookup'], "'table-lookup' is 4 tasks, and a recording is of one"],
  ])('%j is refused', async (argv, message) => {
    const { code, err } = await lengthwise('replay', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('other recordings', () => {
  it('instruct models answer between tags', async () => {
    const records = [
      {
        input: 'QJE9lHaxy|J',
        target: 'Q',
        prediction: 'Q',
        full_output: '<|start_header_id|>assistant<|end_header_id|>\n\n<target>Q</target>\n\nThe query',
      },
      { input: 'eyKgchYny|K', target: 'y', prediction: 'Y', full_output: '<target>Y</target>' },
    ];
    expect(await replayed(records, '--task', 'UL')).toMatchObject({ n: 2, correct: 1 });
    expect(await replayed(records, '--task', 'UL', '--scoring', 'authors')).toMatchObject({ correct: 1 });
    const copy = [
      {
        input: 'mphDuxXkXI',
        target: 'IXkXxuDhpm',
        prediction: 'IXkXuxDhpm',
        full_output: 'assistant\n\n<target> I X k X u x D h p m </target><|eot_id|>',
      },
    ];
    expect(await replayed(copy, '--task', 'NB')).toMatchObject({ n: 1, correct: 0, errors: { swapped: 1 } });
  });

  it('unspaced prompts without a stop: our scoring reads the answer, the released one compares everything', async () => {
    const records = [{ input: '7VaK0|a', target: 'V', prediction: 'V', full_output: 'V\n\\end{code' }];
    expect(await replayed(records, '--task', 'UL')).toMatchObject({ correct: 1 });
    expect(await replayed(records, '--task', 'UL', '--scoring', 'authors')).toMatchObject({
      correct: 0,
      authors: { quirks: { 'whole-output': 1 } },
    });
  });

  it('a blank before the answer is enough for the released scoring to count it as wrong, and is named', async () => {
    const records = [{ input: '7VaK0|a', target: 'V', full_output: ' V' }];
    expect(await replayed(records, '--task', 'UL')).toMatchObject({ correct: 1 });
    const { out, err } = await lengthwise('replay', pathOf(records), '--task', 'UL', '--scoring', 'authors');
    expect(out).toMatch(/^UL +5 +1 +0 +0 % .* wrong by the released scoring 1$/m);
    expect(out + err).toContain('with anything before or after it, such as a blank, is wrong');
  });

  it('says what the parts of copies are about: those that were right up to there', async () => {
    const records = [
      { source: 'a b c d e', answer: 'a b c d e', output: 'a b c d e' },
      { source: 'b c d e f', answer: 'b c d e f', output: 'x c d e f' },
      { source: 'c d e f g', answer: 'c d e f g', output: 'c d e f x' },
    ];
    const { out } = await lengthwise('replay', pathOf(records), '--task', 'UF');
    expect(out).toMatch(
      /^UF +5 +66.7 % of 3 .* 100 % of 2 .* 100 % of 2 .* 100 % of 2 .* 50 % of 2 .*\nUF: of the copies that were right up to there, those/m,
    );
    const lookups = [{ source: 'a b c', query: 'b', answer: 'c', output: 'a' }];
    expect((await lengthwise('replay', pathOf(lookups), '--task', 'UR')).out).not.toContain('copies');
  });

  it('fine-tuned models that copy, and end where they should not', async () => {
    const records = [
      { input: '0123321>', prediction: '1233210', target: '1233210', ExactMatch: 'true' },
      { input: '0123312>', prediction: '21332<|endoftext|>', target: '2133210', ExactMatch: 'false' },
    ];
    expect(await replayed(records, '--task', 'NB')).toMatchObject({
      n: 2,
      correct: 1,
      errors: { 'early-end': 1 },
      rows: [{ length: 7, n: 2 }],
    });
  });

  it('a sample that is recorded twice is one observation: the share of its right answers', async () => {
    const records = [
      { input: 'abcde|c', target: 'd', full_output: 'd' },
      { input: 'abcde|c', target: 'd', full_output: 'b' },
      { input: 'fghij|h', target: 'i', full_output: 'i' },
    ];
    expect(await replayed(records, '--task', 'UR')).toMatchObject({
      n: 2,
      correct: 1.5,
      answers: 3,
      records: 3,
    });
  });

  it('a right answer that contradicts the oracle is reported with its line', async () => {
    const records = [
      { input: 'abcde|c', target: 'd', full_output: 'd' },
      { input: 'abcdf|c', target: 'b', full_output: 'b' },
      { input: 'abcde|a', target: 'e', full_output: 'e' }, // the authors' index -1 wraps round
    ];
    const { correctByOracle, contradictions, correct } = await replayed(records, '--task', 'UL');
    expect(correct).toBe(3);
    expect(correctByOracle).toBe(1);
    expect(contradictions).toEqual([
      { line: 1, gold: 'd', oracle: 'b', reason: 'UL answers b' },
      expect.objectContaining({ line: 3, gold: 'e', oracle: null }),
    ]);
  });

  it('fields of other names, and rows of our own', async () => {
    const others = [{ text: 'x y z', key: 'y', right: 'z', said: ' z' }];
    const names = ['--source-field', 'text', '--query-field', 'key', '--gold-field', 'right'];
    expect(await replayed(others, '--task', 'UR', ...names, '--output-field', 'said')).toMatchObject({
      correct: 1,
    });
    const ours = [{ source: ['aa', 'bb', 'cc'], query: 'bb', answer: ['cc'], output: ['aa'] }];
    expect(await replayed(ours, '--task', 'UR')).toMatchObject({ correct: 0, errors: { 'other-side': 1 } });
  });

  it('texts: exact when contained as released, aligned in the corrected scoring', async () => {
    const text = 'est non modi. sit modi est.\nora isci.';
    const records = [{ input_text: text, gold_ans: text, full_answer: `${text}\nest non modi.` }];
    const result = await replayed(records, '--task', 'text-copy', '--scoring', 'authors');
    expect(result).toMatchObject({ correct: 1, authors: { quirks: { substring: 1, 'exact-left-out': 1 } } });
    expect(result.authors?.text?.corrected.overall).toBeLessThan(1);
  });
});

describe('lists with commas', () => {
  const colours = [
    { source: 'red, green, blue, black', output: 'black, blue, green, red' },
    { source: 'pink, green, blue, grey', output: 'grey, blue, green, pink' },
  ];

  it('a line says that they are read as lists; --symbols says otherwise', async () => {
    const file = pathOf(colours);
    const { code, out } = await lengthwise('replay', file, '--task', 'UB');
    expect([code, out]).toEqual([0, expect.stringContaining('UB, all lengths: 2 of 2 right')]);
    expect(out).toContain(
      "sources and answers are read as lists such as 'a, b, c'; if ',' belongs to the symbols: --symbols blanks, or characters\n",
    );
    const blanks = await lengthwise('replay', file, '--task', 'UB', '--symbols', 'blanks');
    expect([blanks.out.includes('0 of 2 right'), blanks.out.includes('read as lists')]).toEqual([
      true,
      false,
    ]);
    const commas = await lengthwise('replay', file, '--task', 'UB', '--symbols', 'commas');
    expect(commas.out).toContain('2 of 2 right');
  });

  it('of more records than are looked at, gzipped', async () => {
    const file = path.join(folder, 'many.jsonl.gz');
    const many = Array.from({ length: 3_000 }, (_, i) => ({
      ...colours[0],
      source: `x${i}, y`,
      output: `y, x${i}`,
    }));
    writeFileSync(file, gzipSync(many.map((record) => `${JSON.stringify(record)}\n`).join('')));
    expect(await replayed(file, '--task', 'UB')).toMatchObject({ n: 3_000, correct: 3_000 });
  });
});

describe('two recordings of the same copies, all right', () => {
  const copies = (commas: number): object[] =>
    Array.from({ length: 40 }, (_, i) => {
      const source = Array.from('abcdef', (symbol) => symbol + String(i));
      return { source, answer: source, output: source.join(i < commas ? ', ' : ' ') };
    });

  it('compare as equal, however many outputs of each have commas', async () => {
    const folders = await Promise.all(
      [19, 21].map(async (commas) => {
        const out = mkdtempSync(path.join(folder, 'copies-'));
        const { code, out: text } = await lengthwise(
          ...['replay', pathOf(copies(commas)), '--task', 'UF', '--out', out],
        );
        expect([code, text]).toEqual([0, expect.stringContaining('UF, all lengths: 40 of 40 right')]);
        expect(text).toContain(
          `${commas} outputs are lists or numbers in another form than the right answer`,
        );
        return out;
      }),
    );
    const { code, out } = await lengthwise(
      ...['compare', ...folders, '--out', path.join(folder, 'copies.html'), '--json'],
    );
    expect(code).toBe(0);
    const { comparisons } = JSON.parse(out) as { comparisons: readonly object[] };
    expect(comparisons).toMatchObject([{ task: 'UF', difference: 0 }]);
  });
});

describe('files that are not what they should be', () => {
  const [good, another] = readFileSync(recorded('UL.llama3_8B.simple_rule.L30.jsonl'), 'utf8').split('\n');

  it('look-ups without a query: one line names the fields and the option', async () => {
    const file = pathOf([{ source: 'a b c', key: 'a', gold: 'b', predicted: 'b' }]);
    const { code, out, err } = await lengthwise('replay', file, '--task', 'UR');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^lengthwise: .* has no record that can be read; line 1: no field with the query; its fields are: source, key, gold, predicted \(name one with --query-field\)\n$/,
    );
    expect((await lengthwise('replay', file, '--task', 'UR', '--query-field', 'key')).code).toBe(0);
  });

  it('names the lines that are no records and scores the others', async () => {
    const { badLines, n } = await replayed(
      [good, '{"input": "abc', '', '[1]', '{"input":"ab|a"}', another],
      '--task',
      'UL',
    );
    expect(n).toBe(2);
    expect(badLines.map(({ line }) => line)).toEqual([2, 4, 5]);
    expect(badLines[2].reason).toContain('no field with the output; its fields are: input');
    const { code, out } = await lengthwise('replay', pathOf([good, '{"input": "abc']), '--task', 'UL');
    expect([code, out]).toEqual([0, expect.stringContaining('1 line is no record and is not counted:\n')]);
  });

  it.each([
    [['nowhere.jsonl', '--task', 'UL'], 'cannot read nowhere.jsonl'],
    [[recorded('UB.llama3_8B.bare.L30.jsonl'), '--task', 'UBB'], "unknown task 'UBB', did you mean 'UB'?"],
    [[recorded('UB.llama3_8B.bare.L30.jsonl')], 'Name it: --task UL'],
    [['package.json', '--task', 'UL'], 'package.json has no record that can be read; line 1'],
    [['test', '--task', 'UL'], 'cannot read test: it is a folder, not a file'],
  ])('%j: one line, exit code 2', async (argv, message) => {
    const { code, err } = await lengthwise('replay', ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('answers that were cut off', () => {
  const SYMBOLS = [...'abcdefghijklmnopqrstuvwxyz'];
  const records = (cut: number): object[] =>
    SYMBOLS.map((_, i) => {
      const source = Array.from({ length: 5 }, (_, k) => SYMBOLS[(i + k) % SYMBOLS.length]);
      const reply =
        i < cut ? { output: '', finish_reason: 'length' } : { output: source[3], finish_reason: 'stop' };
      return { source, query: source[2], answer: source[3], ...reply };
    });

  it.each([
    [0, false],
    [1, false],
    [2, true],
  ])('%i of 26: a warning from 5 %% on', async (cut, warned) => {
    const { err } = await lengthwise('replay', pathOf(records(cut)), '--task', 'UR');
    expect(err.includes(`WARNING: ${cut} of 26 answers were cut off before their end`)).toBe(warned);
  });
});
