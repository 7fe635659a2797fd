import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureTick } from '../../src/respond/local/time-left.ts';
import { measureInProcess } from '../../src/respond/local/process.node.ts';
import { measureModel } from '../../src/respond/local/local.node.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../../src/score/tables/rows.ts';
import { wilson } from '../../src/score/statistics/index.ts';
import { LocalModel } from '../../src/model/index.ts';
import { loadFolder } from '../../src/model/files/folder.node.ts';
import { taskNamed } from '../../src/tasks/index.ts';
import { sequenceOf } from '../../src/tasks/sequence.ts';
import { preset } from '../../src/train/spec/presets.ts';
import { train } from '../../src/train/run/train.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-cli-measure-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const signal = new AbortController().signal;

interface Run {
  out: string;
  said: string;
  code: number | null;
}

interface Measured {
  respondent: object;
  task: string;
  rows: { length: number; n: number; correct: number; accuracy: number; low: number; high: number }[];
  horizon: { threshold: number; length: number | null };
  errors: Record<string, number>;
}

function measure(options: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn('node', ['bin/lengthwise.js', 'measure', ...options.split(' ')]);
    const [out, said]: Buffer[][] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => said.push(data));
    child.on('close', (code) =>
      resolve({ out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString(), code }),
    );
  });
}

async function measured(options: string): Promise<Measured> {
  const run = await measure(`${options} --json`);
  expect([run.code, run.out.trimEnd().split('\n').length], run.said).toEqual([0, 1]);
  return JSON.parse(run.out) as Measured;
}

const folders = {
  UR: path.join(scratch, 'UR'),
  NF: path.join(scratch, 'NF'),
  UB: path.join(scratch, 'UB'),
  'flip-flop': path.join(scratch, 'flip-flop'),
};

beforeAll(async () => {
  for (const [task, positions, steps] of [
    ['UR', 'ape', 20],
    ['NF', 'nope', 40],
    ['UB', 'rope', 40],
    ['flip-flop', 'ape', 60],
  ] as const) {
    const small = { layers: 1, heads: 2, dim: 16, batch: 16, steps, maxLength: 20 };
    const spec = { ...preset('quick', task, positions), ...small, lengths: { min: 2, max: 6 } };
    await train(spec, folders[task], { signal, threads: 1, onRow: () => undefined });
  }
});

