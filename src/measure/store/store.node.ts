/**
 * Where every row of a measurement is kept, as it comes: one SQLite file a folder, in WAL mode, so that a row that was
 * counted survives whatever happens to the process, and can be read while others are written.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { makeFolders } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { DiskFullError, messageOf, saysDiskFull, UserError } from '../../common/errors.ts';
import type { AnswerScore } from '../../score/tables/answer-score.ts';
import type { RowStore, StoredRow } from './row-store.ts';
import { scoreFromVerdict } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import type { FailureKind, Output } from '../../score/output.ts';
import { isBusy, openToRead } from '../../common/sqlite.node.ts';

export const STORE_FILE = 'measure.sqlite';

/**
 * Written into every store; one with a larger number is from a newer lengthwise. 2 keeps the ids of tokens; 3 whole outputs
 * (thoughts, refusals, limits), their scores by version, and how each was asked.
 */
const VERSION = 3;

/** SQLite's result code for a full disk, and for a database that reached its own limit (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

/** A reader that closes the store holds it for a moment, in milliseconds at most. */
const PATIENCE_MS = 10_000;

/** A row as it is in the store. Its place grows with every row that is stored; a sample asked again gets a new one. */
export interface PlacedRow extends StoredRow {
  readonly place: number;
}

/** The columns of an answer after its id, in their order. */
const COLUMNS = [
  'key TEXT NOT NULL UNIQUE',
  'task TEXT NOT NULL',
  'length INTEGER NOT NULL',
  'idx INTEGER NOT NULL',
  'repeat INTEGER NOT NULL',
  'source TEXT NOT NULL',
  'query TEXT',
  'answer TEXT NOT NULL',
  'prompt TEXT NOT NULL',
  'system TEXT',
  'output TEXT',
  'finish_reason TEXT',
  'prompt_tokens INTEGER',
  'completion_tokens INTEGER',
  'latency_ms REAL',
  'attempts INTEGER NOT NULL',
  'error TEXT',
  'verdict TEXT', // of older stores: the score as it was then
  'prompt_ids TEXT',
  'output_ids TEXT',
  'thoughts TEXT',
  'refusal TEXT',
  'token_limit INTEGER',
  'failure TEXT',
  'way TEXT',
  'score TEXT',
  'scoring TEXT',
] as const;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, ${COLUMNS.join(', ')}) STRICT;
`;

interface Record {
  id: number;
  key: string;
  task: string;
  length: number;
  idx: number;
  repeat: number;
  source: string;
  query: string | null;
  answer: string;
  prompt: string;
  system: string | null;
  output: string | null;
  finish_reason: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  latency_ms: number | null;
  attempts: number;
  error: string | null;
  verdict: string | null;
  /** Missing in stores of version 1. */
  prompt_ids?: string | null;
  output_ids?: string | null;
  /** Missing in stores of versions 1 and 2. */
  thoughts?: string | null;
  refusal?: string | null;
  token_limit?: number | null;
  failure?: string | null;
  way?: string | null;
  score?: string | null;
  scoring?: string | null;
}

interface Writing {
  readonly begin: StatementSync;
  readonly insert: StatementSync;
  readonly commit: StatementSync;
}

export class MeasureStore implements RowStore {
  readonly folder: string;
  private readonly database: DatabaseSync;
  /** What writing takes, prepared when it is first done. */
  private writing: Writing | undefined;
  private readonly lock: DatabaseSync | null;

  private constructor(folder: string, database: DatabaseSync, lock: DatabaseSync | null) {
    this.folder = folder;
    this.database = database;
    this.lock = lock;
  }

  /** Opens a folder to write to. UserError when that can't be, or when another process is at it. */
  static open(folder: string): MeasureStore {
    try {
      makeFolders(folder);
    } catch (error) {
      throw new UserError(`cannot make the folder ${folder}: ${messageOf(error)}; choose another with --out`);
    }
    const lock = lockFolder(folder);
    const file = path.join(folder, STORE_FILE);
    try {
      return whole(file, () => MeasureStore.opened(folder, file, lock));
    } catch (error) {
      lock?.close(); // nobody is at a folder that can't be opened
      throw error;
    }
  }

  private static opened(folder: string, file: string, lock: DatabaseSync | null): MeasureStore {
    const database = openFile(file, 'write');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    checkVersion(database, folder);
    database.exec(SCHEMA);
    upgrade(database);
    const store = new MeasureStore(folder, database, lock);
    store.setFact('version', VERSION);
    return store;
  }

  /** Opens a folder to read from. */
  static read(folder: string): MeasureStore {
    const file = path.join(folder, STORE_FILE);
    return whole(file, () => {
      const database = openFile(file, 'read');
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'answers'").get() === undefined) {
        throw new UserError(`${file} holds no measurement, or one that was stopped before it began`);
      }
      checkVersion(database, folder);
      return new MeasureStore(folder, database, null);
    });
  }

  private get file(): string {
    return path.join(this.folder, STORE_FILE);
  }

  /** The first row of a query. @throws UserError where the file is damaged there */
  private first(sql: string, ...parameters: readonly string[]) {
    return whole(this.file, () => this.database.prepare(sql).get(...parameters));
  }

  fact(name: string): unknown {
    const row = this.first('SELECT value FROM facts WHERE name = ?', name);
    return row === undefined ? undefined : whole(this.file, () => JSON.parse(row.value as string) as unknown);
  }

  setFact(name: string, value: unknown): void {
    const text = canonicalJson(value);
    try {
      this.database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)').run(name, text);
    } catch (error) {
      throw this.writeFault(error);
    }
  }

  /** What went wrong with writing, in one line; nothing half-written stays. */
  private writeFault(error: unknown): Error {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    if (saysDiskFull(error) || sqliteCode(error) === SQLITE_FULL) {
      return new DiskFullError(this.folder, { cause: error });
    }
    if (saysDamaged(error)) return damagedStore(this.file);
    return new Error(`cannot write to ${this.folder}: ${messageOf(error)}; what was kept before is whole`, {
      cause: error,
    });
  }

  /**
   * Keeps rows, all or none; when this returns, they survive the process.
   * @throws DiskFullError; Error where they can't be kept for another reason
   */
  putAll(rows: readonly StoredRow[]): void {
    const { database } = this;
    const places = COLUMNS.map(() => '?').join(', ');
    this.writing ??= {
      begin: database.prepare('BEGIN'),
      insert: database.prepare(`INSERT OR REPLACE INTO answers VALUES (NULL, ${places})`),
      commit: database.prepare('COMMIT'),
    };
    const { begin, insert, commit } = this.writing;
    try {
      begin.run();
      for (const row of rows) put(insert, row);
      commit.run();
    } catch (error) {
      throw this.writeFault(error);
    }
  }

  /** Every row, one by one, in the order of task, length, index and repeat. */
  *rows(): Generator<PlacedRow> {
    try {
      const statement = this.database.prepare('SELECT * FROM answers ORDER BY task, length, idx, repeat');
      for (const record of statement.iterate() as IterableIterator<unknown>) yield rowOf(record as Record);
    } catch (error) {
      throw readFault(error, this.file);
    }
  }

  get(key: string): StoredRow | undefined {
    return whole(this.file, () => {
      this.select ??= this.database.prepare('SELECT * FROM answers WHERE key = ?');
      const record = this.select.get(key);
      return record === undefined ? undefined : rowOf(record as unknown as Record);
    });
  }

  private select: StatementSync | undefined;

  /** Scores a row again: its output stays as it is. */
  rescore(key: string, score: AnswerScore, scoring: string): void {
    this.update ??= this.database.prepare('UPDATE answers SET score = ?, scoring = ? WHERE key = ?');
    this.update.run(JSON.stringify(score), scoring, key);
  }
  private update: StatementSync | undefined;

  /** What all rows have cost, as far as the server said. */
  spent(): { readonly requests: number; readonly promptTokens: number; readonly completionTokens: number } {
    const sums = this.first(
      'SELECT sum(attempts) AS requests, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion FROM answers',
    );
    return {
      requests: Number(sums?.requests ?? 0),
      promptTokens: Number(sums?.prompt ?? 0),
      completionTokens: Number(sums?.completion ?? 0),
    };
  }

  /** The place that the next row will have, or a later one. */
  get nextPlace(): number {
    return Number(this.first('SELECT max(id) AS id FROM answers')?.id ?? 0) + 1;
  }

  get holdsAnswers(): boolean {
    return this.first('SELECT 1 FROM answers WHERE error IS NULL LIMIT 1') !== undefined;
  }

  clear(): void {
    this.database.exec('DELETE FROM answers');
  }

  forgetBefore(place: number): void {
    this.database.prepare('DELETE FROM answers WHERE id < ?').run(place);
  }

  counts(task: string, way: string): { length: number; n: number; right: number }[] {
    const counted = whole(this.file, () =>
      this.database
        .prepare(
          `SELECT length, count(*) AS n, sum(json_extract(score, '$.outcome') = 'right') AS "right" FROM answers
           WHERE task = ? AND way = ? AND score IS NOT NULL GROUP BY length ORDER BY length`,
        )
        .all(task, way),
    );
    return counted.map(({ length, n, right }) => ({
      length: Number(length),
      n: Number(n),
      right: Number(right),
    }));
  }

  get size(): number {
    return Number(this.first('SELECT count(*) AS n FROM answers')?.n ?? 0);
  }

  /** How many questions of a task have rows, whether they were answered or failed. */
  askedOf(task: string): number {
    return Number(this.first('SELECT count(*) AS n FROM answers WHERE task = ?', task)?.n ?? 0);
  }

  close(): void {
    this.database.close();
    this.lock?.close();
  }
}

function put(insert: StatementSync, row: StoredRow): void {
  const { output } = row;
  insert.run(
    row.key,
    row.task,
    row.length,
    row.index,
    row.repeat,
    JSON.stringify(row.source),
    row.query,
    JSON.stringify(row.answer),
    row.prompt,
    row.system,
    output.text,
    output.finishReason,
    output.promptTokens,
    output.completionTokens,
    output.latencyMs,
    output.attempts,
    output.error,
    null,
    output.promptIds === null ? null : JSON.stringify(output.promptIds),
    output.outputIds === null ? null : JSON.stringify(output.outputIds),
    output.thoughts,
    output.refusal,
    output.tokenLimit,
    output.failure,
    row.way,
    row.score === null ? null : JSON.stringify(row.score),
    row.scoring,
  );
}

function rowOf(record: Record): PlacedRow {
  return {
    place: record.id,
    key: record.key,
    task: record.task,
    length: record.length,
    index: record.idx,
    repeat: record.repeat,
    source: JSON.parse(record.source) as string[],
    query: record.query,
    answer: JSON.parse(record.answer) as string[],
    prompt: record.prompt,
    system: record.system,
    way: record.way ?? '',
    output: outputOf(record),
    score: scoreOf(record),
    scoring: record.scoring ?? '',
  };
}

function scoreOf({ score, verdict }: Record): AnswerScore | null {
  if (typeof score === 'string') return JSON.parse(score) as AnswerScore;
  return verdict === null ? null : scoreFromVerdict(JSON.parse(verdict) as Verdict);
}

function outputOf(record: Record): Output {
  return {
    text: record.output,
    thoughts: record.thoughts ?? null,
    refusal: record.refusal ?? null,
    finishReason: record.finish_reason,
    promptTokens: record.prompt_tokens,
    completionTokens: record.completion_tokens,
    tokenLimit: record.token_limit ?? null,
    promptIds: idsFrom(record.prompt_ids),
    outputIds: idsFrom(record.output_ids),
    latencyMs: record.latency_ms,
    attempts: record.attempts,
    error: record.error,
    failure: (record.failure ?? (record.error === null ? null : 'server')) as FailureKind | null,
  };
}

function idsFrom(text: string | null | undefined): readonly number[] | null {
  return text === null || text === undefined ? null : (JSON.parse(text) as number[]);
}

/** The primary result code of SQLite's error; null where it is none. */
function sqliteCode(error: unknown): number | null {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : null;
}

/** Adds the columns that an older store lacks. */
function upgrade(database: DatabaseSync): void {
  const there = new Set(
    database
      .prepare("SELECT name FROM pragma_table_info('answers')")
      .all()
      .map(({ name }) => name),
  );
  for (const column of COLUMNS) {
    if (!there.has(column.split(' ', 1)[0])) database.exec(`ALTER TABLE answers ADD COLUMN ${column}`);
  }
}

/** @throws UserError where the file can't be opened, or is no database */
function openFile(file: string, how: 'read' | 'write'): DatabaseSync {
  try {
    if (how === 'read') return openToRead(file);
    const database = new DatabaseSync(file, { timeout: PATIENCE_MS });
    database.prepare('SELECT count(*) FROM sqlite_master').get(); // opening alone does not read it
    return database;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot open ${file}: ${messageOf(error)}`);
  }
}

