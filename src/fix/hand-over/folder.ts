/** The folder in which a result is kept, with the files that are handed over. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../../common/draft.node.ts';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import type { PromptApi } from '../../prompt/template.ts';
import type { PlainTask } from '../asking/asked.ts';
import type { Fixed } from '../fix.ts';
import type { FixResult } from '../outcome/rows.ts';
import { handedFiles, isHanded } from './files.ts';
import { RESULT } from './result-file.ts';
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
 * The files that an earlier result handed over in a folder, and nobody has changed: those of this one take their place.
 * @param now what is written now: a file that is like it may stand there, too, since whoever wrote it was stopped before the result
 * @throws UserError for files of these names that it did not hand over, or that somebody has changed
 */
export function handedBefore(folder: string, now: readonly HandedFile[] = []): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter(isHanded) : [];
  const known = filesIn(path.join(folder, RESULT));
  for (const name of names) {
    const text = readFileSync(path.join(folder, name), 'utf8');
    if (known[name] === sha256(text) || now.some((file) => file.name === name && file.text === text))
      continue;
    throw new UserError(
      `${path.join(folder, name)} is not as fix wrote it, and would be replaced: move it elsewhere, or give another --out`,
    );
  }
  return names;
}

/** Writes a result and its files; those of an earlier one are removed. */
export function writeHanded(folder: string, { result, files }: Handed, earlier: readonly string[]): void {
  for (const name of earlier) rmSync(path.join(folder, name), { force: true });
  for (const { name, text } of files) writeWhole(path.join(folder, name), text);
  writeWhole(path.join(folder, RESULT), `${JSON.stringify(result, null, 2)}\n`);
}

/** What a result says that it handed over; nothing where it can't be read. */
function filesIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const { handedOver } = JSON.parse(readFileSync(file, 'utf8')) as {
      handedOver?: { files?: Record<string, unknown> } | null;
    };
    return handedOver?.files ?? {};
  } catch {
    return {};
  }
}
