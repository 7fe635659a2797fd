/** `lengthwise compare` and `lengthwise report` over folders of real measurements, and of a study. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { commandHere, workingDirectory } from '../command-here.ts';
import { startServer } from '../server/server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = workingDirectory;
const KEY = 'sk-not-for-any-report-42';
vi.stubEnv('LENGTHWISE_API_KEY', KEY);

const run = (...argv: string[]) => commandHere(argv);

/** Asks a server that is right as often as `accuracy` says, once for each list of options, and leaves the folder. */
async function measure(
  folder: string,
  accuracy: (task: string, length: number) => number,
  ...commands: (readonly string[])[]
): Promise<void> {
  const server = await startServer({ accuracy, model: 'test', key: KEY });
  try {
    for (const options of commands) {
      const asked = ['measure', '--endpoint', server.url, '--model', 'test', '--out', folder, '--json'];
      const { code, said } = await run(...asked, ...options);
      expect([code, said]).toEqual([0, expect.not.stringContaining('lengthwise: ')]);
    }
  } finally {
    await server.close();
  }
}

interface Comparison {
  readonly respondents: readonly {
    readonly label: string;
    readonly respondent: { readonly kind: string };
    readonly prompts: Record<string, string>;
    readonly rows: readonly { readonly task: string; readonly length: number; readonly n: number }[];
    readonly horizons: readonly { readonly task: string; readonly length: number | null }[];
  }[];
  readonly comparisons: readonly {
    readonly task: string;
    readonly length: number | null;
    readonly n: number;
    readonly paired: boolean;
    readonly difference: number;
    readonly p: number | null;
  }[];
  readonly notes: readonly string[];
  readonly report: string;
}

async function compare(...argv: string[]): Promise<Comparison> {
  const { out, said, code } = await run('compare', ...argv, '--json');
  expect([code, said]).toEqual([0, '']);
  return JSON.parse(out) as Comparison;
}

/** Right or wrong, by length and index, straight from the file of a measurement. */
function verdicts(folder: string, task: string, length: number): boolean[] {
  const database = new DatabaseSync(path.join(scratch, folder, 'measure.sqlite'), { readOnly: true });
  const rows = database
    .prepare(
      "SELECT score ->> '$.outcome' AS outcome FROM answers WHERE task = ? AND length = ? ORDER BY idx",
    )
    .all(task, length);
  database.close();
  return rows.map(({ outcome }) => outcome === 'right');
}

const LENGTHS = ['--lengths', '8,20', '--n', '40'];

beforeAll(async () => {
  await measure('good', () => 0.95, ['--task', 'UR,UL', ...LENGTHS]);
  await measure('bad', (_, length) => (length > 8 ? 0.4 : 0.9), ['--task', 'UR,UL', ...LENGTHS]);
}, 60_000);

describe('two folders of the same questions', () => {
  it('are compared in pairs: McNemar’s test on the very answers that are stored', async () => {
    const { comparisons, respondents, notes } = await compare('good', 'bad');
    expect(respondents.map(({ label }) => label)).toEqual(['test · good', 'test · bad']);
    expect(notes).toEqual([]);
    const row = comparisons.find(({ task, length }) => task === 'UR' && length === 20);
    const [first, second] = [verdicts('good', 'UR', 20), verdicts('bad', 'UR', 20)];
    const onlyFirst = first.filter((right, i) => right && !second[i]).length;
    const onlySecond = first.filter((right, i) => !right && second[i]).length;
    expect(row).toMatchObject({ n: 40, paired: true });
    expect(row?.difference).toBeCloseTo((onlySecond - onlyFirst) / 40, 12);
    expect(row?.p).toBeCloseTo(binomialTwoSided(onlyFirst, onlySecond), 12);
  });

  it('stand in one table and one report', async () => {
    const { out, code } = await run('compare', 'good', 'bad', '--out', 'both.html');
    expect(code).toBe(0);
    expect(out).toMatch(/^horizon at 90 % +test · good +test · bad\nUR +\S+/);
    expect(out).toMatch(/UL +all +test · bad - test · good +80 +paired +−/);
    expect(out).toMatch(/report: both\.html\n$/);
    const text = readFileSync(path.join(scratch, 'both.html'), 'utf8');
    expect(text).toContain('Compared with test · good');
    expect(text).not.toContain(KEY);
  });

  it('at another threshold when asked', async () => {
    const { respondents } = await compare('good', 'bad', '--threshold', '0.2');
    expect(respondents.map(({ horizons }) => horizons.map(({ length }) => length))).toEqual([
      [20, 20],
      [20, 20],
    ]);
  });
});

