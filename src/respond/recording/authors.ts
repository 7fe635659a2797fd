/**
 * Recorded outputs scored as the paper's authors released it, oddities and all (arXiv 2505.21785's code), beside our own
 * scoring of the same records.
 */
import type { Askable } from '../../prompt/askable.ts';
import { authorsCopyScore, correctedCopyScore } from '../../score/authors/copy-score.ts';
import type { AuthorsCopyScore, CopyScores } from '../../score/authors/copy-score.ts';
import type { ErrorKind } from '../../score/errors/kinds.ts';
import type { Quirk } from '../../score/authors/quirks.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import { writtenIn } from './sample.ts';
import type { Recorded } from './record.ts';

export interface AuthorsScores {
  /** How often each oddity of the released scoring touched a record. */
  readonly quirks: Readonly<Record<string, number>>;
  /** For texts: as released, over what was compared, and corrected, over all records. */
  readonly text?: {
    readonly exact: number;
    readonly mismatch: number;
    readonly compared: number;
    readonly released: CopyScores | null;
    readonly corrected: CopyScores;
  };
}

/** A record with a right answer: its own, or the oracle's. */
type Scorable = Recorded & { readonly gold: readonly string[] };

/** What is wrong with an answer in which our scoring finds no error. */
const SCORED_WRONG: ErrorKind = 'scored-wrong';

/** Counts what the authors' scoring says of the records of one task. */
export class AuthorsCount {
  private readonly task: Askable;
  private readonly quirks: Record<string, number> = {};
  private readonly text = { exact: 0, mismatch: 0, compared: 0, released: zero(), corrected: zero() };

  constructor(task: Askable) {
    this.task = task;
  }

  /**
   * A row that we have scored, with the outcome that the authors' scoring gives it.
   * @param symbols those of the answer by our reading
   */
  rescored<Row extends { readonly score: AnswerScore }>(
    ours: Row,
    record: Recorded,
    gold: readonly string[],
    symbols: readonly string[],
  ): Row {
    if (ours.score.outcome === 'failed') return ours;
    const { correct, quirks, copy } = authorsOutcome(
      this.task,
      { ...record, gold },
      ours.score.outcome === 'right',
    );
    for (const quirk of quirks) this.quirks[quirk] = (this.quirks[quirk] ?? 0) + 1;
    if (copy !== undefined) {
      this.text[copy.outcome] += 1;
      if (copy.outcome === 'compared') addScores(this.text.released, copy.scores);
      addScores(
        this.text.corrected,
        correctedCopyScore(tokenize(gold.join('\n')), tokenize(symbols.join('\n'))),
      );
    }
    if (correct) return { ...ours, score: { ...ours.score, outcome: 'right', error: null } };
    const error = ours.score.error ?? SCORED_WRONG;
    return { ...ours, score: { ...ours.score, outcome: 'wrong', error } };
  }

  scores(): AuthorsScores {
    const { exact, mismatch, compared, released, corrected } = this.text;
    if (exact + mismatch + compared === 0) return { quirks: this.quirks };
    return {
      quirks: this.quirks,
      text: {
        exact,
        mismatch,
        compared,
        released: compared === 0 ? null : scaled(released, compared),
        corrected: scaled(corrected, exact + mismatch + compared),
      },
    };
  }
}

interface AuthorsOutcome {
  readonly correct: boolean;
  /** The oddities of the released scoring that touched this record. */
  readonly quirks: readonly Quirk[];
  /** The three scores of a copied text, and whether it was compared at all. */
  readonly copy?: AuthorsCopyScore;
}

/** As released (arXiv 2505.21785's code): §1.5, §2.3, §3.1 and §3.4 of its description. */
function authorsOutcome(task: Askable, record: Scorable, rightByOurs: boolean): AuthorsOutcome {
  const output = record.output.text ?? '';
  const instruct = output.includes('<target>') || (record.output.text === null && record.prediction !== null);
  const compared = instruct && record.prediction !== null ? record.prediction : output;
  if (task.shape === 'commits') return gitOutcome(record, output);
  const gold = record.gold.join(writtenIn(record.layout).joiner);
  if (task.joiner === '\n') return textOutcome(record.goldText ?? gold, output);
  if (task.family === 'copying') {
    const cleaned = record.cleaned ?? authorsCleaned(compared);
    return { correct: cleaned === gold, quirks: [] };
  }
  const correct = compared === gold;
  return { correct, quirks: !correct && rightByOurs ? ['whole-output'] : [] };
}

function textOutcome(gold: string, output: string): AuthorsOutcome {
  const copy = authorsCopyScore(gold.replaceAll('<end>', ''), output, tokenize);
  const correct = copy.outcome === 'exact';
  const { outcome, detail } = copy;
  const uncounted = (detail?.groups ?? []).some(
    (group, i, groups) => !group.startsWith('match') && (i === 0 || !groups[i - 1].startsWith('match')),
  );
  const divided =
    detail !== undefined &&
    detail.nonDeterministicEdits > 0 &&
    detail.deterministicTypes !== detail.nonDeterministicTypes;
  const touched: Record<string, boolean> = {
    substring: correct && output.trim() !== gold.trim(),
    'exact-left-out': correct,
    'too-short': outcome === 'mismatch',
    denominator: divided,
    'edits-not-counted': uncounted,
  };
  const names = Object.keys(touched).filter((name) => touched[name]) as Quirk[];
  return { correct, quirks: names, copy };
}

/** `evaluate_codeassist`: text from `find('<start>') + 7` on, so 6 characters are lost where there is no `<start>`. */
function gitOutcome(record: Scorable, output: string): AuthorsOutcome {
  const from = output.indexOf('<start>') + '<start>'.length;
  const inside = output.slice(from).split('<end>', 1)[0];
  const lines = inside
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const correct = sameLines(lines, record.gold);
  return { correct, quirks: output.includes('<start>') ? [] : ['six-characters-lost'] };
}

function authorsCleaned(output: string): string {
  return output.replaceAll('<eos>', '').replaceAll(' ', '');
}

function sameLines(lines: readonly string[], gold: readonly string[]): boolean {
  return lines.length === gold.length && gold.every((line, i) => line.trim() === lines[i]);
}

/** Words and punctuation marks: recorded outputs don't come with their model's tokenizer, which the paper used. */
function tokenize(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

interface MutableScores {
  overall: number;
  deterministic: number;
  nonDeterministic: number;
}

function zero(): MutableScores {
  return { overall: 0, deterministic: 0, nonDeterministic: 0 };
}

function addScores(sum: MutableScores, scores: CopyScores): void {
  sum.overall += scores.overall;
  sum.deterministic += scores.deterministic;
  sum.nonDeterministic += scores.nonDeterministic;
}

function scaled(sum: CopyScores, n: number): CopyScores {
  const { overall, deterministic, nonDeterministic } = sum;
  return {
    overall: overall / n,
    deterministic: deterministic / n,
    nonDeterministic: nonDeterministic / n,
  };
}
