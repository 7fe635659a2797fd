/**
 * The one road of a measurement, whoever answers: the plan says what to ask, the respondent answers, every output is
 * stored before it is counted, and the tables are made of what was counted.
 */
import path from 'node:path';
import { drained, eachOf } from '../common/closing.ts';
import { canonicalJson } from '../common/json.ts';
import { sha256 } from '../common/sha256.ts';
import { UserError } from '../common/errors.ts';
import { messageOf } from '../common/errors.ts';
import type { AskState, Ending, Respondent } from '../respond/respondent.ts';
import type { Output } from '../score/output.ts';
import { Gathered } from './reading/gathered.ts';
import type { Question } from './plan/question.ts';
import { questionOf, rowFor, wayOf } from './plan/question.ts';
import type { MeasureSpec } from './plan/spec.ts';
import { planOf } from './plan/plan.ts';
import type { Plan, Slot } from './plan/plan.ts';
import { promptedTask, Scorer } from './scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from './scoring/scoring.ts';
import { askedTask, beginRun } from './plan/runs.ts';
import type { RunNote } from './plan/runs.ts';
import type { RowStore, StoredRow } from './store/row-store.ts';

export type { MeasureSpec } from './plan/spec.ts';

export interface MeasureOptions {
  readonly store: RowStore;
  /** Who asks, for those who read the folder later. */
  readonly note: RunNote;
  readonly signal: AbortSignal;
  /** Told every row that counts, stored before or now, in the order in which they come up. */
  readonly onRow?: (row: StoredRow) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** Rows from earlier runs; answered now; failed now for good. */
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  /** The most that will have been asked. */
  readonly most: number;
  readonly startedAt: number;
  readonly state: AskState | null;
  readonly gathered: Gathered;
}

export interface Measured {
  readonly gathered: Gathered;
  readonly ending: Ending;
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  /** Scores of stored outputs that are other ones than when they were stored. */
  readonly moved: number;
  readonly state: AskState | null;
  /** After a search: answers to the same questions that the folder holds at lengths that the search did not ask. */
  readonly others: readonly OtherAnswers[];
}

/** Answers of an earlier run at one length. */
export interface OtherAnswers {
  readonly task: string;
  readonly length: number;
  readonly n: number;
  readonly right: number;
}

/** Without lengths: how long sources get, and how many samples one length takes at most; with them, how many it takes. */
const USUAL = { maxLength: 320, most: 300, n: 100 } as const;

/** How much is asked where nothing is said. */
export function usualNumbers({
  lengths,
  n,
  maxLength,
}: {
  readonly lengths?: readonly number[];
  readonly n?: number;
  readonly maxLength?: number;
}): Pick<MeasureSpec, 'lengths' | 'n' | 'maxLength'> {
  return {
    lengths: lengths ?? null,
    n: n ?? (lengths === undefined ? USUAL.most : USUAL.n),
    maxLength: maxLength ?? USUAL.maxLength,
  };
}

/** Where rows are kept when nobody says where: named by who is asked, so that the same command goes on. */
export function defaultFolder(identity: Respondent['identity'], model: string): string {
  const name = model.replace(/[^\w.-]+/g, '-').slice(0, 40) || 'model';
  return path.join('runs', 'measure', `${name}-${sha256(canonicalJson(identity)).slice(0, 8)}`);
}

const PROGRESS_EVERY_MS = 250;

/**
 * Asks everything that the plan wants and the store does not hold yet.
 * @throws UserError where the folder holds another respondent's answers, or rows can't be stored
 */
export async function measure(
  spec: MeasureSpec,
  respondent: Respondent,
  options: MeasureOptions,
): Promise<Measured> {
  return drained(measuredRows(spec, respondent, options));
}

/** The same, yielding rows as they are counted (but for those that were stored before). */
export function measuredRows(
  spec: MeasureSpec,
  respondent: Respondent,
  options: MeasureOptions,
): AsyncGenerator<readonly ScoredRow[], Measured> {
  checkRespondent(options.store, respondent);
  return new Measurement(spec, respondent, options).run();
}

