/** Where a study's report is written, whole or not at all: for `study run` and for `report`. */
import path from 'node:path';
import { messageOf, UserError } from '../../common/errors.ts';
import type { StudyRows } from '../../study/rows.ts';
import { writeWhole } from './draft.ts';

/** The report's place in a study's folder. */
export function reportFile(folder: string): string {
  return path.join(folder, 'report.html');
}

/**
 * Writes the report beside its place first, so that whoever has it open or stops us never meets half of one.
 * @throws UserError where the file can't be written; DiskFullError
 */
export async function writeReport(study: StudyRows, file: string): Promise<void> {
  const { renderReport } = await import('../../report/index.ts');
  writeReportText(renderReport(study), file);
}

/** The same for a report that is rendered already. */
export function writeReportText(text: string, file: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    throw reasonFor(error, file);
  }
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist: make it, or name another file with --out',
  ENOTDIR: 'a part of its path is a file: name another file with --out',
  EISDIR: 'it is a folder: name a file with --out',
  EACCES: 'it may not be written: name another file with --out',
  EPERM: 'it may not be written: name another file with --out',
  EROFS: 'its disk is read-only: name another file with --out',
};

function reasonFor(error: unknown, file: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = Object.hasOwn(UNWRITABLE, code) ? UNWRITABLE[code] : undefined;
  return reason === undefined
    ? error
    : new UserError(`cannot write ${file} (${messageOf(error)}): ${reason}`);
}
