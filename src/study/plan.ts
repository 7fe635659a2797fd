/**
 * From a study to its items: for every task what the theory says of it, and for every task, model and seed a model
 * to train and its measurement.
 */
import type { TrainSpec } from '../train/spec.ts';
import type { StudySpec, TaskEntry } from './file/study-file.ts';
import { trainingFor } from './file/training.ts';
import { itemOf, type Item, type PlannedItem } from './item.ts';

/** The items of a study, in the order of the file. Two places with the same work share an item's hash. */
export function planStudy(study: StudySpec): PlannedItem[] {
  return study.tasks.flatMap((entry) => {
    const predictions = study.predict ? predictionsFor(study, entry) : [];
    const trained = study.models.flatMap((model) =>
      study.seeds.flatMap((seed) => {
        const place = { task: entry.name, model: model.name, seed };
        const training = trainItem(trainingFor(study, model, entry, seed));
        return [
          { ...training, ...place },
          { ...measureItem(entry, training), ...place },
        ];
      }),
    );
    return [...predictions, ...trained];
  });
}

/** Each piece of work once, for whoever does it. */
export function distinct(plan: readonly PlannedItem[]): PlannedItem[] {
  return [...new Map(plan.map((item) => [item.hash, item])).values()];
}

/** Without positions a model is what plain C-RASP speaks of, with them C-RASP[pos]. */
function predictionsFor(study: StudySpec, entry: TaskEntry): PlannedItem[] {
  const fragments = new Set(study.models.map(({ positions }) => (positions === 'nope' ? 'plain' : 'pos')));
  return [...fragments].map((fragment) => ({
    ...itemOf({ kind: 'predict', spec: { task: entry.task, fragment } }),
    ...{ task: entry.name, model: null, seed: null },
  }));
}

type TrainedItem = Item & { readonly kind: 'train' };

function trainItem(spec: TrainSpec): TrainedItem {
  return itemOf({ kind: 'train', spec }) as TrainedItem;
}

function measureItem(entry: TaskEntry, training: TrainedItem): Item {
  const { lengths, n, seed, threshold } = entry.measure;
  const { task, taskOptions } = training.spec;
  const spec = {
    model: training.hash,
    task,
    taskOptions,
    lengths: lengths.map(({ value }) => value).sort((a, b) => a - b),
    n,
    seed,
    threshold,
  };
  return itemOf({ kind: 'measure', spec }, [training.hash]);
}
