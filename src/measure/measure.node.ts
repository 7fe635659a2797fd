/**
 * The one road of a measurement, whoever is asked: the plan says what to ask, the respondent answers, every output is
 * stored before it is counted (`keeping.ts`), and the tables are made of what was counted. Recordings, which nobody asks,
 * come to the same `keeping.ts` by `targets/recording.node.ts`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { drained, eachOf } from '../common/closing.ts';
import { canonicalJson } from '../common/json.ts';
import { messageOf } from '../common/errors.ts';
import { LongestTaken } from '../respond/longest-taken.ts';
import type { TakenPrompts } from '../respond/taken-prompts.ts';
import type { AskState, Ending, Questions, Responded, Respondent } from '../respond/respondent.ts';
import { Keeping } from './keeping.ts';
import { checkFolder, checkRepeats } from './other-answers.ts';
import { EarlierAnswers } from './earlier-answers.ts';
import { AskedLengths, isTaken } from './plan/asked-lengths.ts';
import type { Gathered } from './gather/gathered.ts';
import { looksOf } from './plan/looks.ts';
import type { Question } from './plan/question.ts';
import { questionOf, rowFor, wayIn } from './plan/question.ts';
import type { MeasureSpec } from './plan/spec.ts';
import { liveGathering } from './live-gathering.ts';
import { plannedBy } from './measured.ts';
import type { Measured, NotAsked, OtherAnswers, Progress, ReusedFrom } from './measured.ts';
import { planOf } from './plan/plan.ts';
import type { Plan, Slot } from './plan/plan.ts';
import { scoredNow } from './scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from './scoring/scoring.ts';
import type { Output } from '../score/output.ts';
import { beginRun, runsOf } from './plan/runs.ts';
import type { RunNote } from './plan/runs.ts';
import { beginSearches } from './plan/searches.ts';
import type { Run } from './store/rows.ts';
import type { PlacedRow, RowStore, StoredRow } from './store/row-store.ts';
import type { Taken } from './store/spending.ts';

export type { MeasureSpec } from './plan/spec.ts';

export interface MeasureOptions {
  readonly store: RowStore;
  /** Who asks, for those who read the folder later. */
  readonly note: RunNote;
  readonly signal: AbortSignal;
  /** Told every row that counts, stored before or now, in the order in which they come up. */
  readonly onRow?: (row: StoredRow) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** What was sent for this run until now, before its first question included; absent where nobody is sent requests. */
  readonly taken?: () => Taken;
}

const PROGRESS_EVERY_MS = 250;

/** As long as this the event loop may be kept from others. */
const TURN_MS = 25;

