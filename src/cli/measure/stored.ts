/** `lengthwise measure --rescore --out FOLDER`: what is stored, scored again, without a request. */
import type { Io } from '../shared/command.ts';
import type { MeasureOptions } from './options.ts';
import { concludeAll, resultText } from './result.ts';

export async function rescoreCommand(folder: string, options: MeasureOptions, io: Io): Promise<void> {
  const started = new Date();
  const { rescoreMeasurement } = await import('../../measure/reading/folder.node.ts');
  const { labelsOf } = await import('../../measure/reading/compare.ts');
  const { handedOn, storedResult } = await import('../../measure/result.ts');
  const all = rescoreMeasurement(folder);
  const results = all.map(storedResult);
  if (options.json) await io.out(`${JSON.stringify(handedOn(results))}\n`);
  else if (results.length === 1) await io.out(await resultText(results[0]));
  else {
    // A folder in which a task was asked in two ways holds two respondents, whose answers are never counted together.
    const texts = await Promise.all(results.map(resultText));
    const labels = labelsOf(all);
    await io.out(texts.map((text, i) => `${labels[i]}\n\n${text}`).join('\n'));
  }
  concludeAll(results, options, io, started);
}
