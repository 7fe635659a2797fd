/** The command that asks the same again, from the options that a run has noted. */
import { flagOf } from '../../common/flag.ts';
import type { Json } from '../../common/json.ts';
import { shellWord } from '../../common/shell-word.ts';
import type { Run } from './rows.ts';

/** Options that change neither what is asked nor where it is kept, and what a study calls whom it asks. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['json', 'preview', 'progress', 'junit', 'atLeast', 'rescore'],
  'respondent',
]);

/** Options of a search: refused where lengths are given. */
const OF_A_SEARCH: ReadonlySet<string> = new Set(['maxLength', 'drawnLengths']);

/** For a shell. Values of headers are not known here: `…` stands for them. */
export function commandText({ options, api }: Pick<Run, 'options' | 'api'>): string {
  const { target = null, endpoint = null, outputs = null, model = null, task = null, ...others } = options;
  const { out = null, ...asking } = others;
  const words = [
    ...(target === null ? [] : [shellWord(plainText(target))]),
    ...Object.entries({ endpoint, outputs, model, task, ...asking, api, out }).flatMap(([name, value]) =>
      LEFT_OUT.has(name) || (OF_A_SEARCH.has(name) && others.lengths != null) ? [] : optionWords(name, value),
    ),
  ];
  return ['lengthwise measure', ...words].join(' ');
}

function optionWords(name: string, value: Json): string[] {
  const flag = flagOf(name);
  if (value === null) return [];
  if (value === true) return name === 'separator' ? [] : [flag];
  if (value === false) return [`--no-${flag.slice(2)}`];
  if (name === 'header') return list(value).map((header) => `${flag} ${shellWord(`${header}: …`)}`);
  if (name === 'outputs') return [[flag, ...list(value).map(shellWord)].join(' ')];
  return [`${flag} ${shellWord(plainText(value))}`];
}

/**
 * As the command line takes it: lists with commas, ranges and parts of the source with a hyphen, a range of one number as that number.
 * Stores sort the names of fields, so that a range's ends are told by their size.
 */
export function plainText(value: Json): string {
  if (Array.isArray(value)) return value.map(plainText).join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  const ends = Object.values(value).toSorted((a, b) => Number(a) - Number(b));
  return [...new Set(ends)].map(plainText).join('-');
}

function list(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).map(plainText);
}

/** The commands of several runs, each once, in the order in which they were given first. */
export function commandsOf(runs: readonly Pick<Run, 'options' | 'api'>[]): string[] {
  return [...new Set(runs.map(commandText))];
}
