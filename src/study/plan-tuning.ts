/** The part of a plan that fine-tunes: one item a task, base and seed, and what explains the model that comes of it. */
import { parameterCount } from '../model/index.ts';
import type { Symbols } from '../tasks/index.ts';
import type { BaseFacts } from '../train/finetune/base.ts';
import { isExplained } from './file/explaining.ts';
import type { Explaining } from './file/explaining.ts';
import { tuningFor } from './file/finetuning.ts';
import type { Bases, Finetuning, TuningBase } from './file/finetuning.ts';
import type { StudySpec, TaskEntry } from './file/study-file.ts';
import { isTuned } from './file/tuned-tasks.ts';
import { itemOf, modelFolder, tunedFolder } from './item.ts';
import type { ExplainOn, Item, PlannedItem } from './item.ts';
import type { ExplainSpec, FinetuneItemSpec } from './rows.ts';

export type TrainedItem = Item & { readonly kind: 'train' };

/** A model that the study trains on text, from one seed. */
export interface PretrainedModel {
  readonly training: TrainedItem;
  readonly place: Pick<PlannedItem, 'task' | 'model'> & { readonly seed: number };
  /** Known before it is trained. */
  readonly facts: BaseFacts;
}

/** What there is to begin with. */
interface Beginnings {
  readonly pretrained: readonly PretrainedModel[];
  readonly bases: Bases;
  /** The SHA-256 of a file or folder. */
  readonly hashIn: (target: string) => string;
}

/** A base, as one item of the plan takes it. */
interface Beginning extends TuningBase {
  readonly name: string;
  /** What the item calls it: the hash of its training, or of its files. */
  readonly model: string;
  readonly seed: number;
  /** The file or folder of a base that is not trained here. */
  readonly target?: string;
}

/** What is fine-tuned on one task, each followed by its explanation where the task is explained. */
export function tuningItems(study: StudySpec, entry: TaskEntry, beginnings: Beginnings): PlannedItem[] {
  const { finetune, explain } = study;
  if (finetune === null || !isTuned(finetune, entry)) return [];
  return beginningsOf(finetune, study.seeds, beginnings).flatMap((beginning) => {
    const place = { task: entry.name, model: beginning.name, seed: beginning.seed };
    const tuning = tuningItem(finetune, entry, beginning);
    const explained = explain === null ? [] : explainTuned(explain, entry, { tuning, beginning });
    return [tuning, ...explained].map((item) => ({ ...item, ...place }));
  });
}

function beginningsOf(
  { models, seeds }: Finetuning,
  ofStudy: readonly number[],
  { pretrained, bases, hashIn }: Beginnings,
): Beginning[] {
  const wanted = seeds?.value ?? ofStudy;
  const ours = pretrained
    .filter(({ place }) => wanted.includes(place.seed))
    .map(({ training, place, facts }) => ({
      ...{ name: facts.name, model: training.hash, seed: place.seed, facts, isOurs: true },
    }));
  const others = models.flatMap(({ value: { name, target } }) => {
    const facts = bases.get(target);
    if (facts === undefined) throw new Error(`nothing is known of ${target}`);
    const base = { name, target, model: hashIn(target), facts, isOurs: false };
    return wanted.map((seed) => ({ ...base, seed }));
  });
  return [...ours, ...others];
}

type TuningItem = Item & { readonly kind: 'finetune' };

function tuningItem(finetune: Finetuning, entry: TaskEntry, beginning: Beginning): TuningItem {
  const { model, target, seed, facts, isOurs } = beginning;
  const spec: FinetuneItemSpec['finetune'] & { base?: string } = {
    ...tuningFor(finetune, beginning, entry, seed),
  };
  delete spec.base;
  const on = { ...(target !== undefined && { target }), parameters: parameterCount(facts.config) };
  const content = {
    kind: 'finetune',
    spec: { finetune: spec, model, n: finetune.n },
    on: { ...on, device: finetune.device },
  } as const;
  return itemOf(content, isOurs ? [model] : []) as TuningItem;
}

/** None, or the one explanation of what was fine-tuned: the base with the adapter in it, or the model that all of it became. */
function explainTuned(
  explain: Explaining,
  entry: TaskEntry,
  { tuning, beginning }: { readonly tuning: TuningItem; readonly beginning: Beginning },
): Item[] {
  if (!isExplained(explain, entry)) return [];
  const { target, model } = beginning;
  const tuned = tunedFolder(tuning.hash);
  const ofBase = target === undefined ? { folder: modelFolder(model) } : { target };
  const isAdapter = tuning.spec.finetune.method.kind === 'lora';
  const on: ExplainOn = {
    ...(isAdapter ? { ...ofBase, adapter: tuned } : { folder: tuned }),
    device: explain.device,
  };
  const spec = explainSpec(explain, entry, tuning.hash, alphabetExplained(explain, entry, beginning));
  return [itemOf({ kind: 'explain', spec, on }, [tuning.hash])];
}

/**
 * @param model as `ExplainSpec` calls it
 * @param alphabet where it isn't the symbols that a symbol model was trained with, or the lower letters
 */
export function explainSpec(
  explain: Explaining,
  entry: TaskEntry,
  model: string,
  alphabet?: Symbols,
): ExplainSpec {
  const { length, n, only, ablation, draws, seed } = explain;
  const spec = { model, task: entry.task, length: length.value, n, seed, only, ablation, draws };
  return { ...spec, ...(alphabet && { alphabet }) };
}

/** The symbols that a base is explained with before and after it is fine-tuned: the same, though its fine-tuning may know few of them. */
export function alphabetExplained(
  explain: Explaining,
  entry: TaskEntry,
  { isOurs }: TuningBase,
): Symbols | undefined {
  const ofTask = entry.options.alphabet;
  return isOurs ? ofTask : (explain.alphabet ?? ofTask);
}
