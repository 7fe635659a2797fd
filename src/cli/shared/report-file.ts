/** Where a study's report is written, whole or not at all: for `study run` and for `report`. */
import path from 'node:path';
import { fileFault, saysDiskFull, UserError } from '../../common/errors.ts';
import type { StudyRows } from '../../study/rows.ts';
import { writeWhole } from '../../common/draft.node.ts';

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

function reasonFor(error: unknown, file: string): unknown {
  const isOurs = (error as NodeJS.ErrnoException).syscall === undefined || saysDiskFull(error);
  return isOurs
    ? error
    : new UserError(`cannot write ${file}: ${fileFault(error, 'write')}; name another file with --out`);
}
