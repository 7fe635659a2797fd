/** What a folder holds of the questions of a plan: which of them earlier runs have settled, so that nobody is asked again. */
import type { Respondent } from '../respond/respondent.ts';
import { promptSize, TakenPrompts } from '../respond/taken-prompts.ts';
import { isSettled } from '../score/output.ts';
import type { Output } from '../score/output.ts';
import { isTaken, promptSizeOf } from './plan/asked-lengths.ts';
import type { AskedLengths } from './plan/asked-lengths.ts';
import { questionOf } from './plan/question.ts';
import type { Asked, Question, QuestionSource } from './plan/question.ts';
import type { MeasureSpec } from './plan/spec.ts';
import type { PlacedRow, RowStore } from './store/row-store.ts';

/** Of a length that an outage began, no more questions than these are looked up: nobody else has a turn meanwhile. */
const MOST_LOOKED_UP = 200;

export interface EarlierAnswersOptions {
  readonly spec: Pick<MeasureSpec, 'asked' | 'n' | 'repeats'>;
  readonly store: RowStore;
  readonly respondent: Respondent;
  readonly source: QuestionSource;
  /** The name of the way of asking, by task. */
  readonly ways: ReadonlyMap<string, string>;
  /** What is known of the lengths by the rows that were counted until now. */
  readonly lengths: AskedLengths;
}

export class EarlierAnswers {
  private readonly options: EarlierAnswersOptions;
  /** Whether there are rows of earlier runs: no question is asked twice in one. */
  readonly areThere: boolean;
  /** By task, those that were answered, as far as they were looked for. */
  private readonly takenOf = new Map<string, TakenPrompts>();
  /** Of lengths of which earlier runs have samples that failed: the outputs to their first samples, as far as they were looked at. */
  private readonly firsts = new Map<string, Remembered<readonly Output[]>>();

  constructor(options: EarlierAnswersOptions) {
    this.options = options;
    this.areThere = options.store.nextPlace > 1;
  }

  /** The rows of what was sent so, in one way or several. */
  to({ key }: Question): readonly PlacedRow[] {
    return this.areThere ? this.options.store.sentAs(key) : [];
  }

  /** Those of them that are taken as they are. */
  settled(question: Question): readonly PlacedRow[] {
    return this.to(question).filter(({ output }) => this.isTaken(question, output));
  }

  /** A question that was answered, with words. */
  answeredOne(): Question | null {
    const { spec, source, store, ways } = this.options;
    for (const asked of spec.asked) {
      const { name } = asked.task;
      for (const { key, output, ...place } of store.rowsOf(name, ways.get(name) ?? '')) {
        if (output.error !== null || (output.text ?? '').trim() === '') continue;
        const question = questionOf(asked, source, place);
        if (question.key === key) return question;
        break; // asked in another form, as all of the task are
      }
    }
    return null;
  }

  /** Whether nobody would answer otherwise now, and the answer was not cut by a limit that is no longer set. */
  private isTaken(question: Question, output: Output): boolean {
    if (!isSettled(output)) return this.wasBeyond(question);
    if (output.failure === 'too-long' && this.fits(question, output)) return false;
    return this.options.respondent.asksAgain?.(question, output) !== true;
  }

  /** Whether a prompt that was refused as too long is not, since one that surely has more tokens was answered, before or after. */
  private fits(question: Question, { tokenLimit }: Output): boolean {
    const { name } = question.task;
    const size = promptSize(question, tokenLimit);
    return this.options.lengths.fits(name, size) || this.taken(name).hasLonger(name, size);
  }

  /** The prompts of a task that were answered. They are looked for once: only where a prompt is refused does anybody want to know. */
  taken(task: string): TakenPrompts {
    const { store, ways } = this.options;
    const known = this.takenOf.get(task);
    if (known !== undefined) return known;
    const taken = new TakenPrompts();
    this.takenOf.set(task, taken);
    if (this.areThere)
      for (const row of store.rowsOf(task, ways.get(task) ?? ''))
        if (isTaken(row.output)) taken.take(task, promptSizeOf(row));
    return taken;
  }

  /** Whether an earlier run has found that prompts of the question's length are taken no longer. */
  private wasBeyond({ asked, length }: Question): boolean {
    const { name } = asked.task;
    const place = `${name} ${length}`;
    const first = this.firsts.get(place) ?? new Remembered(this.firstOutputs(asked, length));
    this.firsts.set(place, first);
    // Judged each time: answers to shorter prompts may have come since.
    return this.options.lengths.wouldEndAt(name, length, first);
  }

  /** The stored outputs to the first samples of a length, up to one that has none. */
  private *firstOutputs(asked: Asked, length: number): Generator<readonly Output[]> {
    const { spec, source, store } = this.options;
    const most = Math.min(spec.n, Math.ceil(MOST_LOOKED_UP / spec.repeats));
    for (let index = 0; index < most; index++) {
      const outputs = Array.from({ length: spec.repeats }, (_, repeat) => {
        const { key } = questionOf(asked, source, { length, index, repeat });
        return store.sentAs(key).slice(0, 1);
      });
      const stored = outputs.flat().map(({ output }) => output);
      if (stored.length === 0) return;
      yield stored;
    }
  }
}

/** What an iterator gives, to be gone through several times: each is taken from it once. */
class Remembered<Value> implements Iterable<Value> {
  private readonly known: Value[] = [];
  private readonly rest: Iterator<Value>;

  constructor(rest: Iterator<Value>) {
    this.rest = rest;
  }

  *[Symbol.iterator](): Generator<Value> {
    for (let at = 0; ; at++) {
      if (at === this.known.length) {
        const next = this.rest.next();
        if (next.done === true) return;
        this.known.push(next.value);
      }
      yield this.known[at];
    }
  }
}
