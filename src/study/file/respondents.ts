/**
 * The respondents of a study file: models behind OpenAI-compatible addresses, in the words of `lengthwise measure
 * --endpoint`. No secret may stand in the file, because its text is stored and shown in the report.
 */
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Material } from '../../tasks/people/index.ts';
import { readBudget, readPrices, type Limits, type Prices } from '../../respond/endpoint/pace/budget.ts';
import { endpointUrl } from '../../respond/endpoint/transport/secrets.ts';
import { settings } from '../../measure/plan/settings.ts';
import type { MaterialFiles, Shape } from '../../prompt/askable.ts';
import { materialOf } from '../../measure/targets/inquiry.node.ts';
import type { Inquiry, InquiryApi } from '../../measure/plan/inquiry.ts';
import { allPromptNames, isPromptFile } from '../../prompt/files.node.ts';
import {
  attempt,
  entriesOf,
  itemsOf,
  located,
  oneOf,
  positiveNumber,
  record,
  text,
  truth,
  wholeNumber,
  type Located,
  type Place,
  type Reader,
} from './reading.ts';
import { jsonValue } from './json-value.ts';
import { tasksAsked, variants, type Variant } from './variants.ts';
import { lengthsOrSearch, MAX_LENGTH, measureFields } from './settings.ts';

/** A model behind an address, as the file has it. What it doesn't say of measuring comes from the task. */
export interface RespondentEntry {
  readonly name: string;
  readonly endpoint: string;
  readonly model: string;
  readonly api: InquiryApi | null;
  /** Names and files of prompts; null: the usual one. */
  readonly prompts: readonly string[] | null;
  readonly promptPlace: Place;
  /** The names of the study's tasks that it is asked about; null: all. */
  readonly tasks: Located<readonly string[]> | null;
  readonly rendering: Inquiry['rendering'];
  readonly decide: Inquiry['decide'];
  readonly repeats: number;
  readonly temperature: number;
  readonly body: Readonly<Record<string, Json>>;
  /** [] is a search; undefined: the task's. */
  readonly lengths: readonly Located<number>[] | undefined;
  readonly n: number | undefined;
  readonly maxLength: Located<number> | undefined;
  readonly seed: number | undefined;
  readonly threshold: number | undefined;
  readonly material: Partial<Record<Shape, Material>>;
  readonly files: MaterialFiles;
  readonly headers: readonly string[];
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly limits: Limits;
  readonly prices: Prices | null;
  readonly place: Place;
}

const ANYTHING = /^[^\p{Cc}]{1,300}$/u;

const fields = {
  name: text('the name of a respondent', ANYTHING, 'a text of one line'),
  endpoint: located(text('the endpoint', ANYTHING, 'an address such as http://127.0.0.1:8000/v1')),
  model: text('the model', ANYTHING, 'its name at that address'),
  api: oneOf<InquiryApi>('api', ['completions', 'chat']),
  prompt: located(promptNames),
  each: located(variants({ demonstrationLength, promptName })),
  tasks: tasksAsked,
  shots: wholeNumber({ min: 0, max: settings.shots.most }),
  'demonstration-length': demonstrationLength,
  separator: truth(),
  decide: located(oneOf<Inquiry['decide']>('way to decide', ['generation', 'likelihood'])),
  repeat: wholeNumber({ min: 1, max: settings.repeats.most }),
  temperature: positiveNumber({ max: settings.temperature.most, orZero: true }),
  body: bodyFields,
  headers,
  price: prices,
  budget: located(budget),
  concurrency: wholeNumber({ min: 1, max: settings.concurrency.most }),
  timeout: positiveNumber({ max: settings.seconds.most }),
  'max-retries': wholeNumber({ min: 0, max: settings.retries.most }),
  ...measureFields,
  lengths: lengthsOrSearch,
  'max-length': located(wholeNumber({ min: 1, max: MAX_LENGTH })),
  git: located(file),
  text: located(file),
  csv: located(file),
};

const mapping = record('a respondent', fields, ['endpoint', 'model']);

/** Reads one respondent, which is several where it is asked in several ways; paths in it are relative to `base`. */
export function respondentEntry(base: string): Reader<RespondentEntry[]> {
  return (place) => {
    const read = mapping(place);
    if (read === undefined) return undefined;
    const {
      endpoint,
      model,
      name = model,
      prompt,
      each,
      decide,
      budget,
      temperature = settings.temperature.usual,
    } = read;
    if (endpoint !== undefined) attempt(endpoint.place, () => void endpointUrl(endpoint.value, "'endpoint'"));
    if (decide?.value === 'likelihood' && temperature > 0)
      decide.place.fail(`'decide: likelihood' tells what is said at temperature 0, not ${temperature}`);
    if (budget?.value.money !== undefined && read.price === undefined)
      budget.place.fail("a budget in money needs 'price': what a million tokens cost, such as 0.15,0.6");
    if (endpoint === undefined || model === undefined || name === undefined) return undefined;
    if (prompt !== undefined && each?.value.some((way) => way.prompt !== null))
      each.place.fail("'prompt' and 'each.prompt' say two things: leave one of them away");
    const entry: RespondentEntry = {
      ...{ name, endpoint: endpoint.value.replace(/\/+$/, ''), model, temperature, place },
      api: read.api ?? null,
      prompts: prompt === undefined ? null : promptsOf(prompt, base),
      promptPlace: prompt?.place ?? each?.place ?? place,
      tasks: read.tasks ?? null,
      rendering: renderingOf(read.shots, read['demonstration-length'], read.separator),
      decide: decide?.value ?? 'generation',
      repeats: read.repeat ?? settings.repeats.usual,
      body: read.body ?? {},
      ...{ lengths: read.lengths, n: read.n, seed: read.seed, threshold: read.threshold },
      maxLength: read['max-length'],
      ...materialRead({ git: read.git, text: read.text, csv: read.csv }, base),
      headers: read.headers ?? [],
      concurrency: read.concurrency ?? settings.concurrency.usual,
      timeoutMs: (read.timeout ?? settings.seconds.usual) * 1000,
      maxRetries: read['max-retries'] ?? settings.retries.usual,
      limits: budget?.value ?? {},
      prices: read.price ?? null,
    };
    return each === undefined ? [entry] : each.value.map((way) => asked(entry, way, each.place, base));
  };
}

