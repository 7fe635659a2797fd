/** What the folders are that commands are given: of a measurement, or of a study. */
import { existsSync } from 'node:fs';
import { UserError } from '../../common/errors.ts';
import { shellWord } from '../../common/shell-word.ts';
import type { Gathered } from '../../measure/reading/gathered.ts';

export async function isMeasurementFolder(folder: string): Promise<boolean> {
  const { isMeasurement } = await import('../../measure/reading/folder.node.ts');
  return isMeasurement(folder);
}

/**
 * The respondents in a folder: those of a measurement, or a study's trained models.
 * @throws UserError where it is neither, or nothing was measured yet
 */
export async function respondentsIn(folder: string): Promise<Gathered[]> {
  const { isMeasurement, readMeasurement } = await import('../../measure/reading/folder.node.ts');
  if (isMeasurement(folder)) return readMeasurement(folder);
  const { isStudy, studyRespondents } = await import('../../study/respondents.ts');
  if (isStudy(folder)) return studyRespondents(folder);
  refuseFolder(folder);
}

export async function isStudyFolder(folder: string): Promise<boolean> {
  const { isStudy } = await import('../../study/respondents.ts');
  return isStudy(folder);
}

/** @throws UserError, always: it is neither a measurement nor a study */
export function refuseFolder(folder: string): never {
  throw new UserError(
    existsSync(folder)
      ? `${folder} holds neither a measurement nor a study: ${makeOne(folder)}`
      : `there is no folder ${folder}: ${makeOne(folder)}`,
  );
}

function makeOne(folder: string): string {
  const name = shellWord(folder);
  return `'lengthwise measure URL --model NAME --out ${name}' makes the one, 'lengthwise study run FILE --out ${name}' the other`;
}
