/** Lines of the user's own to ask about: the log of a repository, the lines of a text, the rows of a table. */
import { execFileSync } from 'node:child_process';
import { fileFault, messageOf, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { csvRows } from '../../tasks/people/index.ts';
import type { Material } from '../../tasks/people/index.ts';

/** Enough for any length that is asked; a log of a million commits need not be in memory. */
const MOST_COMMITS = 20_000;

/** A file larger than this is no text that somebody copies. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Of larger tables the first: no model reads more, and the places with a key to ask about are searched for. */
const MOST_ROWS = 20_000;

/** A table with fewer rows has none with a row on both sides. */
const FEWEST_ROWS = 3;

/** `1f3a9bc Fix logging`, newest first: the log of the repository's present branch, merges included. */
export function commitsOf(repository: string): Material {
  const settings = ['log.showSignature=false', 'i18n.logOutputEncoding=UTF-8', 'color.ui=false'];
  const argv = [
    ...['-C', repository, ...settings.flatMap((setting) => ['-c', setting])],
    ...['log', `--max-count=${MOST_COMMITS}`, '--abbrev=7', '--format=%h %s', '--'],
  ];
  // Where git itself runs us, as in a hook, its variables name another repository.
  const env = {
    ...process.env,
    LC_ALL: 'C',
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
  };
  let out: string;
  try {
    const stdio: 'pipe'[] = ['pipe', 'pipe', 'pipe'];
    out = execFileSync('git', argv, {
      maxBuffer: MAX_BYTES,
      encoding: 'utf8',
      stdio,
      env,
    });
  } catch (error) {
    throw new UserError(`cannot read the log of ${repository}: ${gitTrouble(error)}`);
  }
  return lines(out, `the log of ${repository}`);
}

function gitTrouble(error: unknown): string {
  const { stderr, code } = error as { stderr?: string; code?: string };
  if (code === 'ENOENT') return 'there is no git on this machine';
  const [first = ''] = (stderr ?? '').split('\n').filter((line) => line !== '');
  return first === '' ? messageOf(error) : first.replace(/^fatal: /, '');
}

/** The lines of a text file that are not empty. */
export function linesOf(file: string): Material {
  const found = lines(read(file), file);
  if (found.length > 1) return found;
  const inSentences = sentencesOf(found[0]);
  if (inSentences.length > 1) return inSentences;
  throw new UserError(`${file} has one line and one sentence: there is nothing to put in order`);
}

/** A text that is one long line is asked about sentence by sentence. */
function sentencesOf(text: string): string[] {
  const found = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text);
  return Array.from(found, ({ segment }) => segment.trim()).filter((sentence) => sentence !== '');
}

/** The rows of a CSV file, without its head. */
export function rowsOf(file: string): Material {
  const text = read(file);
  const rows = csvRowsIn(file, text).slice(0, MOST_ROWS);
  if (rows.length >= FEWEST_ROWS) return rows;
  throw new UserError(
    `${file} has ${rows.length === 0 ? 'no rows' : `only ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`} below its head; a table needs at least ${FEWEST_ROWS}`,
  );
}

function csvRowsIn(file: string, text: string): Material {
  try {
    return csvRows(text);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

function lines(text: string, where: string): Material {
  const found = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (found.length === 0) throw new UserError(`${where} has no lines`);
  return found;
}

/** (Also of a pipe, or of a device that never ends: what is read is what is counted.) */
function read(file: string): string {
  try {
    return readTextFile(file, MAX_BYTES);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
}