describe('what differs is said', () => {
  beforeAll(async () => {
    const rule = ['--task', 'UR', '--prompt', 'simple-rule', '--lengths', '8,30', '--n', '20'];
    await measure('rule', () => 0.9, rule);
    await measure('both', () => 0.9, rule, ['--task', 'UR', '--lengths', '8', '--n', '30']);
    await measure('seeded', () => 0.9, ['--task', 'UR', '--seed', '7', ...LENGTHS]);
  }, 60_000);

  it('prompts, lengths and tasks; the pairs are those that both were asked', async () => {
    const { comparisons, notes, respondents } = await compare('good', 'rule');
    expect(respondents.map(({ label }) => label)).toEqual([
      'test · prompt pair',
      'test · prompt simple-rule',
    ]);
    expect(notes.join('\n')).toMatch(/Not asked of test · prompt simple-rule: UL\./);
    expect(notes.join('\n')).toMatch(/not asked in the same words: UR \(pair and simple-rule\)/);
    expect(notes.join('\n')).toMatch(
      /of test · prompt pair, but not of .*, at 20; asked of test · prompt simple-rule, but not of .*, at 30/,
    );
    expect(comparisons.map(({ length, n, paired }) => [length, n, paired])).toEqual([[8, 20, true]]);
  });

  it('another seed: not paired, without a p-value', async () => {
    const { comparisons, notes } = await compare('good', 'seeded');
    expect(comparisons.map(({ paired, p }) => [paired, p])).toEqual(
      Array.from({ length: 3 }, () => [false, null]),
    );
    expect(notes.join('\n')).toMatch(/different samples of UR/);
  });

  it('a folder that was asked in two ways holds two respondents, never counted together', async () => {
    const { respondents } = await compare('both');
    expect(respondents.map(({ prompts, rows }) => [prompts.UR, rows.map(({ n }) => n)])).toEqual([
      ['simple-rule', [20, 20]],
      ['pair', [30]],
    ]);
  });
});

