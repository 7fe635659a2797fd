/** From which symbol of its source each token of an answer goes on. */
import { copyingDirection, decidingPosition } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/index.ts';
import type { AnswerRow } from './shot.ts';

/** The rows of a sample whose answer has `count` tokens: those of its symbols, and one more where something ends it. */
export function answerRows(sample: Instance, count: number): AnswerRow[] {
  const { task, source, positions } = sample;
  const direction = copyingDirection(task);
  if (direction === undefined) {
    const at = decidingPosition(task, sample)?.position ?? null;
    return Array.from({ length: count }, (_, j) =>
      j === 0 ? { at, same: positions } : { at: null, same: [] },
    );
  }
  return Array.from({ length: count }, (_, j) => {
    if (j === 0) return { at: null, same: [] };
    const at = direction === 'forward' ? j - 1 : source.length - j;
    return { at, same: source.flatMap((symbol, i) => (symbol === source[at] ? [i] : [])) };
  });
}
