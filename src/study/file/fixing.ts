/** The part of a study file that says what is to hold, up to what length, and what may make it hold. */
import path from 'node:path';
import { isTextModel } from '../../common/text-folder.node.ts';
import { unknownName } from '../../common/nearest.ts';
import { fewestFor, FRESH_SAMPLES, namesFor, whyNot } from '../../fix/fewest.ts';
import { mitigationNames } from '../../fix/mitigations/table.ts';
import type { FixSpec } from '../../fix/spec.ts';
import type { Device } from '../../graph/index.ts';
import type { Inquiry, PromptedInquiry } from '../../measure/plan/inquiry.ts';
import { settings } from '../../measure/plan/settings.ts';
import { inquiryTask } from '../../measure/targets/inquiry.node.ts';
import { presentNames } from '../../prompt/defaults.ts';
import { fixSpecOf, plainSpecOf } from '../fix-spec.ts';
import type { FixItemSpec } from '../rows.ts';
import { modelPath } from './explaining.ts';
import type { ExplainedModel } from './explaining.ts';
import { inquiryOnce, isAskedAbout } from './inquiring.ts';
import { attempt, entriesOf, list, located, oneOf, record, truth, wholeNumber } from './reading.ts';
import type { Located, Place, Reader } from './reading.ts';
import { demonstrationLength, promptNames, promptsOf } from './respondents.ts';
import type { RespondentEntry } from './respondents.ts';
import { MAX_LENGTH } from './settings.ts';
import type { TaskEntry } from './tasks.ts';

export interface Fixing {
  readonly place: Place;
  /** The length up to which a task is to hold: of each that is named, or of all. */
  readonly atLeast: Located<number> | ReadonlyMap<string, Located<number>>;
  /** Names of mitigations; null: all that a task has. */
  readonly only: Located<readonly Located<string>[]> | null;
  /** Fresh samples a length, at most. */
  readonly n: Located<number>;
  /** Names and files of prompts; null: a respondent's own, and the usual one of a model in a file. */
  readonly prompts: Located<readonly string[]> | null;
  readonly api: Inquiry['api'];
  readonly rendering: Inquiry['rendering'];
  /** Names of respondents; null: all. */
  readonly respondents: readonly Located<string>[] | null;
  /** Models of text in files and folders. */
  readonly models: readonly ExplainedModel[];
  readonly device: Device;
}

const MAX_SAMPLES = 10_000;

/** `base`: paths are relative to it. */
export function fixing(base: string): Reader<Fixing> {
  const fields = record(
    'fix',
    {
      'at-least': horizons,
      only: located(
        list(located(oneOf('mitigation', mitigationNames)), {
          max: mitigationNames.length,
          reason: 'name each once',
        }),
      ),
      n: located(wholeNumber({ min: 1, max: MAX_SAMPLES })),
      prompt: located(promptNames),
      api: oneOf<'completions' | 'chat'>('api', ['completions', 'chat']),
      shots: wholeNumber({ min: 0, max: settings.shots.most }),
      'demonstration-length': demonstrationLength,
      separator: truth(),
      respondents: list(located(respondentName), { max: 100, reason: 'leave it away to ask all' }),
      models: list(textModel(base), { max: 100, reason: 'split the study' }),
      device: oneOf<Device>('device', ['cpu', 'cuda']),
    },
    ['at-least'],
  );
  return (place) => {
    const read = fields(place);
    if (read?.['at-least'] === undefined) return undefined;
    const { shots, separator, prompt, 'demonstration-length': demonstrated } = read;
    return {
      place,
      atLeast: read['at-least'],
      only: read.only ?? null,
      n: read.n ?? { value: FRESH_SAMPLES, place },
      prompts: prompt === undefined ? null : { value: promptsOf(prompt, base), place: prompt.place },
      api: read.api ?? null,
      rendering: {
        ...(separator === undefined ? {} : { separator }),
        ...(shots === undefined ? {} : { shots }),
        ...(demonstrated === undefined ? {} : { demonstrationLength: demonstrated }),
      },
      respondents: read.respondents ?? null,
      models: read.models ?? [],
      device: read.device ?? 'cpu',
    };
  };
}

