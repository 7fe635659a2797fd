import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { loadFolder } from '../../model/files/folder.node.ts';
import { CHECKPOINT_FILE, readCheckpoint } from './checkpoint.node.ts';
import { preset } from '../spec/presets.ts';
import { weightsHash } from './record.node.ts';
import type { ProgressRow, ProgressTick, TrainedRow, TrainRow } from './rows.ts';
import type { TrainSpec } from '../spec/spec.ts';
import { train } from './train.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-train-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;
const newFolder = () => path.join(scratch, `run-${made++}`);

const small = { layers: 1, heads: 2, dim: 16, lengths: { min: 2, max: 6 }, maxLength: 12, batch: 8 };
const few = { steps: 24, evaluateEvery: 5, warmup: 4 };
const UR: TrainSpec = { ...preset('quick', 'UR', 'ape'), ...small, ...few };
const UF: TrainSpec = { ...preset('quick', 'UF', 'rope'), ...small, ...few, curriculum: 6 };
const NB: TrainSpec = { ...preset('quick', 'NB', 'nope'), ...small, ...few, optimizer: 'adamw' };

interface Outcome {
  readonly rows: TrainRow[];
  readonly result: TrainedRow;
}

async function trained(spec: TrainSpec, folder: string, threads = 1): Promise<Outcome> {
  const rows: TrainRow[] = [];
  const signal = new AbortController().signal;
  const result = await train(spec, folder, { signal, threads, onRow: (row) => void rows.push(row) });
  return { rows, result };
}

/** Trains until after so many further evaluations, then stops. */
async function stoppedAfter(spec: TrainSpec, folder: string, steps: number, threads = 1): Promise<void> {
  const stop = new AbortController();
  const onRow = (row: TrainRow) => {
    if (row.step >= steps) stop.abort(new Error('enough'));
  };
  await expect(train(spec, folder, { signal: stop.signal, threads, onRow })).rejects.toThrow('enough');
}

/** Without what the clock says. */
function timeless(rows: readonly TrainRow[]): object[] {
  return rows.map((row) => ({ ...row, tokensPerSecond: 0, elapsed: 0, left: 0, seconds: 0 }));
}

describe.each([
  ['UR with Muon', UR],
  ['UF with a curriculum', UF],
  ['NB with AdamW', NB],
])('training %s', (_, spec) => {
  it('gives the same weights and curve whether it is interrupted or not', async () => {
    const whole = await trained(spec, newFolder());
    const folder = newFolder();
    await stoppedAfter(spec, folder, 5);
    expect(readdirSync(folder)).toEqual([CHECKPOINT_FILE]);
    await stoppedAfter(spec, folder, 15);
    const pieces = await trained(spec, folder);
    expect(timeless(pieces.rows)).toEqual(timeless(whole.rows));
    expect(whole.rows.map(({ step }) => step)).toEqual([5, 10, 15, 20, 24, 24]);

    const saved = await loadFolder(folder);
    expect(weightsHash(new Map(saved.weights) as Map<string, Float32Array>)).toBe(whole.result.weights);
    expect(readdirSync(folder)).toContain('training.json');
    expect(readdirSync(folder)).not.toContain(CHECKPOINT_FILE);
  });
});

describe('training', () => {
  it('of other seeds gives other weights', async () => {
    const [one, two] = [await trained(UR, newFolder()), await trained({ ...UR, seed: 2 }, newFolder())];
    expect(one.result.weights).not.toBe(two.result.weights);
  });

  it('finds a finished model and says what it said', async () => {
    const folder = newFolder();
    const first = await trained(UR, folder);
    expect(await trained(UR, folder)).toEqual(first);
    await expect(trained({ ...UR, seed: 9 }, folder)).rejects.toThrow(
      `${folder} holds a model that was trained with other settings: choose another folder`,
    );
  });

  it('lowers the loss, and tells how it is going between the points of the curve', async () => {
    const ticks: ProgressTick[] = [];
    const rows: TrainRow[] = [];
    const spec = { ...UR, steps: 100, evaluateEvery: 50 };
    await train(spec, newFolder(), {
      signal: new AbortController().signal,
      threads: 1,
      onRow: (row) => void rows.push(row),
      onTick: (tick) => void ticks.push(tick),
    });
    const [first, last] = rows as ProgressRow[];
    expect(last.loss).toBeLessThan(first.loss);
    expect(ticks[0]).toMatchObject({ step: 1, steps: 100 });
    expect(ticks[0].loss).toBeGreaterThan(first.loss);
  });

  it('ends at 100 % on the training range', async () => {
    // A source of two symbols with the query first: the answer is the other symbol, which a model soon knows.
    const spec = { ...UR, lengths: { min: 2, max: 2 }, taskOptions: { alphabet: ['a', 'b'] }, steps: 2000 };
    const { result, rows } = await trained(spec, newFolder());
    expect(result).toMatchObject({ reason: 'perfect', accuracy: 1 });
    expect(result.step).toBeLessThan(2000);
    const { accuracy } = rows.at(-2) as ProgressRow;
    expect(accuracy).toEqual([{ min: 2, max: 2, n: 256, correct: 256 }]);
  });

  it('that diverges is one clear line, and leaves nothing behind', async () => {
    const folder = newFolder();
    const spec = { ...UR, learningRate: 1e6 };
    await expect(trained(spec, folder)).rejects.toThrow(
      /^training diverged: the loss of step \d+ is [\d.e+NaInfity]+; a learning rate below 1000000 may help$/,
    );
    expect(readdirSync(scratch)).not.toContain(path.basename(folder));
  });

  it('whose very last step diverges saves no weights that are not finite', async () => {
    const spec = {
      ...UR,
      steps: 1,
      warmup: 0,
      schedule: 'constant' as const,
      learningRate: 1e38,
      weightDecay: 10,
    };
    await expect(trained(spec, newFolder())).rejects.toThrow(/^training diverged: .* after step 1; /);
  });
});

