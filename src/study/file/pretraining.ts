/** Models that a study trains on text and then asks about every task: what is trained, and how they are asked. */
import { checkLength } from '../../tasks/check-options.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { sequenceSize, symbolsOf } from '../../tasks/sequence.ts';
import { askedLengths } from '../../fix/finetuned/lengths.ts';
import type { BaseFacts } from '../../train/finetune/base.ts';
import { usualOptions } from '../../train/finetune/defaults.ts';
import { TEXT } from '../../train/lessons/lessons.ts';
import { preset } from '../../train/spec/presets.ts';
import { settingOf } from '../../train/spec/setting.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import { isExplained } from './explaining.ts';
import { attempt, attempted } from './reading.ts';
import type { Located } from './reading.ts';
import { isTuned } from './tuned-tasks.ts';
import type { ModelEntry, StudySpec, TaskEntry } from './study-file.ts';

/** Models of the study that are trained on each task, or on text. */
export function modelsOf({ models }: StudySpec, pretrain: ModelEntry['pretrain']): readonly ModelEntry[] {
  return models.filter((model) => model.pretrain === pretrain);
}

/** What is trained for one model and one seed. What is said more closely wins: model, study, preset. */
export function pretrainingFor(study: StudySpec, model: ModelEntry, seed: number): TrainSpec {
  const base = preset(model.preset ?? study.preset, TEXT, model.positions);
  const said = { ...study.train, ...model.train };
  const taskOptions = model.alphabet === undefined ? base.taskOptions : { alphabet: model.alphabet };
  const merged = { ...base, ...said, taskOptions, seed };
  // Positions reach to the longest sequence that is measured unless the file says how far.
  const longest = Math.max(merged.lengths.max, ...study.tasks.map((entry) => longestAsked(study, entry)));
  return { ...merged, maxLength: said.maxLength ?? Math.max(base.maxLength, longest) };
}

/** Tokens of the longest sequence of a task that a pretrained model reads in this study. */
function longestAsked(study: StudySpec, entry: TaskEntry): number {
  if (!entry.trainable) return 0;
  const { explain, finetune } = study;
  const asked = entry.measure.lengths.map(({ value }) => value);
  if (explain !== null && isExplained(explain, entry)) asked.push(explain.length.value);
  if (finetune !== null && isTuned(finetune, entry))
    asked.push(...askedLengths(finetune.lengths.value).map(({ length }) => length));
  return Math.max(0, ...asked.map((length) => tokensAt(entry.task, length)));
}

/** Positions that a sequence takes. Not all lengths need be there: of unique copies those with more symbols than there are. */
function tokensAt(task: string, length: number): number {
  const { prompt, target } = sequenceSize(taskNamed(task), length);
  return prompt + target - 1;
}

/** A model that is not trained yet, as a fine-tuning knows it. @throws UserError for a training that can't be */
export function factsOfPretrained({ name }: Pick<ModelEntry, 'name'>, training: TrainSpec): BaseFacts {
  const { config, tokenizer } = settingOf(training);
  return { kind: 'symbols', name, hash: '', config, tokenizer, trainedWith: training.taskOptions ?? {} };
}

/** How a pretrained model is asked about a task: with its own symbols unless the task names some of them. */
export function optionsAsked(entry: TaskEntry, base: BaseFacts): TaskOptions {
  return usualOptions(base, taskNamed(entry.task), entry.options);
}

/** Writes down, each at its place, what can't be trained, or asked of what was trained. */
export function checkPretrained(study: StudySpec, model: ModelEntry): void {
  const training = pretrainingFor(study, model, study.seeds[0] ?? 1);
  const facts = attempted(() => factsOfPretrained(model, training));
  if ('fault' in facts) return model.place.fail(`the model '${model.name}': ${facts.fault}`);
  for (const entry of study.tasks) if (entry.trainable) checkAsked(study, entry, facts.value);
}

function checkAsked({ explain }: StudySpec, entry: TaskEntry, base: BaseFacts): void {
  const options = optionsAsked(entry, base);
  const task = taskNamed(entry.task);
  if (base.kind === 'symbols') {
    const { tokenizer } = base;
    const strange = attempted(() => tokenizer.encode(symbolsOf(task, options)));
    if ('fault' in strange)
      return entry.place.fail(`'${base.name}' can't be asked about ${entry.name}: ${strange.fault}`);
  }
  const check = ({ value, place }: Located<number>, how: string): void => {
    const tokens = tokensAt(entry.task, value);
    if (tokens > base.config.positions)
      place.fail(
        `${entry.name} is ${how} at length ${value}, which takes ${tokens} tokens, but 'maxLength' of the model '${base.name}' ends at ${base.config.positions}: raise it, or leave it away`,
      );
    else attempt(place, () => checkLength(task, value, options, '; take a larger alphabet, or a shorter length')); // prettier-ignore
  };
  for (const length of entry.measure.lengths) check(length, 'measured');
  if (explain !== null && isExplained(explain, entry)) check(explain.length, 'explained');
}
