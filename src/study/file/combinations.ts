/** What is wrong between the parts of a study file that are each right by themselves. */
import path from 'node:path';
import { checkLength } from '../../tasks/check-options.ts';
import { taskNamed } from '../../tasks/index.ts';
import { faultsOf } from '../../train/spec/check.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import { attempt, Reading, type Place } from './reading.ts';
import { unknownName } from '../../common/nearest.ts';
import { presentNames } from '../../prompt/defaults.ts';
import { checkExplaining } from './explaining.ts';
import { checkFinetuning } from './finetuning.ts';
import { checkFixing } from './fixing.ts';
import { inquiryTaskOf, isAskedAbout, lengthsFor } from './inquiring.ts';
import { askableOf } from '../../measure/targets/inquiry.node.ts';
import { checkPretrained, modelsOf } from './pretraining.ts';
import type { RespondentEntry } from './respondents.ts';
import type { ModelEntry, StudySpec, TaskEntry } from './study-file.ts';
import { SEARCH } from './settings.ts';
import { anyTask } from './tasks.ts';
import { trainingFor } from './training.ts';

/** More would not be looked at by anybody, and a slip (`seeds: 1..1000` with ten tasks) is more likely. */
const MAX_ITEMS = 20_000;

/** The rows of one measured model are in memory until it is done. */
const MAX_SYMBOLS_MEASURED = 50_000_000;

export const SEARCH_IS_NOT_FOR_TRAINED =
  "'lengths: adaptive' is for respondents: models that are trained are measured at given lengths";

/** What the file has, be it good or not: respondents; a search as what is measured of all tasks. */
interface Written {
  readonly asks: boolean;
  readonly searches: boolean;
}

/** Writes down, each at its place, what of the study can't go together. */
export function checkCombinations(study: StudySpec, { asks, searches }: Written): void {
  const { tasks, models, seeds, trains, respondents, finetune, fix } = study;
  const mended = fix === null ? 0 : respondents.length + fix.models.length;
  const tuned = finetune === null ? 0 : modelsOf(study, 'text').length + finetune.models.length;
  const tunedSeeds = finetune?.seeds?.value ?? seeds;
  const trained = 2 * models.length * seeds.length + 2 * tuned * tunedSeeds.length;
  const items = tasks.length * (trained + respondents.length + mended);
  if (items > MAX_ITEMS) {
    tasks[0].place.fail(
      `${tasks.length} tasks, ${models.length} models, ${respondents.length} respondents and ${seeds.length} seeds make ${items} items; at most ${MAX_ITEMS}: split the study`,
    );
    return;
  }
  for (const entry of tasks.length > 0 ? tasks : [anyTask(nowhere())]) {
    if (!entry.trainable) checkUntrainable(entry, asks || (fix?.models.length ?? 0) > 0);
    else if (trains) checkTrainings(study, entry, searches);
    for (const respondent of respondents)
      if (tasks.length === 0 || isAskedAbout(respondent, entry)) checkAsking(respondent, entry);
  }
  for (const respondent of respondents) checkRespondent(respondent, study);
  for (const model of modelsOf(study, 'text')) checkPretrained(study, model);
  const [model] = modelsOf(study, null);
  if (study.explain !== null)
    checkExplaining(study.explain, tasks, (entry) =>
      entry.trainable && model !== undefined ? trainingFor(study, model, entry, seeds[0] ?? 1) : null,
    );
  if (finetune !== null) checkFinetuning(finetune, study);
  if (fix !== null) checkFixing(fix, tasks, { respondents, trained: models.map(({ name }) => name) });
}

function checkTrainings(study: StudySpec, entry: TaskEntry, searches: boolean): void {
  if (entry.measure.lengths === SEARCH && !searches) entry.place.fail(SEARCH_IS_NOT_FOR_TRAINED);
  checkAmount(entry.measure.lengths, entry.measure.n, entry);
  const { models, seeds } = study;
  for (const model of models.length > 0 ? modelsOf(study, null) : [anyModel()]) {
    const training = trainingFor(study, model, entry, seeds[0] ?? 1);
    checkMeasuredLengths(entry, training);
    checkTraining(entry, model, training);
  }
  const isTrainedOn = models.length === 0 || modelsOf(study, null).length > 0;
  if (!isTrainedOn && Object.keys(entry.train).length > 0)
    entry.place.fail(
      `no model is trained on ${entry.name} from scratch: leave its 'train' away (how models are fine-tuned stands in 'finetune')`,
    );
}

