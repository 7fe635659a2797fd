/** `lengthwise measure` of models of text that others trained: a folder and a GGUF file, on the road of endpoints. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readMeasurement } from '../../src/measure/gather/folder.node.ts';
import type { MeasurementResult, SeveralResults } from '../../src/measure/result.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import { commandHere } from '../command-here.ts';
import { writeTextFolder, writeTextGguf } from '../text-model.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-text-model-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const folder = writeTextFolder(path.join(scratch, 'tiny'));
const file = writeTextGguf(path.join(scratch, 'tiny.gguf'));

let outs = 0;
const out = (): string => path.join(scratch, `rows-${(outs += 1)}`);
const measure = (...words: string[]) => commandHere(['measure', ...words]);

async function measured(...words: string[]): Promise<MeasurementResult> {
  const run = await measure(...words, '--json');
  expect(run.code, run.said).toBe(0);
  return JSON.parse(run.out) as MeasurementResult;
}

interface Row {
  readonly task: string;
  readonly prompt: string;
  readonly output: { readonly text: string | null; readonly promptIds: readonly number[] | null };
}

interface ForcedRow {
  readonly tokens: readonly number[];
  readonly bestTokens: readonly number[];
  readonly bestTexts: readonly string[];
  readonly bestLogProbabilities: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly logProbability: number;
}

function rowsIn(kept: string): Row[] {
  const store = MeasureStore.read(kept);
  try {
    return [...store.rows()];
  } finally {
    store.close();
  }
}

describe.concurrent('a text model', () => {
  it('is asked the prompts of endpoints, as a folder and as a GGUF file: the same rows', async () => {
    const asked = ['--task', 'UR,UF', '--lengths', '5,8', '--n', '6'];
    const [first, second] = [out(), out()];
    const one = await measured(folder, ...asked, '--out', first);
    const other = await measured(file, ...asked, '--out', second);
    expect(one.respondent).toMatchObject({ kind: 'text-model', api: 'completions', model: 'tiny' });
    expect(other.respondent).toMatchObject({ kind: 'text-model', api: 'completions', model: 'tiny.gguf' });
    expect(one.rows.map(({ task, length, n }) => [task, length, n])).toEqual([
      ['UR', 5, 6],
      ['UR', 8, 6],
      ['UF', 5, 6],
      ['UF', 8, 6],
    ]);
    expect(other.rows).toEqual(one.rows);
    const results = `${second}.json`;
    expect((await commandHere(['export', second, '--results', results])).code).toBe(0);
    expect(JSON.parse(readFileSync(results, 'utf8'))).toMatchObject({
      results: [{ name: 'tiny.gguf', model: 'tiny.gguf' }],
    });
    expect(other.respondent.checksum).toBe(one.respondent.checksum);
    expect(one.respondent.checksum).toBeGreaterThan(0);
    expect([one.prompts, one.run.answered, one.ending]).toEqual([
      { UR: 'pair', UF: 'input-output' },
      24,
      { kind: 'done' },
    ]);
    const texts = (kept: string) => rowsIn(kept).map(({ prompt, output }) => [prompt, output.text]);
    expect(texts(second)).toEqual(texts(first));
    expect(new Set(rowsIn(first).map(({ output }) => output.text)).size).toBeGreaterThan(1);
  });

  it('goes on with the same command, and asks nothing twice', async () => {
    const kept = out();
    const asked = [file, '--task', 'UF', '--lengths', '5', '--out', kept];
    await measured(...asked, '--n', '5');
    expect((await measured(...asked, '--n', '9')).run).toMatchObject({ answered: 4, reused: 5 });
    const other = writeTextGguf(path.join(scratch, 'other.gguf'), { seed: 2 });
    const run = await measure(other, ...asked.slice(1), '--n', '5');
    expect([run.code, run.said]).toEqual([
      2,
      expect.stringContaining(
        `${kept} holds answers of another respondent, which differs in the model's weights; choose another folder with --out`,
      ),
    ]);
    const chat = await measure(...asked, '--n', '5', '--api', 'chat');
    const seeded = await measure(...asked, '--n', '5', '--seed', '2');
    expect([seeded.code, seeded.said]).toEqual([
      2,
      expect.stringContaining('samples of --seed 1, and those of --seed 2 are never counted with them'),
    ]);
    expect(chat.said).toContain('which differs in --api (completions there, chat here)');
    const report = await commandHere(['report', kept, '--out', path.join(scratch, 'report.html')]);
    expect(report.code, report.said).toBe(0);
    expect(readFileSync(path.join(scratch, 'report.html'), 'utf8')).toContain('tiny.gguf');
    const [gathered] = readMeasurement(kept);
    expect(gathered.totals()).toMatchObject({ answers: 9, failed: 0 });
    const exported = await commandHere(['export', kept, '--format', 'csv', '--table', 'cells']);
    expect(exported.out).toContain('tiny.gguf');
    const results = path.join(scratch, 'results.json');
    await commandHere(['export', kept, '--results', results]);
    const { command } = (JSON.parse(readFileSync(results, 'utf8')) as { results: [{ command: string }] })
      .results[0];
    const [, , ...again] = command.split('\n').at(-1)!.split(' ');
    expect((await measured(...again)).run).toMatchObject({ answered: 0, reused: 9 });
    const rescored = await commandHere(['measure', '--rescore', '--out', kept, '--json']);
    expect((JSON.parse(rescored.out) as MeasurementResult).rows[0].n).toBe(9);
  });

  it('reads the right answers instead of generating them with --decide forced: rows of their own kind', async () => {
    const kept = out();
    const asked = [file, '--task', 'UR,UF', '--lengths', '5', '--n', '6', '--out', kept];
    const forced = await measured(...asked, '--decide', 'forced');
    expect(forced.respondent).toMatchObject({ kind: 'text-model', decide: 'forced' });
    expect(forced.settings?.UR).toMatchObject({ decide: 'forced' });
    for (const row of forced.rows) {
      expect(row).toMatchObject({ forced: true, n: 6, errors: {}, exact: row.correct });
      expect(row.logProbability).toBeLessThan(0);
      for (const name of ['retrieved', 'extra', 'similarity', 'copies']) expect(row).not.toHaveProperty(name);
    }
    const again = await measured(...asked, '--decide', 'forced');
    expect([again.run.answered, again.run.reused, again.rows]).toEqual([0, 12, forced.rows]);
    const rescored = await commandHere(['measure', '--rescore', '--out', kept, '--json']);
    expect((JSON.parse(rescored.out) as MeasurementResult).rows).toEqual(forced.rows);
    const generated = await measure(...asked);
    expect([generated.code, generated.said]).toEqual([
      2,
      expect.stringContaining('which differs in --decide (forced there, generation here)'),
    ]);
    const samples = path.join(scratch, 'forced.jsonl');
    await commandHere(['export', kept, '--table', 'samples', '--format', 'jsonl', '--out', samples]);
    const rows = readFileSync(samples, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ForcedRow);
    for (const row of rows) {
      expect(row).toMatchObject({ forced: true, output: null, retrieved: null, read: null, error: null });
      const places = row.tokens.length + 1;
      for (const each of [row.bestTokens, row.bestTexts, row.bestLogProbabilities, row.logProbabilities])
        expect(each).toHaveLength(places);
      expect(row.logProbability).toBeCloseTo(
        row.logProbabilities.reduce((sum, one) => sum + one, 0),
        4,
      );
    }
    const replayed = await commandHere(['replay', samples]);
    expect([replayed.code, replayed.said]).toEqual([
      2,
      expect.stringContaining('line 1: a teacher-forced answer, of which nothing was generated'),
    ]);
    const report = await commandHere(['report', kept, '--out', path.join(scratch, 'forced.html')]);
    expect(report.code, report.said).toBe(0);
    expect(readFileSync(path.join(scratch, 'forced.html'), 'utf8')).toContain('log-probability');
  });

  it('decides by what it can: not by the log-probabilities of a server', async () => {
    const run = await measure(
      file,
      '--task',
      'UR',
      '--lengths',
      '5',
      '--decide',
      'likelihood',
      '--out',
      out(),
    );
    expect([run.code, run.said]).toEqual([
      2,
      expect.stringContaining('--decide likelihood: this asks a server'),
    ]);
    const server = await measure(
      'http://127.0.0.1:9/v1',
      '--task',
      'UR',
      '--decide',
      'forced',
      '--model',
      'm',
      '--out',
      out(),
    );
    expect([server.code, server.said]).toEqual([2, expect.stringContaining('--decide forced: an endpoint')]);
  });

  it('is asked by its chat template where that is wished for', async () => {
    const kept = out();
    const run = await measure(folder, '--task', 'UR', '--lengths', '5', '--n', '3', '--out', kept);
    expect(run.said).toContain(
      'the model has a chat template, too: --api chat asks by it; prompts are continued now',
    );
    const chat = await measured(
      ...[folder, '--task', 'UR', '--lengths', '5', '--n', '3', '--api', 'chat', '--out', out()],
    );
    expect([chat.prompts, chat.respondent.api]).toEqual([{ UR: 'turns' }, 'chat']);
    const plain = writeTextGguf(path.join(scratch, 'plain.gguf'), { template: null });
    const refused = await measure(plain, '--task', 'UR', '--api', 'chat', '--out', out());
    expect([refused.code, refused.said]).toEqual([
      2,
      `plain.gguf: 13,136 parameters, about 0.7 GB of memory and, roughly, 2 s\nlengthwise: --api chat: ${plain} has no chat template; leave it out, and the model continues prompts\n`,
    ]);
  });

  it('has a prompt chosen by a pilot, and is asked by every prompt', async () => {
    const asked = [file, '--lengths', '4', '--n', '2'];
    const auto = await measured(...asked, '--task', 'UF', '--prompt', 'auto', '--out', out());
    expect(auto.respondent.pilot).toMatchObject([{ family: 'UF', scores: { length: 3 } }]);
    const all = await measure(...asked, '--task', 'UF', '--prompt', 'all', '--out', out(), '--json');
    const { measurements } = JSON.parse(all.out) as SeveralResults;
    expect(measurements.length).toBeGreaterThan(2);
    for (const one of measurements) expect(one.rows.map(({ n }) => n)).toEqual([2]);
  });

  it('is not asked a prompt that it reads otherwise than it is written', async () => {
    const prompt = path.join(scratch, 'marked.yaml');
    const template = `for: both
demonstration: "<|im_start|>{source} -> {answer}"
question: "<|im_start|>{source} ->"
between: "\\n"
symbols: " "
stop: ["\\n"]
shots: 1
demonstration-length: same
`;
    writeFileSync(prompt, template);
    const asked = [folder, '--task', 'UF', '--lengths', '4', '--n', '2', '--prompt', prompt];
    const kept = out();
    const run = await measure(...asked, '--out', kept);
    expect([run.code, run.said]).toEqual([
      2,
      expect.stringContaining(
        `UF: the model reads '<|im_start|>' in the prompt 'marked' as a special token, not as text; choose another with --prompt (lengthwise prompts), or --allow-special-tokens`,
      ),
    ]);
    expect((await measured(...asked, '--allow-special-tokens', '--out', kept)).run.answered).toBe(2);
  });

  it('previews without loading it, and refuses what has no meaning in one line', async () => {
    const asked = [file, '--task', 'UR,UF', '--lengths', '5,10', '--n', '50'];
    const preview = await measure(...asked, '--preview');
    expect(preview.said).toMatch(
      /^tiny\.gguf: 13,136 parameters, about 0\.7 GB of memory and, roughly, \d+ s\n/,
    );
    expect(preview.out).toMatch(
      /^at most 200 questions and [\d,]+ tokens \(one per byte\)\. Nothing was asked\.\n$/,
    );
    const json = JSON.parse((await measure(...asked, '--preview', '--json')).out) as {
      preview: { requests: number; tokens: number };
    };
    expect(json.preview.requests).toBe(200);
    for (const [words, line] of [
      [['--temperature', '0.5'], '--temperature 0.5: a text model answers greedily here: leave it out'],
      [
        ['--repeat', '3'],
        '--repeat 3: a text model answers greedily here, the same every time: leave it out',
      ],
      [['--model', 'x'], '--model: this option only applies to an endpoint'],
      [['--budget', '5usd'], '--budget: this option only applies to an endpoint'],
    ] as const) {
      const run = await measure(...asked, ...words);
      expect([run.code, run.said]).toEqual([2, `lengthwise: ${line}\n`]);
    }
    const folderHere = await measure(scratch, '--api', 'chat');
    expect(folderHere.said).toBe(
      'lengthwise: --api: this option only applies to an endpoint or a text model\n',
    );
    const missing = await measure(path.join(scratch, 'missing.gguf'));
    expect([missing.code, missing.said]).toEqual([
      2,
      `lengthwise: there is no file ${path.join(scratch, 'missing.gguf')}\n`,
    ]);
    const cut = path.join(scratch, 'cut.gguf');
    writeFileSync(cut, readFileSync(file).subarray(0, 2000));
    const damaged = await measure(cut, '--task', 'UR');
    expect([damaged.code, damaged.said.split('\n').length]).toEqual([2, 2]);
  });

  it('that has no positions for longer prompts says where its context ends', async () => {
    const short = writeTextGguf(path.join(scratch, 'short.gguf'), { positions: 280 });
    const result = await measured(short, '--task', 'UF', '--lengths', '5,40', '--n', '4', '--out', out());
    expect(result.rows.map(({ length, failed, tooLong }) => [length, failed, tooLong])).toEqual([
      [5, 0, undefined],
      [40, 4, 4],
    ]);
    expect(result.failures).toEqual([
      { reason: 'the prompt does not fit with its answer: the model has 280 positions', count: 4 },
    ]);
    expect(result.horizons[0].contextEnds).toBe(40);
  });

  it('is left at once by Ctrl-C, and the same command goes on', async () => {
    const kept = out();
    const asked = ['measure', folder, '--task', 'UF', '--lengths', '20', '--n', '5000', '--out', kept];
    const command = spawn(process.execPath, [path.join(root, 'bin/lengthwise.js'), ...asked, '--json']);
    let [said, printed, isStopped] = ['', '', false];
    command.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    command.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      if (isStopped || !/[1-9]\d* of at most 5000 questions/.test(said)) return;
      isStopped = true;
      command.kill('SIGINT');
    });
    const code = await new Promise((resolve) => command.on('close', resolve));
    expect(code, said).toBe(130);
    const { run, ending } = JSON.parse(printed) as MeasurementResult;
    expect(ending).toEqual({ kind: 'interrupted' });
    expect(run.answered).toBeGreaterThan(0);
    expect(run.answered).toBeLessThan(5000);
    const more = [...asked, '--n', String(run.answered + 3)].slice(1);
    expect((await measured(...more)).run).toMatchObject({ answered: 3, reused: run.answered });
  }, 120_000);
});
