/**
 * Where every row of a measurement is kept, as it comes: one SQLite file a folder, in WAL mode, so that a row that was
 * counted survives whatever happens to the process, and can be read while others are written.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { makeFolders } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { messageOf, UserError } from '../../common/errors.ts';
import { isBusy, openToRead } from '../../common/sqlite.node.ts';
import type { Verdict } from '../../score/tables/tally.ts';
import type { SpentBefore } from '../../respond/endpoint/pace/budget.ts';

export const STORE_FILE = 'measure.sqlite';

/** Written into every store; one with a larger number is from a newer lengthwise. 2 keeps the ids of tokens. */
const VERSION = 2;

/** A reader that closes the store holds it for a moment, in milliseconds at most. */
const PATIENCE_MS = 10_000;

/** What came of one question. */
export interface StoredRow {
  /** The hash of all that determines the answer, the repeat index included. */
  readonly key: string;
  readonly task: string;
  readonly length: number;
  readonly index: number;
  readonly repeat: number;
  /** The source, the query and the right answer. */
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answer: readonly string[];
  /** What was sent. */
  readonly prompt: string;
  readonly system: string | null;
  /** As it came; null when nothing did. */
  readonly output: string | null;
  readonly finishReason: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** The ids of the tokens that were read and written; null where the server does not tell. */
  readonly promptIds: readonly number[] | null;
  readonly outputIds: readonly number[] | null;
  readonly latencyMs: number | null;
  readonly attempts: number;
  /** Why there is no answer; null when there is one. */
  readonly error: string | null;
  /** What the answer was judged to be; null when there is none. */
  readonly verdict: Verdict | null;
}

/** A row as it is in the store. Its place grows with every row that is stored; a question asked again gets a new one. */
export interface PlacedRow extends StoredRow {
  readonly place: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS answers (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, task TEXT NOT NULL, length INTEGER NOT NULL, idx INTEGER NOT NULL, repeat INTEGER NOT NULL,
  source TEXT NOT NULL, query TEXT, answer TEXT NOT NULL, prompt TEXT NOT NULL, system TEXT,
  output TEXT, finish_reason TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, latency_ms REAL,
  attempts INTEGER NOT NULL, error TEXT, verdict TEXT, prompt_ids TEXT, output_ids TEXT
) STRICT;
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
  /** Missing in a store of version 1. */
  prompt_ids?: string | null;
  output_ids?: string | null;
}

interface Writing {
  readonly begin: StatementSync;
  readonly insert: StatementSync;
  readonly commit: StatementSync;
}

export class MeasureStore {
  private readonly database: DatabaseSync;
  /** What writing takes, prepared when it is first done. */
  private writing: Writing | undefined;
  private readonly lock: DatabaseSync | null;

  private constructor(database: DatabaseSync, lock: DatabaseSync | null) {
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
    const database = openFile(path.join(folder, STORE_FILE), 'write');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    checkVersion(database, folder);
    database.exec(SCHEMA);
    upgrade(database);
    const store = new MeasureStore(database, lock);
    store.setFact('version', VERSION);
    return store;
  }

  /** Opens a folder to read from. */
  static read(folder: string): MeasureStore {
    const file = path.join(folder, STORE_FILE);
    const database = openFile(file, 'read');
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'answers'").get() === undefined) {
      throw new UserError(`${file} holds no measurement, or one that was stopped before it began`);
    }
    checkVersion(database, folder);
    return new MeasureStore(database, null);
  }

  fact(name: string): unknown {
    const row = this.database.prepare('SELECT value FROM facts WHERE name = ?').get(name);
    return row === undefined ? undefined : (JSON.parse(row.value as string) as unknown);
  }

  setFact(name: string, value: unknown): void {
    const text = canonicalJson(value);
    this.database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)').run(name, text);
  }

  /** Keeps rows, all or none; when this returns, they survive the process. UserError when the disk is full. */
  putAll(rows: readonly StoredRow[]): void {
    const { database } = this;
    const places = Array.from({ length: 20 }, () => '?').join(', ');
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
      throw new UserError(`cannot keep rows: ${messageOf(error)}; make room, then the same command goes on`);
    }
  }

  /** Every row, one by one, in the order of task, length, index and repeat. */
  *rows(): Generator<PlacedRow> {
    const statement = this.database.prepare('SELECT * FROM answers ORDER BY task, length, idx, repeat');
    for (const record of statement.iterate() as IterableIterator<unknown>) yield rowOf(record as Record);
  }

  get(key: string): StoredRow | undefined {
    this.select ??= this.database.prepare('SELECT * FROM answers WHERE key = ?');
    const record = this.select.get(key);
    return record === undefined ? undefined : rowOf(record as unknown as Record);
  }

  private select: StatementSync | undefined;

  /** What all rows have cost, as far as the server said. */
  spent(): SpentBefore {
    const sums = this.database
      .prepare(
        'SELECT sum(attempts) AS requests, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion FROM answers',
      )
      .get();
    return {
      requests: Number(sums?.requests ?? 0),
      promptTokens: Number(sums?.prompt ?? 0),
      completionTokens: Number(sums?.completion ?? 0),
    };
  }

  /** The place that the next row will have, or a later one. */
  get nextPlace(): number {
    return Number(this.database.prepare('SELECT max(id) AS id FROM answers').get()?.id ?? 0) + 1;
  }

  get size(): number {
    return Number(this.database.prepare('SELECT count(*) AS n FROM answers').get()?.n ?? 0);
  }

  /** How many questions of a task have rows, whether they were answered or failed. */
  askedOf(task: string): number {
    return Number(
      this.database.prepare('SELECT count(*) AS n FROM answers WHERE task = ?').get(task)?.n ?? 0,
    );
  }

  close(): void {
    this.database.close();
    this.lock?.close();
  }
}

function put(insert: StatementSync, row: StoredRow): void {
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
    row.output,
    row.finishReason,
    row.promptTokens,
    row.completionTokens,
    row.latencyMs,
    row.attempts,
    row.error,
    row.verdict === null ? null : JSON.stringify(row.verdict),
    row.promptIds === null ? null : JSON.stringify(row.promptIds),
    row.outputIds === null ? null : JSON.stringify(row.outputIds),
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
    output: record.output,
    finishReason: record.finish_reason,
    promptTokens: record.prompt_tokens,
    completionTokens: record.completion_tokens,
    promptIds: idsFrom(record.prompt_ids),
    outputIds: idsFrom(record.output_ids),
    latencyMs: record.latency_ms,
    attempts: record.attempts,
    error: record.error,
    verdict: record.verdict === null ? null : (JSON.parse(record.verdict) as Verdict),
  };
}

function idsFrom(text: string | null | undefined): readonly number[] | null {
  return text === null || text === undefined ? null : (JSON.parse(text) as number[]);
}

/** Adds the columns that a store of version 1 lacks. */
function upgrade(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('answers')").all();
  if (columns.some(({ name }) => name === 'prompt_ids')) return;
  database.exec(
    'ALTER TABLE answers ADD COLUMN prompt_ids TEXT; ALTER TABLE answers ADD COLUMN output_ids TEXT',
  );
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