/** `20` for all tasks, or `{ UB: 60, UL: 20 }`. */
function horizons(place: Place): Fixing['atLeast'] | undefined {
  const horizon = wholeNumber({ min: 1, max: MAX_LENGTH });
  if (place.scalar() !== undefined) return located(horizon)(place);
  const entries = entriesOf(place)?.flatMap(({ key, place: at }) => {
    const value = horizon(at);
    return value === undefined ? [] : [[key, { value, place: at }] as const];
  });
  return entries && new Map(entries);
}

function respondentName(place: Place): string | undefined {
  const value = place.scalar();
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : place.fail(`'${place.name}' is the name of a respondent, not ${place.shown()}`);
}

/** A model that reads text. One that reads symbols can't be asked in another way. */
function textModel(base: string): Reader<ExplainedModel> {
  return (place) => {
    const model = modelPath(base)(place);
    if (model === undefined || isTextModel(model.target)) return model;
    return place.fail(
      `${String(place.scalar())} reads symbols and knows the one task that it was trained on: fix asks models that read text, in a GGUF file or a Hugging Face folder`,
    );
  };
}

/** A task of the study that is to hold up to a length. */
export interface WantedHorizon {
  readonly entry: TaskEntry;
  readonly length: Located<number>;
}

export function wantedHorizons({ atLeast }: Fixing, entries: readonly TaskEntry[]): WantedHorizon[] {
  return entries.flatMap((entry) => {
    const length = 'value' in atLeast ? atLeast : atLeast.get(entry.name);
    return length === undefined ? [] : [{ entry, length }];
  });
}

/** Whether a respondent is asked about a task to find what makes it hold. */
export function isMended({ respondents }: Fixing, respondent: RespondentEntry, entry: TaskEntry): boolean {
  const isNamed = respondents === null || respondents.some(({ value }) => value === respondent.name);
  return isNamed && isAskedAbout(respondent, entry);
}

/** Of a respondent: what determines what is found. */
export function fixOfRespondent(
  { n, prompts, api, rendering, only }: Fixing,
  respondent: RespondentEntry,
  { entry, length }: WantedHorizon,
): FixItemSpec & { readonly model: null } {
  const once = { length, n: n.value, prompts: prompts?.value ?? null, api, rendering };
  const spec = { model: null, inquiry: inquiryOnce(respondent, entry, once), only: null } as const;
  return { ...spec, only: onlyFor(spec, only, respondent.material) };
}

/**
 * Of a model of text.
 * @param model the SHA-256 of its files
 */
export function fixOfModel(
  { n, prompts, api, rendering, only }: Fixing,
  model: string,
  { entry, length }: WantedHorizon,
): FixItemSpec & { readonly model: string } {
  const { seed, threshold } = entry.measure;
  const wishes = { options: entry.options, material: {}, prompts: prompts?.value ?? null, lenient: true };
  const inquiry: PromptedInquiry = {
    ...{ api, seed, threshold, n: n.value, lengths: [length.value] },
    tasks: [inquiryTask(entry.asks, wishes)],
    rendering: { separator: true, ...rendering },
    ...{ strict: true, maxLength: null, repeats: 1 },
  };
  const spec = { model, inquiry, only: null } as const;
  return { ...spec, only: onlyFor(spec, only, {}) };
}

/** Of the names that are wanted, those that the task has so, in the order of the file; null: all that it has. */
function onlyFor(
  spec: FixItemSpec,
  only: Fixing['only'],
  material: RespondentEntry['material'],
): readonly string[] | null {
  if (only === null) return null;
  const own = namesFor(specOf(spec, material));
  return [...new Set(only.value.map(({ value }) => value))].filter((name) => own.includes(name));
}

function specOf(spec: FixItemSpec, material: RespondentEntry['material']): FixSpec {
  return fixSpecOf(spec, plainSpecOf(spec, material), '');
}

/** What is tried of whom, for the checks. */
interface Trial {
  readonly who: string;
  readonly wanted: WantedHorizon;
  readonly spec: FixSpec;
}

