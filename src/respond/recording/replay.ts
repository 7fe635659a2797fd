/**
 * Scoring outputs that somebody else recorded: every line of a JSONL file is read, scored and compared with our own
 * oracle. The file is read as a stream; what is kept are counts and a few examples.
 */
import type { Askable } from '../../prompt/askable.ts';
import { correctedCopyScore } from '../../score/authors/copy-score.ts';
import type { CopyScores } from '../../score/authors/copy-score.ts';
import { Cell, sourceKeyOf, Tally } from '../../score/tables/tally.ts';
import type { Failure, Verdict } from '../../score/tables/tally.ts';
import type { Answered } from '../../measure/reading/examples.ts';
import type { Occurrence } from '../../score/errors/index.ts';
import type { FieldNames, Recorded, Scorable } from './record.ts';
import { joinerOf, readRecord } from './record.ts';
import type { RawRecord } from './records.ts';
import { authorsVerdict, verdictOf } from './verdict.ts';
import type { RecordVerdict } from './verdict.ts';

export type Scoring = 'ours' | 'authors';

export interface ReplayOptions {
  readonly task: Askable;
  readonly scoring: Scoring;
  readonly fields?: FieldNames;
  /** Where answers are counted too: the same for several recordings whose answers belong together. */
  readonly tally?: Tally;
  /** Told every answer with its verdict, and every record without one. */
  readonly each?: {
    readonly answered: (row: Answered, verdict: Verdict) => void;
    readonly failed: (place: Failure, reason: string) => void;
  };
}

/** A line that is no record. Lines are counted from 1. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** A record whose right answer is not what the task's oracle says. */
export interface Contradiction {
  readonly line: number;
  readonly gold: string;
  /** What the oracle answers, or null where it says that this is no instance of the task. */
  readonly oracle: string | null;
  readonly reason: string;
}

export interface Example {
  readonly line: number;
  readonly source: string;
  readonly query: string | null;
  readonly answer: string;
  readonly output: string;
  readonly error: string;
  /** Of copies: the first wrong place (0-based, in symbols; in texts, words), and where it went on. */
  readonly copy?: {
    readonly firstWrong: number;
    readonly ambiguous: boolean;
    readonly jumpTo: number | null;
    readonly occurrence: Occurrence | null;
  };
}

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

export interface Replayed {
  readonly records: number;
  /** Records in which no output is recorded: they are counted as failed, and are not in any n. */
  readonly failed: number;
  readonly cells: readonly Cell[];
  /** All lengths together. */
  readonly all: Cell;
  readonly bad: number;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
  readonly contradicting: number;
  /** The first of them. */
  readonly contradictions: readonly Contradiction[];
  /** Records without a right answer of their own: the oracle's was taken. */
  readonly answeredByOracle: number;
  readonly examples: readonly Example[];
  /** Right by the oracle's answer instead of the recorded one, where it has one. */
  readonly correctByOracle: number;
  readonly authors?: AuthorsScores;
}

/** Bad lines and contradictions are all counted; this many are kept to be shown. */
const KEPT = 1_000;
const EXAMPLES_PER_KIND = 3;

/** Scores records as they come. */
export async function replay(records: AsyncIterable<RawRecord>, options: ReplayOptions): Promise<Replayed> {
  const collected = new Collected(options);
  for await (const raw of records) {
    const record = 'reason' in raw ? raw : readRecord(raw.fields, options.task, options.fields ?? {});
    if ('reason' in record) collected.bad(raw.line, record.reason);
    else collected.add(raw.line, record);
  }
  return collected.result();
}

class Collected {
  private readonly options: ReplayOptions;
  private readonly tally = new Tally();
  private readonly all: Cell;
  private readonly badLines: BadLine[] = [];
  private readonly contradictions: Contradiction[] = [];
  private readonly examples = new Map<string, Example[]>();
  private readonly quirks: Record<string, number> = {};
  private readonly text = { exact: 0, mismatch: 0, compared: 0, released: zero(), corrected: zero() };
  private records = 0;
  private failed = 0;
  private badCount = 0;
  private contradicting = 0;
  private answeredByOracle = 0;
  private correctByOracle = 0;

  constructor(options: ReplayOptions) {
    this.options = options;
    this.all = new Cell(options.task.name, 0);
  }

  bad(line: number, reason: string): void {
    this.badCount += 1;
    if (this.badLines.length < KEPT) this.badLines.push({ line, reason });
  }

  add(line: number, record: Recorded): void {
    const { source, query, output, prediction } = record;
    const oracle = this.options.task.answer(source, query);
    const gold = record.gold ?? ('answer' in oracle ? oracle.answer : null);
    if (gold === null) {
      const why = 'refusal' in oracle ? oracle.refusal : '';
      this.bad(
        line,
        `no field with the right answer (name one with --gold-field), nor has the oracle one: ${why}`,
      );
      return;
    }
    this.records += 1;
    this.answeredByOracle += Number(record.gold === null);
    if (output.text === null && prediction === null) this.addFailure(record);
    else this.addAnswer(line, { ...record, gold });
  }

