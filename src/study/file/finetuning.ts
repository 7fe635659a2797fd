/** The part of a study file that says which models are fine-tuned on which tasks, and how. */
import { UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import { SAMPLES } from '../../fix/finetuned/asked.ts';
import type { Device } from '../../graph/index.ts';
import { baseFacts } from '../../train/finetune/base.node.ts';
import type { BaseFacts } from '../../train/finetune/base.ts';
import { wishedSpec } from '../../train/finetune/defaults.ts';
import { checkedSpec, finetuneFaults } from '../../train/finetune/setting.ts';
import type { FinetuneFault } from '../../train/finetune/setting.ts';
import type { FinetuneSpec } from '../../train/finetune/spec.ts';
import { modelPath } from './explaining.ts';
import type { ExplainedModel } from './explaining.ts';
import { factsOfPretrained, modelsOf, pretrainingFor } from './pretraining.ts';
import { attempted, hasKey, list, located, oneOf, record, text, wholeNumber } from './reading.ts';
import type { Located, Place, Reader } from './reading.ts';
import { MAX_INSTANCES, seeds, trainingLengths, trainKeys } from './settings.ts';
import { StudyFileError } from './study-file-error.ts';
import type { StudySpec } from './study-file.ts';
import { taskText } from './tasks.ts';
import type { TaskEntry } from './tasks.ts';
import { isTunable, isTuned, TUNABLE } from './tuned-tasks.ts';

export interface Finetuning {
  readonly place: Place;
  /** What messages call the file. */
  readonly file: string;
  /** Names of the study's tasks; null: all that can be fine-tuned. */
  readonly tasks: readonly Located<string>[] | null;
  /** Models that are not trained here. */
  readonly models: readonly Located<ExplainedModel>[];
  readonly lengths: Located<FinetuneSpec['lengths']>;
  /** What the file says of how it is trained. */
  readonly settings: Settings;
  /** Samples a length. */
  readonly n: number;
  /** null: the study's. */
  readonly seeds: Located<readonly number[]> | null;
  readonly device: Device;
}

type Method = FinetuneSpec['method']['kind'];

interface Settings {
  readonly steps?: Located<number>;
  readonly batch?: Located<number>;
  readonly queries?: Located<number>;
  readonly learningRate?: Located<number>;
  readonly curriculum?: Located<number>;
  readonly method?: Located<Method>;
  readonly rank?: Located<number>;
  readonly modules?: Located<readonly string[]>;
}

/** More on one context, or a larger rank, is a slip of the keyboard. */
const MOST = { queries: 1000, rank: 4096 };

const settingFields = {
  steps: located(trainKeys.steps),
  batch: located(trainKeys.batch),
  queries: located(wholeNumber({ min: 1, max: MOST.queries })),
  learningRate: located(trainKeys.learningRate),
  curriculum: located(trainKeys.curriculum),
  method: located(oneOf<Method>('method', ['lora', 'full'])),
  rank: located(wholeNumber({ min: 1, max: MOST.rank })),
  modules: located(
    list(text('a module', /^[\w.]{1,64}$/, 'a name such as q_proj'), { max: 100, reason: 'name each once' }),
  ),
} satisfies { [Key in keyof Settings]-?: Reader<NonNullable<Settings[Key]>> };

/** `base`: paths are relative to it. `file`: what messages call it. */
export function finetuning(base: string, file: string): Reader<Finetuning> {
  const fields = record(
    'finetune',
    {
      tasks: list(located(taskText), { max: 100, reason: 'split the study' }),
      models: list(located(modelPath(base)), { max: 100, reason: 'split the study' }),
      lengths: located(trainingLengths),
      ...settingFields,
      n: wholeNumber({ min: 1, max: MAX_INSTANCES }),
      seeds: located(seeds),
      device: oneOf<Device>('device', ['cpu', 'cuda']),
    },
    ['lengths'],
  );
  return (place) => {
    const read = fields(place);
    if (read?.lengths === undefined) return undefined;
    const { tasks = null, models = [], lengths, n = SAMPLES, seeds: own = null, device, ...settings } = read;
    const { method, rank, modules } = settings;
    if (method?.value === 'full') {
      for (const [name, said] of Object.entries({ rank, modules }))
        said?.place.fail(`'${name}' is of an adapter, and 'method: full' trains all of the model: leave one out`); // prettier-ignore
    }
    return { place, file, tasks, models, lengths, settings, n, seeds: own, device: device ?? 'cpu' };
  };
}

/** A model that is fine-tuned. */
export interface TuningBase {
  readonly facts: BaseFacts;
  /** Whether the study trains it: such a model is small, and all of it is fine-tuned where nothing else is said. */
  readonly isOurs: boolean;
}

/** What is fine-tuned of a base on one task from one seed; it is not checked. @throws UserError where the base has no symbols for it */
function wishedTuning(
  { lengths, settings }: Finetuning,
  { facts, isOurs }: TuningBase,
  entry: TaskEntry,
  seed: number,
): FinetuneSpec {
  const { steps, batch, queries, learningRate, curriculum, method, rank, modules } = settings;
  const ofAdapter = rank !== undefined || modules !== undefined;
  return wishedSpec(facts, entry.task, lengths.value, {
    ...{ steps: steps?.value, batch: batch?.value, queries: queries?.value, seed },
    ...{ learningRate: learningRate?.value, curriculum: curriculum?.value },
    kind: method?.value ?? (isOurs && !ofAdapter ? 'full' : 'lora'),
    ...{ rank: rank?.value, modules: modules?.value, options: entry.options },
  });
}

/** What is fine-tuned of a base on one task from one seed. @throws UserError for what can't be */
export function tuningFor(
  finetune: Finetuning,
  base: TuningBase,
  entry: TaskEntry,
  seed: number,
): FinetuneSpec {
  return checkedSpec(wishedTuning(finetune, base, entry, seed), base.facts);
}

/** Writes down, each at its place, what can't be fine-tuned so; of bases in files, `basesOf` says it. */
export function checkFinetuning(finetune: Finetuning, study: StudySpec): void {
  const { place, tasks, models, seeds: own } = finetune;
  checkTasks(finetune, study.tasks);
  const pretrained = modelsOf(study, 'text');
  const areUnread = hasKey(place, 'models') || (study.trains && study.models.length === 0);
  if (models.length === 0 && pretrained.length === 0 && !areUnread) {
    place.fail(
      `finetune begins with a model that is there: name files or folders (finetune: { models: [FILE.gguf] }), or pretrain a model (models: [{ name: reader, positions: ape, pretrain: text }])${study.models.length > 0 ? '; the other models that are trained here know the one task that they were trained on' : ''}`,
    );
  }
  const strange = own?.value.find((seed) => !study.seeds.includes(seed));
  if (pretrained.length > 0 && own !== null && strange !== undefined) {
    own.place.fail(
      `seed ${strange}: '${pretrained[0].name}' is pretrained from the study's seeds (${study.seeds.join(', ')}); name it among them, too`,
    );
  }
  if (tasks === null && study.tasks.length > 0 && !study.tasks.some(isTunable))
    place.fail(`none of the study's tasks can be fine-tuned: name some of ${TUNABLE.join(', ')}`);
  for (const model of pretrained) {
    // What is wrong with its training is said where that is checked.
    const facts = attempted(() =>
      factsOfPretrained(model, pretrainingFor(study, model, study.seeds[0] ?? 1)),
    );
    if ('value' in facts) checkBase(finetune, { facts: facts.value, isOurs: true }, study.tasks);
  }
}

function checkTasks({ tasks }: Finetuning, entries: readonly TaskEntry[]): void {
  for (const { value, place } of entries.length === 0 ? [] : (tasks ?? [])) {
    const entry = entries.find(({ name }) => name === value);
    if (entry === undefined)
      place.fail(unknownName('task of this study', value, entries.map(({ name }) => name))); // prettier-ignore
    else if (!isTunable(entry))
      place.fail(`no model can be fine-tuned on ${value}; take some of ${TUNABLE.join(', ')}`);
  }
}

/** Writes down what can't be fine-tuned of one base. What is the same of several tasks is said once. */
function checkBase(finetune: Finetuning, base: TuningBase, entries: readonly TaskEntry[]): void {
  const faults = entries.flatMap((entry) => faultsOfTask(finetune, base, entry));
  for (const [{ place, message, whose }, ...same] of Map.groupBy(faults, keyOf).values()) {
    const names = [...new Set([whose, ...same.map((one) => one.whose)])];
    place.fail(`fine-tuning ${names.join(', ')}: ${message}`);
  }
}

interface PlacedFault {
  readonly place: Place;
  readonly message: string;
  /** The task or the base that it is about. */
  readonly whose: string;
}

function keyOf({ place, message }: PlacedFault): string {
  return `${place.offset} ${message}`;
}

function faultsOfTask(finetune: Finetuning, base: TuningBase, entry: TaskEntry): PlacedFault[] {
  if (!isTuned(finetune, entry)) return [];
  const spec = attempted(() => wishedTuning(finetune, base, entry, 1));
  if ('fault' in spec) return [{ place: finetune.place, message: spec.fault, whose: entry.name }];
  return finetuneFaults(spec.value, base.facts)
    .filter(({ field }) => !(base.isOurs && field === 'taskOptions')) // said where it is asked about the task
    .map((fault) => placed(fault, finetune, base, entry));
}

/** A fault, where the file says what would have to change. */
function placed(
  { field, message }: FinetuneFault,
  { settings, lengths, place }: Finetuning,
  base: TuningBase,
  entry: TaskEntry,
): PlacedFault {
  if (field === 'lengths') return { place: lengths.place, message, whose: entry.name };
  if (field === 'taskOptions') return { place: entry.place, message, whose: entry.name };
  const { method, rank, modules } = settings;
  const said = field === 'method' ? (modules ?? rank ?? method) : settings[field as keyof Settings];
  return { place: said?.place ?? place, message, whose: base.facts.name };
}

/** By file or folder, the bases that a study fine-tunes and does not train. */
export type Bases = ReadonlyMap<string, BaseFacts>;

/**
 * The bases that a study fine-tunes and does not train, opened without their weights.
 * @throws StudyFileError, with its place in the file, for each that is no model, or can't be fine-tuned so
 */
export async function basesOf({ finetune, tasks }: StudySpec): Promise<Bases> {
  const bases = new Map<string, BaseFacts>();
  if (finetune === null) return bases;
  for (const { value, place } of finetune.models) {
    try {
      const facts = await baseFacts(value.target);
      bases.set(value.target, facts);
      checkBase(finetune, { facts, isOurs: false }, tasks);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      place.fail(error.message);
    }
  }
  const mistakes = finetune.place.reading.mistakes();
  if (mistakes.length > 0) throw new StudyFileError(finetune.file, mistakes);
  return bases;
}
