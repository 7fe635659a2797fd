/** What is wrong between the parts of a study file that are each right by themselves. */
import { checkLength } from '../../tasks/check-options.ts';
import { taskNamed } from '../../tasks/index.ts';
import { faultsOf } from '../../train/check.ts';
import type { TrainSpec } from '../../train/spec.ts';
import { attempt, Reading, type Place } from './reading.ts';
import type { ModelEntry, StudySpec, TaskEntry } from './study-file.ts';
import { trainingFor } from './training.ts';

/** More would not be looked at by anybody, and a slip (`seeds: 1..1000` with ten tasks) is more likely. */
const MAX_ITEMS = 20_000;

/** The rows of one measured model are in memory until it is done. */
const MAX_SYMBOLS_MEASURED = 50_000_000;

/** Writes down, each at its place, what of the study can't go together. */
export function checkCombinations(study: StudySpec): void {
  const { tasks, models, seeds } = study;
  const items = 2 * tasks.length * models.length * seeds.length;
  if (items > MAX_ITEMS) {
    tasks[0].place.fail(
      `${tasks.length} tasks, ${models.length} models and ${seeds.length} seeds make ${items} items; at most ${MAX_ITEMS}: split the study`,
    );
    return;
  }
  for (const entry of tasks.length > 0 ? tasks : [anyTask()]) {
    checkAmount(entry);
    for (const model of models.length > 0 ? models : [anyModel()]) {
      const training = trainingFor(study, model, entry, seeds[0] ?? 1);
      checkMeasuredLengths(entry, training);
      checkTraining(entry, model, training);
    }
  }
}

/**
 * Where no task (or no model) could be read, the models (or tasks) are still checked, with one that stands in. What
 * is said at its place is said nowhere.
 */
function anyTask(): TaskEntry {
  const measure = { lengths: [], n: 1, seed: 1, threshold: 1 };
  return { name: 'UR', task: 'UR', options: {}, train: {}, measure, place: nowhere() };
}

function anyModel(): ModelEntry {
  return { name: 'ape', positions: 'ape', preset: undefined, train: {}, place: nowhere() };
}

function nowhere(): Place {
  return new Reading('').root();
}

function checkAmount(entry: TaskEntry): void {
  const { lengths, n } = entry.measure;
  const symbols = lengths.reduce((sum, { value }) => sum + value * n, 0);
  if (symbols > MAX_SYMBOLS_MEASURED) {
    lengths[0].place.fail(
      `${n} instances at each length make ${symbols} symbols for ${entry.name}; at most ${MAX_SYMBOLS_MEASURED}: take fewer instances`,
    );
  }
}

function checkMeasuredLengths(entry: TaskEntry, training: TrainSpec): void {
  for (const { value, place } of entry.measure.lengths) {
    if (value > training.maxLength) {
      place.fail(
        `${entry.name} is measured at length ${value}, but 'maxLength' ends at ${training.maxLength}: raise it, or leave it away`,
      );
    }
    attempt(place, () =>
      checkLength(
        taskNamed(entry.task),
        value,
        training.taskOptions ?? {},
        '; take a larger alphabet, or a shorter length',
      ),
    );
  }
}

/** What training itself would refuse, said at the model, or at the task where it comes from there. */
function checkTraining(entry: TaskEntry, model: ModelEntry, training: TrainSpec): void {
  for (const { field, message } of faultsOf(training, taskNamed(entry.task))) {
    const ofTask = OF_TASK.includes(field) || field in entry.train;
    if (ofTask) entry.place.fail(`training ${entry.name}: ${field}: ${message}`);
    else model.place.fail(`the model '${model.name}': ${field}: ${message}`);
  }
}

/** What faults of training turn on the task more than on the model. */
const OF_TASK: readonly (keyof TrainSpec)[] = ['task', 'taskOptions', 'lengths', 'maxLength'];
