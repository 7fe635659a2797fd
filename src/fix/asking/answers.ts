/** From rows of a measurement to what became of each sample of the task. */
import { isAnswer, isLost } from '../../score/output.ts';
import { symbolsOf } from '../../measure/scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../../measure/scoring/scoring.ts';
import type { Instance } from '../../tasks/task.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import { answerOf, asksOf } from '../transform/run.ts';
import type { Asked } from '../transform/transform.ts';

/** What became of one sample. */
export interface SampleOutcome {
  readonly length: number;
  readonly index: number;
  readonly right: boolean;
  /** Whether there is an answer; where code keeps none back, an unreadable output is still one. */
  readonly answered: boolean;
  /** Whether a question about it failed and says nothing of the model. */
  readonly lost: boolean;
  /** Whether a prompt of it does not fit the model's context: it has no answer. */
  readonly tooLong: boolean;
  /** Read and written for it, of all its questions; null where that was not told. */
  readonly tokens: number | null;
  /** Of its questions one after the other; null where that was not told. */
  readonly latencyMs: number | null;
}

/** A row, and how its output is read. */
export interface AnsweredRow {
  readonly row: ScoredRow;
  readonly scored: ScoredTask;
}

/** Of the task as it is. */
export function plainOutcome({ row }: AnsweredRow): SampleOutcome {
  const { outcome } = row.score;
  return {
    length: row.length,
    index: row.index,
    right: outcome === 'right',
    answered: isAnswer(outcome),
    lost: isLost(outcome, row.output.failure),
    tooLong: isTooLong({ row }),
    ...costOf([row]),
  };
}

/**
 * Of a sample of which a mitigation asked.
 * @param rows of all its asks, in their order, and of each in the order of its parts
 */
export function mitigatedOutcome(
  mitigation: Mitigation,
  sample: Instance,
  place: { readonly length: number; readonly index: number },
  rows: readonly AnsweredRow[],
): SampleOutcome {
  checkRows(asksOf(mitigation.transform, sample.source, sample.query), rows);
  const answers = rows.map(answerIn);
  const lost = rows.some(({ row }) => isLost(row.score.outcome, row.output.failure));
  const found = lost ? null : answerOf(mitigation.transform, answers, sample.source, sample.query);
  return {
    ...place,
    right: found !== null && isSame(found, sample.answer),
    answered: found !== null,
    lost,
    tooLong: !lost && rows.some(isTooLong),
    ...costOf(rows.map(({ row }) => row)),
  };
}

function isTooLong({ row }: Pick<AnsweredRow, 'row'>): boolean {
  return row.output.failure === 'too-long';
}

/** @throws Error where rows are of other questions: of another seed, or out of order */
function checkRows(asked: readonly Pick<Asked, 'source' | 'query'>[], rows: readonly AnsweredRow[]): void {
  const isOf = ({ source, query }: Pick<Asked, 'source' | 'query'>, { row }: AnsweredRow): boolean =>
    isSame(source, row.source) && query === row.query;
  if (asked.length === rows.length && asked.every((one, i) => isOf(one, rows[i]))) return;
  throw new Error('the rows of a sample are of another one');
}

/** The symbols of an answer; null where the output is none. */
function answerIn({ row, scored }: AnsweredRow): readonly string[] | null {
  const { outcome } = row.score;
  if (outcome === 'right') return row.answer;
  return outcome === 'wrong' ? symbolsOf(row, scored) : null;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((symbol, i) => symbol === b[i]);
}

function costOf(rows: readonly ScoredRow[]): Pick<SampleOutcome, 'tokens' | 'latencyMs'> {
  return {
    tokens: sumOf(rows, ({ promptTokens, completionTokens }) =>
      promptTokens === null || completionTokens === null ? null : promptTokens + completionTokens,
    ),
    latencyMs: sumOf(rows, ({ latencyMs }) => latencyMs),
  };
}

function sumOf(
  rows: readonly ScoredRow[],
  of: (output: ScoredRow['output']) => number | null,
): number | null {
  let sum = 0;
  for (const { output } of rows) {
    const one = of(output);
    if (one === null) return null;
    sum += one;
  }
  return sum;
}
