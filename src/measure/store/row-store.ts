/** What a measurement keeps, and what it needs of whatever keeps it: a folder, or the memory of this process. */
import type { Output } from '../../score/output.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import { NOTHING_TAKEN } from './spending.ts';
import type { RowSums, Taken } from './spending.ts';

/** One sample as it was asked, and what came back. */
export interface StoredRow {
  /** The hash of all that can change the output, the repeat index included: one in several ways where they send the same. */
  readonly key: string;
  readonly task: string;
  readonly length: number;
  /** The sample's number, from 0; of what was recorded without one, its line's, negative: −1 is the first. */
  readonly index: number;
  readonly repeat: number;
  /** The source, the query and the right answer. */
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answer: readonly string[];
  /** What was sent. */
  readonly prompt: string;
  readonly system: string | null;
  /** Names how its task was asked (`wayOf`): which prompt, which sources; '' in rows of older stores. */
  readonly way: string;
  /** As it came, whole. */
  readonly output: Output;
  /** What the output is worth, by the scoring that `scoring` names; null in rows that were never scored. */
  readonly score: AnswerScore | null;
  /** Names the scoring and how the output was read; '' in rows of older stores. */
  readonly scoring: string;
}

/** A row as it is in the store. Its place grows with every row that is stored; a sample asked again gets a new one. */
export interface PlacedRow extends StoredRow {
  readonly place: number;
}

/** Another score of a row that is kept. */
export type NewScore = Pick<StoredRow, 'key' | 'way' | 'scoring'> & { readonly score: AnswerScore };

/** Where rows are kept. */
export interface RowStore {
  /** The folder; null where rows are gone with the process. */
  readonly folder: string | null;
  /** The rows of what was sent so: one in each way. */
  sentAs(key: string): readonly PlacedRow[];
  /** Keeps rows, all or none: each instead of one with its key in its way. */
  putAll(rows: readonly StoredRow[]): void;
  /** Gives rows that are kept other scores, all or none: their outputs stay as they are. */
  rescore(rows: readonly NewScore[]): void;
  /** Whether any row is an answer; rows of questions that failed are none. */
  readonly holdsAnswers: boolean;
  /** Forgets all rows. The numbers of later ones may begin anew. */
  clear(): void;
  /** Keeps everything that is written meanwhile, or nothing of it where the work fails or the process ends before. */
  atOnce<T>(work: () => Promise<T>): Promise<T>;
  /** Scored rows of a task by length, ascending: of one way, or of all. */
  counts(
    task: string,
    way?: string,
  ): { readonly length: number; readonly n: number; readonly right: number }[];
  /** The rows of a task that were asked in one way, by length, index and repeat. */
  rowsOf(task: string, way: string): Iterable<PlacedRow>;
  /** What rows with these numbers have taken, as far as the server said. */
  readonly takenByRows: RowSums;
  /** The number that the next row will have, or a later one. */
  readonly nextPlace: number;
  /** What is known of the measurement as a whole, by name. */
  fact(name: string): unknown;
  setFact(name: string, value: unknown): void;
}

/** Rows that nobody reads later: nothing is kept but the facts. */
export class MemoryStore implements RowStore {
  readonly folder = null;
  readonly holdsAnswers = false;
  private readonly facts = new Map<string, unknown>();

  get nextPlace(): number {
    return 1;
  }

  sentAs(): readonly PlacedRow[] {
    return [];
  }

  putAll(): void {
    // Whoever asked has the rows.
  }

  rescore(): void {
    // There are none.
  }

  clear(): void {
    // There are none.
  }

  atOnce<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  counts(): [] {
    return [];
  }

  rowsOf(): Iterable<PlacedRow> {
    return [];
  }

  takenByRows(): Taken {
    return NOTHING_TAKEN;
  }

  fact(name: string): unknown {
    return this.facts.get(name);
  }

  setFact(name: string, value: unknown): void {
    this.facts.set(name, value);
  }
}
