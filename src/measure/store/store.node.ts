/**
 * Where every row of a measurement is kept, as it comes: one SQLite file a folder, in WAL mode, so that a row that was
 * counted survives whatever happens to the process, and can be read while others are written.
 */
import path from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { makeFolders } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { DiskFullError, messageOf, saysDiskFull, UserError } from '../../common/errors.ts';
import { ANSWER_COLUMNS, rowOf, valuesOf } from './answer-columns.ts';
import type { AnswerRecord, ScoresRead } from './answer-columns.ts';
import { sqliteCode } from '../../common/sqlite.node.ts';
import { damagedStore, saysDamaged } from '../../common/store-file.node.ts';
import { isObject, readFault, storedValue, whole } from './damage.ts';
import { lockFolder, openFile } from './open.node.ts';
import { isPilotKey, PILOT_FACT, PILOT_KEY, withoutPilots } from './pilots.ts';
import type { NewScore, PlacedRow, RowStore, StoredRow } from './row-store.ts';
import { RUNS_FACT } from './rows.ts';
import type { AskedTask, Run } from './rows.ts';
import { A_ROW_A_WAY, checkVersion, checkWhose, makeTables, ONE_ROW_A_KEY, VERSION } from './schema.node.ts';
import type { Taken } from './spending.ts';

export const STORE_FILE = 'measure.sqlite';

/** SQLite's result code for a full disk, and for a database that reached its own limit (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

/** There is a file, but no table in it: its run was stopped before it made them. */
export class NotBegun extends UserError {}

interface Writing {
  readonly begin: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly fail: StatementSync;
  readonly commit: StatementSync;
}

/** What facts must be for whoever reads them. */
const FACTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  [RUNS_FACT]: (value) => Array.isArray(value) && value.every(isRun),
  respondent: isObject,
  capabilities: isObject,
};

