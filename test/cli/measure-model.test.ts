import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { measure as measureOn } from '../../src/measure/measure.node.ts';
import type { MeasureSpec } from '../../src/measure/measure.node.ts';
import type { MeasurementResult } from '../../src/measure/result.ts';
import { MemoryStore } from '../../src/measure/store/row-store.ts';
import { MeasureStore } from '../../src/measure/store/store.node.ts';
import { reported } from '../../src/measure/gather/compare.ts';
import { readMeasurement } from '../../src/measure/gather/folder.node.ts';
import { folderSpec, workloadOf } from '../../src/measure/targets/folder.ts';
import { measureModel } from '../../src/measure/targets/model.node.ts';
import { Pace } from '../../src/measure/time-left.ts';
import type { MeasureTick } from '../../src/measure/time-left.ts';
import { localRespondent } from '../../src/respond/local/local-respondent.ts';
import type { SequenceModel } from '../../src/respond/local/local-respondent.ts';
import { openModelProcess } from '../../src/respond/local/process.node.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../../src/score/tables/rows.ts';
import { exactInterval } from '../../src/score/statistics/index.ts';
import { LocalModel, saveFolder, Tokenizer } from '../../src/model/index.ts';
import { loadFolder } from '../../src/model/files/folder.node.ts';
import { taskNamed } from '../../src/tasks/index.ts';
import { sequenceOf } from '../../src/tasks/sequence.ts';
import { preset } from '../../src/train/spec/presets.ts';
import { train } from '../../src/train/run/train.node.ts';
import { commandHere } from '../command-here.ts';
import { childrenOf, readOrNothing } from '../processor-time.ts';
import type { Ran } from '../run-async.ts';

const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-cli-measure-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const signal = new AbortController().signal;

let outs = 0;

/** Runs the command, with a folder of its own for its rows unless it is given one. */
function measure(options: string): Promise<Ran> {
  const out = options.includes('--out') ? [] : ['--out', path.join(scratch, `rows-${(outs += 1)}`)];
  return commandHere(['measure', ...options.split(' '), ...out]);
}

