/** The store as reports, exports and `study status` read it: the current plan's items and their rows. */
import type { DatabaseSync } from 'node:sqlite';
import type { ExplanationRow } from '../../explain/rows.ts';
import type { FixRow } from '../../fix/outcome/rows.ts';
import type { Inquiry } from '../../measure/plan/inquiry.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../../score/tables/rows.ts';
import type { ProgressRow, TrainRow } from '../../train/run/rows.ts';
import type { TrainSpec } from '../../train/spec/spec.ts';
import { UserError } from '../../common/errors.ts';
import { asymmetriesIn } from '../asymmetries.ts';
import { tunedIn } from '../tuned.ts';
import { fixFolder, modelFolder, tunedFolder } from '../item.ts';
import type {
  AskedRow,
  ExplainSpec,
  Environment,
  FinetuneItemSpec,
  FixItemSpec,
  ItemKind,
  ItemState,
  MeasureSpec,
  PredictSpec,
  Row,
  StudyItem,
  StudyRows,
  TunedRow,
  VerdictRow,
} from '../rows.ts';
import { storeError } from './failures.ts';
import { openForReading } from './schema.ts';

/** How many instances of each kind of error of one item `readStudy` brings along. */
const EXAMPLES_EACH = 3;

/** One line of the plan, as it is stored. */
interface Entry {
  readonly hash: string;
  readonly task: string;
  readonly model: string | null;
  readonly seed: number | null;
}

/** One run of the study, from its start to its end or its death. */
export interface Sitting {
  /** The process's id. */
  readonly process: number;
  readonly workers: number;
  readonly started: string;
  /** null while it runs, and for one that was killed. */
  readonly ended: string | null;
  readonly outcome: 'done' | 'failed' | 'interrupted' | null;
}

/**
 * Everything in a study's folder that a report needs; also while a run is going on.
 * @throws UserError where there is no study, or its store can't be read
 */
export function readStudy(folder: string): StudyRows {
  const reader = openReader(folder);
  try {
    const study = reader.study();
    const asymmetries = asymmetriesIn(study.items, ({ hash }) => reader.rows(hash, 'instance'));
    return { ...study, asymmetries, tuned: tunedIn(study.items) };
  } finally {
    reader.close();
  }
}

/** For more than `readStudy` gives. To be closed. */
export function openReader(folder: string): StudyReader {
  return new StudyReader(folder, openForReading(folder));
}

/** A study's rows as they are stored, also while a run adds to them: `openReader` makes it. */
export class StudyReader {
  private readonly folder: string;
  private readonly database: DatabaseSync;

  /** @internal */
  constructor(folder: string, database: DatabaseSync) {
    this.folder = folder;
    this.database = database;
  }

  study(): StudyRows {
    return this.guard(() => {
      // One transaction, so that a run that goes on meanwhile does not show half of itself.
      this.database.exec('BEGIN');
      try {
        return this.readStudy();
      } finally {
        this.database.exec('COMMIT');
      }
    });
  }

  /** All rows of one kind of one item, in order, one at a time; none when it isn't done (but its learning curve). */
  *rows<Kind extends Row['kind']>(hash: string, kind: Kind): Iterable<Extract<Row, { kind: Kind }>> {
    try {
      const found = this.database
        .prepare(
          'SELECT row FROM rows WHERE item = (SELECT id FROM items WHERE hash = ?) AND kind = ? ORDER BY position',
        )
        .iterate(hash, kind);
      for (const { row } of found) yield JSON.parse(String(row)) as Extract<Row, { kind: Kind }>;
    } catch (error) {
      throw storeError(error, this.folder);
    }
  }

  /** The latest sitting. */
  lastSitting(): Sitting {
    return this.guard(() => {
      const row = this.database
        .prepare('SELECT process, workers, started, ended, outcome FROM sittings ORDER BY id DESC LIMIT 1')
        .get();
      return { ...row } as unknown as Sitting;
    });
  }

  /** Hashes of all items that are done, those of earlier plans among them. */
  doneItems(): Set<string> {
    const rows = this.guard(() => this.database.prepare("SELECT hash FROM items WHERE state = 'done'").all());
    return new Set(rows.map(({ hash }) => String(hash)));
  }

  close(): void {
    this.database.close();
  }

  private readStudy(): StudyRows {
    const plan = this.latestPlan();
    const entries = JSON.parse(String(plan.entries)) as Entry[];
    const created = this.database.prepare('SELECT min(started) AS created FROM sittings').get();
    return {
      name: String(plan.name),
      file: { name: String(plan.file_name), text: String(plan.file_text) },
      created: String(created?.created),
      environments: this.environments(),
      items: entries.map((entry) => this.item(entry)),
    };
  }

