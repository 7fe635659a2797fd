/** Puts the plan's questions to a respondent, until the plan is done. Every row is in the store before it is counted. */
import type { Ending, Respondent } from '../respond/respondent.ts';
import type { AskState } from '../respond/respondent.ts';
import type { Plan, Slot } from './plan/plan.ts';
import { rowFor } from './plan/question.node.ts';
import type { Question } from './plan/question.node.ts';
import type { MeasureStore, StoredRow } from './store/store.node.ts';

export type { Ending } from '../respond/respondent.ts';

export interface PumpOptions {
  readonly plan: Plan;
  readonly store: MeasureStore;
  readonly respondent: Respondent;
  readonly questionFor: (slot: Slot) => Question;
  /** The row with the verdict on its answer, before it is stored. */
  readonly judged: (question: Question, row: StoredRow) => StoredRow;
  /** Counts a row that is stored. */
  readonly count: (row: StoredRow) => void;
  /** Called now and then while it runs. */
  readonly onProgress: (state: PumpState) => void;
  readonly signal: AbortSignal;
}

export interface PumpState extends AskState {
  /** Rows from earlier runs; answered now; failed now for good. */
  readonly reused: number;
  readonly answered: number;
  readonly failed: number;
  readonly startedAt: number;
}

const NOT_ASKED: AskState = {
  inFlight: 0,
  retries: 0,
  waitMs: 0,
  waitFor: null,
  requests: 0,
  tokens: 0,
  money: null,
};

export async function pump(options: PumpOptions): Promise<{ ending: Ending; state: PumpState }> {
  const { plan, store, respondent, questionFor, judged, count, onProgress, signal } = options;
  const counts = { reused: 0, answered: 0, failed: 0 };
  const startedAt = Date.now();
  const storeWasEmpty = store.size === 0;
  let asked = NOT_ASKED;
  const state = (): PumpState => ({ ...asked, ...counts, startedAt });
  const next = ():
    (Question & { readonly slot: Slot; readonly sample: Question['instance'] }) | 'wait' | 'done' => {
    for (;;) {
      const slot = plan.next();
      if (slot === 'wait' || slot === 'done') return slot;
      const question = questionFor(slot);
      const stored = storeWasEmpty ? undefined : store.get(question.key);
      if (stored === undefined || stored.error !== null)
        return { ...question, slot, sample: question.instance };
      counts.reused += 1;
      count(stored);
      plan.record(slot, stored.verdict?.correct ?? null);
    }
  };
  const onState = (now: AskState): void => {
    asked = now;
    onProgress(state());
  };
  const outputs = respondent.ask({ next }, { signal, onState });
  for (;;) {
    const batch = await outputs.next();
    if (batch.done) return { ending: batch.value, state: state() };
    const rows = batch.value.map(({ prompted, output: { text, ...came } }) => {
      if (came.error === null) counts.answered += 1;
      else counts.failed += 1;
      return judged(
        prompted,
        rowFor(prompted, { ...came, output: text ?? (came.error === null ? '' : null) }),
      );
    });
    store.putAll(rows);
    rows.forEach((row, i) => {
      count(row);
      plan.record(batch.value[i].prompted.slot, row.verdict?.correct ?? null);
    });
  }
}