function checkUntrainable({ name, train, place }: TaskEntry, asks: boolean): void {
  if (!asks) {
    place.fail(
      `no model can be trained for ${name}, it is asked of models behind an address: name 'respondents', or leave it away`,
    );
  } else if (Object.keys(train).length > 0) {
    place.fail(`no model can be trained for ${name}: leave its 'train' away`);
  }
}

/** What the respondent can't be asked about this task. */
function checkAsking(respondent: RespondentEntry, entry: TaskEntry): void {
  const lengths = lengthsFor(respondent, entry);
  checkAmount(lengths, respondent.n ?? entry.measure.n, entry);
  attempt(respondent.promptPlace, () => {
    const { min, max } = askableOf(inquiryTaskOf(respondent, entry), respondent.material).admits();
    const { maxLength } = respondent;
    if (lengths.length === 0 && maxLength !== undefined && maxLength.value < min)
      maxLength.place.fail(`${entry.name} admits no length below ${min}: 'max-length' is ${maxLength.value}`);
    for (const { value, place } of lengths.filter(({ value }) => value < min || value > max)) {
      const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
      place.fail(`${entry.name} admits ${range} as ${respondent.name} is asked about it, not ${value}`);
    }
  });
}

/** What of the respondent makes no sense for any task of the study. */
function checkRespondent(respondent: RespondentEntry, study: StudySpec): void {
  const { maxLength, prompts, promptPlace } = respondent;
  const names = study.tasks.map(({ name }) => name);
  const unknown = respondent.tasks?.value.find((name) => !names.includes(name));
  if (unknown !== undefined && names.length > 0)
    respondent.tasks?.place.fail(unknownName('task of this study', unknown, names));
  const tasks = study.tasks.filter((entry) => isAskedAbout(respondent, entry));
  if (maxLength !== undefined && tasks.length > 0) {
    const searches = tasks.some((entry) => lengthsFor(respondent, entry).length === 0);
    if (!searches)
      maxLength.place.fail(
        "'max-length' bounds a search, and there are lengths: write 'lengths: adaptive', too",
      );
  }
  attempt(promptPlace, () => {
    const used = new Set(
      tasks.flatMap((entry) =>
        Object.values(inquiryTaskOf(respondent, entry).prompts ?? {}).map(({ name }) => name),
      ),
    );
    for (const name of prompts ?? []) {
      const present = presentNames(path.parse(name).name);
      if (tasks.length > 0 && !present.some((each) => used.has(each)))
        promptPlace.fail(`the prompt '${name}' is for none of the study's tasks`);
    }
  });
}

/**
 * Where no task (or no model) could be read, the models (or tasks) are still checked, with one that stands in. What
 * is said at its place is said nowhere.
 */
function anyModel(): ModelEntry {
  const ofTasks = { pretrain: null, alphabet: undefined } as const;
  return { name: 'ape', ...ofTasks, positions: 'ape', preset: undefined, train: {}, place: nowhere() };
}

function nowhere(): Place {
  return new Reading('').root();
}

function checkAmount(lengths: TaskEntry['measure']['lengths'], n: number, { name }: TaskEntry): void {
  const symbols = lengths.reduce((sum, { value }) => sum + value * n, 0);
  if (symbols > MAX_SYMBOLS_MEASURED) {
    lengths[0].place.fail(
      `${n} instances at each length make ${symbols} symbols for ${name}; at most ${MAX_SYMBOLS_MEASURED}: take fewer instances`,
    );
  }
}

function checkMeasuredLengths(entry: TaskEntry, training: TrainSpec): void {
  const options = training.taskOptions ?? {};
  const drawable = attempt(nowhere(), () => taskNamed(entry.task).admits(options));
  for (const { value, place } of entry.measure.lengths) {
    if (value > training.maxLength) {
      place.fail(
        `${entry.name} is measured at length ${value}, but 'maxLength' ends at ${training.maxLength}: raise it, or leave it away`,
      );
    }
    if (!drawable) continue; // what is wrong with the options is said once, where training is checked
    attempt(place, () =>
      checkLength(taskNamed(entry.task), value, options, '; take a larger alphabet, or a shorter length'),
    );
  }
}

/** What training itself would refuse, said at the model, or at the task where it comes from there. */
function checkTraining(entry: TaskEntry, model: ModelEntry, training: TrainSpec): void {
  for (const { field, message } of faultsOf(training)) {
    const ofTask = OF_TASK.includes(field) || field in entry.train;
    if (ofTask) entry.place.fail(`training ${entry.name}: ${field}: ${message}`);
    else model.place.fail(`the model '${model.name}': ${field}: ${message}`);
  }
}

/** What faults of training turn on the task more than on the model. */
const OF_TASK: readonly (keyof TrainSpec)[] = ['task', 'taskOptions', 'lengths', 'maxLength'];
