/** A row as studies keep and export it: the answer in symbols, not the whole output. */
import type { InstanceRow } from '../../score/tables/rows.ts';
import { symbolsOf } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';

export function instanceRow(row: ScoredRow, scored: ScoredTask): InstanceRow {
  const { task, length, index, repeat, source, query, answer, score } = row;
  const correct = score.outcome === 'right';
  return {
    kind: 'instance',
    ...{ task, length, index, repeat, source, query, answer, correct },
    output: correct ? answer : symbolsOf(row, scored),
    error: score.error,
    outcome: score.outcome,
    truncated: score.outcome === 'truncated',
  };
}
