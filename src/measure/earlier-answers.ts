/** What a folder holds of the questions of a plan: which of them earlier runs have settled, so that nobody is asked again. */
import type { Respondent } from '../respond/respondent.ts';
import { isSettled } from '../score/output.ts';
import type { Output } from '../score/output.ts';
import type { AskedLengths } from './plan/asked-lengths.ts';
import { questionOf } from './plan/question.ts';
import type { Asked, Question, QuestionSource } from './plan/question.ts';
import type { MeasureSpec } from './plan/spec.ts';
import type { PlacedRow, RowStore } from './store/row-store.ts';

/** Of a length that an outage began, no more samples than these are looked at: nobody else has a turn meanwhile. */
const FIRST_SAMPLES = 1000;

export interface EarlierAnswersOptions {
  readonly spec: Pick<MeasureSpec, 'asked' | 'n' | 'repeats'>;
  readonly store: RowStore;
  readonly respondent: Respondent;
  readonly source: QuestionSource;
  /** What is known of the lengths by the rows that were counted until now. */
  readonly lengths: AskedLengths;
}

export class EarlierAnswers {
  private readonly options: EarlierAnswersOptions;
  /** Whether there are rows of earlier runs: no question is asked twice in one. */
  readonly areThere: boolean;
  /** Lengths of which earlier runs have samples that failed: whether their prompts were taken no longer. */
  private readonly ends = new Map<string, boolean>();

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

  /**
   * A question that was answered, with words.
   * @param ways the name of the way of asking, by task
   */
  answeredOne(ways: ReadonlyMap<string, string>): Question | null {
    const { spec, source, store } = this.options;
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
    return this.options.respondent.asksAgain?.(question, output) !== true;
  }

  /** Whether an earlier run has found that prompts of the question's length are taken no longer. */
  private wasBeyond({ asked, length }: Question): boolean {
    const { name } = asked.task;
    const place = `${name} ${length}`;
    const known = this.ends.get(place);
    if (known !== undefined) return known;
    const found = this.options.lengths.wouldEndAt(name, length, this.firstOutputs(asked, length));
    this.ends.set(place, found);
    return found;
  }

  /** The stored outputs to the first samples of a length, up to one that has none. */
  private *firstOutputs(asked: Asked, length: number): Generator<readonly Output[]> {
    const { spec, source, store } = this.options;
    for (let index = 0; index < Math.min(spec.n, FIRST_SAMPLES); index++) {
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