class Measurement {
  private readonly spec: MeasureSpec;
  private readonly respondent: Respondent;
  private readonly options: MeasureOptions;
  private readonly plan: Plan;
  private readonly ways: ReadonlyMap<string, string>;
  private readonly gathered: Gathered;
  private readonly scorer = new Scorer();
  private readonly source: Parameters<typeof questionOf>[1];
  private readonly slots = new Map<Question, Slot>();
  private readonly startedAt = Date.now();
  private readonly counts = { reused: 0, answered: 0, failed: 0, moved: 0 };
  private state: AskState | null = null;
  private lastProgress = 0;

  constructor(spec: MeasureSpec, respondent: Respondent, options: MeasureOptions) {
    this.spec = spec;
    this.respondent = respondent;
    this.options = options;
    this.plan = planOf(spec);
    this.ways = new Map(
      spec.asked.map((asked) => [
        asked.task.name,
        wayOf(asked, spec.rendering, spec.sources[asked.task.name]),
      ]),
    );
    this.gathered = liveGathering(spec, respondent, options, this.plan);
    const { seed, rendering } = spec;
    this.source = { fingerprint: canonicalJson(respondent.identity), seed, rendering };
  }

  async *run(): AsyncGenerator<readonly ScoredRow[], Measured> {
    const { store, note, signal } = this.options;
    const endRun = beginRun(store, this.spec, { ways: this.ways, note, most: this.plan.most });
    const answering = this.respondent.ask(
      { next: () => this.next() },
      { signal, onState: (state) => this.told(state) },
    );
    // Unless it is told otherwise, whoever took the rows wants no more of them.
    let ending: Ending = { kind: 'interrupted' };
    let fault: { readonly error: unknown } | null = null;
    try {
      ending = yield* eachOf(answering, (came) => {
        const rows = this.keep(came.map(({ prompted, output }) => ({ question: prompted, output })));
        this.report();
        return [rows];
      });
    } catch (error) {
      ending = { kind: 'stopped', reason: messageOf(error) };
      fault = { error };
      throw error;
    } finally {
      noted(() => endRun(ending), fault);
    }
    return {
      ...{ gathered: this.gathered, ending, ...this.counts, state: this.state },
      others: this.others(),
    };
  }

  /** After a search: what the store holds of its tasks at lengths that it did not ask now. */
  private others(): readonly OtherAnswers[] {
    if (this.spec.lengths !== null) return [];
    const asked = new Set(this.gathered.cells().map(({ task, length }) => `${task} ${length}`));
    return [...this.ways].flatMap(([task, way]) =>
      this.options.store
        .counts(task, way)
        .filter(({ length }) => !asked.has(`${task} ${length}`))
        .map((counted) => ({ task, ...counted })),
    );
  }

  /** The plan's next question that is not in the store already. */
  private next(): Question | 'wait' | 'done' {
    const { store } = this.options;
    for (;;) {
      const slot = this.plan.next();
      if (slot === 'wait' || slot === 'done') return slot;
      const question = questionOf(slot.asked, this.source, slot);
      const stored = store.get(question.key);
      if (stored === undefined || this.isOpen(stored, question)) {
        this.slots.set(question, slot);
        return question;
      }
      this.counts.reused += 1;
      this.count(slot, this.scoredAgain(stored, question));
    }
  }

  /** A question that failed, or whose answer was cut by a limit that is no longer set. */
  private isOpen({ output }: StoredRow, question: Question): boolean {
    return output.error !== null || this.respondent.asksAgain?.(question, output) === true;
  }

  /** A stored row under the present scoring, and as it is read now. */
  private scoredAgain(stored: StoredRow, question: Question): ScoredRow {
    const { row, moved } = this.scorer.current(stored, this.scoredTask(question));
    this.counts.moved += Number(moved);
    if (row.scoring !== stored.scoring) this.options.store.rescore(row.key, row.score, row.scoring);
    return row;
  }