/**
 * Asks everything that the plan wants and the store does not hold yet.
 * @throws UserError where the folder holds answers that these can't stand beside, or rows can't be stored
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
  checkFolder(options.store, respondent, spec);
  return new Measurement(spec, respondent, options).run();
}

class Measurement implements Questions<Question> {
  private readonly spec: MeasureSpec;
  private readonly respondent: Respondent;
  private readonly options: MeasureOptions;
  private readonly plan: Plan;
  private readonly ways: ReadonlyMap<string, string>;
  private readonly gathered: Gathered;
  private readonly keeping: Keeping;
  private readonly source: Parameters<typeof questionOf>[1];
  /** Questions that were handed out, and whose outputs have not come. */
  private readonly underWay = new Set<Question>();
  /** Questions whose stored prompts were too long: counted, or asked once more, when what else is asked has shown whether they still are. */
  private readonly heldBack: Slot[] = [];
  /** Whether nobody is asked any more. */
  private isOver = false;
  readonly answeredBefore: boolean;
  passed = 0;
  readonly longestTaken = new LongestTaken();
  private readonly earlier: EarlierAnswers;
  private readonly startedAt = Date.now();
  private state: AskState | null = null;
  private lastProgress = 0;

  constructor(spec: MeasureSpec, respondent: Respondent, options: MeasureOptions) {
    this.spec = spec;
    this.respondent = respondent;
    this.options = options;
    const runs = runsOf(options.store);
    this.ways = new Map(
      spec.asked.map((asked) => [
        asked.task.name,
        wayIn(runs, asked, spec.rendering, spec.sources[asked.task.name]),
      ]),
    );
    const lengths = new AskedLengths(spec);
    const before = new Map<string, readonly Run[]>();
    for (const [task, way] of this.ways) {
      const own = runs.filter(({ asked }) => asked.some((one) => one.task === task && one.way === way));
      before.set(task, own);
      checkRepeats(own, spec, task, options.store);
      lengths.look(task, looksOf([...own, spec]));
    }
    this.plan = planOf(spec, lengths);
    this.gathered = liveGathering(spec, respondent, options, lengths);
    for (const [task, own] of before) this.recallSearches(task, own, lengths);
    this.keeping = new Keeping(this.gathered, options.store, options.onRow);
    const { seed, rendering } = spec;
    this.source = { fingerprint: canonicalJson(respondent.identity), seed, rendering };
    const { store } = options;
    this.answeredBefore = store.holdsAnswers;
    this.earlier = new EarlierAnswers({
      spec,
      store,
      respondent,
      source: this.source,
      ways: this.ways,
      lengths,
    });
  }

  /**
   * Tells which of the given lengths searches of earlier runs chose. They are made again from the rows that this run does not count
   * itself, and are told of those that it does.
   */
  private recallSearches(task: string, before: readonly Run[], lengths: AskedLengths): void {
    const { spec, ways, options } = this;
    const last = before.findLast((run) => run.lengths === null);
    const asked = this.gathered.asked.get(task);
    if (spec.lengths === null || last === undefined || asked === undefined) return;
    const earlier = new AskedLengths(last);
    beginSearches(earlier, asked, before);
    const given = new Set(spec.lengths);
    for (const row of options.store.rowsOf(task, ways.get(task) ?? '')) {
      const isCounted = given.has(row.length) && row.index < spec.n && row.repeat < spec.repeats;
      if (!isCounted) earlier.record(scoredNow(row, this.taskNamed(task)));
    }
    lengths.goOnFrom(task, earlier);
  }

  async *run(): AsyncGenerator<readonly ScoredRow[], Measured> {
    const { store, note, signal, taken } = this.options;
    const endRun = beginRun(store, this.spec, {
      ...{ ways: this.ways, note, most: this.plan.most },
      ...(taken === undefined ? {} : { taken }),
    });
    const answering = this.respondent.ask(this, { signal, onState: (state) => this.told(state) });
    // Unless it is told otherwise, whoever took the rows wants no more of them.
    let ending: Ending = { kind: 'interrupted' };
    let fault: { readonly error: unknown } | null = null;
    try {
      ending = yield* eachOf(answering, (came) => {
        const rows = came.map((one) => this.came(one));
        this.keeping.keep(rows);
        this.report();
        return [rows];
      });
      if (ending.kind === 'stopped' || ending.kind === 'budget') ending = await this.countRest(ending);
    } catch (error) {
      ending = { kind: 'stopped', reason: messageOf(error) };
      fault = { error };
      throw error;
    } finally {
      noted(() => endRun(ending), fault);
    }
    return {
      ...{ gathered: this.gathered, ending, ...this.keeping.counts, state: this.state },
      planned: plannedBy(this.spec),
      reusedFrom: this.reusedFrom(),
      others: ending.kind === 'done' || ending.kind === 'interrupted' ? this.others() : [],
      notAsked: ending.kind === 'done' ? this.notAsked() : [],
    };
  }

  private notAsked(): readonly NotAsked[] {
    const lengths = [...new Set(this.spec.lengths ?? [])].sort((a, b) => a - b);
    const counted = new Set(this.gathered.cells().map(({ task, length }) => `${task} ${length}`));
    return this.spec.asked.flatMap(({ task }) => {
      const limit = this.gathered.lengths.limit(task.name);
      const { max } = task.admits();
      const left = lengths.filter((length) => length <= max && !counted.has(`${task.name} ${length}`));
      const beyond = left.filter((length) => length > (limit?.length ?? Infinity));
      return limit === null || beyond.length === 0 ? [] : [{ task: task.name, lengths: beyond, limit }];
    });
  }

  /**
   * Counts what the folder holds of the questions that are not asked any more: a run that stops early and a report of its folder say the
   * same. After Ctrl-C nothing more is counted: the folder may be large. Gives how the run ends.
   */
  private async countRest(ending: Ending): Promise<Ending> {
    const { signal } = this.options;
    this.isOver = true;
    this.plan.askNoMore();
    for (const question of this.underWay) this.takeStored(this.earlier.to(question), question);
    while (this.next() === 'soon') {
      await nextTurn();
      if (signal.aborted) return { kind: 'interrupted' };
    }
    return ending;
  }

  /** Rows carry no time; the run that stored them does. */
  private reusedFrom(): ReusedFrom | null {
    const places = this.keeping.reusedPlaces;
    if (places === null) return null;
    const runs = runsOf(this.options.store);
    const startOf = (place: number): string =>
      (runs.findLast(({ firstRow }) => firstRow <= place) ?? runs[0]).started;
    return { first: startOf(places.first), last: startOf(places.last) };
  }

  /** What the store holds of the tasks at lengths that were not asked now, and beyond the samples that were. */
  private others(): readonly OtherAnswers[] {
    const cells = this.gathered.cells();
    const countedAt = new Map(
      cells.map(({ task, length, answerCount }) => [`${task} ${length}`, answerCount]),
    );
    return [...this.ways].flatMap(([task, way]) =>
      this.options.store
        .counts(task, way)
        .map((stored) => ({ task, ...stored, counted: countedAt.get(`${task} ${stored.length}`) ?? 0 }))
        .filter(({ n, counted }) => n > counted),
    );
  }

  /**
   * The plan's next question that is not in the store already. Rows that are stored are counted for a while, then others
   * have their turn: Ctrl-C, the line of progress, and outputs that are under way.
   */
  next(): Question | 'wait' | 'soon' | 'done' {
    const until = performance.now() + TURN_MS;
    for (;;) {
      if (performance.now() >= until) {
        this.report();
        return 'soon';
      }
      const planned = this.plan.next();
      const held = typeof planned === 'string' ? this.releasedSlot() : undefined;
      if (held === 'wait') return held;
      const slot = held ?? planned;
      if (slot === 'wait' || slot === 'done') return slot;
      const isAsked = slot.isBeyond !== true && !this.isOver;
      if (!isAsked && !this.earlier.areThere) continue;
      const question = questionOf(slot.asked, this.source, slot);
      const stored = isAsked ? this.earlier.settled(question) : this.earlier.to(question);
      if (isAsked && held === undefined && this.mayFitNow(slot, stored)) this.heldBack.push(slot);
      else if (!this.takeStored(stored, question) && isAsked) {
        this.underWay.add(question);
        return question;
      }
    }
  }

  /**
   * Whether what is asked after it may show that a stored prompt is not too long any more, while nothing goes by it before: a search, and where a
   * context ends, go by each row.
   */
  private mayFitNow({ asked, length }: Slot, stored: readonly PlacedRow[]): boolean {
    if (!stored.some(({ output }) => output.failure === 'too-long')) return false;
    return this.spec.lengths !== null && this.gathered.lengths.hasTaken(asked.task.name, length);
  }

  /** Of the questions that were held back the next, once all that was asked has come; undefined: none is. */
  private releasedSlot(): Slot | 'wait' | undefined {
    if (this.heldBack.length > 0 && this.underWay.size > 0 && !this.isOver) return 'wait';
    return this.heldBack.shift();
  }

  takenBefore(task: string): TakenPrompts {
    return this.earlier.taken(task);
  }

  answeredOne(): Question | null {
    return this.earlier.answeredOne();
  }

  /**
   * Counts the answer of an earlier run, where there is one: the row of this way, or else one of its own with what came back in
   * another. Whether there is.
   */
  private takeStored(answered: readonly PlacedRow[], question: Question): boolean {
    if (answered.length === 0) return false;
    const own = answered.find(({ way }) => way === this.wayOf(question));
    if (own !== undefined) this.keeping.reuse(own, this.scoredTask(question));
    else this.keeping.share(answered[0], (output) => this.scored(question, output));
    if (isTaken((own ?? answered[0]).output)) {
      this.passed += 1;
      this.longestTaken.take(question);
    }
    return true;
  }

  private came({ prompted, output }: Responded<Question>): ScoredRow {
    if (!this.underWay.delete(prompted))
      throw new Error(`${prompted.task.name}: an output to a question that was not asked`);
    return this.scored(prompted, output);
  }

  private scored(question: Question, output: Output): ScoredRow {
    const row = rowFor(question, this.wayOf(question), output);
    const { sample: instance, prompt } = question;
    return this.keeping.scored(row, this.scoredTask(question), { instance, reading: prompt.reading });
  }

  private wayOf({ task: { name } }: Question): string {
    return this.ways.get(name) ?? '';
  }

  private scoredTask({ task: { name } }: Question): ScoredTask {
    return this.taskNamed(name);
  }

  private taskNamed(name: string): ScoredTask {
    const task = this.gathered.tasks.get(name);
    if (task === undefined) throw new Error(`${name} is no task of this measurement`);
    return task;
  }

  private told(state: AskState): void {
    const waitBegins = state.waitMs > 0 && (this.state?.waitMs ?? 0) === 0;
    this.state = state;
    this.report(waitBegins);
  }

  private report(atOnce = false): void {
    const now = Date.now();
    if (!atOnce && now - this.lastProgress < PROGRESS_EVERY_MS) return;
    this.lastProgress = now;
    const { reused, answered, failed } = this.keeping.counts;
    this.options.onProgress?.({
      ...{ reused, answered, failed, most: this.plan.most, startedAt: this.startedAt },
      planned: plannedBy(this.spec),
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
