/** The prompts that come with lengthwise, and files of the user's own. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileFault, UserError } from '../common/errors.ts';
import { readRegularFile } from '../common/read-text.node.ts';
import { unknownName } from '../common/nearest.ts';
import type { Shape } from './askable.ts';
import { autoPrompts, defaultPrompt, oldNames, presentName } from './defaults.ts';
import { isFor, readTemplate } from './template.ts';
import type { PromptApi, PromptTemplate } from './template.ts';

const DATA = path.join(import.meta.dirname, 'data');

/** A prompt of a hundred demonstrations written out takes some ten thousand: more is another kind of file. */
const MOST_BYTES = 4_000_000;

/** The names of the prompts for a shape of tasks. */
export function promptNames(shape: Shape): string[] {
  return readdirSync(path.join(DATA, shape))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.basename(file, '.yaml'))
    .sort();
}

/**
 * The prompt for a shape among the given ones: names, or paths of files (which are for every shape). The first that is for
 * this way to ask, else the first that there is: who names one prompt gets it. The usual one where none of the names is
 * one of this shape's and `lenient`.
 * @throws UserError for a name that no shape has, `lenient` or not; for names of other shapes, unless `lenient`
 */
export function promptFor(
  shape: Shape,
  names: readonly string[],
  lenient: boolean,
  api: PromptApi = 'completions',
): PromptTemplate {
  const known = promptNames(shape);
  checkKnown(names, known);
  const found = names.flatMap((name) => {
    if (isPromptFile(name)) return [readFile(name)];
    const present = presentName(shape, name);
    return known.includes(present) ? [builtIn(shape, present)] : [];
  });
  const [first] = found;
  if (found.length > 0) return found.find((template) => isFor(template, api)) ?? first;
  if (lenient) return usualPrompt(shape, api);
  throw new UserError(noPromptOf(shape, names, known));
}

/** The prompt that is asked where the user names none. */
export function usualPrompt(shape: Shape, api: PromptApi): PromptTemplate {
  return builtIn(shape, defaultPrompt(shape, api));
}

/** What `--prompt auto` chooses from, the cheapest first. */
export function candidatePrompts(shape: Shape, api: PromptApi): PromptTemplate[] {
  return autoPrompts(shape, api).map((name) => builtIn(shape, name));
}

/** Every prompt of a shape that is for this way to ask, the usual one first: what `--prompt all` asks. */
export function allPrompts(shape: Shape, api: PromptApi): PromptTemplate[] {
  const usual = defaultPrompt(shape, api);
  return promptNames(shape)
    .sort((a, b) => Number(b === usual) - Number(a === usual))
    .map((name) => builtIn(shape, name))
    .filter((template) => isFor(template, api));
}

/**
 * @param known the names of one shape: one of those is meant rather than another shape's
 * @throws UserError that suggests, for a name that no shape has
 */
function checkKnown(names: readonly string[], known: readonly string[]): void {
  if (names.every((name) => known.includes(name))) return;
  const all = allPromptNames();
  const misspelt = names.find((name) => !isPromptFile(name) && !all.includes(name));
  if (misspelt !== undefined)
    throw new UserError(unknownName('prompt', misspelt, [...new Set([...known, ...all])]));
}

/** Why none of the names, which other tasks have, is a prompt for a shape. */
function noPromptOf(shape: Shape, names: readonly string[], known: readonly string[]): string {
  const wanted = `${names.join(',')},${defaultPrompt(shape, 'completions')}`;
  return (
    `'${names.join(', ')}' is no prompt for tasks like ${EXAMPLES[shape]}, which have ${known.join(', ')}; ` +
    `name one of these or, for several kinds of tasks, one for each: --prompt ${wanted}`
  );
}

/** All names of prompts, of whatever shape, those of earlier versions too. */
export function allPromptNames(): string[] {
  const present = (Object.keys(EXAMPLES) as Shape[]).flatMap(promptNames);
  return [...new Set([...present, ...oldNames()])].sort();
}

const EXAMPLES: Readonly<Record<Shape, string>> = {
  retrieval: 'UL',
  copying: 'UF',
  'flip-flop': 'flip-flop',
  commits: 'git-revert',
  text: 'text-copy',
  table: 'table-lookup-after',
};

/** Whether it is a file, not the name of a prompt that comes with lengthwise. */
export function isPromptFile(name: string): boolean {
  return name.includes('/') || name.includes('\\') || /\.ya?ml$/.test(name);
}

function builtIn(shape: Shape, name: string): PromptTemplate {
  return readTemplate(promptText(shape, name), name, `${shape}/${name}.yaml`);
}

/** The file of a prompt that comes with lengthwise, as it is. */
export function promptText(shape: Shape, name: string): string {
  return readFileSync(path.join(DATA, shape, `${name}.yaml`), 'utf8');
}

/** What a prompt's file says of itself in its first line, a comment. */
export function titleOf(text: string): string {
  return text.split('\n', 1)[0].replace(/^# /, '').replace(/\.$/, '');
}

function readFile(file: string): PromptTemplate {
  let text: string;
  try {
    text = readRegularFile(file, MOST_BYTES);
  } catch (error) {
    throw new UserError(`cannot read the prompt ${file}: ${fileFault(error)}`);
  }
  return readTemplate(text, path.basename(file).replace(/\.ya?ml$/, ''), file);
}
