/**
 * The store as a run writes it. Points of a learning curve are kept as they come, because training goes on from a
 * checkpoint and does not say them again; every other row is held back and stored in one transaction with the end
 * of its item, so that an item is either done with all its rows or not done.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { makeFolders } from '../../common/folders.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { messageOf, UserError } from '../../common/errors.ts';
import type { ProgressRow } from '../../train/run/rows.ts';
import type { PlannedItem } from '../item.ts';
import type { Environment, ItemState, Row } from '../rows.ts';
import { isDiskFull, storeError, DiskFullError } from './failures.ts';
import { lockForRun, type Lock } from './lock.ts';
import { openForReading, openForWriting, refuseOthers } from './schema.ts';

/** What is run: the study file and what it asks for. */
export interface Plan {
  readonly name: string;
  readonly file: { readonly name: string; readonly text: string };
  readonly items: readonly PlannedItem[];
}

/** How a sitting ended; a killed one has no outcome. */
export type Outcome = 'done' | 'failed' | 'interrupted';

/** What the store knows of an item. */
export interface Standing {
  readonly state: ItemState;
  readonly seconds: number | null;
}

/**
 * Takes the folder for this run (it is made when it isn't there) and opens its store.
 * @throws UserError when it can't be written, holds something else, another run has it, or it is from a newer version
 */