function isRun(value: unknown): boolean {
  return (
    isObject(value) &&
    isObject(value.options) &&
    Array.isArray(value.asked) &&
    value.asked.every((asked) => isObject(asked) && isObject(asked.prompt))
  );
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
    return closedWhereThrown(database, () => {
      checkWhose(database, file); // before anything is written
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      checkVersion(database, folder);
      try {
        makeTables(database);
      } catch (error) {
        throw writeFault(error, folder);
      }
      const store = new MeasureStore(folder, database, lock);
      store.setFact('version', VERSION);
      return store;
    });
  }

  /** Opens a folder to read from. */
  static read(folder: string): MeasureStore {
    const file = path.join(folder, STORE_FILE);
    return whole(file, () => {
      const database = openFile(file, 'read');
      return closedWhereThrown(database, () => {
        checkWhose(database, file);
        if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'answers'").get() === undefined) {
          throw new NotBegun(`${file} holds no measurement, or one that was stopped before it began`);
        }
        checkVersion(database, folder);
        return new MeasureStore(folder, database, null);
      });
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
    if (row === undefined) return undefined;
    return whole(this.file, () => storedValue(row.value as string, FACTS[name] ?? (() => true)));
  }

  setFact(name: string, value: unknown): void {
    const text = canonicalJson(value);
    try {
      this.database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?)').run(name, text);
    } catch (error) {
      throw this.writeFault(error);
    }
  }

  /** What went wrong with writing; nothing half-written stays. */
  private writeFault(error: unknown): Error {
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    return writeFault(error, this.folder);
  }

  /**
   * Keeps rows, all or none; when this returns, they survive the process.
   * @throws DiskFullError; Error where they can't be kept for another reason
   */
  putAll(rows: readonly StoredRow[]): void {
    this.write(({ insert, fail }) => {
      for (const row of rows) insert.run(...valuesOf(row));
      if (this.failing !== null) fail.run(this.failing);
    });
  }

  /** @throws as `putAll` */
  rescore(rows: readonly NewScore[]): void {
    this.write(({ update }) => {
      for (const { key, way, score, scoring } of rows) update.run(JSON.stringify(score), scoring, key, way);
    });
  }

  /**
   * Makes all answers failed questions, which are asked again: they came from somebody else than was asked. Their texts are kept. What pilots
   * chose by them is forgotten, and what was asked so is no longer counted. Answers that are still on their way are kept as failed, too, until
   * `countAnswers`.
   * @param error why, in one line
   * @param note notes in the same transaction who answers from now on: else a kill in between would let the answers count
   * @throws as `putAll`
   */
  failAnswers(error: string, note: () => void = () => undefined): void {
    this.write(({ fail }) => {
      note();
      fail.run(error);
      this.database.exec(`DELETE FROM facts WHERE name LIKE '${PILOT_FACT}%'`);
      this.setFact(RUNS_FACT, withoutPilots((this.fact(RUNS_FACT) ?? []) as Run[]));
    });
    this.failing = error;
  }

  /** Rows are kept as they are again. */
  countAnswers(): void {
    this.failing = null;
  }

  /** Why answers are kept as failed questions; null: they are not. */
  private failing: string | null = null;

  /**
   * Keeps everything that is written meanwhile, or nothing of it: where the work fails or the process ends before it is over, the
   * folder is as it was. Who reads the folder sees it as it was until then.
   * @throws what the work throws; as `putAll` where it can't be kept
   */
  async atOnce<T>(work: () => Promise<T>): Promise<T> {
    if (this.database.isTransaction) return work();
    this.write(({ begin }) => begin.run(), false);
    try {
      const result = await work();
      this.write(({ commit }) => commit.run(), false);
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** One transaction, or a part of the one that is open. */
  private write(work: (writing: Writing) => void, isOwn = !this.database.isTransaction): void {
    try {
      this.writing ??= writingTo(this.database);
      if (isOwn) this.writing.begin.run();
      work(this.writing);
      if (isOwn) this.writing.commit.run();
    } catch (error) {
      throw this.writeFault(error);
    }
  }

  /**
   * Every row, one by one, in the order of task, length, index and repeat.
   * @throws UserError where a row is of no task that was asked here, or can't be read
   */
  *rows(scores: ScoresRead = 'trusted'): Generator<PlacedRow> {
    yield* this.selected('', [], scores);
  }

  *rowsOf(task: string, way: string): Generator<PlacedRow> {
    yield* this.selected('WHERE task = ? AND way = ?', [task, way]);
  }

  private *selected(
    where: string,
    values: readonly string[],
    scores: ScoresRead = 'trusted',
  ): Generator<PlacedRow> {
    try {
      const statement = this.database.prepare(
        `SELECT * FROM answers ${where} ORDER BY task, length, abs(idx), repeat, id`,
      );
      for (const record of statement.iterate(...values) as IterableIterator<unknown>)
        yield this.checked(rowOf(record as AnswerRecord, scores));
    } catch (error) {
      throw readFault(error, this.file);
    }
  }

  sentAs(key: string): PlacedRow[] {
    return whole(this.file, () => {
      this.select ??= this.database.prepare('SELECT * FROM answers WHERE key = ? ORDER BY id');
      return this.select.all(key).map((record) => this.checked(rowOf(record as unknown as AnswerRecord)));
    });
  }

  private select: StatementSync | undefined;

  /** @throws UserError for a row of a task that no run here has asked in its way; those of pilots are in no run */
  private checked(row: PlacedRow): PlacedRow {
    if (isPilotKey(row.key) || this.wasAsked(row)) return row;
    throw damagedStore(
      this.file,
      `a row in it is of the task '${row.task}', which no run in it has asked so`,
    );
  }

  private wasAsked(row: PlacedRow): boolean {
    const isKnown = (): boolean => this.asked === null || this.asked?.has(askedAs(row)) === true;
    if (isKnown()) return true;
    // For the first row; and other processes, or this one, may have begun runs since.
    this.asked = askedIn((this.fact(RUNS_FACT) ?? []) as Run[]);
    return isKnown();
  }

  /** What the runs have asked; null where none has begun. */
  private asked: ReadonlySet<string> | null | undefined;

  /** What rows with these numbers have taken, as far as the server said. */
  takenByRows(from: number, before: number, pilots: boolean): Taken {
    const sums = whole(this.file, () =>
      this.database
        .prepare(
          `SELECT sum(attempts) AS requests, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion
           FROM answers WHERE attempts > 0 AND id >= ? AND id < ? AND (key NOT LIKE '${PILOT_KEY}%' OR ?)`,
        )
        .get(from, Number.isFinite(before) ? before : Number.MAX_SAFE_INTEGER, Number(pilots)),
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

  /** Whether it was written, if only in part, before each way had rows of its own: what two share may be in one alone. */
  get heldOneRowAKey(): boolean {
    const version = Number(this.fact('version') ?? VERSION);
    return version < A_ROW_A_WAY || this.fact(ONE_ROW_A_KEY) === true;
  }

  get holdsAnswers(): boolean {
    return this.first('SELECT 1 FROM answers WHERE error IS NULL LIMIT 1') !== undefined;
  }

  clear(): void {
    this.write(() => this.database.exec('DELETE FROM answers'));
  }

  counts(task: string, way?: string): { length: number; n: number; right: number }[] {
    const counted = whole(this.file, () =>
      this.database
        .prepare(
          `SELECT length, count(*) AS n, sum(json_extract(score, '$.outcome') = 'right') AS "right" FROM answers
           WHERE task = ?1 AND way = ifnull(?2, way) AND score IS NOT NULL GROUP BY length ORDER BY length`,
        )
        .all(task, way ?? null),
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

  /** How many questions of a task have rows, whether they were answered or failed; what is sent in several ways is one. */
  askedOf(task: string): number {
    return Number(this.first('SELECT count(DISTINCT key) AS n FROM answers WHERE task = ?', task)?.n ?? 0);
  }

  close(): void {
    this.database.close();
    this.lock?.close();
  }
}

/** A task and the way in which it was asked; rows of older stores do not name theirs. */
function askedAs({ task, way }: Pick<AskedTask, 'task' | 'way'>): string {
  return JSON.stringify([task, way ?? '']);
}

function askedIn(runs: readonly Run[]): ReadonlySet<string> | null {
  if (runs.length === 0) return null;
  const asked = runs.flatMap((run) => run.asked);
  return new Set(asked.flatMap(({ task, way }) => [askedAs({ task, way }), askedAs({ task })]));
}

/** What went wrong with writing, in one line. */
function writeFault(error: unknown, folder: string): Error {
  if (saysDiskFull(error) || sqliteCode(error) === SQLITE_FULL)
    return new DiskFullError(folder, { cause: error });
  if (saysDamaged(error)) return damagedStore(path.join(folder, STORE_FILE), messageOf(error));
  return new Error(`cannot write to ${folder}: ${messageOf(error)}; what was kept before is whole`, {
    cause: error,
  });
}

/** What is wrong with a file must not keep it open. */
function closedWhereThrown(database: DatabaseSync, work: () => MeasureStore): MeasureStore {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}

function writingTo(database: DatabaseSync): Writing {
  const places = ANSWER_COLUMNS.map(() => '?').join(', ');
  return {
    begin: database.prepare('BEGIN'),
    insert: database.prepare(`INSERT OR REPLACE INTO answers VALUES (NULL, ${places})`),
    update: database.prepare('UPDATE answers SET score = ?, scoring = ? WHERE key = ? AND way = ?'),
    fail: database.prepare(
      "UPDATE answers SET error = ?, failure = 'server', verdict = NULL, score = NULL, scoring = '' WHERE error IS NULL",
    ),
    commit: database.prepare('COMMIT'),
  };
}