/** Writes down, each at its place, what can't be tried so. */
export function checkFixing(
  fixed: Fixing,
  entries: readonly TaskEntry[],
  { respondents, trained }: { respondents: readonly RespondentEntry[]; trained: readonly string[] },
): void {
  checkNames(fixed, entries, { respondents, trained });
  if (respondents.length === 0 && fixed.models.length === 0) {
    fixed.place.fail(
      `fix asks a model in other ways, so it needs one that reads prompts: name 'respondents', or text models (fix: { models: [FILE.gguf] })${trained.length > 0 ? '; the models trained here know the one task that they were trained on' : ''}`,
    );
  }
  const trials = wantedHorizons(fixed, entries).flatMap((wanted) => trialsOf(fixed, wanted, respondents));
  checkOnly(fixed, trials);
  checkPrompts(fixed, trials);
  const fault = trials.map(({ spec }) => fewestFor(spec)).find((text) => text !== null);
  if (fault !== undefined) fixed.n.place.fail(`'n': ${fault}`);
}

/** Names of tasks and of respondents that there are not, or that can't be asked. */
function checkNames(
  { atLeast, respondents: named }: Fixing,
  entries: readonly TaskEntry[],
  { respondents, trained }: { respondents: readonly RespondentEntry[]; trained: readonly string[] },
): void {
  const tasks = entries.map(({ name }) => name);
  for (const [name, { place }] of 'value' in atLeast ? [] : atLeast)
    if (tasks.length > 0 && !tasks.includes(name)) place.fail(unknownName('task of this study', name, tasks));
  const names = respondents.map(({ name }) => name);
  for (const { value, place } of named ?? []) {
    if (names.includes(value)) continue;
    place.fail(
      trained.includes(value)
        ? `${value} is trained here and knows the one task that it was trained on: fix asks respondents, and models that read text`
        : unknownName('respondent', value, names),
    );
  }
}

/** What is tried for one task; what can't be is written down. */
function trialsOf(fixed: Fixing, wanted: WantedHorizon, respondents: readonly RespondentEntry[]): Trial[] {
  const { entry, length } = wanted;
  const trials: Trial[] = [];
  const tryOne = (who: string, place: Place, specBy: () => FixSpec): void => {
    attempt(place, () => {
      const spec = specBy();
      const { min, max } = spec.plain.task.admits();
      const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
      if (length.value >= min && length.value <= max) trials.push({ who, wanted, spec });
      else length.place.fail(`${entry.name} admits ${range}, not ${length.value}`);
    });
  };
  const asked = respondents.filter((one) => isMended(fixed, one, entry));
  for (const one of asked)
    tryOne(one.name, fixed.prompts?.place ?? one.promptPlace, () =>
      specOf(fixOfRespondent(fixed, one, wanted), one.material),
    );
  for (const { name } of fixed.models)
    tryOne(name, fixed.prompts?.place ?? length.place, () => specOf(fixOfModel(fixed, '', wanted), {}));
  const names = respondents.map(({ name }) => name);
  const areThere = fixed.respondents?.every(({ value }) => names.includes(value)) ?? true;
  if (
    areThere &&
    asked.length === 0 &&
    fixed.models.length === 0 &&
    respondents.length > 0 &&
    !('value' in fixed.atLeast)
  )
    length.place.fail(
      `nobody is asked about ${entry.name}: of the respondents that fix asks, none has it among its 'tasks'`,
    );
  return trials;
}

/** Mitigations that no task has, and tasks that have none of those that are wanted. */
function checkOnly({ only }: Fixing, trials: readonly Trial[]): void {
  if (only === null || trials.length === 0) return;
  const all = trials.map(({ spec }) => ({ ...spec, only: null }));
  const unused = only.value.filter(({ value }) => all.every((spec) => !namesFor(spec).includes(value)));
  for (const { value, place } of unused) place.fail(whyNot(all[0], value));
  if (unused.length === only.value.length) return;
  for (const { who, wanted, spec } of trials)
    if (spec.only?.length === 0)
      only.place.fail(
        `${wanted.entry.name}, asked of ${who}, has none of these: add one of ${namesFor(spec).join(', ')}, or leave ${wanted.entry.name} out of 'at-least'`,
      );
}

/** Prompts that no task can be asked with. */
function checkPrompts({ prompts }: Fixing, trials: readonly Trial[]): void {
  if (prompts === null || trials.length === 0) return;
  const used = new Set(
    trials.flatMap(({ spec }) =>
      (['completions', 'chat'] as const).map((api) => spec.plain.promptFor(api).name),
    ),
  );
  for (const name of prompts.value) {
    const present = presentNames(path.parse(name).name);
    if (!present.some((one) => used.has(one)))
      prompts.place.fail(`the prompt '${name}' is for none of the tasks that fix asks about`);
  }
}
