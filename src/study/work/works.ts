/** The kinds of work, each as its room does it. Rooms are loaded when there is work for them. */
import path from 'node:path';
import { modelFolder } from '../item.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../../score/tables/rows.ts';
import type { PredictionJson } from '../rows.ts';
import type { Works } from './work.ts';

/** Rows go over in bundles: a message for each would cost more than the row. */
const BUNDLE = 200;

export const works: Works = {
  predict: async (item, { emit }) => {
    const { predictTask } = await import('../../predict/index.ts');
    const { task, fragment } = item.spec;
    const prediction = predictTask(task, { fragment }) as unknown as PredictionJson;
    await emit([{ kind: 'verdict', task, prediction }]);
  },

  train: async (item, { folder, threads, signal, emit, tick }) => {
    const { train } = await import('../../train/run/train.node.ts');
    const trained = await train(item.spec, path.join(folder, modelFolder(item.hash)), {
      signal,
      threads,
      onTick: tick,
      onRow: async (row) => {
        if (row.kind === 'progress') await emit([row]);
      },
    });
    await emit([trained]);
  },

  measure: async (item, { folder, threads, signal, emit, tick }) => {
    const { measureModel } = await import('../../measure/targets/model.node.ts');
    const { model, ...spec } = item.spec;
    const options = { signal, threads, onTick: tick };
    let bundle: (InstanceRow | CellRow | HorizonRow)[] = [];
    for await (const row of measureModel(path.join(folder, modelFolder(model)), spec, options)) {
      bundle.push(row);
      if (bundle.length < BUNDLE) continue;
      await emit(bundle);
      bundle = [];
    }
    await emit(bundle);
  },

  finetune: async (item, context) => {
    const { finetuneModel } = await import('./finetune.ts');
    await finetuneModel(item, context);
  },

  explain: async (item, context) => {
    const { explainModel } = await import('./explain.ts');
    await explainModel(item, context);
  },

  fix: async (item, context) => {
    const { fixTask } = await import('./fix.ts');
    await fixTask(item, context);
  },

  ask: async ({ spec, means }, context) => {
    const { ask } = await import('./ask.ts');
    if (means === undefined) throw new Error('it is not said how to ask');
    await ask(spec, means, context);
  },
};
