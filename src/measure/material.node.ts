/** Lines of the user's own to ask about: the log of a repository, the lines of a text, the rows of a table. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { messageOf, UserError } from '../common/errors.ts';
import { csvRows } from '../tasks/people/index.ts';
import type { Material } from '../tasks/people/index.ts';

/** Enough for any length that is asked; a log of a million commits need not be in memory. */
const MOST_COMMITS = 20_000;

/** A file larger than this is no text that somebody copies. */
const MAX_BYTES = 64 * 1024 * 1024;

/** `1f3a9bc Fix logging`, newest first: the log of the repository's present branch, merges included. */
export function commitsOf(repository: string): Material {
  const argv = ['-C', repository, 'log', `--max-count=${MOST_COMMITS}`, '--abbrev=7', '--format=%h %s'];
  let out: string;
  try {
    const stdio: 'pipe'[] = ['pipe', 'pipe', 'pipe'];
    out = execFileSync('git', argv, { maxBuffer: MAX_BYTES, encoding: 'utf8', stdio });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new UserError(`cannot read the log of ${repository}: ${messageOf(stderr?.trim() || error)}`);
  }
  return lines(out, `the log of ${repository}`);
}

/** The lines of a text file that are not empty. */
export function linesOf(file: string): Material {
  return lines(read(file), file);
}

/** The rows of a CSV file, without its head. */
export function rowsOf(file: string): Material {
  const rows = csvRows(read(file)).map((row) => row.trim());
  if (rows.length === 0) throw new UserError(`${file} has no rows below its head`);
  return rows;
}

function lines(text: string, where: string): Material {
  const found = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (found.length === 0) throw new UserError(`${where} has no lines`);
  return found;
}

function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
  if (bytes.length > MAX_BYTES)
    throw new UserError(`${file} has ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${file} is no text in UTF-8`);
  }
}
