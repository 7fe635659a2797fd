/**
 * From a study to its items: for every task what the theory says of it, and for every task, model and seed a model
 * to train and its measurement; for every task and respondent what it is asked; for every task and base what is fine-tuned.
 */
import { hashOfModel } from '../model/files/text/hashes.node.ts';
import type { Symbols, TaskOptions } from '../tasks/index.ts';
import { TEXT } from '../train/lessons/lessons.ts';
import type { TrainSpec } from '../train/spec/spec.ts';
import { inquiryFor, isAskedAbout, meansFor, meansOnce } from './file/inquiring.ts';
import { isExplained } from './file/explaining.ts';
import type { ExplainedModel } from './file/explaining.ts';
import { basesOf } from './file/finetuning.ts';
import type { Bases } from './file/finetuning.ts';
import { fixOfModel, fixOfRespondent, isMended, wantedHorizons } from './file/fixing.ts';
import { factsOfPretrained, modelsOf, optionsAsked, pretrainingFor } from './file/pretraining.ts';
import type { RespondentEntry, StudySpec, TaskEntry } from './file/study-file.ts';
import { trainingFor } from './file/training.ts';
import { isTuned } from './file/tuned-tasks.ts';
import { itemOf, type Content, type Item, type PlannedItem } from './item.ts';
import { alphabetExplained, explainSpec, tuningItems } from './plan-tuning.ts';
import type { PretrainedModel, TrainedItem } from './plan-tuning.ts';

/** By file or folder, the SHA-256 of a model that a study explains, fine-tunes or mends and does not train. */
export type ModelHashes = ReadonlyMap<string, string>;

/**
 * The models that a study explains, fine-tunes or mends and does not train, read through; or remembered, where they were before.
 * @throws UserError for what is no model
 */
export async function hashesOfModels({ explain, finetune, fix }: StudySpec): Promise<ModelHashes> {
  const hashes = new Map<string, string>();
  const tuned = finetune?.models.map(({ value }) => value) ?? [];
  for (const { target } of [...(explain?.models ?? []), ...tuned, ...(fix?.models ?? [])])
    hashes.set(target, await hashOfModel(target));
  return hashes;
}

/**
 * The items of a study, after a look at the models that it names.
 * @throws StudyFileError for a base that can't be fine-tuned so; UserError for what is no model
 */
export async function plannedItems(study: StudySpec): Promise<PlannedItem[]> {
  const bases = await basesOf(study);
  return planStudy(study, await hashesOfModels(study), bases);
}

/**
 * The items of a study, in the order of the file. Two places with the same work share an item's hash.
 * @param models what `hashesOfModels` gives, for a study that explains, fine-tunes or mends models that it does not train
 * @param bases what `basesOf` gives, for one that fine-tunes them
 */
export function planStudy(
  study: StudySpec,
  models: ModelHashes = new Map(),
  bases: Bases = new Map(),
): PlannedItem[] {
  const pretrained = pretrainedModels(study);
  const ofTasks = study.tasks.flatMap((entry) => {
    const predictions = study.predict ? predictionsFor(study, entry) : [];
    const trained = entry.trainable ? trainingsFor(study, entry) : [];
    const asked = study.respondents
      .filter((respondent) => isAskedAbout(respondent, entry))
      .map((respondent) => askItem(respondent, entry, study.respondents));
    const read = pretrained.flatMap((one) => readerItems(study, entry, one));
    const tuned = tuningItems(study, entry, { pretrained, hashIn: (file) => hashIn(models, file), bases });
    const explained = elsewhereItems(study, entry, models, bases);
    const mended = fixItems(study, entry, models);
    return [...predictions, ...trained, ...read, ...asked, ...tuned, ...explained, ...mended];
  });
  return [...pretrained.map(({ training, place }) => ({ ...training, ...place })), ...ofTasks];
}

/**
 * Without positions a model is what plain C-RASP speaks of, with them C-RASP[pos]; models behind an address have
 * positions.
 */
function predictionsFor(study: StudySpec, entry: TaskEntry): PlannedItem[] {
  const { theory, trainable, name } = entry;
  if (theory === null) return [];
  const trained = trainable ? study.models : [];
  const fragments = new Set([
    ...trained.map(({ positions }) => (positions === 'nope' ? 'plain' : 'pos')),
    ...study.respondents.filter((one) => isAskedAbout(one, entry)).map(() => 'pos' as const),
    ...(study.finetune !== null && isTuned(study.finetune, entry) ? ['pos' as const] : []),
    ...(study.fix === null || wantedHorizons(study.fix, [entry]).length === 0 ? [] : ['pos' as const]),
  ]);
  return [...fragments].map((fragment) => ({
    ...itemOf({ kind: 'predict', spec: { task: theory, fragment } }),
    ...{ task: name, model: null, seed: null },
  }));
}

