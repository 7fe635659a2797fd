/** `lengthwise measure --rescore --out FOLDER`: what is stored, scored again, without a request. */
import type { MeasurementResult } from '../../measure/result.ts';
import type { Io } from '../shared/command.ts';
import type { MeasureOptions } from './options.ts';
import { finish } from './result.ts';

export async function rescoreCommand(folder: string, options: MeasureOptions, io: Io): Promise<void> {
  const { rescoreMeasurement } = await import('../../measure/reading/folder.node.ts');
  const { storedResult } = await import('../../measure/result.ts');
  const results = rescoreMeasurement(folder).map(storedResult);
  // A folder in which a task was asked in two ways holds two respondents: the tables of each, the last with the status.
  const last = results.pop() as MeasurementResult;
  for (const result of results)
    await finish({ ...result, failures: [] }, { ...options, atLeast: [] }, io, new Date());
  await finish(last, options, io, new Date());
}
