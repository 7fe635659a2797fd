/** `lengthwise measure --rescore --out FOLDER`: what is stored, scored again, without a request. */
import { contradictionLines } from '../../score/tables/contradiction-text.ts';
import type { Io } from '../shared/command.ts';
import { isMeasurementFolder, refuseFolder } from '../shared/folders.ts';
import type { MeasureOptions } from './options.ts';
import { finish, finishWays } from './result.ts';

export async function rescoreCommand(folder: string, options: MeasureOptions, io: Io): Promise<void> {
  const started = new Date();
  if (!(await isMeasurementFolder(folder))) refuseFolder(folder);
  const { rescoreMeasurement } = await import('../../measure/gather/folder.node.ts');
  const { storedResult } = await import('../../measure/result.ts');
  const respondents = rescoreMeasurement(folder);
  for (const { lacking } of respondents) if (lacking !== null) io.say(`incomplete: ${lacking}`);
  const results = respondents.map(storedResult);
  for (const { horizons } of results) for (const line of contradictionLines(horizons)) io.say(line);
  // A folder in which a task was asked in two ways holds two respondents, whose answers are never counted together.
  if (results.length > 1) await finishWays(results, options, io, started);
  else await finish(results[0], options, io, started);
}
