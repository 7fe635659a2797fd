/** The prompts that come with lengthwise, and files of the user's own. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Shape } from '../askable.ts';
import { readTemplate } from './template.ts';
import type { PromptTemplate } from './template.ts';

const DATA = path.join(import.meta.dirname, 'data');

/** The names of the prompts for a shape of tasks. */
export function promptNames(shape: Shape): string[] {
  return readdirSync(path.join(DATA, shape))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => path.basename(file, '.yaml'))
    .sort();
}

/**
 * The prompt for a shape among the given ones, the first that there is: names, or paths of files (which are for every
 * shape). `bare` where none of the names is one of this shape's and `lenient`; else a UserError that suggests.
 */
export function promptFor(shape: Shape, names: readonly string[], lenient: boolean): PromptTemplate {
  const known = promptNames(shape);
  for (const name of names) {
    if (isPromptFile(name)) return readFile(name);
    if (known.includes(name)) return builtIn(shape, name);
  }
  if (lenient) return builtIn(shape, 'bare');
  throw new UserError(
    `${unknownName('prompt', names[0], known)}; these are for tasks like ${EXAMPLES[shape]}`,
  );
}

/** All names of prompts, of whatever shape. */
export function allPromptNames(): string[] {
  return [...new Set((Object.keys(EXAMPLES) as Shape[]).flatMap(promptNames))].sort();
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
  const file = path.join(DATA, shape, `${name}.yaml`);
  return readTemplate(readFileSync(file, 'utf8'), name, `${shape}/${name}.yaml`);
}

function readFile(file: string): PromptTemplate {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the prompt ${file}: ${messageOf(error)}`);
  }
  return readTemplate(text, path.basename(file).replace(/\.ya?ml$/, ''), file);
}
