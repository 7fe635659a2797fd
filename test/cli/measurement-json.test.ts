/**
 * What is handed on of measurements: the one shape of `measure`, `replay` and `report`, tables, and files of results;
 * over real runs, the JSON held against the published schema by another validator.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/common/json.ts';
import { jsonSchema } from '../../src/measure/results/schema.ts';
import type { ResultsFile } from '../../src/measure/results/results.ts';
import { folder, root, run } from './measuring.ts';
import { startServer } from '../server/server.ts';

const scratch = folder();
const at = (name: string): string => path.join(scratch, name);
const recording = path.join(root, 'examples/recorded/UL.jsonl');
const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const hasValidator = spawnSync(python, ['-c', 'import jsonschema']).status === 0;

/** The JSON documents of real runs, by the command that printed or wrote them. */
const documents: Record<string, unknown> = {};

async function json(name: string, ...argv: string[]): Promise<void> {
  const { out, err, code } = await run([...argv, '--json']);
  expect([code, err]).toEqual([0, expect.not.stringContaining('lengthwise: ')]);
  documents[name] = JSON.parse(out);
}

beforeAll(async () => {
  const server = await startServer({ accuracy: (task) => (task === 'UR' ? 1 : 0.6), model: 'test' });
  const asked = ['measure', '--endpoint', server.url, '--model', 'test'];
  const fixed = ['--lengths', '6,12', '--n', '40'];
  try {
    await json('measure', ...asked, '--task', 'UR,UL,UF', ...fixed, '--out', at('fixed'));
    await json('a search', ...asked, '--task', 'UR,UL', '--max-length', '20', '--out', at('searched'));
    await json('repeats', ...asked, '--task', 'UL', ...fixed, '--repeat', '2', '--out', at('repeated'));
    await json('one way', ...asked, '--task', 'UR', '--prompt', 'paper', ...fixed, '--out', at('ways'));
    await json('another', ...asked, '--task', 'UR', '--prompt', 'pair', ...fixed, '--out', at('ways'));
  } finally {
    await server.close();
  }
  await json('replay', 'replay', recording, '--task', 'UL', '--out', at('recorded'));
  await json('the authors’ scoring', 'replay', recording, '--task', 'UL', '--scoring', 'authors');
  await json('rescored', 'measure', '--rescore', '--out', at('fixed'));
  await json('report', 'report', at('fixed'));
  await json('report of several ways', 'report', at('ways'));
  await json('report of a recording', 'report', at('recorded'));
  for (const name of ['fixed', 'searched', 'repeated', 'ways', 'recorded']) {
    const { code } = await run(['export', at(name), '--results', at(`${name}.json`)]);
    expect(code).toBe(0);
    documents[`results of ${name}`] = JSON.parse(readFileSync(at(`${name}.json`), 'utf8'));
  }
}, 120_000);

/** What Python's jsonschema finds wrong, by document. */
function faults(schema: object): Record<string, string[]> {
  const script = `import json, sys
from jsonschema import Draft202012Validator
schema, documents = json.load(sys.stdin)
Draft202012Validator.check_schema(schema)
of = {"lengthwise.measurement": "Measurement", "lengthwise.measurements": "Measurements", "lengthwise.results": "ResultsFile"}
found = {}
for name, document in documents.items():
    own = {**schema, "$ref": "#/$defs/" + of[document["format"]]}
    own.pop("anyOf")
    found[name] = [e.json_path + ": " + e.message[:200] for e in Draft202012Validator(own).iter_errors(document)]
print(json.dumps(found))`;
  const input = JSON.stringify([schema, documents]);
  return JSON.parse(execFileSync(python, ['-c', script], { input }).toString()) as Record<string, string[]>;
}

describe.skipIf(!hasValidator)('Python’s jsonschema', () => {
  const none = (): Record<string, string[]> =>
    Object.fromEntries(Object.keys(documents).map((name) => [name, []]));

  it('accepts every document by the published schema', () => {
    const published = JSON.parse(
      readFileSync(path.join(root, 'docs/schema/measurement.json'), 'utf8'),
    ) as object;
    expect(faults(published)).toEqual(none());
  });

  it('finds no field that the schema does not describe', () => {
    expect(faults(jsonSchema({ closed: true }))).toEqual(none());
  });

  it('refuses a document with a wrong number', () => {
    const { measure } = documents as { measure: { rows: { accuracy: number }[] } };
    const before = measure.rows[0].accuracy;
    measure.rows[0].accuracy = 2;
    expect(faults(jsonSchema()).measure).not.toEqual([]);
    measure.rows[0].accuracy = before;
  });
});

