/** What the folders are that commands are given: of a measurement, or of a study. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { UserError } from '../../common/errors.ts';
import { shellWord } from '../../common/shell-word.ts';
import { PAGE, QUESTIONS, RESULT } from '../../fix/hand-over/result-file.ts';
import type { Gathered } from '../../measure/gather/gathered.ts';
import { FINETUNE } from '../../fix/finetuned/result-files.ts';

export async function isMeasurementFolder(folder: string): Promise<boolean> {
  const { isMeasurement } = await import('../../measure/gather/folder.node.ts');
  return isMeasurement(folder);
}

export async function isExplanationFolder(folder: string): Promise<boolean> {
  const { isExplanationFolder: is } = await import('../../explain/kept/folder.node.ts');
  return is(folder);
}

export interface FolderRespondents {
  readonly respondents: readonly Gathered[];
  /** A line on each respondent of a study of whom there are no numbers. */
  readonly unheard: readonly string[];
}

/**
 * The respondents in a folder: those of a measurement, or a study's trained models and endpoints.
 * @throws UserError where it is neither, or nothing was measured yet
 */
export async function respondentsIn(folder: string): Promise<FolderRespondents> {
  const { isMeasurement, readMeasurement } = await import('../../measure/gather/folder.node.ts');
  if (isMeasurement(folder)) return { respondents: readMeasurement(folder), unheard: [] };
  const { isStudy, studyRespondents } = await import('../../study/respondents.ts');
  if (!isStudy(folder)) refuseFolder(folder);
  const { respondents, unheard } = studyRespondents(folder);
  return { respondents: respondents.map(({ gathered }) => gathered), unheard };
}

export async function isStudyFolder(folder: string): Promise<boolean> {
  const { isStudy } = await import('../../study/respondents.ts');
  return isStudy(folder);
}

/** @throws UserError, always: it is neither a measurement nor a study, nor, where it could be, an explanation */
export function refuseFolder(folder: string): never {
  const name = shellWord(folder);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new UserError(`${folder} is a file, not a folder: name the folder of a measurement or a study`);
  }
  if (existsSync(path.join(folder, 'config.json'))) {
    throw new UserError(
      `${folder} holds a model, neither a measurement nor a study: lengthwise measure ${name} measures it, and names the folder that has the rows`,
    );
  }
  const other = otherResult(folder);
  if (other !== null) throw new UserError(`${folder} holds ${other}`);
  const makeOne = `lengthwise measure URL --model NAME --out ${name} makes the one, lengthwise study run FILE --out ${name} the other`;
  throw new UserError(
    existsSync(folder)
      ? `${folder} holds neither a measurement nor a study: ${makeOne}`
      : `there is no folder ${folder}: ${makeOne}`,
  );
}

/** What a folder holds that another command made, and where its parts are; null where it holds nothing of the kind. */
function otherResult(folder: string): string | null {
  const has = (name: string): boolean => existsSync(path.join(folder, name));
  if (has(FINETUNE.result)) {
    const [one] = measurementsBelow(path.join(folder, FINETUNE.measured));
    const measured =
      one === undefined ? '' : `; lengthwise report ${shellWord(one)} shows one of its measurements`;
    return `the result of lengthwise finetune: ${path.join(folder, FINETUNE.page)} shows it${measured}`;
  }
  if (!has(RESULT)) return null;
  const questions = path.join(folder, QUESTIONS);
  const asked = existsSync(questions)
    ? `; lengthwise report ${shellWord(questions)} shows what was asked`
    : '';
  return `the result of lengthwise fix: ${path.join(folder, PAGE)} shows it${asked}`;
}

/** The folders with files in them below a folder. */
function measurementsBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const inside = readdirSync(folder, { withFileTypes: true, recursive: true });
  return inside
    .filter((entry) => entry.isFile())
    .map(({ parentPath }) => parentPath)
    .sort();
}

/** @throws UserError where a folder to measure has no model in it: with the command that was meant, as far as can be told */
export async function checkModelFolder(folder: string): Promise<void> {
  if (existsSync(path.join(folder, 'config.json'))) return;
  const name = shellWord(folder);
  if (!existsSync(folder)) {
    throw new UserError(
      `there is no folder ${folder}; to measure a model behind a server: lengthwise measure URL --model ${name}`,
    );
  }
  if (!statSync(folder).isDirectory()) {
    throw new UserError(
      `${folder} is neither the folder of a model nor a GGUF file; to score recorded outputs: lengthwise measure --outputs ${name} --task NAME; to measure a model behind a server: lengthwise measure URL --model NAME`,
    );
  }
  const adapter = adapterFault(folder);
  if (adapter !== null) throw new UserError(adapter);
  const { CHECKPOINT_FILE } = await import('../../train/run/checkpoint.node.ts');
  if (existsSync(path.join(folder, CHECKPOINT_FILE))) {
    throw new UserError(
      `the training in ${folder} has not finished, so there is no model yet: give its command again (lengthwise train … --out ${name}) to go on where it stopped, then measure`,
    );
  }
  if (await isMeasurementFolder(folder)) {
    throw new UserError(
      `${folder} holds a measurement, not a model: lengthwise report ${name} shows it, lengthwise compare ${name} OTHER compares it, lengthwise measure --rescore --out ${name} scores it again`,
    );
  }
  if (await isStudyFolder(folder)) {
    throw new UserError(`${folder} holds a study, not a model: lengthwise report ${name} shows it`);
  }
  const other = otherResult(folder);
  if (other !== null) throw new UserError(`${folder} holds no model, but ${other}`);
}
