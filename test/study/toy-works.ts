/**
 * Works that are small but real: they run in worker processes, keep a checkpoint, emit rows and come to grief as the
 * product's do, within milliseconds. What a training does is in its seed (`Grief`), how long in its steps.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { modelFolder } from '../../src/study/item.ts';
import type { PredictionJson } from '../../src/study/rows.ts';
import type { WorkContext, Works } from '../../src/study/work/work.ts';
import { works as product } from '../../src/study/work/works.ts';
import type { ProgressRow, TrainedRow } from '../../src/train/run/rows.ts';

/** Seeds that end badly. */
export const grief = { throws: 13, aborts: 14, hangs: 15, diskFull: 16, exits: 17 };

/** Milliseconds that a step takes. */
const STEP_MS = 4;

export const works: Works = {
  predict: async ({ spec }, { emit }) => {
    const { task, fragment } = spec;
    const prediction: PredictionJson = {
      ...{ subject: task, fragment, read: 'eos', status: 'published', argument: '', certificate: null },
      verdict: 'in',
    };
    await emit([{ kind: 'verdict', task, prediction }]);
  },

  train: async ({ spec, hash }, context) => {
    const folder = path.join(context.folder, modelFolder(hash));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'worker'), String(process.pid));
    const checkpoint = path.join(folder, 'checkpoint');
    let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
    if (step > 0) note(context, `resume ${hash} ${step}`);
    while (step < spec.steps) {
      if (step === 3) await comeToGrief(spec.seed, context);
      await sleep(STEP_MS);
      if (context.signal.aborted) throw context.signal.reason;
      step += 1;
      await context.emit([progressRow(step, spec.steps, spec.seed)]);
      writeFileSync(`${checkpoint}.part`, String(step));
      renameSync(`${checkpoint}.part`, checkpoint);
    }
    writeFileSync(path.join(folder, 'model.safetensors'), '');
    await context.emit([trainedRow(step)]);
    note(context, `trained ${hash}`);
  },

  measure: async ({ spec, hash }, context) => {
    if (!existsSync(path.join(context.folder, modelFolder(spec.model), 'model.safetensors'))) {
      throw new Error('there is no model');
    }
    for (const length of spec.lengths) {
      await context.emit(
        Array.from({ length: spec.n }, (_, index) => ({
          ...{ kind: 'instance', task: spec.task, length, index, repeat: 0, source: ['a', 'b'], query: 'a' },
          ...{ answer: ['b'], output: [index % 2 === 0 ? 'b' : 'c'], correct: index % 2 === 0 },
          error: index % 2 === 0 ? null : 'in-source',
        })) as never[],
      );
      const counts = { n: spec.n, correct: Math.ceil(spec.n / 2), accuracy: 0.5, low: 0.4, high: 0.6 };
      await context.emit([{ kind: 'cell', task: spec.task, length, ...counts, errors: { 'in-source': 1 } }]);
    }
    await context.emit([
      { kind: 'horizon', task: spec.task, threshold: spec.threshold, length: null, censored: false },
    ]);
    note(context, `measured ${hash}`);
  },

  ask: product.ask,
  finetune: product.finetune,
  explain: product.explain,
  fix: product.fix,
};

async function comeToGrief(seed: number, { signal }: WorkContext): Promise<void> {
  switch (seed) {
    case grief.throws:
      throw new Error('training diverged');
    case grief.aborts:
      console.error('terminate called after throwing an instance of Ort::Exception');
      process.abort();
      break;
    case grief.exits:
      process.exit(3);
      break;
    case grief.hangs:
      await sleep(60_000, undefined, { signal });
      break;
    case grief.diskFull:
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

/** What was done, one line each time, so that a test sees what was done twice. */
function note({ folder }: WorkContext, line: string): void {
  writeFileSync(path.join(folder, 'models', 'diary'), `${line}\n`, { flag: 'a' });
}

function progressRow(step: number, steps: number, seed: number): ProgressRow {
  const accuracy = [{ min: 1, max: 8, n: 10, correct: Math.min(10, step) }];
  return {
    kind: 'progress',
    step,
    steps,
    loss: seed / step,
    accuracy,
    tokensPerSecond: 1,
    elapsed: 0,
    left: 0,
  };
}

function trainedRow(step: number): TrainedRow {
  return { kind: 'trained', reason: 'steps', step, accuracy: 1, parameters: 1, seconds: 0, weights: 'toy' };
}
