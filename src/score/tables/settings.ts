/** The options that a task was asked with, where two measurements of one model differ in them: in words. */
import { flagOf } from '../../common/flag.ts';

/**
 * The options that decide which samples a task is asked about and what is answered, by name: `default` where nothing was given, absent
 * where the task has no use for it. Long ones are told in short.
 */
export type Settings = Readonly<Record<string, Setting>>;

export type Setting = string | number | boolean;

export const DEFAULT = 'default';

/** Those that decide which samples there are, beside the seed. */
export const SAMPLE_SETTINGS = ['alphabet', 'occurrences', 'where', 'pool', 'place', 'git', 'text', 'csv'];

/** What a task of the user's own is, as its file says: no options. */
export const OWN_SETTINGS = ['operation', 'items'];

/** Those that decide what an endpoint is sent. */
export const PROMPT_SETTINGS = ['shots', 'demonstrationLength', 'separator'];

/** Those that an endpoint's identity has. */
export const ENDPOINT_SETTINGS = ['api', 'temperature', 'decide', 'thinkTokens'];

/** In the order in which they are told. */
const ALL = [
  ...OWN_SETTINGS,
  ...SAMPLE_SETTINGS,
  'seed',
  ...PROMPT_SETTINGS,
  ...ENDPOINT_SETTINGS,
  'body',
  'repeat',
];

/** The names of the options by which settings differ. Of those that are undefined nothing is known. */
export function differingSettings(all: readonly (Settings | undefined)[]): string[] {
  return ALL.filter((name) => new Set(valuesOf(all, name)).size > 1);
}

function valuesOf(all: readonly (Settings | undefined)[], name: string): Setting[] {
  return all.flatMap((settings) => (settings !== undefined && name in settings ? [settings[name]] : []));
}

/** Of names of options those that decide which samples there are: `--place`, `--seed`. */
export function sampleOptions(names: readonly string[]): string[] {
  return names.filter((name) => SAMPLE_SETTINGS.includes(name) || name === 'seed').map(flagOf);
}

/** `--place`; `items`, which no option gives. */
export function settingName(name: string): string {
  return OWN_SETTINGS.includes(name) ? name : flagOf(name);
}

/** Whether tasks of one name have other rules, and so are two tasks. Of those that are undefined nothing is known. */
export function areOtherTasks(a: Settings | undefined, b: Settings | undefined): boolean {
  return differingSettings([a, b]).includes('operation');
}

/** `--place (default and stratified)`. */
export function settingNote(name: string, all: readonly (Settings | undefined)[]): string {
  return `${settingName(name)} (${[...new Set(valuesOf(all, name))].join(' and ')})`;
}

/** How somebody was asked, in every shape in which that is handed on. */
export interface AskedWith {
  /** Names of prompts by task. */
  readonly prompts: Readonly<Record<string, string>>;
  /** By task, the hash of what the prompt sends, with the options that change it; absent where it is not known. */
  readonly texts?: Readonly<Record<string, string>>;
  /** By task; absent where nothing is known. */
  readonly settings?: Readonly<Record<string, Settings>>;
}

/** The options in which each differs from the others, in words: `default alphabet`, `alphabet lower`; '' where there is none. */
export function optionTexts(all: readonly Pick<AskedWith, 'settings'>[]): string[] {
  const each = all.map(({ settings = {} }) => settingTexts(tellingSettings(settings, all)));
  const differing = ALL.filter((name) => new Set(each.flatMap((texts) => texts.get(name) ?? [])).size > 1);
  return each.map((texts) => differing.flatMap((name) => texts.get(name) ?? []).join(', '));
}

/** What tasks of the user's own are tells nothing apart where all that were asked a task were asked the same one. */
function tellingSettings(
  settings: Readonly<Record<string, Settings>>,
  all: readonly Pick<AskedWith, 'settings'>[],
): Readonly<Record<string, Settings>> {
  const telling = Object.entries(settings).map(([task, own]) => {
    const differing = differingSettings(all.map((one) => one.settings?.[task]));
    const kept = Object.entries(own).filter(
      ([name]) => !OWN_SETTINGS.includes(name) || differing.includes(name),
    );
    return [task, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(telling);
}

/** By the option, over all tasks. Of an option that no task has a use for, nothing. */
function settingTexts(settings: Readonly<Record<string, Settings>>): ReadonlyMap<string, string> {
  const texts = ALL.map((name) => {
    const values = [...new Set(valuesOf(Object.values(settings), name))];
    return [name, values.map((value) => settingText(name, value)).join(' and ')] as const;
  });
  return new Map(texts.filter(([, text]) => text !== ''));
}

function settingText(name: string, value: Setting): string {
  const words = settingName(name).replace(/^--/, '').replaceAll('-', ' ');
  return value === DEFAULT ? `${DEFAULT} ${words}` : `${words} ${value}`;
}