describe('lengthwise measure FOLDER', () => {
  it('gives one object: rows with intervals, the horizon, and what was wrong', async () => {
    const options = `${folders.UR} --task UR --lengths 12,4,2 --n 50 --seed 5 --threshold 0.8`;
    const result = await measured(options);
    expect(result).toMatchObject({ task: 'UR', horizon: { threshold: 0.8 } });
    expect(JSON.stringify(result.respondent)).toContain(folders.UR);
    expect(Object.keys(result).sort()).toEqual(
      expect.arrayContaining(['errors', 'horizon', 'respondent', 'rows', 'task']),
    );
    expect(result.rows.map(({ length, n }) => [length, n])).toEqual([
      [2, 50],
      [4, 50],
      [12, 50],
    ]);
    let wrong = 0;
    for (const { n, correct, accuracy, low, high } of result.rows) {
      const interval = wilson(correct, n);
      expect([accuracy, low, high]).toEqual([correct / n, interval.low, interval.high]);
      wrong += n - correct;
    }
    const errors = Object.values(result.errors);
    expect(errors.reduce((sum, count) => sum + count, 0)).toBe(wrong);
    expect(wrong).toBeGreaterThan(0);
    expect(await measured(options)).toEqual(result);
    expect((await measured(options.replace('--seed 5', '--seed 6'))).rows).not.toEqual(result.rows);
  });

  it.each([
    ['flip-flop', folders['flip-flop']],
    ['NF', folders.NF],
    ['UB', folders.UB],
    ['UL', folders.UR], // another task on the same symbols
    ['NRLast', folders.UR],
  ])('asks %s with the symbols that the model was made for', async (task, folder) => {
    const result = await measured(`${folder} --task ${task} --lengths 4,8 --n 20`);
    expect(result.task).toBe(task);
    expect(result.rows).toHaveLength(2);
  });

  it.each([
    ['UR', folders.UR, [10]], // of 20 positions
    ['UF', folders.NF, [10]], // of 10 symbols
    ['UB', folders.UB, [10]],
  ])(
    'asks %s at the usual lengths that task and model have, where none are named',
    async (task, folder, lengths) => {
      const result = await measured(`${folder} --task ${task} --n 3`);
      expect(result.rows.map(({ length }) => length)).toEqual(lengths);
    },
  );

  const notAModel = path.join(scratch, 'not-a-model');
  const withoutTokenizer = path.join(scratch, 'without-tokenizer');
  beforeAll(() => {
    cpSync('test/fixtures/model/huggingface-gpt2', withoutTokenizer, { recursive: true });
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
      rmSync(path.join(withoutTokenizer, name), { force: true });
    }
    writeFileSync(notAModel, '');
  });

  it.each([
    [`${scratch}/nowhere --task UR`, 'no such folder'],
    [`${scratch} --task UR`, 'there is no config.json in it'],
    [`${notAModel} --task UR`, 'a file, not a folder'],
    [`${withoutTokenizer} --task UR`, 'tokenizer.json: cannot be read: no such file'],
    [`${folders.UR} --task URR`, "unknown task 'URR', did you mean 'UR'?"],
    [`${folders.UR} --task UR --lengths 21`, 'has 23 positions; train with a larger --max-length'],
    [`${folders.NF} --task UF --lengths 5,11`, 'UF has lengths 1 to 10'],
    [
      `${folders.UR} --task NRLast --lengths 5 --occurrences 5`,
      'has lengths 10 or more with the given occurrences',
    ],
    [`${folders.UR} --task UR --lengths 1`, 'UR has lengths 2 or more'],
    [`${folders.UR} --task flip-flop --lengths 4`, "'w' is not among the model's 8 symbols"],
    [`${folders.UR} --task UR --alphabet digits --lengths 4`, "'0' is not among the model's 8 symbols"],
    [`${folders.UR} --task UR,UL --lengths 4`, "a folder's model is measured on one task at a time"],
    [`${folders.UR} --task UR --out there --repeat 2`, '--repeat, --out: only with --endpoint'],
    [`${folders.UR} --task UR --lengths 4 --n 1000001`, '--n must be at most 1000000, not 1000001'],
    [`${folders.UR} --task UR --lengths 4 --n 3x`, "--n takes a whole number, not '3x'"],
  ])('%s', async (options, line) => {
    const run = await measure(options);
    expect([run.code, run.out]).toEqual([2, '']);
    expect(run.said).toContain(line);
    expect(run.said.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe.skipIf(process.platform !== 'linux')(
  'lengthwise measure FOLDER works in a process of its own',
  () => {
    const long = ['measure', folders.NF, '--task', 'NF', '--lengths', '4,6,8', '--n', '20000', '--json'];

    /** Starts a long measurement and does something to it once its worker is at work. */
    function disturbed(disturb: (command: number, worker: number) => void): Promise<Run> {
      return new Promise((resolve) => {
        const command = spawn(process.execPath, ['bin/lengthwise.js', ...long]);
        let [out, said] = ['', ''];
        command.stdout.on('data', (data: Buffer) => (out += data.toString()));
        command.stderr.on('data', (data: Buffer) => (said += data.toString()));
        const looking = setInterval(() => {
          const worker = descendantsOf(command.pid!).find((id) => commandLine(id).includes('worker.node'));
          if (worker === undefined) return;
          clearInterval(looking);
          setTimeout(() => disturb(command.pid!, worker), 300);
        }, 20);
        command.on('close', (code) => {
          clearInterval(looking);
          resolve({ out, said, code });
        });
      });
    }

    it('that the system kills: one line with the cause, exit code 1', async () => {
      const run = await disturbed((_, worker) => process.kill(worker, 'SIGKILL'));
      expect([run.code, run.out]).toEqual([1, '']);
      expect(run.said).toMatch(
        /^lengthwise: the measuring process was killed by SIGKILL \(systems do that when memory runs out\)$/m,
      );
    });

    it('that crashes: the cause is what it said', async () => {
      const run = await disturbed((_, worker) => process.kill(worker, 'SIGABRT'));
      expect([run.code, run.out]).toEqual([1, '']);
      expect(run.said).toMatch(/^lengthwise: the measuring process was killed by SIGABRT/m);
    });

    it('that Ctrl-C ends at once, without a promise that cannot be kept', async () => {
      let worker = 0;
      const begun = { at: 0 };
      const run = await disturbed((command, id) => {
        worker = id;
        begun.at = performance.now();
        process.kill(command, 'SIGINT');
      });
      expect([run.code, run.out]).toEqual([130, '']);
      expect(run.said).toMatch(/^lengthwise: interrupted$/m);
      expect(performance.now() - begun.at).toBeLessThan(2000);
      expect(existsSync(`/proc/${worker}`)).toBe(false);
    });

    it('says how far it is and how long it will still take', async () => {
      const run = await measure(`${folders.UR} --task UR --lengths 2,4,12 --n 3000`);
      expect(run.code).toBe(0);
      expect(run.said).toMatch(/^UR at length 2: \d+ of 9000 questions, about \d+ s left$/m);
      const ticks: MeasureTick[] = [];
      const spec = { task: 'UR', lengths: [4, 12], n: 3000, seed: 1, threshold: 0.9 };
      const onTick = (tick: MeasureTick) => ticks.push(tick);
      await measureInProcess(
        { folder: folders.UR, spec, threads: 1 },
        { signal, onRow: () => undefined, onTick },
      );
      expect(ticks.at(0)).toMatchObject({ length: 4, questions: 6000 });
      expect(ticks.at(0)!.left).toBeGreaterThan(0);
      expect(ticks.at(-1)).toEqual({ length: 12, answered: 6000, questions: 6000, left: 0 });
    });

    it('whose rows nobody takes is ended', async () => {
      const spec = { task: 'UR', lengths: [4], n: 10, seed: 1, threshold: 0.9 };
      const onRow = () => {
        throw new Error('no room');
      };
      await expect(
        measureInProcess({ folder: folders.UR, spec, threads: 1 }, { signal, onRow }),
      ).rejects.toThrow('no room');
    });
  },
);

describe('measuring a model', () => {
  it('of few symbols goes as far as there are', async () => {
    const rows: number[] = [];
    const options = { alphabet: ['a', 'b', 'c'] };
    const spec = { task: 'UF', taskOptions: options, n: 2, seed: 1, threshold: 0.9 };
    for await (const row of measureModel(folders.NF, spec, { signal, threads: 1 }))
      if (row.kind === 'cell') rows.push(row.length);
    expect(rows).toEqual([3]);
    await expect(measureModel(folders.NF, { ...spec, n: 0 }, { signal, threads: 1 }).next()).rejects.toThrow(
      'n: at least 1 instance a length, not 0',
    );
  });

  it.each([
    ['UR', folders.UR],
    ['NF', folders.NF],
    ['UB', folders.UB],
  ])('has the answers that the model gives token by token: %s', async (name, folder) => {
    const task = taskNamed(name);
    const { tokenizer, ...weights } = await loadFolder(folder);
    const model = new LocalModel(weights);
    const spec = { task: name, lengths: [3, 7], n: 12, seed: 1, threshold: 0.9 };
    const cells: CellRow[] = [];
    const horizons: HorizonRow[] = [];
    let right = 0;
    for await (const row of measureModel(folder, spec, { signal, threads: 1 })) {
      if (row.kind === 'cell') cells.push(row);
      else if (row.kind === 'horizon') horizons.push(row);
      else {
        const generated = await answerOf(row);
        expect(row.output).toEqual(generated);
        expect(row.correct).toBe(generated.join(' ') === row.answer.join(' '));
        right += row.correct ? 1 : 0;
      }
    }
    expect(cells.map(({ length, n }) => [length, n])).toEqual([
      [3, 12],
      [7, 12],
    ]);
    expect(cells.reduce((sum, { correct }) => sum + correct, 0)).toBe(right);
    expect(horizons).toHaveLength(1);
    await model.release();

    async function answerOf({ source, query, answer, output, length }: InstanceRow): Promise<string[]> {
      const instance = { task: name, length, source, query, answer, positions: [] };
      const prompt = tokenizer.encode(sequenceOf(task, instance).prompt);
      const copying = task.family === 'copying';
      // A copy that does not end is cut off somewhere behind its right length.
      const most = copying ? Math.max(output.length, answer.length + 1) : 1;
      return tokenizer.decode(await model.greedy(prompt, most, copying ? [tokenizer.eos] : []));
    }
  });
});

/** The processes that a process has started, and those that they have. */
function descendantsOf(id: number): number[] {
  const children = readOrNothing(`/proc/${id}/task/${id}/children`)
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function commandLine(id: number): string {
  return readOrNothing(`/proc/${id}/cmdline`);
}

/** A process can end while it is looked at. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
