/** Counting answers: from single scores to the cells of a table. */
import type { CopyPlace } from '../errors/index.ts';
import { outcomes } from '../output.ts';
import type { Outcome } from '../output.ts';
import type { AnswerScore } from './answer-score.ts';
import type { CellRow, Share } from './rows.ts';
import { boundedInterval, exactInterval } from '../statistics/index.ts';
import type { Cluster } from '../statistics/index.ts';
import { PlaceCounts } from './place-counts.ts';
import { hash64, SourceTable } from './source-table.ts';

/** What counting needs to know of one answer. */
export interface Counted {
  readonly task: string;
  readonly length: number;
  /** Names the source that was asked about: the same text means the same source, for pairs and for repeats. */
  readonly sourceKey: string;
  readonly score: AnswerScore;
  readonly promptTokens: number | null;
}

/**
 * Names a sample by its place and by what is asked: the same for operations, and for respondents, that are asked
 * about the same source. (Short sources may be drawn twice; they are then different samples.)
 */
export function sourceKeyOf(index: number, source: readonly string[], query: string | null): string {
  const [high, low] = hash64(JSON.stringify([source, query]));
  return `${index} ${high.toString(36)}${low.toString(36).padStart(7, '0')}`;
}

const LEVELS = ['symbol', 'word', 'character'] as const;

/** All answers to one task at one length. Keeps counts, not the answers. */
export class Cell {
  readonly task: string;
  readonly length: number;
  private readonly sources = new SourceTable();
  private readonly places = new PlaceCounts();
  private readonly outcomes = Object.fromEntries(outcomes.map((name) => [name, 0])) as Record<
    Outcome,
    number
  >;
  private readonly errors: Record<string, number> = {};
  private readonly sums = { symbol: 0, word: 0, character: 0 };
  private readonly copies = { n: 0, transitions: 0, wrong: 0, firstWrong: 0, atAmbiguous: 0 };
  private readonly totals = {
    answers: 0,
    exact: 0,
    retrieved: 0,
    extra: 0,
    tokens: 0,
    withTokens: 0,
    chance: 0,
    withChance: 0,
  };

  constructor(task: string, length: number) {
    this.task = task;
    this.length = length;
  }

  add({ sourceKey, score, promptTokens }: Counted): void {
    const { totals } = this;
    this.outcomes[score.outcome] += 1;
    totals.answers += 1;
    totals.exact += Number(score.exact);
    totals.retrieved += Number(score.retrieved);
    totals.extra += Number(score.extra);
    if (score.error !== null) this.errors[score.error] = (this.errors[score.error] ?? 0) + 1;
    for (const level of LEVELS) this.sums[level] += score.similarity[level];
    if (promptTokens !== null) {
      totals.tokens += promptTokens;
      totals.withTokens += 1;
    }
    if (score.chance !== undefined) {
      totals.chance += score.chance;
      totals.withChance += 1;
    }
    if (score.copy !== undefined && isAnswer(score.outcome)) this.addCopy(score.copy);
    this.sources.add(sourceKey, score.outcome === 'right');
    this.places.add(sourceKey, score);
  }

  private addCopy({ ambiguousTransitions, firstWrong, ambiguous }: CopyPlace): void {
    this.copies.n += 1;
    this.copies.transitions += ambiguousTransitions;
    if (firstWrong === null) return;
    this.copies.wrong += 1;
    this.copies.firstWrong += firstWrong;
    this.copies.atAmbiguous += Number(ambiguous);
  }

  /** Other cells counted together, under one length. Sources that they share are the same sources. */
  static together(task: string, length: number, cells: readonly Cell[]): Cell {
    const all = new Cell(task, length);
    for (const cell of cells) all.absorb(cell);
    return all;
  }

  private absorb(other: Cell): void {
    addUp(this.outcomes, other.outcomes);
    addUp(this.errors, other.errors);
    addUp(this.sums, other.sums);
    addUp(this.copies, other.copies);
    addUp(this.totals, other.totals);
    this.sources.addAll(other.sources);
    this.places.addAll(other.places);
  }

  /** Samples asked, of which right; answers that failed. */
  get counts(): { readonly n: number; readonly correct: number; readonly failed: number } {
    return { n: this.sources.size, correct: this.rightShares(), failed: this.outcomes.failed };
  }

  /** Right and asked, here and in another cell, of every source that both were asked about. */
  sharedWith(other: Cell): { readonly a: Cluster; readonly b: Cluster }[] {
    return [...this.sources.shared(other.sources)];
  }

  /** Samples that were asked several times count once, by the share of their right answers. */
  get repeated(): boolean {
    return this.sources.size < this.totals.answers;
  }

  private rightShares(): number {
    if (!this.repeated) return this.outcomes.right;
    return orderless(this.shares().reduce((sum, share) => sum + share, 0));
  }

  /** The share of right answers to each source. */
  shares(): number[] {
    return Array.from(this.sources.clusters(), ({ correct, n }) => correct / n);
  }

  row(): CellRow {
    const { totals, sources } = this;
    const [n, correct] = [sources.size, this.rightShares()];
    const places = this.places.rows();
    const interval = this.repeated ? boundedInterval(this.shares()) : exactInterval(correct, n);
    const mean = (sum: number): number => (totals.answers === 0 ? 0 : orderless(sum / totals.answers));
    return {
      kind: 'cell',
      task: this.task,
      length: this.length,
      n,
      correct,
      accuracy: n === 0 ? 0 : correct / n,
      ...interval,
      confidence: 0.95,
      errors: { ...this.errors },
      truncated: this.outcomes.truncated,
      withheld: this.outcomes.withheld,
      refused: this.outcomes.refused,
      failed: this.outcomes.failed,
      ...this.answered(),
      exact: totals.exact,
      retrieved: totals.retrieved,
      extra: totals.extra,
      ...(totals.withChance === 0 ? {} : { chance: orderless(totals.chance / totals.withChance) }),
      ...(this.repeated ? { answers: totals.answers } : {}),
      similarity: {
        symbol: mean(this.sums.symbol),
        word: mean(this.sums.word),
        character: mean(this.sums.character),
      },
      promptTokens: totals.withTokens === 0 ? null : totals.tokens / totals.withTokens,
      ...(this.copies.n === 0 ? {} : { copies: this.copyRow() }),
      ...(places === undefined ? {} : { places }),
    };
  }

  /** The accuracy among right and wrong answers, where there are others. */
  private answered(): { readonly answered?: Share } {
    const { right, wrong } = this.outcomes;
    const n = right + wrong;
    if (n === this.totals.answers || this.repeated) return {};
    return { answered: { n, correct: right, accuracy: n === 0 ? 0 : right / n, ...exactInterval(right, n) } };
  }

  private copyRow(): NonNullable<CellRow['copies']> {
    const { n, transitions, wrong, firstWrong, atAmbiguous } = this.copies;
    return {
      ambiguousTransitions: transitions / n,
      wrong,
      firstWrong: wrong === 0 ? null : firstWrong / wrong,
      atAmbiguous,
    };
  }
}

/** Sums of fractions differ in their last digits with the order in which answers came: those digits say nothing. */
function orderless(value: number): number {
  return Number(value.toPrecision(12));
}

/** Whether an outcome is an answer, right or wrong. */
export function isAnswer(outcome: Outcome): boolean {
  return outcome === 'right' || outcome === 'wrong';
}

function addUp(to: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(from)) to[name] = (to[name] ?? 0) + count;
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
