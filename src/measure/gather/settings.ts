/** The options that a task was asked with, as far as they decide its samples or the answers, from what a run noted. */
import { alphabetName, alphabetNamed, isDefaultAlphabet } from '../../tasks/index.ts';
import type { Symbols } from '../../tasks/index.ts';
import { canonicalJson, isRecord } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { tellingOptions } from '../../prompt/as-sent.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import { askableNamed, MATERIAL_SHAPES } from '../../prompt/askable.ts';
import type { MaterialFiles } from '../../prompt/askable.ts';
import { DEFAULT, ENDPOINT_SETTINGS, PROMPT_SETTINGS, SAMPLE_SETTINGS } from '../../score/tables/settings.ts';
import type { Setting, Settings } from '../../score/tables/settings.ts';
import { plainText } from '../store/command-text.ts';
import type { AskedTask, RespondentRows, Run } from '../store/rows.ts';

/** An alphabet of more symbols is told by its first ones and its size. */
const MOST_SYMBOLS = 6;

/** A value is told in a part of a line. */
const LONGEST_VALUE = 80;

/** Those of a task, by the options of the run that asked it. */
export function settingsOf(
  asked: AskedTask,
  options: Run['options'],
  respondent: RespondentRows['respondent'],
): Settings {
  const isPrompted = respondent.kind === 'endpoint' || respondent.kind === 'text-model';
  const { extra = null } = respondent;
  const rendering = tellingOptions(asked.prompt, asked.rendering as RenderOptions, asked.operation);
  const body = isRecord(extra) && Object.keys(extra).length > 0 ? canonicalJson(extra) : DEFAULT;
  return {
    ...ownSettings(asked),
    ...picked(telling(options, isPrompted), [
      ...SAMPLE_SETTINGS.filter((name) => isUsed(name, asked)),
      'seed',
      'repeat',
    ]),
    ...(isPrompted ? picked({ separator: true, ...rendering }, PROMPT_SETTINGS) : {}),
    ...(respondent.kind === 'text-model'
      ? picked({ decide: 'generation', ...respondent }, ['api', 'decide'])
      : {}),
    ...(respondent.kind === 'endpoint' ? { ...picked(respondent, ENDPOINT_SETTINGS), body } : {}),
  };
}

/** What is known of a task beside options: of one of the user's own what it is (of items the number and a hash), of a recording the seed that its rows tell. */
export function ownSettings({ task, operation, items, told }: AskedTask): Settings {
  return {
    ...(task === operation ? {} : { operation, ...(items === undefined ? {} : { items }) }),
    ...(typeof told?.seed === 'number' ? { seed: told.seed } : {}),
  };
}

function picked(from: Readonly<Record<string, Json>>, names: readonly string[]): Settings {
  return Object.fromEntries(names.map((name) => [name, valueOf(from[name] ?? DEFAULT)]));
}

/** Options that decide samples, those that say what holds without them as if they were not given; an alphabet that has a name by it. */
function telling(options: Run['options'], isPrompted: boolean): Run['options'] {
  const { alphabet, where, occurrences } = options;
  const exactly = isRecord(occurrences) && occurrences.min === occurrences.max ? occurrences.min : null;
  return {
    ...options,
    ...(exactly === null ? {} : { occurrences: exactly }),
    ...(where === 'anywhere' ? { where: DEFAULT } : {}),
    ...(alphabet === undefined ? {} : { alphabet: alphabetSetting(alphabet, isPrompted) }),
  };
}

/** A model trained here has an alphabet of its own. What stood in a file (`file:…`) was not noted. */
function alphabetSetting(given: Json, isPrompted: boolean): Json {
  const symbols = symbolsOf(given);
  if (symbols === null) return given;
  return isPrompted && isDefaultAlphabet(symbols) ? DEFAULT : (alphabetName(symbols) ?? given);
}

function symbolsOf(given: Json): Symbols | null {
  if (Array.isArray(given)) return given as Symbols;
  if (typeof given !== 'string' || given.startsWith('file:')) return null;
  try {
    return alphabetNamed(given);
  } catch {
    return null; // another version had an alphabet of that name
  }
}

/** Whether the samples of a task depend on an option: those of a task of the user's own, which has its items, on the place alone. */
function isUsed(name: string, { task, askedAs = task, operation }: AskedTask): boolean {
  const { uses, shape } = askableNamed(operation);
  if (name in MATERIAL_SHAPES) return MATERIAL_SHAPES[name as keyof MaterialFiles] === shape;
  return uses.some((option) => option === name) && (askedAs === operation || name === 'place');
}

/** As the command line takes it, but for what is long. */
function valueOf(value: Json): Setting {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text =
    Array.isArray(value) && value.length > MOST_SYMBOLS
      ? `${plainText(value.slice(0, MOST_SYMBOLS / 2))},… (${value.length} symbols)`
      : plainText(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