interface Handed {
  readonly rows: readonly object[];
  readonly horizons: readonly object[];
  readonly asymmetries: readonly object[];
  readonly report?: string;
  readonly measurements?: readonly Handed[];
  readonly run: { readonly folder: string | null };
}

describe('one shape', () => {
  const of = (name: string): Handed => documents[name] as Handed;

  it('the report gives the numbers that measuring gave', () => {
    expect(of('report').rows).toEqual(of('measure').rows);
    expect(of('report').horizons).toEqual(of('measure').horizons);
    expect(of('report').report).toBe(path.join(at('fixed'), 'report.html'));
    expect(of('rescored').rows).toEqual(of('measure').rows);
  });

  it('a folder that was asked in two ways has a measurement for each', () => {
    const { measurements = [] } = of('report of several ways');
    expect(measurements.map(({ rows }) => rows)).toEqual([of('one way').rows, of('another').rows]);
  });

  it('a recording that was kept says where', () => {
    expect(of('replay').run.folder).toBe(at('recorded'));
  });
});

async function table(name: string, from = 'fixed'): Promise<Record<string, unknown>[]> {
  const { out, code } = await run(['export', at(from), '--table', name, '--format', 'jsonl']);
  expect(code).toBe(0);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the tables of a measurement', () => {
  it('cells, horizons and asymmetries are those of the JSON, every field', async () => {
    const { rows, horizons, asymmetries } = documents.measure as Handed;
    expect(await table('cells')).toMatchObject(
      rows.map((row) => ({ ...row, kind: undefined })).map(withoutKind),
    );
    expect(await table('horizons')).toMatchObject(horizons.map(withoutKind));
    expect(asymmetries[0]).toMatchObject({ near: null, sequential: false });
    expect(await table('asymmetries')).toMatchObject(asymmetries.map(withoutKind));
    const searched = documents['a search'] as Handed;
    expect(await table('asymmetries', 'searched')).toMatchObject(searched.asymmetries.map(withoutKind));
  });

  it('samples have what was sent, what came back, and what it is worth', async () => {
    const samples = await table('samples');
    expect(samples).toHaveLength(3 * 2 * 40);
    const database = new DatabaseSync(path.join(at('fixed'), 'measure.sqlite'), { readOnly: true });
    const stored = database.prepare('SELECT prompt, output FROM answers ORDER BY task, length, idx').all();
    database.close();
    expect(samples.map(({ prompt, output }) => ({ prompt, output }))).toEqual(
      stored.map((row) => ({ ...row })),
    );
    const { rows } = documents.measure as { rows: { task: string; length: number; correct: number }[] };
    for (const { task, length, correct } of rows) {
      const own = samples.filter((sample) => sample.task === task && sample.length === length);
      expect(own.filter((sample) => sample.outcome === 'right')).toHaveLength(correct);
    }
    const lookup = samples.find(({ task }) => task === 'UR')!;
    const { source, query, place, distance, occurrences } = lookup as { source: string[] } & typeof lookup;
    expect(source.filter((symbol) => symbol === query)).toHaveLength(occurrences as number);
    expect(distance).toBe(source.length - source.indexOf(query as string));
    expect(place).toBeCloseTo(1 - (distance as number) / source.length, 0);
    const wrongCopy = samples.find(({ task, outcome }) => task === 'UF' && outcome === 'wrong')!;
    expect(wrongCopy).toMatchObject({
      correct: false,
      // Nothing is looked up: no place of evidence.
      ...{ place: null, distance: null, occurrences: null },
      firstError: expect.any(Number),
      error: expect.any(String),
    });
  });

  it('are written in the format that the name of the file tells, unless another is given', async () => {
    const written = async (name: string, ...more: string[]): Promise<Buffer> => {
      expect((await run(['export', at('fixed'), '--out', at(name), ...more])).code).toBe(0);
      return readFileSync(at(name));
    };
    expect((await written('by-name.parquet')).subarray(0, 4).toString()).toBe('PAR1');
    expect((await written('by-name.jsonl', '--json')).toString()).toMatch(/^\{"respondent":/);
    for (const name of ['by-name.csv', 'by-name.txt'])
      expect((await written(name)).toString()).toMatch(/^respondent,task,/);
    expect((await written('other.parquet', '--format', 'csv')).toString()).toMatch(/^respondent,task,/);
  });

  it('are the same in Parquet and CSV', async () => {
    const file = at('samples.parquet');
    expect(
      (await run(['export', at('fixed'), '--table', 'instances', '--format', 'parquet', '--out', file])).code,
    ).toBe(0);
    const read = await parquetReadObjects({ file: Uint8Array.from(readFileSync(file)).buffer });
    const lines = await table('samples');
    expect(read.map((row) => row.output as unknown)).toEqual(lines.map((row) => row.output));
    const { out } = await run(['export', at('fixed')]);
    expect(out.split('\n', 1)[0]).toBe(Object.keys((await table('cells'))[0]).join(','));
  });

  it('of one that was asked in two ways name the respondents apart', async () => {
    const cells = await table('cells', 'ways');
    expect(cells.map(({ respondent }) => respondent)).toEqual([
      ...['test · prompt paper', 'test · prompt paper', 'test · prompt pair', 'test · prompt pair'],
    ]);
    const asked = (await table('asked', 'ways')).filter(({ task }) => task !== null);
    expect(asked.map(({ prompt, samples }) => [prompt, samples])).toEqual([
      ['paper', 80],
      ['pair', 80],
    ]);
    expect((await table('runs', 'ways')).map(({ ending }) => ending)).toEqual(['done', 'done']);
  });

  it('come from a folder that can only be read', async () => {
    chmodSync(at('fixed'), 0o555);
    try {
      expect(await table('samples')).toHaveLength(240);
      expect((await run(['export', at('fixed'), '--results', at('again.json')])).code).toBe(0);
    } finally {
      chmodSync(at('fixed'), 0o755);
    }
  });

  it('come while it runs', async () => {
    // After some answers it waits until they were looked at.
    let looked = false;
    const server = await startServer({
      delay: () => (looked || server.seen.answered.length < 40 ? 0 : 1000),
      model: 'test',
    });
    const out = at('running');
    const asked = ['measure', server.url, '--model', 'test', '--task', 'UR', '--lengths', '6', '--n', '400'];
    const running = run([...asked, '--concurrency', '2', '--out', out]);
    try {
      await expect.poll(() => server.seen.answered.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(40);
      const samples = await table('samples', 'running');
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.length).toBeLessThan(400);
    } finally {
      looked = true;
      await running;
      await server.close();
    }
  }, 120_000);

  it.each([
    [['--table', 'cell'], /unknown table 'cell', did you mean 'cells'\?/],
    [['--results', 'x.json', '--format', 'csv'], /--format is about tables/],
    [['--results', 'no/such/x.json'], /its folder does not exist/],
  ])('export %j is refused in one line', async (argv, message) => {
    const { err, code } = await run(['export', at('fixed'), ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

function withoutKind(row: object): object {
  return Object.fromEntries(
    Object.entries(row).filter(([name, value]) => name !== 'kind' && value !== undefined),
  );
}

describe('files of results', () => {
  it('lead back to the samples by a hash', async () => {
    const hash = createHash('sha256');
    const fields = [
      ...['task', 'length', 'index', 'repeat', 'source', 'query', 'answer'],
      ...['system', 'prompt', 'output', 'thoughts', 'outcome'],
    ];
    for (const sample of await table('samples')) {
      hash.update(`${canonicalJson(fields.map((field) => sample[field]))}\n`);
    }
    const { results } = documents['results of fixed'] as ResultsFile;
    expect(results[0].samples).toEqual({ count: 240, sha256: hash.digest('hex') });
  });

  it('say which command asked, one that is taken', async () => {
    const { results } = documents['results of fixed'] as ResultsFile;
    const words = (results[0].command ?? '').split(' ').slice(1);
    const { out, code } = await run([...words, '--preview', '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, { preview: { requests: 266 } }]);
  });

  it('are compared with each other and with folders, any number of them', async () => {
    const files = ['fixed', 'searched', 'repeated', 'ways'].map((name) => at(`${name}.json`));
    const { out, code } = await run(['compare', ...files, at('fixed'), '--out', at('all.html'), '--json']);
    expect(code).toBe(0);
    const { respondents, comparisons } = JSON.parse(out) as {
      respondents: { label: string; horizons: object[]; rows: object[] }[];
      comparisons: {
        second: string;
        low: number;
        high: number;
        difference: number;
        paired: boolean;
        p: null;
      }[];
    };
    expect(new Set(respondents.map(({ label }) => label)).size).toBe(6);
    expect(respondents[0].horizons).toEqual((documents.measure as Handed).horizons);
    expect(respondents[5].rows).toEqual((documents.measure as Handed).rows);
    for (const { low, high, difference, paired, p } of comparisons) {
      expect([paired, p]).toEqual([false, null]);
      expect(low).toBeLessThanOrEqual(difference);
      expect(high).toBeGreaterThanOrEqual(difference);
    }
    // Repeats are no samples of their own: without them there is no interval of a difference.
    expect(comparisons.filter(({ second }) => second.includes('repeated'))).toEqual([]);
  });

  it('stand in a table, models by tasks', async () => {
    const files = ['fixed', 'searched', 'ways'].map((name) => at(`${name}.json`));
    const { out } = await run(['compare', ...files, '--out', at('table.html')]);
    expect(out).toMatch(/^horizon at 90 % +UR +UL +UF\ntest.* ≥ 12 .*\ntest/);
    expect(out).toMatch(/compared with .* by counts, not in pairs/);
    expect(readFileSync(at('table.html'), 'utf8')).toContain('horizon');
  });

  it('measure --json makes one, too', async () => {
    writeFileSync(at('printed.json'), JSON.stringify(documents.measure));
    const { out, code } = await run([
      'compare',
      at('printed.json'),
      at('searched'),
      '--out',
      at('c.html'),
      '--json',
    ]);
    expect(code).toBe(0);
    expect((JSON.parse(out) as { respondents: Handed[] }).respondents[0].rows).toEqual(
      (documents.measure as Handed).rows,
    );
  });

  const changed = (change: (file: { results: Record<string, never>[] }) => void): string => {
    const file = JSON.parse(readFileSync(at('fixed.json'), 'utf8')) as { results: Record<string, never>[] };
    change(file);
    return JSON.stringify(file);
  };
  const set = (name: string, value: unknown) => () =>
    changed(({ results }) => Object.assign(results[0], { [name]: value }));

  it.each<[string, () => string]>([
    ['an empty object', () => '{}'],
    ['another format', () => '{"format":"lengthwise.certificate","version":1}'],
    ['a cut file', () => readFileSync(at('fixed.json'), 'utf8').slice(0, 3000)],
    ['a newer version', () => '{"format":"lengthwise.results","version":2}'],
    ['no results', () => changed((file) => (file.results = []))],
    [
      'a million brackets',
      () => `{"format":"lengthwise.results","version":1,"results":${'['.repeat(1e6)}${']'.repeat(1e6)}}`,
    ],
    ['rows that are none', set('rows', [null])],
    [
      'more right answers than samples',
      set('rows', [
        { kind: 'cell', task: 'UR', length: 6, n: 1, correct: 2, accuracy: 1, low: 0, high: 1, errors: {} },
      ]),
    ],
    ['a respondent without an end', set('respondent', { text: 'x'.repeat(200_000) })],
    ['an accuracy of 300 %', set('threshold', 3)],
  ])('%s is refused in one line', async (_, text) => {
    writeFileSync(at('hostile.json'), text());
    const { out, err, code } = await run(['compare', at('fixed'), at('hostile.json')]);
    expect([out, code]).toEqual(['', 2]);
    expect(err).toMatch(/hostile\.json (is no file of results|was written by a newer lengthwise)/);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err.length).toBeLessThan(700);
  });

  it('text in them is no markup and no command to a terminal', async () => {
    const evil = '\u001b[31mred\u202e"><script>alert(1)</script>';
    writeFileSync(at('evil.json'), set('name', evil)());
    const { out, code } = await run(['compare', at('fixed'), at('evil.json'), '--out', at('evil.html')]);
    expect(code).toBe(0);
    expect(out).not.toContain('\u001b');
    const outsideOfAttributes = readFileSync(at('evil.html'), 'utf8').replaceAll(/="[^"]*"/g, '');
    expect(outsideOfAttributes).toContain('&lt;script&gt;');
    expect(outsideOfAttributes).not.toContain('<script');
  });
});