/** A lock that the system takes back when the process ends, however it ends: a write transaction of its own file. */
function lockFolder(folder: string): DatabaseSync {
  const file = path.join(folder, 'lock.sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    throw new UserError(
      isBusy(error)
        ? `${folder} is in use by another run; wait for its end, or choose another with --out`
        : `cannot write to ${folder} (${messageOf(error)}); choose another with --out`,
    );
  }
}

function checkVersion(database: DatabaseSync, folder: string): void {
  const known = database.prepare("SELECT name FROM sqlite_master WHERE name = 'facts'").get();
  if (known === undefined) return;
  const row = database.prepare("SELECT value FROM facts WHERE name = 'version'").get();
  const version = row === undefined ? VERSION : Number(row.value);
  if (version > VERSION) {
    throw new UserError(
      `${folder} was written by a newer lengthwise (its store has version ${version}, this one reads ${VERSION})`,
    );
  }
}

/** SQLite's words for a file that was changed by others, or not written to its end. */
const DAMAGED = /malformed|is not a database|disk image/i;

/** Whether an error says that a store's file is damaged. */
function saysDamaged(error: unknown): boolean {
  return error instanceof Error && !(error instanceof UserError) && DAMAGED.test(error.message);
}

/** The one line for that. */
function damagedStore(file: string): UserError {
  return new UserError(
    `${file} is damaged (SQLite can't read it): sqlite3 ${file} .recover may save rows; to ask again, name another folder, or delete this one`,
  );
}

/** What a store's reader is told: where a row can't be read, be it SQLite that says so or what stands in it, it is damage. */
function readFault(error: unknown, file: string): unknown {
  return saysDamaged(error) || error instanceof SyntaxError ? damagedStore(file) : error;
}

/** @throws UserError where the file turns out to be damaged */
function whole<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readFault(error, file);
  }
}