async function measured(options: string): Promise<MeasurementResult> {
  const run = await measure(`${options} --json`);
  expect([run.code, run.out.trimEnd().split('\n').length], run.said).toEqual([0, 1]);
  return JSON.parse(run.out) as MeasurementResult;
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

describe.concurrent('lengthwise measure FOLDER', () => {
  it('asks symbol models of others, which have no tokenizer, by the ids of their symbols; those of sets are refused', async () => {
    const [mine, theirs] = [path.join(scratch, 'mine'), path.join(scratch, 'theirs')];
    const { tokenizer, ...model } = await loadFolder(folders.UR);
    const symbols = tokenizer.symbols.map((_, id) => String(id));
    await saveFolder(mine, { ...model, tokenizer: new Tokenizer(symbols) });
    // The same model with its tokens in the other order: symbols first, then <bos> <sep> <eos> <pad>.
    const weights = new Map(model.weights);
    const { width, vocabulary } = model.config;
    const moved = [...symbols.map((_, id) => id + 4), 1, 2, 3, 0];
    expect(moved).toHaveLength(vocabulary);
    for (const [name, numbers] of model.weights) {
      if (numbers.length !== vocabulary * width || !/wte|lm_head/.test(name)) continue;
      weights.set(name, Float32Array.from(numbers, (_, i) => numbers[moved[Math.floor(i / width)] * width + (i % width)])); // prettier-ignore
    }
    const other = new Tokenizer(symbols, 'symbols-first');
    await saveFolder(theirs, { config: model.config, weights, tokenizer: other });
    rmSync(path.join(theirs, 'tokenizer.json'));
    const asked = '--task UR --lengths 2,3,4 --n 60';
    const [one, two] = [await measured(`${mine} ${asked}`), await measured(`${theirs} ${asked}`)];
    expect(two.rows.map(({ correct }) => correct)).toEqual(one.rows.map(({ correct }) => correct));
    expect(two.rows.reduce((sum, { correct }) => sum + correct, 0)).toBeGreaterThan(0);

    const config = path.join(theirs, 'config.json');
    const json = JSON.parse(readFileSync(config, 'utf8')) as object;
    writeFileSync(config, JSON.stringify({ ...json, architectures: ['GPT2BCELMHeadModel'] }));
    const { code, said } = await measure(`${theirs} ${asked}`);
    expect([code, said]).toEqual([2, expect.stringContaining('it says which symbols may come next, not which one comes')]); // prettier-ignore
  });

  it('is named by its folder where it is reported', async () => {
    const out = path.join(scratch, 'named');
    await measured(`${folders.UR} --lengths 4 --n 5 --out ${out}`);
    const [one] = readMeasurement(out);
    expect(reported([one]).name).toBe('UR');
  });

  it('is named by its folder in files for CI, in JSON and in results, so that two are told apart', async () => {
    const [out, junit] = [path.join(scratch, 'called'), path.join(scratch, 'called.xml')];
    const result = await measured(`${folders.UR} --lengths 4 --n 5 --out ${out} --junit ${junit}`);
    const [stored, again] = [path.join(scratch, 'stored.xml'), path.join(scratch, 'results.json')];
    const rescored = await commandHere(['measure', '--rescore', '--out', out, '--json', '--junit', stored]);
    expect((await commandHere(['export', out, '--results', again])).code).toBe(0);
    const { results } = JSON.parse(readFileSync(again, 'utf8')) as {
      results: { name: string; model: string }[];
    };
    expect([
      result.respondent.model,
      (JSON.parse(rescored.out) as MeasurementResult).respondent.model,
    ]).toEqual(['UR', 'UR']);
    expect(results).toMatchObject([{ name: 'UR', model: 'UR' }]);
    for (const file of [junit, stored])
      expect(readFileSync(file, 'utf8')).toContain('classname="lengthwise.measure.UR"');
    const none = path.join(scratch, 'none.xml');
    expect((await measure(`${scratch}/no/MODEL --junit ${none}`)).code).toBe(2);
    expect(readFileSync(none, 'utf8')).toContain('classname="lengthwise.measure.MODEL"');
  });

  it('is no measurement: whoever takes one says what the command is, and writes nothing into it', async () => {
    const { code, said } = await commandHere(['report', folders.UR]);
    expect([code, said]).toEqual([
      2,
      expect.stringContaining(
        `UR holds a model, neither a measurement nor a study: lengthwise measure ${folders.UR} measures it`,
      ),
    ]);
    expect(said).not.toContain('--out');
  });

  it('gives one object: rows with intervals, the horizon, and what was wrong', async () => {
    const options = `${folders.UR} --task UR --lengths 12,4,2 --n 50 --seed 5 --threshold 0.8`;
    const result = await measured(options);
    expect(result).toMatchObject({ horizons: [{ task: 'UR', threshold: 0.8 }], ending: { kind: 'done' } });
    expect(JSON.stringify(result.respondent)).toContain(folders.UR);
    expect(result.rows.map(({ task, length, n }) => [task, length, n])).toEqual([
      ['UR', 2, 50],
      ['UR', 4, 50],
      ['UR', 12, 50],
    ]);
    let wrong = 0;
    for (const { n, correct, accuracy, low, high, errors } of result.rows) {
      const interval = exactInterval(correct, n);
      expect([accuracy, low, high]).toEqual([correct / n, interval.low, interval.high]);
      expect(Object.values(errors).reduce((sum, count) => sum + count, 0)).toBe(n - correct);
      wrong += n - correct;
    }
    expect(wrong).toBeGreaterThan(0);
    const again = await measured(options);
    expect([again.rows, again.horizons]).toEqual([result.rows, result.horizons]);
    expect((await measured(options.replace('--seed 5', '--seed 6'))).rows).not.toEqual(result.rows);
  });

  it('keeps every row, and the same command goes on: nothing is asked twice', async () => {
    const out = path.join(scratch, 'kept');
    const options = `${folders.UR} --task UR --lengths 4 --out ${out}`;
    const few = await measured(`${options} --n 20`);
    expect(few.run).toMatchObject({ folder: out, answered: 20, reused: 0 });
    const more = await measured(`${options} --n 30`);
    expect(more.run).toMatchObject({ answered: 10, reused: 20 });
    expect(await measured(`${options} --n 30`)).toMatchObject({
      run: { answered: 0, reused: 30 },
      rows: more.rows,
    });
    const other = await measure(`${folders.NF} --task NF --lengths 4 --n 3 --out ${out}`);
    expect(other.code).toBe(2);
    expect(other.said).toContain(
      `${out} holds answers of another respondent, which differs in the model's weights`,
    );
  });

  it('holds the samples of one seed: those of another are refused there, as an endpoint refuses them', async () => {
    const out = path.join(scratch, 'one-seed');
    const options = `${folders.UR} --task UR --lengths 4 --n 40 --out ${out}`;
    await measured(options);
    const other = await measure(`${options} --seed 2`);
    expect([other.code, other.said]).toEqual([
      2,
      `lengthwise: ${out} holds answers about the samples of --seed 1, and those of --seed 2 are never counted with them; give --seed 1, or choose another folder with --out\n`,
    ]);
    const [one] = readMeasurement(out);
    expect(one.summary().rows).toMatchObject([{ task: 'UR', length: 4, n: 40 }]);
    expect((await measured(options)).run).toMatchObject({ answered: 0, reused: 40 });
  });

  it('of the task that it was trained on, where none is named; and of several', async () => {
    const own = await measured(`${folders['flip-flop']} --lengths 4 --n 5`);
    expect(own.rows.map(({ task }) => task)).toEqual(['flip-flop']);
    const several = await measured(`${folders.UR} --task UR,UL --lengths 4 --n 20`);
    expect(several.rows.map(({ task, n }) => [task, n])).toEqual([
      ['UR', 20],
      ['UL', 20],
    ]);
    expect(several.asymmetries).toMatchObject([{ contrast: 'right - left', paired: true, n: 20 }]);
  });

  it.each([
    ['flip-flop', folders['flip-flop']],
    ['NF', folders.NF],
    ['UB', folders.UB],
    ['UL', folders.UR], // another task on the same symbols
    ['NRLast', folders.UR],
  ])('asks %s with the symbols that the model was made for', async (task, folder) => {
    const result = await measured(`${folder} --task ${task} --lengths 4,8 --n 20`);
    expect(result.rows.map((row) => [row.task, row.length])).toEqual([
      [task, 4],
      [task, 8],
    ]);
  });

  it.each([
    ['UR', folders.UR, 20], // of 20 positions
    ['UF', folders.NF, 10], // of 10 symbols
    ['UB', folders.UB, 10],
  ])(
    'searches for the horizon of %s among the lengths that task and model have, where none are named',
    async (task, folder, longest) => {
      // At so low a threshold the search goes up to the end.
      const { rows, horizons } = await measured(`${folder} --task ${task} --n 60 --threshold 0.001`);
      expect(horizons).toMatchObject([{ task, threshold: 0.001 }]);
      expect(rows[0].length).toBe(5);
      for (const { length, n } of rows) {
        expect(length).toBeLessThanOrEqual(longest);
        expect(n).toBeLessThanOrEqual(60);
      }
    },
  );

  const notAModel = path.join(scratch, 'not-a-model');
  const withoutTokenizer = path.join(scratch, 'without-tokenizer');
  beforeAll(() => {
    cpSync(path.join(root, 'test/fixtures/model/huggingface-gpt2'), withoutTokenizer, { recursive: true });
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
      rmSync(path.join(withoutTokenizer, name), { force: true });
    }
    writeFileSync(notAModel, '');
  });

  const unfinished = path.join(scratch, 'unfinished');
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(path.join(unfinished, 'training.checkpoint'), '');

  it.each([
    [
      `${scratch}/nowhere --task UR`,
      `there is no folder ${scratch}/nowhere; to measure a model behind a server: lengthwise measure URL --model ${scratch}/nowhere`,
    ],
    [`${scratch} --task UR`, 'there is no config.json in it'],
    [
      unfinished,
      `the training in ${unfinished} has not finished, so there is no model yet: give its command again (lengthwise train … --out ${unfinished}) to go on where it stopped, then measure`,
    ],
    [
      `${notAModel} --task UR`,
      'is neither the folder of a model nor a GGUF file; to score recorded outputs: lengthwise',
    ],
    [`${withoutTokenizer} --task UR`, "there is no tokenizer.json: put the model's beside its weights"],
    [`${folders.UR} --task URR`, "unknown task 'URR', did you mean 'UR'?"],
    [`${folders.UR} --task UR --lengths 21`, 'has 23 positions; train with a larger --max-length'],
    [`${folders.NF} --task UF --lengths 5,11`, 'UF has lengths 1 to 10'],
    [
      `${folders.UR} --task NRLast --lengths 5 --occurrences 5`,
      'has lengths 10 or more with the given occurrences',
    ],
    [`${folders.UR} --task UR --lengths 5 --pool 3`, "UR has no use for the option 'pool'"],
    [`${folders.UR} --task UR --lengths 1`, 'UR has lengths 2 or more'],
    [`${folders.UR} --task flip-flop --lengths 4`, "'w' is not among the model's 8 symbols"],
    [`${folders.UR} --task UR --alphabet digits --lengths 4`, "'0' is not among the model's 8 symbols"],
    [
      `${folders.UR} --task UR --prompt paper --budget 5requests`,
      '--prompt, --budget: these options only apply to an endpoint',
    ],
    [`${folders.UR} --task UR --lengths 4 --n 1000001`, '--n must be at most 1000000, not 1000001'],
    [`${folders.UR} --task UR --lengths 4 --n 3x`, "--n takes a whole number, not '3x'"],
    [
      `${folders.UR} --task UR --lengths 4 --repeat 2`,
      '--repeat 2: a model answers greedily here, the same every time: leave it out',
    ],
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
    const interruptedOut = path.join(scratch, 'interrupted');
    const long = ['measure', folders.NF, '--task', 'NF', '--lengths', '4,6,8', '--n', '20000', '--json'];
    long.push('--out', interruptedOut);
    afterEach(() => rmSync(interruptedOut, { recursive: true, force: true }));

    function answersKept(): number {
      if (!existsSync(path.join(interruptedOut, 'measure.sqlite'))) return 0;
      try {
        const store = MeasureStore.read(interruptedOut);
        const { size } = store;
        store.close();
        return size;
      } catch {
        return 0; // it is only being made
      }
    }

    /** Starts a long measurement and does something to it once its worker has answered something that is kept. */
    function disturbed(disturb: (command: number, worker: number) => void): Promise<Ran> {
      return new Promise((resolve) => {
        const command = spawn(process.execPath, [path.join(root, 'bin/lengthwise.js'), ...long]);
        let [out, said] = ['', ''];
        command.stdout.on('data', (data: Buffer) => (out += data.toString()));
        command.stderr.on('data', (data: Buffer) => (said += data.toString()));
        const looking = setInterval(() => {
          const worker = descendantsOf(command.pid!).find((id) => commandLine(id).includes('worker.node'));
          if (worker === undefined || answersKept() === 0) return;
          clearInterval(looking);
          disturb(command.pid!, worker);
        }, 20);
        command.on('close', (code) => {
          clearInterval(looking);
          resolve({ out, said, code });
        });
      });
    }

    it('that the system kills: the numbers so far, one line with the cause, exit code 3', async () => {
      const run = await disturbed((_, worker) => process.kill(worker, 'SIGKILL'));
      expect(run.code).toBe(3);
      expect(run.said).toMatch(
        /^lengthwise: incomplete: stopped: the measuring process was killed by SIGKILL \(systems do that when memory runs out\); the same command goes on from here$/m,
      );
      const { ending, rows } = JSON.parse(run.out) as MeasurementResult;
      expect([ending.kind, rows[0].n > 0]).toEqual(['stopped', true]);
    });

    it('that is another model with the same weights, where its configuration is another one', async () => {
      const other = path.join(scratch, 'UB-other-base');
      cpSync(folders.UB, other, { recursive: true });
      const config = path.join(other, 'config.json');
      const text = readFileSync(config, 'utf8');
      const changed = text.replace(/("rope_theta": )[\d.]+/, '$1123.0');
      expect(changed).not.toBe(text);
      writeFileSync(config, changed);
      const identities = [];
      for (const folder of [folders.UB, other]) {
        const model = await openModelProcess({ folder, threads: 1 }, signal);
        identities.push(localRespondent(model).identity);
        await model.close();
      }
      expect(identities[0].weights).toBe(identities[1].weights);
      expect(identities[0]).not.toEqual(identities[1]);
    });

    it('that was asked again before it replied says so', async () => {
      const model = await openModelProcess({ folder: folders.UB, threads: 1 }, signal);
      const batch = { length: 1, prompts: [['<bos>']], drafts: [['<eos>']], endsItself: false };
      const first = model.answer(batch);
      await expect(model.answer(batch)).rejects.toThrow('asked again before the reply');
      await first;
      await model.close();
    });

    it('that crashes: the cause is what it said', async () => {
      const run = await disturbed((_, worker) => process.kill(worker, 'SIGABRT'));
      expect(run.code).toBe(3);
      expect(run.said).toMatch(
        /^lengthwise: incomplete: stopped: the measuring process was killed by SIGABRT/m,
      );
    });

    it('that Ctrl-C ends at once, and what was answered is kept', async () => {
      let worker = 0;
      const run = await disturbed((command, id) => {
        worker = id;
        process.kill(command, 'SIGINT');
      });
      expect(run.code).toBe(130);
      const result = JSON.parse(run.out) as MeasurementResult;
      expect(result.ending).toEqual({ kind: 'interrupted' });
      expect(run.said).toMatch(/^lengthwise: interrupted.*the same command goes on from here$/m);
      expect(existsSync(`/proc/${worker}`)).toBe(false);
      expect(result.run.answered).toBeGreaterThan(0);
      expect(result.run.answered).toBeLessThan(60_000); // of all that was to be asked
      expect(answersKept()).toBe(result.run.answered);
    });

    it('says how far it is and how long it will still take', async () => {
      const run = await measure(`${folders.UR} --task UR --lengths 2,4,12 --n 3000`);
      expect(run.code).toBe(0);
      expect(run.said).toMatch(/^\d+ of 9000 questions, about \d+ (s|min) left$/m);
      const { model, spec } = await opened({ lengths: [4, 12], n: 3000 });
      const pace = new Pace(workloadOf(spec));
      const ticks: (MeasureTick | undefined)[] = [];
      const respondent = localRespondent(model, (work) => {
        pace.told(work);
        if (work.step !== 'passed') ticks.push(pace.latest);
      });
      await measureOn(spec, respondent, { store: new MemoryStore(), note, signal });
      await model.close();
      expect(ticks.at(0)).toMatchObject({ length: 4, questions: 6000 });
      expect(ticks.at(0)?.left).toBeGreaterThan(0);
      expect(ticks.at(-1)).toEqual({ length: 12, answered: 6000, questions: 6000, left: 0 });
    });

    it('whose rows nobody takes is ended', async () => {
      const { model, spec } = await opened({ lengths: [4], n: 10 });
      const onRow = (): never => {
        throw new Error('no room');
      };
      const asking = measureOn(spec, localRespondent(model), {
        store: new MemoryStore(),
        note,
        signal,
        onRow,
      });
      await expect(asking).rejects.toThrow('no room');
      await model.close();
      const left = descendantsOf(process.pid).filter((id) => commandLine(id).includes('worker.node'));
      expect(left).toEqual([]);
    });

    const note = { lengthwise: 'test', options: {}, prices: null, api: null, alpha: 0.025 };

    /** The model of UR in a process of its own, and what it is to be asked. */
    async function opened(
      asked: Pick<MeasureSpec, 'lengths' | 'n'>,
    ): Promise<{ readonly model: SequenceModel; readonly spec: MeasureSpec }> {
      const model = await openModelProcess({ folder: folders.UR, threads: 1 }, signal);
      const wishes = { folder: folders.UR, tasks: ['UR'], options: {}, maxLength: 20, repeats: 1, seed: 1 };
      return { model, spec: folderSpec({ ...wishes, ...asked, threshold: 0.9 }, model.facts) };
    }
  },
);

describe('measuring a model', () => {
  it('of few symbols goes as far as there are', async () => {
    const rows: number[] = [];
    const options = { alphabet: ['a', 'b', 'c'] };
    const spec = { task: 'UF', taskOptions: options, lengths: [3], n: 2, seed: 1, threshold: 0.9 };
    for await (const row of measureModel(folders.NF, spec, { signal, threads: 1 }))
      if (row.kind === 'cell') rows.push(row.length);
    expect(rows).toEqual([3]);
    const first = (wrong: Partial<typeof spec>) =>
      measureModel(folders.NF, { ...spec, ...wrong }, { signal, threads: 1 }).next();
    await expect(first({ lengths: [4] })).rejects.toThrow('length 4: UF has lengths 1 to 3');
    await expect(first({ n: 0 })).rejects.toThrow('n: at least 1 sample a length, not 0');
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
  return childrenOf(id).flatMap((child) => [child, ...descendantsOf(child)]);
}

function commandLine(id: number): string {
  return readOrNothing(`/proc/${id}/cmdline`);
}