/** Large enough for a second thread to have something to do. */
const wide = { dim: 32, batch: 64, lengths: { min: 2, max: 14 }, maxLength: 16 };

describe.each<[string, TrainSpec]>([
  ['UR with Muon', { ...UR, ...wide }],
  ['UF with a curriculum', { ...UF, ...wide }],
  ['NB with AdamW', { ...NB, ...wide, dim: 128 }],
])('two threads, %s', (_, spec) => {
  it('give the weights and the curve that one gives, also where one goes on after the other', async () => {
    const steps = { ...spec, steps: 10 };
    const [alone, together] = [await trained(steps, newFolder(), 1), await trained(steps, newFolder(), 2)];
    expect(timeless(together.rows)).toEqual(timeless(alone.rows));

    const folder = newFolder();
    await stoppedAfter(steps, folder, 5, 2);
    const mixed = await trained(steps, folder, 1);
    expect(mixed.result.weights).toBe(alone.result.weights);
  });
});

describe("a folder that is not this run's", () => {
  it.each([
    [
      'holds files of someone else',
      ['notes.txt', 'a', 'b', 'c'],
      /holds something else \(a, b, c, and 1 more\)/,
    ],
    ['holds a record of something else', ['training.json'], /training.json is no record of a training/],
    ['holds a damaged checkpoint', [CHECKPOINT_FILE], /it is damaged, or no checkpoint/],
  ])('%s', async (_, files, message) => {
    const folder = newFolder();
    mkdirSync(folder);
    for (const name of files) writeFileSync(path.join(folder, name), '{"mine":1}');
    await expect(trained(UR, folder)).rejects.toThrow(UserError);
    await expect(trained(UR, folder)).rejects.toThrow(message);
    expect(readdirSync(folder).sort()).toEqual([...files].sort());
  });

  it('holds the beginning of another training', async () => {
    const folder = newFolder();
    await stoppedAfter(UR, folder, 5);
    await expect(trained({ ...UR, steps: 25 }, folder)).rejects.toThrow(
      `${folder} holds a training with other settings: choose another folder, or delete it`,
    );
    expect(readCheckpoint(folder)!.step).toBe(5);
  });

  it('gets something else while the run goes on: nothing of it is deleted', async () => {
    const folder = newFolder();
    const onRow = () => writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    const options = { signal: new AbortController().signal, threads: 1, onRow };
    await expect(train(UR, folder, options)).rejects.toThrow(/holds something else \(notes.txt\)/);
    expect(readFileSync(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    rmSync(path.join(folder, 'notes.txt'));
    expect((await trained(UR, folder)).result.step).toBe(24);
  });

  it('is a file', async () => {
    const folder = newFolder();
    writeFileSync(folder, '');
    await expect(trained(UR, folder)).rejects.toThrow(
      `${folder}: a file, where a folder for the model was expected`,
    );
  });

  it('cannot be made', async () => {
    await expect(trained(UR, '/proc/nowhere/model')).rejects.toThrow(
      /^cannot write to \/proc\/nowhere\/model: /,
    );
  });
});

describe('a kill while the model is saved', () => {
  it('between the two renames: the checkpoint is put back, and nothing half-written stays', async () => {
    const folder = newFolder();
    await stoppedAfter(UR, folder, 5);
    const beside = (end: string) => path.join(scratch, `.${path.basename(folder)}.123-0a1b2c3d.${end}`);
    mkdirSync(beside('partial'));
    writeFileSync(path.join(beside('partial'), 'config.json'), '{');
    mkdirSync(beside('old'));
    const checkpoint = readFileSync(path.join(folder, CHECKPOINT_FILE));
    writeFileSync(path.join(beside('old'), CHECKPOINT_FILE), checkpoint);
    rmSync(folder, { recursive: true });

    const steps: number[] = [];
    const options = { signal: new AbortController().signal, threads: 1, onRow: () => undefined };
    await train(UR, folder, { ...options, onTick: ({ step }) => void steps.push(step) });
    expect(steps[0]).toBe(6); // it went on
    expect(readdirSync(scratch).filter((name) => name.startsWith(`.${path.basename(folder)}`))).toEqual([]);
  });
});