export function openStore(folder: string): StudyStore {
  makeFolder(folder);
  refuseOthers(folder); // what is no place for a study gets no lock file either
  const lock = lockForRun(folder);
  if (lock === null)
    throw new UserError(`another run is working in ${folder}${holder(folder)}: wait for it, or stop it`);
  try {
    return new StudyStore(folder, openForWriting(folder), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A study's folder, held for one run until `close`: `openStore` makes it. */
export class StudyStore {
  readonly folder: string;
  private readonly database: DatabaseSync;
  private readonly lock: Lock;
  private readonly statements = new Map<string, StatementSync>();
  /** Rows of items that have not ended. */
  private readonly heldBack = new Map<string, Row[]>();
  private sitting = 0;

  /** @internal */
  constructor(folder: string, database: DatabaseSync, lock: Lock) {
    this.folder = folder;
    this.database = database;
    this.lock = lock;
  }

  /** Writes down what is going to be run. What a killed run left running waits again; what failed is tried again. */
  begin(plan: Plan, environment: Environment, workers: number): void {
    this.transaction(() => {
      this.run("UPDATE items SET state = 'waiting', error = NULL WHERE state IN ('running', 'failed')");
      for (const item of plan.items) {
        this.run(
          "INSERT OR IGNORE INTO items (hash, kind, spec, needs, state) VALUES (?, ?, ?, ?, 'waiting')",
          ...[item.hash, item.kind, canonicalJson(item.spec), JSON.stringify(item.needs)],
        );
      }
      this.run(
        'INSERT INTO sittings (plan, started, process, workers, environment) VALUES (?, ?, ?, ?, ?)',
        ...[this.planId(plan), now(), process.pid, workers, canonicalJson(environment)],
      );
      this.sitting = Number(this.get('SELECT max(id) AS id FROM sittings')?.id);
    });
  }

  /** By hash. */
  standings(): ReadonlyMap<string, Standing> {
    return this.guard(() => {
      const rows = this.prepared('SELECT hash, state, seconds FROM items').all();
      return new Map(
        rows.map((row) => [
          String(row.hash),
          { state: row.state as ItemState, seconds: row.seconds === null ? null : Number(row.seconds) },
        ]),
      );
    });
  }

  started(hash: string): void {
    this.heldBack.set(hash, []);
    this.guard(() => this.run("UPDATE items SET state = 'running' WHERE hash = ?", hash));
  }

  /** Takes rows of an item that is running. When this returns, points of a learning curve are on the disk. */
  rows(hash: string, rows: readonly Row[]): void {
    for (const row of rows) {
      if (row.kind === 'progress') this.progress(hash, row);
      else this.heldBack.get(hash)?.push(row);
    }
  }

  /** The item is done: its rows and its state go in at once. */
  done(hash: string, seconds: number): void {
    const held = this.heldBack.get(hash) ?? [];
    this.transaction(() => {
      const item = this.itemId(hash);
      this.run("DELETE FROM rows WHERE item = ? AND kind != 'progress'", item);
      const positions = new Map<string, number>();
      for (const row of held) {
        const position = positions.get(row.kind) ?? 0;
        positions.set(row.kind, position + 1);
        this.insertRow(item, row.kind, position, row);
      }
      this.end(hash, 'done', seconds, null);
      // Training knows how long it took in all its sittings, also in those that were killed.
      const trained = held.find((row) => row.kind === 'trained');
      if (trained !== undefined) this.run('UPDATE items SET seconds = ? WHERE id = ?', trained.seconds, item);
    });
    this.heldBack.delete(hash);
  }

  failed(hash: string, cause: string, seconds: number): void {
    this.heldBack.delete(hash);
    this.guard(() => this.end(hash, 'failed', seconds, cause));
  }

  /** It was interrupted at a safe place and waits to be gone on with. */
  stopped(hash: string, seconds: number): void {
    this.heldBack.delete(hash);
    this.guard(() => this.end(hash, 'waiting', seconds, null));
  }

  /** What was done has to be done again: what it made outside the store is gone. */
  undo(hash: string): void {
    this.transaction(() => {
      this.run("UPDATE items SET state = 'waiting', seconds = NULL WHERE hash = ?", hash);
      this.run('DELETE FROM rows WHERE item = ?', this.itemId(hash));
    });
  }

  /** What was done is to be done once more; what it brought out stays until that has ended. */
  again(hash: string): void {
    this.guard(() => this.run("UPDATE items SET state = 'waiting' WHERE hash = ?", hash));
  }

  ended(outcome: Outcome): void {
    this.guard(() =>
      this.run('UPDATE sittings SET ended = ?, outcome = ? WHERE id = ?', now(), outcome, this.sitting),
    );
  }

  /** Closes the store and leaves the folder to others. */
  close(): void {
    this.database.close();
    this.lock.release();
  }

  /**
   * One point of a learning curve. Training that goes on from a checkpoint says again what came after it: what was
   * stored from there on is superseded.
   */
  private progress(hash: string, row: ProgressRow): void {
    this.transaction(() => {
      const item = this.itemId(hash);
      this.run("DELETE FROM rows WHERE item = ? AND kind = 'progress' AND position >= ?", item, row.step);
      this.insertRow(item, 'progress', row.step, row);
    });
  }

  private end(hash: string, state: ItemState, seconds: number, error: string | null): void {
    this.run(
      'UPDATE items SET state = ?, error = ?, seconds = coalesce(seconds, 0) + ? WHERE hash = ?',
      ...[state, error, seconds, hash],
    );
  }

  private insertRow(item: number, kind: string, position: number, row: Row): void {
    this.run(
      'INSERT INTO rows (item, kind, position, row) VALUES (?, ?, ?, ?)',
      ...[item, kind, position, JSON.stringify(row)],
    );
  }

  /** The plan's row: the latest one again when nothing has changed. */
  private planId(plan: Plan): number {
    const entries = JSON.stringify(
      plan.items.map(({ hash, task, model, seed }) => ({ hash, task, model, seed })),
    );
    const last = this.get('SELECT * FROM plans ORDER BY id DESC LIMIT 1');
    const { name, file } = plan;
    if (last?.entries === entries && last.file_text === file.text && last.file_name === file.name)
      return Number(last.id);
    const { lastInsertRowid } = this.run(
      'INSERT INTO plans (written, name, file_name, file_text, entries) VALUES (?, ?, ?, ?, ?)',
      ...[now(), name, file.name, file.text, entries],
    );
    return Number(lastInsertRowid);
  }

  private itemId(hash: string): number {
    return Number(this.get('SELECT id FROM items WHERE hash = ?', hash)?.id);
  }

  private transaction(work: () => void): void {
    this.guard(() => {
      this.database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.database.exec('COMMIT');
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.folder);
    }
  }

  private run(sql: string, ...values: (string | number | null)[]) {
    return this.prepared(sql).run(...values);
  }

  private get(sql: string, ...values: (string | number | null)[]) {
    return this.prepared(sql).get(...values);
  }

  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    if (isDiskFull(error)) throw new DiskFullError(folder);
    throw new UserError(
      `cannot make the folder ${folder} (${messageOf(error)}): name one that can be written with --out`,
    );
  }
}

/** Who has the folder, as far as the store says: whoever has only begun has not written it yet. */
function holder(folder: string): string {
  let database: DatabaseSync | undefined;
  try {
    database = openForReading(folder);
    const last = database.prepare('SELECT process, started FROM sittings ORDER BY id DESC LIMIT 1').get();
    return last === undefined ? '' : ` (process ${String(last.process)}, since ${String(last.started)})`;
  } catch {
    return '';
  } finally {
    database?.close();
  }
}

function now(): string {
  return new Date().toISOString();
}
