/** Where a copy goes wrong, as a share of the right answer. */
import { placeAt } from '../../tasks/index.ts';
import type { Symbols } from '../../tasks/task.ts';
import { isText } from '../errors/index.ts';
import type { CopyPlace } from '../errors/index.ts';

/**
 * The place of a copy's first error: the share of the right answer before the middle of the first wrong symbol (in texts:
 * word); null where the copy is right, and where all of the answer came and then more: no place of the source is to blame. Of
 * backward copies too it is the place in the answer, which is what a copy is right up to.
 */
export function firstErrorPlace(
  operation: string,
  answer: Symbols,
  { firstWrong }: Pick<CopyPlace, 'firstWrong'>,
): number | null {
  if (firstWrong === null) return null;
  const units = isText(operation) ? wordCount(answer) : answer.length;
  return firstWrong >= units ? null : placeAt(firstWrong, units);
}

function wordCount(lines: Symbols): number {
  return lines.reduce((sum, line) => sum + (line.match(/\S+/gu)?.length ?? 0), 0);
}