  private addFailure({ source, output }: Recorded): void {
    const { task, tally, each } = this.options;
    const place = { task: task.name, length: source.length };
    this.failed += 1;
    this.all.addFailure();
    for (const counted of [this.tally, tally]) counted?.addFailure(place);
    each?.failed(place, output.error ?? 'no output is recorded');
  }

  private addAnswer(line: number, record: Scorable): void {
    const { task, scoring, tally, each } = this.options;
    const found = verdictOf(task, record);
    const { score } = found;
    const correct = scoring === 'authors' ? this.asAuthors(record) : found.correct;
    const kind = correct ? null : (found.error ?? 'scored-wrong');
    const verdict = {
      task: task.name,
      length: record.source.length,
      sourceKey: sourceKeyOf(0, record.source, record.query),
      correct,
      exact: score.exact,
      extra: score.extraBefore + score.extraAfter > 0,
      truncated: found.truncated,
      error: kind,
      similarity: score.similarity,
      promptTokens: null,
      copy: found.copy,
    };
    for (const counted of [this.tally, this.all, tally]) counted?.add(verdict);
    each?.answered({ ...answeredOf(verdict, record), symbols: score.symbols, line: line - 1 }, verdict);
    this.checkGold(line, record, found.correct);
    if (kind !== null) this.keepExample(line, record, kind, found);
  }

  /** Compares the recorded right answer with the oracle's. */
  private checkGold(line: number, record: Scorable, correct: boolean): void {
    const { task } = this.options;
    const oracle = task.answer(record.source, record.query);
    const gold = record.gold.join(joinerOf(record.layout));
    const said = 'refusal' in oracle ? null : oracle.answer.join(joinerOf(record.layout));
    if (said === gold) {
      this.correctByOracle += Number(correct);
      return;
    }
    if (said !== null) {
      const byOracle = verdictOf(task, { ...record, gold: 'answer' in oracle ? oracle.answer : [] });
      this.correctByOracle += Number(byOracle.correct);
    }
    this.contradicting += 1;
    if (this.contradictions.length >= KEPT) return;
    const reason = 'refusal' in oracle ? oracle.refusal : `${task.name} answers ${said ?? ''}`;
    this.contradictions.push({ line, gold, oracle: said, reason });
  }

  private asAuthors(record: Scorable): boolean {
    const verdict = authorsVerdict(this.options.task, record, tokenize);
    for (const quirk of verdict.quirks) this.quirks[quirk] = (this.quirks[quirk] ?? 0) + 1;
    if (verdict.copy !== undefined) {
      this.text[verdict.copy.outcome] += 1;
      if (verdict.copy.outcome === 'compared') addScores(this.text.released, verdict.copy.scores);
      const output = verdictOf(this.options.task, record).score.symbols.join('\n');
      addScores(this.text.corrected, correctedCopyScore(tokenize(record.gold.join('\n')), tokenize(output)));
    }
    return verdict.correct;
  }

  private keepExample(line: number, record: Scorable, error: string, found: RecordVerdict): void {
    const kept = this.examples.get(error) ?? [];
    if (kept.length >= EXAMPLES_PER_KIND) return;
    const joiner = joinerOf(record.layout);
    const { source, query, gold } = record;
    const [asked, answer, output] = [source, gold, found.score.symbols].map((list) => list.join(joiner));
    kept.push({ line, source: asked, query, answer, output, error, ...placeOf(found) });
    this.examples.set(error, kept);
  }

  result(): Replayed {
    return {
      records: this.records,
      failed: this.failed,
      cells: this.tally.all(),
      all: this.all,
      bad: this.badCount,
      badLines: this.badLines,
      contradicting: this.contradicting,
      contradictions: this.contradictions,
      answeredByOracle: this.answeredByOracle,
      examples: [...this.examples.values()].flat(),
      correctByOracle: this.correctByOracle,
      ...(this.options.scoring === 'authors' ? { authors: this.authorsScores() } : {}),
    };
  }

  private authorsScores(): AuthorsScores {
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

/** Records are known by what was asked, not by their numbers: the same index for all. */
function answeredOf({ task, length }: Verdict, { source, query, gold, output }: Scorable): Answered {
  return { task, length, index: 0, repeat: 0, source, query, answer: gold, output: output.text };
}

function placeOf({ copyError }: RecordVerdict): Pick<Example, 'copy'> {
  if (copyError === null) return {};
  const { firstWrong, ambiguous, jumpTo, occurrence } = copyError;
  return { copy: { firstWrong, ambiguous, jumpTo, occurrence } };
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
