/** Wrong answers to look at: a few of each kind, the right answer and what came side by side. */
import type { AlignedPiece, AnswerExample, InstanceRow } from '../../score/tables/rows.ts';
import { align } from '../../score/alignment/align.ts';
import { copyErrorOf } from '../../score/errors/index.ts';
import { sampleOf, symbolsOf } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';

/** Of each kind of error of a task. */
const EXAMPLES_EACH = 3;

/** Sources and outputs may be of any length; what is longer is not for looking at, and is cut here. */
const MOST_SYMBOLS = 5_000;
const MOST_CHARACTERS = 2_000;

/** Told all answers, keeps the first few of each kind that went wrong or came to nothing. */
export class Examples {
  readonly kept: AnswerExample[] = [];
  private readonly counts = new Map<string, number>();

  add(row: ScoredRow, task: ScoredTask, joiner: string): void {
    const { outcome, error } = row.score;
    if (outcome === 'right' || outcome === 'failed' || row.output.forced !== undefined) return;
    const what = error ?? outcome;
    if (this.isWanted(row.task, what)) this.kept.push(exampleOf(row, what, task, joiner));
  }

  /** The same for an answer of which only the symbols are kept. */
  addInstance(row: InstanceRow): void {
    const { task, length, index, repeat, source, query, answer, output, error, truncated = false } = row;
    if (error === null || !this.isWanted(task, error)) return;
    const pieces = alignedPieces(answer, output);
    this.kept.push({
      ...{ task, length, index, repeat, source, query, answer, output, error, truncated, pieces },
      raw: null,
    });
  }

  private isWanted(task: string, what: string): boolean {
    const kind = `${task} ${what}`;
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    return count < EXAMPLES_EACH;
  }
}

function exampleOf(row: ScoredRow, error: string, scored: ScoredTask, joiner: string): AnswerExample {
  const { task, length, index, repeat, query, score } = row;
  const text = row.output.text ?? '';
  const output = symbolsOf(row, scored).slice(0, MOST_SYMBOLS);
  const answer = row.answer.slice(0, MOST_SYMBOLS);
  const source = row.source.slice(0, MOST_SYMBOLS);
  const truncated = score.outcome === 'truncated';
  return {
    ...{ task, length, index, repeat, source, query, answer, output, error, truncated },
    pieces: alignedPieces(answer, output),
    ...copyOf(row, output, scored),
    raw: text.trim() === output.join(joiner) ? null : text.slice(0, MOST_CHARACTERS),
  };
}

/** Where a wrong copy went wrong, and how it went on. */
function copyOf(
  row: ScoredRow,
  output: readonly string[],
  { operation, family }: ScoredTask,
): Pick<AnswerExample, 'copy'> {
  const error = copyErrorOf({ name: operation, family }, sampleOf(row, operation), output);
  if (error === null) return {};
  const { firstWrong, ambiguous, jumpTo, occurrence } = error;
  return { copy: { firstWrong, ambiguous, jumpTo, occurrence } };
}

function alignedPieces(answer: readonly string[], output: readonly string[]): AlignedPiece[] {
  return align(answer, output).pieces.map(({ kind, a0, a1, b0, b1 }) => ({
    same: kind === 'match',
    answer: answer.slice(a0, a1),
    output: output.slice(b0, b1),
  }));
}