function trainingsFor(study: StudySpec, entry: TaskEntry): PlannedItem[] {
  return modelsOf(study, null).flatMap((model) =>
    study.seeds.flatMap((seed) => {
      const place = { task: entry.name, model: model.name, seed };
      const training = trainItem(trainingFor(study, model, entry, seed));
      return [
        { ...training, ...place },
        { ...measureItem(entry, training, training.spec.taskOptions), ...place },
        ...explainItems(study, entry, training).map((item) => ({ ...item, ...place })),
      ];
    }),
  );
}

/** Models that are trained once a seed, on text. */
function pretrainedModels(study: StudySpec): PretrainedModel[] {
  return modelsOf(study, 'text').flatMap((model) =>
    study.seeds.map((seed) => {
      const training = trainItem(pretrainingFor(study, model, seed));
      const place = { task: TEXT, model: model.name, seed };
      return { training, place, facts: factsOfPretrained(model, training.spec) };
    }),
  );
}

/** What one of them is asked about a task. */
function readerItems(
  study: StudySpec,
  entry: TaskEntry,
  { training, place, facts }: PretrainedModel,
): PlannedItem[] {
  if (!entry.trainable) return [];
  const items = [
    measureItem(entry, training, optionsAsked(entry, facts)),
    ...explainItems(study, entry, training, entry.options.alphabet),
  ];
  return items.map((item) => ({ ...item, ...place, task: entry.name }));
}

/** None, or the one explanation of a model that is trained. */
function explainItems(
  { explain }: StudySpec,
  entry: TaskEntry,
  training: TrainedItem,
  alphabet?: Symbols,
): Item[] {
  if (explain === null || !isExplained(explain, entry)) return [];
  const spec = explainSpec(explain, entry, training.hash, alphabet);
  return [itemOf({ kind: 'explain', spec, on: { device: explain.device } }, [training.hash])];
}

/** Of models in files and folders. */
function elsewhereItems(
  { explain, finetune }: StudySpec,
  entry: TaskEntry,
  models: ModelHashes,
  bases: Bases,
): PlannedItem[] {
  if (explain === null || !isExplained(explain, entry)) return [];
  const { device } = explain;
  // What is fine-tuned is explained before and after.
  const tuned =
    finetune !== null && isTuned(finetune, entry) ? finetune.models.map(({ value }) => value) : [];
  const explained = new Map([...tuned, ...explain.models].map((model) => [model.target, model]));
  return [...explained.values()].map(({ name, target }) => {
    const facts = tuned.some((model) => model.target === target) ? bases.get(target) : undefined;
    const alphabet =
      facts === undefined ? explain.alphabet : alphabetExplained(explain, entry, { facts, isOurs: false });
    const spec = explainSpec(explain, entry, hashIn(models, target), alphabet);
    return {
      ...itemOf({ kind: 'explain', spec, on: { target, device } }),
      ...{ task: entry.name, model: name, seed: null },
    };
  });
}

/** Of each respondent, and of each model of text: what makes the task hold, where it is to hold up to a length. */
function fixItems({ fix, respondents }: StudySpec, entry: TaskEntry, models: ModelHashes): PlannedItem[] {
  if (fix === null) return [];
  return wantedHorizons(fix, [entry]).flatMap((wanted) => {
    const asked = respondents
      .filter((respondent) => isMended(fix, respondent, entry))
      .map((respondent) => {
        const spec = fixOfRespondent(fix, respondent, wanted);
        const means = meansOnce(respondent, entry, { all: respondents, inquiry: spec.inquiry });
        return fixItem(entry, respondent.name, { kind: 'fix', spec, on: { local: null, means } });
      });
    const here = fix.models.map(({ name, target }: ExplainedModel) => {
      const spec = fixOfModel(fix, hashIn(models, target), wanted);
      const local = { target, device: fix.device };
      return fixItem(entry, name, { kind: 'fix', spec, on: { local, means: null } });
    });
    return [...asked, ...here];
  });
}

function fixItem(entry: TaskEntry, model: string, content: Content): PlannedItem {
  return { ...itemOf(content), ...{ task: entry.name, model, seed: null } };
}

function hashIn(models: ModelHashes, target: string): string {
  const hash = models.get(target);
  if (hash === undefined) throw new Error(`the hash of ${target} is not known`);
  return hash;
}

function askItem(
  respondent: RespondentEntry,
  entry: TaskEntry,
  all: readonly RespondentEntry[],
): PlannedItem {
  const spec = inquiryFor(respondent, entry);
  const means = meansFor(respondent, entry, { all, inquiry: spec });
  return {
    ...itemOf({ kind: 'ask', spec, means }),
    ...{ task: entry.name, model: respondent.name, seed: null },
  };
}

function trainItem(spec: TrainSpec): TrainedItem {
  return itemOf({ kind: 'train', spec }) as TrainedItem;
}

function measureItem(entry: TaskEntry, training: TrainedItem, taskOptions: TaskOptions | undefined): Item {
  const { lengths, n, seed, threshold } = entry.measure;
  const spec = {
    model: training.hash,
    task: entry.task,
    taskOptions,
    lengths: lengths.map(({ value }) => value).sort((a, b) => a - b),
    n,
    seed,
    threshold,
  };
  return itemOf({ kind: 'measure', spec }, [training.hash]);
}
