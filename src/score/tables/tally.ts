/** Counting answers: from single scores to the cells of a table. */
import type { CopyPlace } from '../errors/index.ts';
import { nearWhole } from '../near-whole.ts';
import { isAnswer } from '../output.ts';
import type { FailureKind, Outcome, PromptSize } from '../output.ts';
import { AnswerCounts, isLostKind } from './answer-kinds.ts';
import type { AnswerScore } from './answer-score.ts';
import type { ComparedCell } from './differences.ts';
import type { CellRow, Share } from './rows.ts';
import { meanInterval } from '../statistics/index.ts';
import type { Interval, Level, Observations } from '../statistics/index.ts';
import { hash64 } from './source-table.ts';
import type { Cluster } from './source-table.ts';

/** What counting needs to know of one answer. */
export interface Counted {
  readonly task: string;
  readonly length: number;
  /** Names the source that was asked about: the same text means the same source, for pairs and for repeats. */
  readonly sourceKey: string;
  readonly score: AnswerScore;
  readonly promptTokens: number | null;
  /** What kind of failure it is; absent where nothing can fail. */
  readonly failure?: FailureKind | null;
  /** Whether it was refused for its form in words that speak of its size: too long, if prompts of its length turn out not to be taken. */
  readonly ofSize?: boolean;
  /** How long its prompt was, where it was refused for that. */
  readonly size?: PromptSize;
}

/**
 * Names a sample by its number and by what is asked: the same for operations, and for respondents, that are asked
 * about the same source. (Short sources may be drawn twice; they are then different samples.)
 * @param index null where the sample has no number: what is asked is all that tells it then
 */
export function sourceKeyOf(index: number | null, source: readonly string[], query: string | null): string {
  const [high, low] = hash64(JSON.stringify([source, query]));
  return `${index ?? NO_NUMBER} ${high.toString(36)}${low.toString(36).padStart(7, '0')}`;
}

/** In place of a number. */
const NO_NUMBER = '-';

const LEVELS = ['symbol', 'word', 'character'] as const;

/** All answers to one task at one length. Keeps counts, not the answers. */
export class Cell implements ComparedCell {
  readonly task: string;
  readonly length: number;
  private readonly answers: AnswerCounts;
  private readonly sums = { symbol: 0, word: 0, character: 0 };
  private readonly copies = { n: 0, transitions: 0, wrong: 0, firstWrong: 0 };
  private readonly totals = {
    tokens: 0,
    withTokens: 0,
    chance: 0,
    withChance: 0,
    logProbability: 0,
    forced: 0,
  };

  constructor(task: string, length: number, answers = new AnswerCounts()) {
    this.task = task;
    this.length = length;
    this.answers = answers;
  }

  add({ sourceKey, score, promptTokens, failure = null, ofSize = false, size }: Counted): void {
    const { totals } = this;
    for (const level of LEVELS) this.sums[level] += score.similarity[level];
    if (promptTokens !== null) {
      totals.tokens += promptTokens;
      totals.withTokens += 1;
    }
    if (score.chance !== undefined) {
      totals.chance += score.chance;
      totals.withChance += 1;
    }
    if (score.logProbability !== undefined) {
      totals.logProbability += score.logProbability;
      totals.forced += 1;
    }
    if (score.copy !== undefined && isAnswer(score.outcome)) this.addCopy(score.copy);
    this.answers.add(sourceKey, score, { failure, ofSize, size: size ?? null });
  }

  private addCopy({ ambiguousTransitions, firstWrong }: CopyPlace): void {
    this.copies.n += 1;
    this.copies.transitions += ambiguousTransitions;
    if (firstWrong === null) return;
    this.copies.wrong += 1;
    this.copies.firstWrong += firstWrong;
  }

  /**
   * Other cells counted together, under one length. Sources that they share are the same sources, but for those of
   * different tasks: a source that two tasks were asked about is two samples.
   */
  static together(task: string, length: number, cells: readonly Cell[]): Cell {
    const all = new Cell(task, length);
    const oneTask = new Set(cells.map((cell) => cell.task)).size <= 1;
    for (const cell of cells) all.absorb(cell, oneTask ? '' : cell.task);
    return all;
  }