describe('the report of a measurement', () => {
  it('lies in its folder; with --json it gives the numbers in it', async () => {
    const { out, code } = await run('report', 'good', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(out) as { rows: { n: number; truncated: number; failed: number }[] };
    expect(result).toMatchObject({
      format: 'lengthwise.measurement',
      report: path.join('good', 'report.html'),
      respondent: { model: 'test' },
      run: { folder: 'good', reused: 160, failed: 0 },
    });
    expect(result.rows.map(({ n, truncated, failed }) => [n, truncated, failed])).toEqual(
      Array.from({ length: 4 }, () => [40, 0, 0]),
    );
    const text = readFileSync(path.join(scratch, 'good', 'report.html'), 'utf8');
    expect(text.indexOf('id="horizons"')).toBeLessThan(text.indexOf('id="contrasts"'));
    expect(text).toMatch(/--model test --task UR,UL .*--lengths 8,20 .*--n 40/);
    expect(text).not.toContain(KEY);
    expect(readdirSync(path.join(scratch, 'good')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('of one whose lengths were searched has the intervals that the terminal had', async () => {
    const server = await startServer({ accuracy: (_, length) => (length <= 12 ? 1 : 0.3), key: KEY });
    const asked = ['--model', 'test', '--task', 'UR', '--max-length', '40', '--out', 'searched', '--json'];
    const { out } = await run('measure', '--endpoint', server.url, ...asked);
    await server.close();
    const { respondents } = await compare('searched', 'good');
    const { rows, horizons } = JSON.parse(out) as Comparison['respondents'][0];
    expect(respondents[0].rows).toEqual(rows);
    expect(respondents[0].horizons).toEqual(horizons);
  });
});

describe('a study’s trained models', () => {
  it('are respondents as well', async () => {
    const file = path.join(scratch, 'tiny.yaml');
    writeFileSync(
      file,
      'name: tiny\ntasks: [UR]\nmodels: [{ name: small, positions: ape, layers: 1, heads: 2, dim: 16 }]\n' +
        'train: { steps: 10, batch: 8, lengths: 3-8, evaluateEvery: 10 }\nmeasure: { lengths: [8, 12], n: 10 }\nseeds: [1, 2]\n',
    );
    expect((await run('study', 'run', file, '--out', 'study', '--json')).code).toBe(0);
    const { respondents, comparisons, notes } = await compare('good', 'study');
    expect(respondents.map(({ label, respondent }) => [label, respondent.kind])).toEqual([
      ['test', 'endpoint'],
      ['small', 'trained'],
    ]);
    expect(respondents[1].rows.map(({ task, length, n }) => [task, length, n])).toEqual([
      ['UR', 8, 20],
      ['UR', 12, 20],
    ]);
    expect(comparisons.map(({ length }) => length)).toEqual([8]);
    expect(comparisons[0]).toMatchObject({
      p: null,
      seeds: [
        { seed: 1, n: 10 },
        { seed: 2, n: 10 },
      ],
    });
    expect(notes.join(' ')).toContain('2 seeds of small: each seed counts as one observation');
    expect(notes.join(' ')).not.toContain('incomplete');
    const store = new DatabaseSync(path.join(scratch, 'study/study.sqlite'));
    // As if its last measurement had failed.
    store.exec(
      "UPDATE items SET state = 'failed' WHERE id = (SELECT max(id) FROM items WHERE kind = 'measure')",
    );
    store.close();
    expect((await run('export', 'study', '--results', 'study.json')).code).toBe(0);
    for (const place of ['study', 'study.json']) {
      expect((await compare('good', place)).notes[0]).toBe(
        'small: incomplete: stopped: 1 of its 2 measurements in the study are not done. The numbers are those so far.',
      );
    }
  }, 240_000);
});

describe('files of recorded outputs', () => {
  const recorded = (name: string): string => path.join(root, 'test/fixtures/recorded', name);
  const small = recorded('UL.llama3_8B.simple_rule.L30.jsonl');
  const large = recorded('UL.llama3_70B.simple_rule.L30.jsonl');

  it('are respondents, compared in pairs on the sources that both have', async () => {
    const { respondents, comparisons } = await compare(small, large, '--task', 'UL', '--out', 'files.html');
    expect(respondents).toMatchObject([
      { label: 'UL.llama3_8B.simple_rule.L30', respondent: { kind: 'recording', files: [small] } },
      { label: 'UL.llama3_70B.simple_rule.L30', rows: [{ task: 'UL', length: 29, n: 30, correct: 15 }] },
    ]);
    expect(comparisons).toMatchObject([{ task: 'UL', length: 29, n: 30, paired: true, difference: 10 / 30 }]);
    const report = readFileSync(path.join(scratch, 'files.html'), 'utf8');
    expect(report).toMatch(/other side.*line 5/s);
  });

  it('without numbers are compared in pairs with a measurement of the same samples: what was asked alike is one pair', async () => {
    const bareOf = async (out: string): Promise<Record<string, unknown>[]> => {
      const { out: rows } = await run('export', out, '--table', 'samples', '--json');
      return rows
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .map(({ task, source, query, read }) => ({
          task,
          source,
          query,
          output: (read as string[]).join(' '),
        }));
    };
    for (const [task, isUnique] of [
      ['UR', true],
      ['flip-flop', false],
    ] as const) {
      await measure(`numbered-${task}`, () => 0.7, ['--task', task, '--lengths', '6', '--n', '40']);
      const rows = await bareOf(`numbered-${task}`);
      const sources = new Set(rows.map(({ source, query }) => JSON.stringify([source, query])));
      expect(sources.size === rows.length).toBe(isUnique);
      const bare = path.join(scratch, `${task}.jsonl`);
      const named = rows.map((row, i) => ({ ...row, id: `q${i}` }));
      // In another order, and with numbers of somebody else, which tell samples that are alike apart.
      for (const own of [rows.toReversed(), ...(isUnique ? [named] : [])]) {
        writeFileSync(bare, own.map((row) => `${JSON.stringify(row)}\n`).join(''));
        const { comparisons, notes } = await compare(`numbered-${task}`, bare, '--out', 'bare.html');
        expect(comparisons).toMatchObject([{ length: 6, n: sources.size, paired: true, difference: 0 }]);
        expect(notes.join(' ')).not.toContain('different samples');
      }
    }
  });

  it('stand beside measurements, too', async () => {
    const { respondents, notes } = await compare('good', small, '--task', 'UL', '--out', 'mixed.html');
    expect(respondents.map(({ respondent }) => respondent.kind)).toEqual(['endpoint', 'recording']);
    expect(notes.join(' ')).toMatch(/: asked of .*, but not of .*, at \d/);
  });

  it.each([
    [[small, large], /is a file of recorded outputs: say what was asked with --task/],
    [['good', 'bad', '--task', 'UL'], /--task says what files of recorded outputs are about; there is none/],
    [
      [small, path.join(root, 'package.json'), '--task', 'UL'],
      /package\.json has no record that can be read/,
    ],
  ])('compare %j is refused', async (argv, message) => {
    const { said, code } = await run('compare', ...argv);
    expect(code).toBe(2);
    expect(said).toMatch(message);
  });
});

describe('mistakes', () => {
  it.each([
    ['', /measure\.sqlite is empty \(0 bytes\): put a copy of it back/],
    ['no database at all, whatever its name says', /measure\.sqlite is damaged \(file is not a database\)/],
  ])('a store with %j in it', async (content, message) => {
    const broken = mkdtempSync(path.join(scratch, 'broken-'));
    writeFileSync(path.join(broken, 'measure.sqlite'), content);
    for (const argv of [
      ['report', broken],
      ['compare', 'good', broken],
    ]) {
      const { out, said, code } = await run(...argv);
      expect([out, code]).toEqual(['', 2]);
      expect(said).toMatch(message);
    }
  });

  it.each([
    [['good'], /compare good with what\? Name another folder/],
    [
      ['good', 'nowhere'],
      /there is no folder nowhere: lengthwise measure URL --model NAME --out nowhere makes the one, lengthwise study run FILE --out nowhere the other/,
    ],
    [
      ['last-week.json', 'good'],
      /there is no file last-week\.json; to make a file of results: lengthwise export FOLDER --results last-week\.json$/m,
    ],
    [
      ['good', 'outputs.jsonl'],
      /there is no file outputs\.jsonl: name a file of recorded outputs, or make one: lengthwise export FOLDER --table samples --format jsonl --out outputs\.jsonl$/m,
    ],
    [['good', '.'], /\. holds neither a measurement nor a study: .*measure URL.*study run/],
    [['good', 'bad', '--threshold', '2'], /--threshold must be at most 1/],
    [['good', 'bad', '--out', 'no/such.html'], /cannot write .*its folder does not exist/],
    [[], /missing required argument 'folders'/],
  ])('compare %j', async (argv, message) => {
    const { out, said, code } = await run('compare', ...argv);
    expect([out, code]).toEqual(['', 2]);
    expect(said).toMatch(message);
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});

/** Twice the smaller tail of a fair coin, summed with whole numbers. */
function binomialTwoSided(a: number, b: number): number {
  const n = BigInt(a + b);
  let [tail, choose] = [0n, 1n];
  for (let k = 0n; k <= BigInt(Math.min(a, b)); k++) {
    tail += choose;
    choose = (choose * (n - k)) / (k + 1n);
  }
  return Math.min(1, (2 * Number(tail)) / 2 ** (a + b));
}
