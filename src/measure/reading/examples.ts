/** Wrong answers to look at: a few of each kind, the right answer and what came side by side. */
import type { StoredRow } from '../store/store.node.ts';
import type { Verdict } from '../../score/tables/tally.ts';
import type { AlignedPiece, AnswerExample, AskedTask } from '../../score/tables/rows.ts';
import { aroundAnswer } from '../../prompt/template.ts';
import { align } from '../../score/alignment/align.ts';
import { scoreText, splitSymbols } from '../../score/text-score.ts';

/** Of each kind of error of a task. */
const EXAMPLES_EACH = 3;

/** Sources and outputs may be of any length; what is longer is not for looking at, and is cut here. */
const MOST_SYMBOLS = 5_000;
const MOST_CHARACTERS = 2_000;

/** What an example is made of: a row of a store. */
export interface Answered extends Pick<
  StoredRow,
  'task' | 'length' | 'index' | 'repeat' | 'source' | 'query' | 'answer' | 'output'
> {
  /** The answer's symbols, where they were already told from the rest. */
  readonly symbols?: readonly string[];
  /** Which line of a recording it is (0-based); its index says nothing there. */
  readonly line?: number;
}

/** Told all wrong answers, keeps the first few of each kind. */
export class Examples {
  readonly kept: AnswerExample[] = [];
  private readonly counts = new Map<string, number>();

  add(row: Answered, { error, truncated }: Pick<Verdict, 'error' | 'truncated'>, asked?: AskedTask): void {
    if (error === null) return;
    const kind = `${row.task} ${error}`;
    const count = this.counts.get(kind) ?? 0;
    if (count >= EXAMPLES_EACH) return;
    this.counts.set(kind, count + 1);
    this.kept.push(exampleOf(row, error, truncated, asked));
  }
}

function exampleOf(row: Answered, error: string, truncated: boolean, asked?: AskedTask): AnswerExample {
  const { task, length, repeat, query } = row;
  const index = row.line ?? row.index;
  const text = row.output ?? '';
  const output = (row.symbols ?? outputSymbols(row.answer, text, asked)).slice(0, MOST_SYMBOLS);
  const answer = row.answer.slice(0, MOST_SYMBOLS);
  const source = row.source.slice(0, MOST_SYMBOLS);
  const joined = output.join(asked?.joiner ?? ' ');
  return {
    ...{ task, length, index, repeat, source, query, answer, output, error, truncated },
    pieces: alignedPieces(answer, output),
    raw: text.trim() === joined ? null : text.slice(0, MOST_CHARACTERS),
  };
}

/** The symbols of an answer, without what stands before and after it. */
export function outputSymbols(
  answer: readonly string[],
  text: string,
  asked: Pick<AskedTask, 'prompt'> | undefined,
): readonly string[] {
  if (asked === undefined) return splitSymbols(text, ' ');
  const { prompt } = asked;
  const tags = prompt['answer-tags'];
  const format = {
    stop: prompt.stop,
    joiner: prompt.symbols,
    ...(tags === undefined ? {} : { open: tags[0], close: tags[1] }),
  };
  return scoreText({ answer, ...aroundAnswer(prompt) }, text, format).symbols;
}

export function alignedPieces(answer: readonly string[], output: readonly string[]): AlignedPiece[] {
  return align(answer, output).pieces.map(({ kind, a0, a1, b0, b1 }) => ({
    same: kind === 'match',
    answer: answer.slice(a0, a1),
    output: output.slice(b0, b1),
  }));
}