  private absorb(other: Cell, apart: string): void {
    addUp(this.sums, other.sums);
    addUp(this.copies, other.copies);
    addUp(this.totals, other.totals);
    this.answers.addAll(other.answers, apart);
  }

  /** Samples asked, of which right; those that failed. */
  get counts(): { readonly n: number; readonly correct: number; readonly failed: number } {
    const [correct, failed] = [this.outcomeCount('right'), this.outcomeCount('failed')];
    return { n: this.answers.sources.size, correct, failed };
  }

  /** Samples about which the model was not asked, so that nobody knows what it would have said. */
  get lost(): number {
    return this.answers.samplesWhere(({ failed }) => isLostKind(failed));
  }

  /** Right, asked, and shared sources as if the model had been right about all that is lost. */
  withLostRight(): Cell {
    return new Cell(this.task, this.length, this.answers.withLostRight());
  }

  /** The same where prompts of its length do not fit the context: those that were refused in words of their size are too long. */
  beyondContext(): Cell {
    if (this.answers.samplesWhere(({ failed }) => failed === 'of-size') === 0) return this;
    return this.with(this.answers.withSizeTooLong());
  }

  /** The same where the model was not asked with the prompts that were refused for their size, though they do fit. */
  withFitting(fits: (size: PromptSize) => boolean): Cell {
    const isRefused = this.answers.samplesWhere(({ size }) => size !== null && fits(size)) > 0;
    return isRefused ? this.with(this.answers.withFitting(fits)) : this;
  }

  private with(answers: AnswerCounts): Cell {
    const cell = new Cell(this.task, this.length, answers);
    addUp(cell.sums, this.sums);
    addUp(cell.copies, this.copies);
    addUp(cell.totals, this.totals);
    return cell;
  }

  /** Answers in all: as many as samples, unless each was asked several times. */
  get answerCount(): number {
    return this.answers.answers;
  }

  /**
   * Right and asked, here and in another cell, of everything that both were asked about; none where only counts are known.
   * @param by what tells it: the number of the sample with what was asked, or what was asked alone
   */
  sharedWith(
    other: ComparedCell,
    by: 'sample' | 'source' = 'sample',
  ): { readonly a: Cluster; readonly b: Cluster }[] {
    if (!(other instanceof Cell)) return [];
    const table = by === 'sample' ? 'sources' : 'unnumbered';
    return [...this.answers[table].shared(other.answers[table])];
  }

  /** Samples that were asked several times count once, by the share of their right answers. */
  get repeated(): boolean {
    return this.answers.repeated;
  }

  private outcomeCount(outcome: Outcome): number {
    return this.answers.samplesWhere((kind) => kind.outcome === outcome);
  }

  /** Of each sample the share of right answers. */
  shares(): Observations {
    return this.answers.right();
  }

  /** Its row; at another level, and with intervals that hold whenever one stops, where the answers decided its number of samples. */
  row(level: Level = {}): CellRow {
    const { totals, answers } = this;
    const n = answers.sources.size;
    const correct = this.outcomeCount('right');
    const places = answers.places(this.own(level));
    const tooLong = answers.samplesWhere(({ failed }) => failed === 'too-long');
    const answered = this.answered(level);
    return {
      kind: 'cell',
      task: this.task,
      length: this.length,
      n,
      correct,
      accuracy: n === 0 ? 0 : correct / n,
      ...this.interval(level),
      confidence: level.confidence ?? 0.95,
      errors: this.errors(),
      truncated: this.outcomeCount('truncated'),
      withheld: this.outcomeCount('withheld'),
      refused: this.outcomeCount('refused'),
      failed: this.outcomeCount('failed'),
      ...(tooLong === 0 ? {} : { tooLong }),
      ...(this.lost === 0 ? {} : { lost: this.lost }),
      ...(answered === null ? {} : { answered }),
      exact: answers.samplesWhere(({ exact }) => exact),
      ...(totals.forced > 0 ? this.forcedFields() : this.textFields()),
      ...(totals.withChance === 0 ? {} : { chance: orderless(totals.chance / totals.withChance) }),
      ...(this.repeated ? { answers: answers.answers } : {}),
      promptTokens: totals.withTokens === 0 ? null : totals.tokens / totals.withTokens,
      ...(this.copies.n === 0 ? {} : { copies: this.copyRow() }),
      ...(places === undefined ? {} : { places }),
    };
  }