  private latestPlan() {
    const known =
      this.database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'plans'").get() !== undefined;
    const plan = known
      ? this.database.prepare('SELECT * FROM plans ORDER BY id DESC LIMIT 1').get()
      : undefined;
    if (plan === undefined) {
      throw new UserError(`the study in ${this.folder} was stopped before it began: run it again`);
    }
    return plan;
  }

  private environments(): Environment[] {
    return this.database
      .prepare('SELECT environment FROM sittings GROUP BY environment ORDER BY min(id)')
      .all()
      .map((row) => JSON.parse(String(row.environment)) as Environment);
  }

  private item(entry: Entry): StudyItem {
    const stored = this.database.prepare('SELECT * FROM items WHERE hash = ?').get(entry.hash);
    if (stored === undefined) throw new Error(`the store has no item ${entry.hash}, though its plan does`);
    const facts = {
      ...entry,
      needs: JSON.parse(String(stored.needs)) as string[],
      state: stored.state as ItemState,
      seconds: stored.seconds === null ? null : Number(stored.seconds),
      error: stored.error === null ? null : String(stored.error),
    };
    const id = Number(stored.id);
    const spec: unknown = JSON.parse(String(stored.spec));
    const kind = stored.kind as ItemKind;
    switch (kind) {
      case 'predict':
        return {
          ...facts,
          kind,
          spec: spec as PredictSpec,
          rows: this.kept(id, ['verdict']) as VerdictRow[],
        };
      case 'train':
        return {
          ...facts,
          kind,
          spec: spec as TrainSpec,
          folder: modelFolder(entry.hash),
          rows: this.kept(id, ['progress', 'trained']) as TrainRow[],
        };
      case 'measure':
        return {
          ...facts,
          kind,
          spec: spec as MeasureSpec,
          rows: this.kept(id, ['cell', 'horizon']) as (CellRow | HorizonRow)[],
          examples: this.examples(id),
        };
      case 'finetune':
        return {
          ...facts,
          kind,
          spec: spec as FinetuneItemSpec,
          folder: tunedFolder(entry.hash),
          rows: this.kept(id, ['progress', 'tuned']) as (ProgressRow | TunedRow)[],
        };
      case 'explain':
        return {
          ...facts,
          kind,
          spec: spec as ExplainSpec,
          rows: (this.kept(id, ['explanation']) as ExplanationRow[]).map((row) => ({
            ...row,
            target: this.explainedName(entry, facts.needs) ?? row.target,
          })),
        };
      case 'fix':
        return {
          ...facts,
          kind,
          spec: spec as FixItemSpec,
          folder: fixFolder(entry.hash),
          rows: this.kept(id, ['fix', 'verdict']) as (FixRow | VerdictRow)[],
        };
      case 'ask':
        return {
          ...facts,
          kind,
          spec: spec as Inquiry,
          rows: this.kept(id, ['cell', 'horizon', 'asked']) as (CellRow | HorizonRow | AskedRow)[],
          examples: this.examples(id),
        };
    }
  }

  /** A model that was trained lies in a folder named by a hash; here it has its name in the study. */
  private explainedName({ model, task }: Entry, [needed]: readonly string[]): string | null {
    if (model === null || needed === undefined) return model;
    const kind = this.database.prepare('SELECT kind FROM items WHERE hash = ?').get(needed)?.kind;
    return kind === 'finetune' ? `${model}, fine-tuned on ${task}` : model;
  }

  private kept(item: number, kinds: readonly Row['kind'][]): Row[] {
    const statement = this.database.prepare(
      'SELECT row FROM rows WHERE item = ? AND kind = ? ORDER BY position',
    );
    return kinds
      .flatMap((kind) => statement.all(item, kind))
      .map(({ row }) => JSON.parse(String(row)) as Row);
  }

  private examples(item: number): InstanceRow[] {
    return this.database
      .prepare(
        `SELECT row FROM (
           SELECT row, position, row_number() OVER (PARTITION BY row ->> '$.error' ORDER BY position) AS place
           FROM rows WHERE item = ? AND kind = 'instance' AND row ->> '$.error' IS NOT NULL
         ) WHERE place <= ? ORDER BY position`,
      )
      .all(item, EXAMPLES_EACH)
      .map(({ row }) => JSON.parse(String(row)) as InstanceRow);
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.folder);
    }
  }
}
