/** The value of `--alphabet`: what `tasks` knows by name or as a list, or a file of the user's own. */
import { fileFault, messageOf, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import type { Symbols } from '../../tasks/task.ts';

/** A hundred thousand words take less than one megabyte; a file ten times that size is the wrong file. */
const MAX_FILE_BYTES = 10_000_000;

export const ALPHABET_HELP =
  'characters, letters, lower, digits, words, unicode; NAME:N or N for the first N; symbols as a,b,c; file:PATH';

/** The alphabet that the option's text describes. Throws UserError when there is none or its file cannot be read. */
export async function readAlphabet(text: string): Promise<Symbols> {
  const { alphabetNamed, checkAlphabet } = await import('../../tasks/index.ts');
  if (!text.startsWith('file:')) return alphabetNamed(text);
  const path = text.slice('file:'.length);
  const symbols = readText(path)
    .split(/\s+/)
    .filter((symbol) => symbol !== '');
  try {
    checkAlphabet(symbols);
  } catch (error) {
    throw new UserError(`${path}: ${messageOf(error)}`);
  }
  return symbols;
}

function readText(path: string): string {
  try {
    return readTextFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw new UserError(`cannot read the alphabet ${path}: ${fileFault(error)}`);
  }
}