  /** What texts tell beside whether they are right. */
  private textFields(): Pick<CellRow, 'retrieved' | 'extra' | 'similarity'> {
    const { answers, sums } = this;
    const mean = (sum: number): number => (answers.answers === 0 ? 0 : orderless(sum / answers.answers));
    return {
      retrieved: answers.samplesWhere(({ retrieved }) => retrieved),
      extra: answers.samplesWhere(({ extra }) => extra),
      similarity: {
        symbol: mean(sums.symbol),
        word: mean(sums.word),
        character: mean(sums.character),
      },
    };
  }

  /** Forced answers have no text. What failed has no log-probability. */
  private forcedFields(): Pick<CellRow, 'forced' | 'logProbability'> {
    const { logProbability, forced } = this.totals;
    return { forced: true, logProbability: orderless(logProbability / forced) };
  }

  /**
   * The interval of the accuracy. Nobody knows what the model would have said where it was not asked: questions that were lost
   * count as wrong for the lower end and as right for the upper one, so that they decide nothing.
   */
  private interval(level: Level): Interval {
    const own = this.own(level);
    const interval = meanInterval(this.answers.right(), own);
    if (this.lost === 0) return interval;
    return { low: interval.low, high: meanInterval(this.answers.mostRight(), own).high };
  }

  /** The level of all intervals of the row: by bets where a sample was asked several times, whether its answers agree or not. */
  private own(level: Level): Level {
    return { ...level, sequential: level.sequential === true || this.repeated };
  }

  private errors(): Record<string, number> {
    return Object.fromEntries(this.answers.samplesBy(({ error }) => error)); // a kind may have any name
  }

  /**
   * The accuracy among right and wrong answers; null where there are no others. A sample that was asked several times
   * counts once, by the share of right ones among its answers; one without any is left out.
   */
  answered(level: Level = {}): Share | null {
    if (this.answers.samplesWhere(({ outcome }) => !isAnswer(outcome)) === 0) return null;
    const found = this.answers.answered();
    const n = found.right + found.wrong + found.shares.length;
    const correct = nearWhole(found.shares.reduce((sum, share) => sum + share, found.right));
    return {
      n,
      correct,
      accuracy: n === 0 ? 0 : correct / n,
      ...meanInterval(found, this.own(level)),
    };
  }

  private copyRow(): NonNullable<CellRow['copies']> {
    const { n, transitions, wrong, firstWrong } = this.copies;
    return {
      ambiguousTransitions: transitions / n,
      wrong: this.answers.samplesWhere((kind) => kind.firstWrong !== 'none'),
      firstWrong: wrong === 0 ? null : firstWrong / wrong,
      atAmbiguous: this.answers.samplesWhere((kind) => kind.firstWrong === 'ambiguous'),
    };
  }
}

/** Sums of fractions differ in their last digits with the order in which answers came: those digits say nothing. */
function orderless(value: number): number {
  return Number(value.toPrecision(12));
}

function addUp<Sums extends Record<string, number>>(to: Sums, from: Readonly<Sums>): void {
  for (const name of Object.keys(from) as (keyof Sums)[])
    to[name] = (to[name] + from[name]) as Sums[keyof Sums];
}

/** The cells of a table, by task and length, in the order in which they came up. */
export class Tally {
  private readonly cells = new Map<string, Cell>();

  add(answer: Counted): void {
    this.cell(answer.task, answer.length).add(answer);
  }

  cell(task: string, length: number): Cell {
    const key = `${task} ${length}`;
    const known = this.cells.get(key);
    if (known !== undefined) return known;
    const cell = new Cell(task, length);
    this.cells.set(key, cell);
    return cell;
  }

  all(): Cell[] {
    return [...this.cells.values()];
  }
}