/** The respondent as it is asked in one of its ways. */
function asked(entry: RespondentEntry, way: Variant, place: Place, base: string): RespondentEntry {
  return {
    ...entry,
    name: `${entry.name} (${way.words})`,
    prompts: way.prompt === null ? entry.prompts : promptsOf({ value: [way.prompt], place }, base),
    rendering: { ...entry.rendering, ...way.rendering },
  };
}

function promptName(place: Place): string | undefined {
  const value = place.scalar();
  return typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : place.fail(`'${place.name}' is the name or the file of a prompt, not ${place.shown()}`);
}

/** `paper`, `simple-rule,obey`, or a list. */
export function promptNames(place: Place): string[] | undefined {
  const value = place.scalar();
  const found =
    typeof value === 'string' ? value.split(',') : itemsOf(place).map((item) => String(item.scalar()));
  const trimmed = found.map((name) => name.trim()).filter((name) => name !== '');
  return trimmed.length > 0
    ? trimmed
    : place.fail(`'prompt' is a name, or several (docs/prompts.md), not ${place.shown()}`);
}

/** Names of prompts, and files relative to `base`. */
export function promptsOf({ value, place }: Located<string[]>, base: string): string[] {
  const known = allPromptNames();
  return value.flatMap((name) => {
    if (isPromptFile(name)) return [path.join(base, name)];
    if (known.includes(name)) return [name];
    return place.fail(unknownName('prompt', name, known)) ?? [];
  });
}

export function demonstrationLength(place: Place): number | 'same' | undefined {
  return place.scalar() === 'same' ? 'same' : wholeNumber({ min: 1, max: MAX_LENGTH })(place);
}

function renderingOf(
  shots: number | undefined,
  demonstrationLength: number | 'same' | undefined,
  separator = true,
): Inquiry['rendering'] {
  return {
    separator,
    ...(shots === undefined ? {} : { shots }),
    ...(demonstrationLength === undefined ? {} : { demonstrationLength }),
  };
}

/** `Name: env:VARIABLE` for each. What else stands there may be a secret, and is not repeated. */
function headers(place: Place): string[] | undefined {
  return entriesOf(place)?.flatMap(({ key, place: value }) => {
    const written = value.scalar();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(key))
      return value.fail(`'${key}' can't be the name of a header`) ?? [];
    if (typeof written === 'string' && /^env:\w+$/.test(written)) return [`${key}: ${written}`];
    return (
      value.fail(
        `the header '${key}' is given as env:VARIABLE, the name of a variable: the file is stored and shown in the report, so no secret may stand in it`,
      ) ?? []
    );
  });
}

function bodyFields(place: Place): Readonly<Record<string, Json>> | undefined {
  const read = jsonValue(place);
  if (read === undefined) return undefined;
  if (typeof read === 'object' && read !== null && !Array.isArray(read))
    return read as Readonly<Record<string, Json>>;
  return place.fail(`'body' is a mapping of further fields of every request, such as { top_k: 1 }`);
}

/** `0.15,0.6`, or a list of the two. */
function prices(place: Place): Prices | undefined {
  return readWith(place, (written) => readPrices(written, "'price'"));
}

/** `500requests`, `2e6tokens`, `5usd`, or several. */
function budget(place: Place): Limits | undefined {
  return readWith(place, (written) => readBudget(written, "'budget'"));
}

function readWith<T>(place: Place, read: (written: string) => T): T | undefined {
  const value = place.scalar();
  const written = value ?? itemsOf(place).map((item) => String(item.scalar()));
  try {
    return read(String(written));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return place.fail(messageOf(error));
  }
}

function file(place: Place): string | undefined {
  const value = place.scalar();
  return typeof value === 'string' && value.trim() !== ''
    ? value
    : place.fail(`'${place.name}' is a path, not ${place.shown()}`);
}

type FilesRead = Readonly<Record<keyof MaterialFiles, Located<string> | undefined>>;

/** The lines themselves, and where they are read from again when they are asked about. */
function materialRead(read: FilesRead, base: string): Pick<RespondentEntry, 'material' | 'files'> {
  let material = {};
  let files: MaterialFiles = {};
  for (const [kind, found] of Object.entries(read)) {
    if (found === undefined) continue;
    const one = { [kind]: path.resolve(base, found.value) };
    attempt(found.place, () => (material = { ...material, ...materialOf(one) }));
    files = { ...files, ...one };
  }
  return { material, files };
}
