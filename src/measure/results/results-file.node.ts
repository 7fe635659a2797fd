/** Files of results, as `export --results` and `measure --json` write them, read back: from anybody, so checked whole. */
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { fileFault, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { missingText } from '../store/ending.ts';
import { RESULTS_FORMAT, RESULTS_VERSION } from './results.ts';
import type { Results } from './results.ts';
import { REPORTED_FORMAT, RESULT_FORMAT, RESULT_VERSION } from '../result.ts';
import type { MeasurementResult } from '../result.ts';
import { measurement, resultsFile, several } from './schema.ts';

/** A file of one model has some kilobytes; a table of thousands of models fits. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What is said of a respondent is a few words. */
const MOST_OF_RESPONDENT = 100_000;

/** Our files name their format first. */
const HEAD_BYTES = 4_096;
const OURS = /^\ufeff?\s*\{\s*"format"\s*:\s*"lengthwise\./;

/** Whether a file says that it is one of ours. A pipe can't be read twice, and isn't. */
export function isResultsFile(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return OURS.test(head.toString('utf8', 0, readSync(descriptor, head)));
  } catch {
    return false; // whoever reads it says what is wrong with it
  } finally {
    closeSync(descriptor);
  }
}

/** What is compared: of samples only their hash is known, and of a measurement's own JSON not even that. */
export type GivenResults = Omit<Results, 'samples' | 'prompts' | 'ending'> & {
  readonly file: string;
  /** Why these are not the numbers of all that was asked for, in a few words; null where they are, or nobody knows. */
  readonly missing: string | null;
  /** Hashes of prompts by task; names alone where they are not known. */
  readonly prompts: readonly { readonly task: string; readonly name: string; readonly sha256?: string }[];
};

/** @throws UserError, one line, for whatever is not a file of results of this or an older version */
export function readResults(file: string): GivenResults[] {
  const results = resultsIn(file);
  for (const one of results) checkRespondent(one);
  return results;
}

function resultsIn(file: string): GivenResults[] {
  const value = parsedFile(file);
  const { format, version } = value;
  switch (format) {
    case RESULTS_FORMAT:
      return checked(file, { version, read: RESULTS_VERSION }, resultsFile, value).results.map((one) =>
        fromResults(one, file),
      );
    case RESULT_FORMAT:
      return [fromMeasurement(checked(file, { version, read: RESULT_VERSION }, measurement, value), file)];
    case REPORTED_FORMAT:
      return checked(file, { version, read: RESULT_VERSION }, several, value).measurements.map((one) =>
        fromMeasurement(one, file),
      );
    default:
      throw fault(file, `its format is ${JSON.stringify(format) ?? 'not named'}`);
  }
}

function parsedFile(file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readTextFile(file, MOST_BYTES).replace(/^\ufeff/, ''));
  } catch (error) {
    throw fault(file, fileFault(error));
  }
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw fault(file, 'it is no JSON object');
}

/** @param read the newest version of the file's format that this lengthwise reads */
function checked<T>(
  file: string,
  { version, read }: { readonly version: unknown; readonly read: number },
  schema: z.ZodType<T>,
  value: unknown,
): T {
  if (typeof version === 'number' && version > read) {
    throw new UserError(
      `${file} was written by a newer lengthwise (format version ${version}, this one reads ${read}): update lengthwise`,
    );
  }
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) {
    const [{ path, message }] = error.issues;
    throw fault(file, `${path.length === 0 ? 'it' : path.map(String).join('.')}: ${message}`);
  }
  return data;
}

function fault(file: string, why: string): UserError {
  const short = why.length > 300 ? `${why.slice(0, 300)}…` : why;
  return new UserError(
    `${file} is no file of results (lengthwise export FOLDER --results FILE makes one): ${short}`,
  );
}

function fromResults(
  { ending = { kind: 'done' }, samples, ...results }: Results,
  file: string,
): GivenResults {
  const failed = results.failures.reduce((sum, { count }) => sum + count, 0);
  const run = { answered: 0, reused: samples.count - failed, failed };
  return { ...results, file, missing: missingText({ ...results, ending, run }) };
}

/** What `measure --json` and `report --json` print can be compared, too. */
function fromMeasurement(result: MeasurementResult, file: string): GivenResults {
  const { respondent, threshold, rows, horizons, asymmetries, failures, prompts, settings, run } = result;
  const model = typeof respondent.model === 'string' ? respondent.model : null;
  return {
    ...{ file, respondent, threshold, rows, horizons, asymmetries, failures, model },
    name:
      model ?? folderName(respondent) ?? (typeof respondent.kind === 'string' ? respondent.kind : 'model'),
    ...(settings === undefined ? {} : { settings }),
    revision: null,
    started: '',
    command: null,
    adaptive: rows.some(({ confidence = 0.95, lookedAgain }) => confidence !== 0.95 && lookedAgain !== true),
    missing: missingText(result),
    prompts: Object.entries(prompts).map(([task, name]) => ({ task, name })),
    spent: {
      requests: run.spent.requests,
      promptTokens: run.spent.tokens,
      completionTokens: 0,
      money: run.spent.money,
      seconds: null,
    },
  };
}

/** Of a model that was run here. */
function folderName({ folder }: MeasurementResult['respondent']): string | undefined {
  return typeof folder === 'string' ? path.basename(folder) : undefined;
}

/** @throws UserError where what is said of a respondent is no short description */
function checkRespondent({ file, respondent }: GivenResults): void {
  let size = Infinity;
  try {
    size = JSON.stringify(respondent).length;
  } catch {
    // nested beyond what can be written
  }
  if (size > MOST_OF_RESPONDENT) throw fault(file, 'respondent: far too much is said of it');
}
