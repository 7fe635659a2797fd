/** The folder in which a result is kept, with the files that are handed over. */
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../../common/draft.node.ts';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import type { PromptApi } from '../../prompt/template.ts';
import type { PlainTask } from '../asking/asked.ts';
import type { Fixed } from '../fix.ts';
import type { FixResult } from '../outcome/rows.ts';
import { handedFiles, isHanded } from './files.ts';
import { PAGE, RESULT } from './result-file.ts';
import type { HandedFile } from './files.ts';

/** A result with what is handed over of it. */
export interface Handed {
  readonly result: FixResult;
  readonly files: readonly HandedFile[];
}

/**
 * What is handed over: of the mitigation that is recommended, or of another one.
 * @param name the mitigation; undefined: the recommended one
 */
export function handOver(
  { result: found, mitigations }: Fixed,
  asked: { readonly plain: PlainTask; readonly api: PromptApi; readonly length: number },
  name: string | null = found.recommended,
): Handed {
  const taken = mitigations.find((one) => one.name === name);
  if (taken === undefined) return { result: { ...found, handedOver: null }, files: [] };
  const files = handedFiles(taken, { ...found, length: asked.length }, asked);
  const hashes = Object.fromEntries(files.map(({ name: file, text }) => [file, sha256(text)]));
  return { files, result: { ...found, handedOver: { name: taken.name, files: hashes } } };
}

/**
 * The files that an earlier result has in a folder, and nobody has changed: those of this one take their place.
 * @param now what is written now: a file that is like it may stand there, too, since whoever wrote it was stopped before the result
 * @param inputs files that are read for this result
 * @throws UserError for files of these names that no result wrote, that somebody has changed, or that are read now
 */
export function handedBefore(
  folder: string,
  now: readonly HandedFile[] = [],
  inputs: readonly string[] = [],
): string[] {
  const found = existsSync(folder) ? readdirSync(folder).filter(isOurs) : [];
  // What is wrong with the result is said of it, and not of the files that it tells of.
  const names = found.toSorted((a, b) => Number(b === RESULT) - Number(a === RESULT));
  const known = filesIn(path.join(folder, RESULT));
  const read = new Set(inputs.map(placeOf));
  for (const name of names) {
    const file = path.join(folder, name);
    if (read.has(placeOf(file)))
      throw new UserError(
        `${file} is read by this command, and would be replaced by this result: copy it elsewhere, or give another --out`,
      );
    const text = textIn(file);
    const isKnown = name === RESULT ? known !== null : text !== null && known?.[name] === sha256(text);
    if (isKnown || now.some((one) => one.name === name && one.text === text)) continue;
    throw new UserError(
      `${file} is not as fix wrote it, and would be replaced: move it elsewhere and give the same command again, or give another --out`,
    );
  }
  return names;
}

function isOurs(name: string): boolean {
  return name === RESULT || name === PAGE || isHanded(name);
}

/** Behind links. */
function placeOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : path.resolve(file);
}

/**
 * Writes a result and its files; those of an earlier one are removed. The result comes first, since it says whose the others are.
 * @returns the result as it stands in its file
 */
export function writeHanded(
  folder: string,
  { result, files }: Handed,
  earlier: readonly string[],
): FixResult {
  for (const name of earlier) if (name !== RESULT) rmSync(path.join(folder, name), { force: true });
  const page = files.find(({ name }) => name === PAGE);
  const kept: FixResult = {
    ...result,
    written: {
      [RESULT]: sha256(JSON.stringify(result)),
      ...(page === undefined ? {} : { [PAGE]: sha256(page.text) }),
    },
  };
  writeWhole(path.join(folder, RESULT), textOf(kept));
  for (const { name, text } of files) writeWhole(path.join(folder, name), text);
  return kept;
}

function textOf(result: object): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** The files of a result, by their SHA-256; null where there is none, or somebody has changed it. */
function filesIn(file: string): Readonly<Record<string, string>> | null {
  const text = textIn(file);
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as FixResult;
    const { written, ...result } = kept;
    const isWhole = textOf(kept) === text && written?.[RESULT] === sha256(JSON.stringify(result));
    return isWhole ? { ...written, ...result.handedOver?.files } : null;
  } catch {
    return null;
  }
}

/** The text of a file; null where there is none, or it can't be read. */
function textIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