  /** Stores what has come, and only then counts it. */
  private keep(came: readonly { readonly question: Question; readonly output: Output }[]): ScoredRow[] {
    const rows = came.map(({ question, output }) => {
      const row = rowFor(question, this.ways.get(question.task.name) ?? '', output);
      const score = this.scorer.score(row, this.scoredTask(question));
      return { slot: this.slotOf(question), row: { ...row, ...score } };
    });
    this.options.store.putAll(rows.map(({ row }) => row));
    for (const { slot, row } of rows) {
      if (row.output.error === null) this.counts.answered += 1;
      else this.counts.failed += 1;
      this.count(slot, row);
    }
    return rows.map(({ row }) => row);
  }

  private scoredTask({ task: { name } }: Question): ScoredTask {
    const task = this.gathered.tasks.get(name);
    if (task === undefined) throw new Error(`${name} is no task of this measurement`);
    return task;
  }

  private slotOf(question: Question): Slot {
    const slot = this.slots.get(question);
    if (slot === undefined)
      throw new Error(`${question.task.name}: an output to a question that was not asked`);
    this.slots.delete(question);
    return slot;
  }

  private count(slot: Slot, row: ScoredRow): void {
    this.gathered.add(row);
    this.plan.record(slot, row);
    this.options.onRow?.(row);
  }

  private told(state: AskState): void {
    this.state = state;
    this.report();
  }

  private report(): void {
    const now = Date.now();
    if (now - this.lastProgress < PROGRESS_EVERY_MS) return;
    this.lastProgress = now;
    const { reused, answered, failed } = this.counts;
    this.options.onProgress?.({
      ...{ reused, answered, failed, most: this.plan.most, startedAt: this.startedAt },
      ...{ state: this.state, gathered: this.gathered },
    });
  }
}

/** Notes how a run ended; where it ended by a fault (the disk is full), that is what has to be said, not this. */
function noted(note: () => void, fault: { readonly error: unknown } | null): void {
  try {
    note();
  } catch (error) {
    if (fault === null) throw error;
  }
}

/** What a measurement is that ended before its first question: its prompts were not chosen. */
export function nothingMeasured(
  spec: Pick<MeasureSpec, 'threshold' | 'repeats'>,
  respondent: Respondent,
  options: Pick<MeasureOptions, 'store' | 'note'>,
  ending: Ending,
): Measured {
  const gathered = new Gathered(gatheredFacts(respondent, options), spec.threshold, spec.repeats);
  return { gathered, ending, reused: 0, answered: 0, failed: 0, moved: 0, state: null, others: [] };
}

function gatheredFacts({ identity }: Respondent, { store, note }: Pick<MeasureOptions, 'store' | 'note'>) {
  return {
    folder: store.folder,
    respondent: { ...identity, api: note.api },
    capabilities: [],
    started: new Date().toISOString(),
    runs: [],
    prices: note.prices,
    options: note.options,
  };
}

/** Counts what comes, with the searches of the plan. */
function liveGathering(
  spec: MeasureSpec,
  respondent: Respondent,
  options: MeasureOptions,
  plan: Plan,
): Gathered {
  const gathered = new Gathered(gatheredFacts(respondent, options), spec.threshold, spec.repeats);
  for (const asked of spec.asked) {
    const { name } = asked.task;
    const scored = promptedTask(asked.task, asked.template);
    gathered.begin(askedTask(asked, { ...spec.rendering }, ''), scored, plan.search(name));
  }
  return gathered;
}

/**
 * A folder holds the answers of one respondent: of this one from now on.
 * @throws UserError where it holds another's
 */
export function checkRespondent(store: RowStore, { identity }: Respondent): void {
  const known = store.fact('respondent');
  if (known !== undefined && canonicalJson(known) !== canonicalJson(identity)) {
    if (!store.holdsAnswers) {
      // Of a server in trouble more is found out later; its failed questions are asked again as another respondent's.
      store.clear();
      store.setFact('respondent', identity);
      return;
    }
    const { model, endpoint, weights } = known as Readonly<Record<string, unknown>>;
    const who = typeof model === 'string' ? model : typeof weights === 'string' ? 'a model' : 'somebody';
    const where = typeof endpoint === 'string' ? ` at ${endpoint}` : '';
    throw new UserError(
      `${store.folder} holds answers of another respondent (${who}${where}, or asked with other settings); choose another folder with --out`,
    );
  }
  store.setFact('respondent', identity);
}
