/** Counting answers: from single verdicts to the cells of a table. */
import { hash } from 'node:crypto';
import type { CopyPlace } from '../errors/index.ts';
import type { Similarities } from '../similarity.ts';
import type { CellRow } from './rows.ts';
import { clusteredInterval, wilson } from '../statistics/index.ts';
import type { Cluster } from '../statistics/index.ts';
import { SourceTable } from './source-table.ts';

/** What counting needs to know of one answer. */
export interface Verdict {
  readonly task: string;
  readonly length: number;
  /** Names the source that was asked about: the same text means the same source, for pairs and for repeats. */
  readonly sourceKey: string;
  readonly correct: boolean;
  readonly exact: boolean;
  readonly extra: boolean;
  readonly truncated: boolean;
  /** The kind of error, null when correct. */
  readonly error: string | null;
  readonly similarity: Similarities;
  readonly promptTokens: number | null;
  /** Of copies: how hard, and where they went wrong. Rows of older stores have none. */
  readonly copy?: CopyPlace | undefined;
}

/** Hexadecimal digits of a hash: enough to tell thousands of sources apart. */
const KEY_DIGITS = 16;

/**
 * Names an instance by its place and by what is asked: the same for operations, and for respondents, that are asked
 * about the same source. (Short sources may be drawn twice; they are then different instances.)
 */
export function sourceKeyOf(index: number, source: readonly string[], query: string | null): string {
  const text = JSON.stringify([source, query]);
  return `${index} ${hash('sha256', text).slice(0, KEY_DIGITS)}`;
}

/** A question without an answer. */
export interface Failure {
  readonly task: string;
  readonly length: number;
}

/** All verdicts on one task at one length. Keeps counts, not the answers. */
export class Cell {
  readonly task: string;
  readonly length: number;
  private readonly sources = new SourceTable();
  private readonly errors: Record<string, number> = {};
  private readonly sums = { symbol: 0, word: 0, character: 0 };
  private readonly copies = { n: 0, transitions: 0, wrong: 0, firstWrong: 0, atAmbiguous: 0 };
  private n = 0;
  private correct = 0;
  private exact = 0;
  private extra = 0;
  private truncated = 0;
  private failed = 0;
  private tokens = 0;
  private withTokens = 0;

  constructor(task: string, length: number) {
    this.task = task;
    this.length = length;
  }

  add(verdict: Verdict): void {
    this.n += 1;
    this.correct += Number(verdict.correct);
    this.exact += Number(verdict.exact);
    this.extra += Number(verdict.extra);
    this.truncated += Number(verdict.truncated);
    if (verdict.error !== null) this.errors[verdict.error] = (this.errors[verdict.error] ?? 0) + 1;
    for (const level of ['symbol', 'word', 'character'] as const) {
      this.sums[level] += verdict.similarity[level];
    }
    if (verdict.promptTokens !== null) {
      this.tokens += verdict.promptTokens;
      this.withTokens += 1;
    }
    if (verdict.copy !== undefined) this.addCopy(verdict.copy);
    this.sources.add(verdict.sourceKey, verdict.correct);
  }

  private addCopy({ ambiguousTransitions, firstWrong, ambiguous }: CopyPlace): void {
    this.copies.n += 1;
    this.copies.transitions += ambiguousTransitions;
    if (firstWrong === null) return;
    this.copies.wrong += 1;
    this.copies.firstWrong += firstWrong;
    this.copies.atAmbiguous += Number(ambiguous);
  }

  addFailure(): void {
    this.failed += 1;
  }

  /** Other cells counted together, under one length. Sources that they share are the same sources. */
  static together(task: string, length: number, cells: readonly Cell[]): Cell {
    const all = new Cell(task, length);
    for (const cell of cells) all.absorb(cell);
    return all;
  }

  private absorb(other: Cell): void {
    for (const count of [
      'n',
      'correct',
      'exact',
      'extra',
      'truncated',
      'failed',
      'tokens',
      'withTokens',
    ] as const) {
      this[count] += other[count];
    }
    for (const [kind, count] of Object.entries(other.errors))
      this.errors[kind] = (this.errors[kind] ?? 0) + count;
    for (const level of ['symbol', 'word', 'character'] as const) this.sums[level] += other.sums[level];
    for (const part of ['n', 'transitions', 'wrong', 'firstWrong', 'atAmbiguous'] as const) {
      this.copies[part] += other.copies[part];
    }
    this.sources.addAll(other.sources);
  }

  get counts(): { readonly n: number; readonly correct: number; readonly failed: number } {
    return { n: this.n, correct: this.correct, failed: this.failed };
  }

  /** Right and asked, here and in another cell, of every source that both were asked about. */
  sharedWith(other: Cell): { readonly a: Cluster; readonly b: Cluster }[] {
    return [...this.sources.shared(other.sources)];
  }

  /** The row, with Wilson's interval (its clustered form where sources were asked more than once). */
  row(): CellRow {
    const { n, correct } = this;
    const repeated = this.sources.size < n;
    const interval = repeated ? clusteredInterval([...this.sources.clusters()]) : wilson(correct, n);
    const mean = (sum: number): number => (n === 0 ? 0 : sum / n);
    return {
      kind: 'cell',
      task: this.task,
      length: this.length,
      n,
      correct,
      accuracy: mean(correct),
      ...interval,
      errors: { ...this.errors },
      truncated: this.truncated,
      failed: this.failed,
      exact: this.exact,
      extra: this.extra,
      similarity: {
        symbol: mean(this.sums.symbol),
        word: mean(this.sums.word),
        character: mean(this.sums.character),
      },
      promptTokens: this.withTokens === 0 ? null : this.tokens / this.withTokens,
      ...(this.copies.n === 0 ? {} : { copies: this.copyRow() }),
    };
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

/** The cells of a table, by task and length, in the order in which they came up. */
export class Tally {
  private readonly cells = new Map<string, Cell>();

  add(verdict: Verdict): void {
    this.cell(verdict.task, verdict.length).add(verdict);
  }

  addFailure({ task, length }: Failure): void {
    this.cell(task, length).addFailure();
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
