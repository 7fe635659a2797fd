/** `lengthwise export` from end to end, over a study with toy works. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsFile } from '../../src/measure/results/results.ts';
import { resultsFile } from '../../src/measure/results/schema.ts';
import { readStudyFile } from '../../src/study/file/study-file.ts';
import { runStudy } from '../../src/study/run.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-export-'));
const folder = path.join(scratch, 'toys');
afterAll(() => rmSync(scratch, { recursive: true }));

beforeAll(async () => {
  const file = path.join(scratch, 'toys.yaml');
  writeFileSync(
    file,
    `name: toys
tasks: [UR, NRLast]
models: [{ name: tiny, positions: ape, layers: 1, heads: 1, dim: 4 }]
train: { steps: 3, lengths: 4-8 }
measure: { lengths: [5, 10], n: 4 }
`,
  );
  const signal = new AbortController().signal;
  const works = new URL('../study/toy-works.ts', import.meta.url).href;
  await runStudy(readStudyFile(file), folder, { workers: 2, signal, works, progress: () => undefined });
});

interface Run {
  out: Buffer;
  said: string;
  code: number | null;
}

function lengthwise(line: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `node bin/lengthwise.js export ${line}`]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out), said: Buffer.concat(said).toString(), code }),
    );
  });
}

/** Rows of each table: two tasks, one model, one seed, two lengths of four instances, three steps. */
const ROWS = {
  cells: 4,
  horizons: 2,
  samples: 16,
  progress: 6,
  trained: 2,
  verdicts: 2,
  items: 6,
};

describe('lengthwise export', () => {
  it('writes the cells as CSV to standard output when nothing else is said', async () => {
    const { out, said, code } = await lengthwise(folder);
    expect([said, code]).toEqual(['', 0]);
    const lines = out.toString().trimEnd().split('\n');
    expect(lines[0]).toBe(
      'task,model,seed,length,n,correct,accuracy,low,high,confidence,lookedAgain,errors,truncated,withheld,refused,failed,tooLong,lost,contradicting,answered,' +
        'exact,forced,logProbability,retrieved,extra,chance,answers,similarity,promptTokens,copies,places,item',
    );
    expect(lines[1]).toMatch(/^UR,tiny,1,5,4,2,0\.5,0\.4,0\.6,,,"\{""in-source"":1\}",{20}[0-9a-f]{64}$/);
    expect(lines).toHaveLength(1 + ROWS.cells);
  });

  it.each(Object.entries(ROWS))('has the same %s in all three formats', async (table, count) => {
    const { out: jsonl } = await lengthwise(`${folder} --table ${table} --format jsonl`);
    const rows = jsonl
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(count);
    const { out: parquet } = await lengthwise(`${folder} --table ${table} --format parquet`);
    const read = await parquetReadObjects({ file: Uint8Array.from(parquet).buffer });
    expect(Object.keys(read[0])).toEqual(Object.keys(rows[0]));
    expect(read.map(({ task, seed, length }) => [task, seed, length].map(String))).toEqual(
      rows.map(({ task, seed, length }) => [task, seed, length].map(String)),
    );
    const { out: csv } = await lengthwise(`${folder} --table ${table} --format csv`);
    expect(csv.toString().split('\n')[0]).toBe(Object.keys(rows[0]).join(','));
  });

  it('writes a file whole, says so, and takes --json for JSON', async () => {
    const file = path.join(scratch, 'cells.parquet');
    const { out } = await lengthwise(`${folder} --format parquet --out ${file}`);
    expect(out.toString()).toBe(`4 rows of the table cells: ${file}\n`);
    const { buffer } = Uint8Array.from(readFileSync(file));
    expect(await parquetReadObjects({ file: buffer })).toHaveLength(4);
    const { out: json } = await lengthwise(
      `${folder} --table items --out ${path.join(scratch, 'i.csv')} --json`,
    );
    expect(JSON.parse(json.toString())).toMatchObject({ table: 'items', format: 'csv', rows: 6 });
    const { out: lines } = await lengthwise(`${folder} --json`);
    expect(
      lines
        .toString()
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toHaveLength(4);
    expect(readdirSync(scratch).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('writes the results of a study, with a hash that leads back to its samples', async () => {
    const file = path.join(scratch, 'toys.json');
    const { out, code } = await lengthwise(`${folder} --results ${file}`);
    expect([out.toString(), code]).toEqual([`results of tiny, 16 samples: ${file}\n`, 0]);
    const written = JSON.parse(readFileSync(file, 'utf8')) as ResultsFile;
    expect(resultsFile.safeParse(written).error).toBeUndefined();
    const [{ rows, horizons, ...tiny }] = written.results;
    expect(tiny).toMatchObject({ name: 'tiny', model: 'tiny', adaptive: false, threshold: 0.9 });
    expect(rows.map(({ task, length, n, correct }) => [task, length, n, correct])).toEqual(
      ['UR', 'NRLast'].flatMap((task) => [5, 10].map((length) => [task, length, 4, 2])),
    );
    expect(horizons.map(({ task, length }) => [task, length])).toEqual([
      ['UR', null],
      ['NRLast', null],
    ]);
    const samples = (await lengthwise(`${folder} --table samples --format jsonl`)).out.toString();
    const hash = createHash('sha256');
    for (const line of samples.trimEnd().split('\n')) {
      const row = JSON.parse(line) as Record<string, unknown>;
      const named = [row.task, row.seed, row.length, row.index, row.repeat, row.source, row.query];
      hash.update(`${JSON.stringify([...named, row.answer, row.output, row.outcome ?? null])}\n`);
    }
    expect(tiny.samples).toEqual({ count: 16, sha256: hash.digest('hex') });
    const compared = spawnSync('node', [
      'bin/lengthwise.js',
      'compare',
      file,
      folder,
      '--json',
      '--out',
      `${file}.html`,
    ]);
    const { respondents } = JSON.parse(compared.stdout.toString()) as { respondents: { rows: unknown }[] };
    expect(respondents[0].rows).toEqual(respondents[1].rows);
  });

  it.each([
    ['TOYS --format xml', "unknown format 'xml'"],
    ['TOYS --format parket', "did you mean 'parquet'?"],
    ['TOYS --table cell', "unknown table 'cell', did you mean 'cells'?"],
    ['TOYS --json --format csv', 'writes JSON lines, not csv'],
    ['TOYS --out SCRATCH/none/x.csv', 'its folder does not exist; make it, or name another file'],
    ['TOYS --out SCRATCH/folder', 'it is a folder; name a file'],
    ['SCRATCH/folder', 'holds neither a measurement nor a study'],
  ])('says in one line what is wrong with: export %s', async (line, message) => {
    mkdirSync(path.join(scratch, 'folder'), { recursive: true });
    const { out, said, code } = await lengthwise(line.replace('TOYS', folder).replace('SCRATCH', scratch));
    expect([out.toString(), code]).toEqual(['', 2]);
    expect(said).toContain(message);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
  });

  it('writes into standard output by its name too', async () => {
    const { out } = await lengthwise(`${folder} --out /dev/stdout | cat`);
    expect(out.toString()).toContain('task,model,seed,length,');
  });

  it('ends quietly when nobody reads on', async () => {
    const { said } = await lengthwise(`${folder} --table instances | head -1`);
    expect(said).toBe('');
  });
});
