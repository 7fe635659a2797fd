/** A measurement whose rows go to whoever asked for them, and nowhere else. */
import type { Respondent } from '../respond/respondent.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../score/tables/rows.ts';
import { measuredRows } from './measure.node.ts';
import type { MeasureSpec } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { instanceRow } from './reading/instance-row.ts';
import { promptedTask } from './scoring/scoring.ts';
import { MemoryStore } from './store/row-store.ts';

/** Yields every sample with what was answered, then a cell for each length, and the horizons. */
export async function* measureRows(
  spec: MeasureSpec,
  respondent: Respondent,
  signal: AbortSignal,
): AsyncGenerator<InstanceRow | CellRow | HorizonRow> {
  const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };
  const scoredTasks = new Map(
    spec.asked.map(({ task, template }) => [task.name, promptedTask(task, template)]),
  );
  const rows = measuredRows(spec, respondent, { store: new MemoryStore(), note, signal });
  for (;;) {
    const { done, value } = await rows.next();
    if (done !== true) {
      for (const row of value) {
        const scored = scoredTasks.get(row.task);
        if (scored !== undefined) yield instanceRow(row, scored);
      }
      continue;
    }
    signal.throwIfAborted();
    const summary = value.gathered.summary();
    yield* summary.rows;
    yield* summary.horizons;
    return;
  }
}
