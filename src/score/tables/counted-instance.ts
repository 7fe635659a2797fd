/** An answer in symbols, as studies keep it, counted like any other. */
import { similarity } from '../alignment/distance.ts';
import type { InstanceRow } from './rows.ts';
import { sourceKeyOf } from './tally.ts';
import type { Counted } from './tally.ts';

/** @param task under which name it is counted: the study's, or the task's own */
export function countedInstance(row: InstanceRow, task = row.task): Counted {
  const { length, index, source, query, answer, output, correct, truncated } = row;
  const near = correct ? 1 : similarity(answer, output);
  const outcome = row.outcome ?? (correct ? 'right' : truncated ? 'truncated' : 'wrong');
  return {
    ...{ task, length, promptTokens: null },
    sourceKey: sourceKeyOf(index, source, query),
    score: {
      outcome,
      exact: correct,
      retrieved: correct,
      extra: false,
      error: row.error,
      similarity: { symbol: near, word: near, character: near },
      changed: [],
    },
  };
}
