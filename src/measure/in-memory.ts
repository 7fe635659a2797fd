/** A measurement whose rows go to whoever asked for them, and nowhere else. */
import { eachOf } from '../common/closing.ts';
import type { Respondent } from '../respond/respondent.ts';
import type { CellRow, HorizonRow, InstanceRow } from '../score/tables/rows.ts';
import { measuredRows } from './measure.node.ts';
import type { MeasureSpec } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { instanceRow } from './gather/instance-row.ts';
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
  const { ending, gathered } = yield* eachOf(rows, (batch) =>
    batch.flatMap((row) => {
      const scored = scoredTasks.get(row.task);
      return scored === undefined ? [] : [instanceRow(row, scored)];
    }),
  );
  signal.throwIfAborted();
  if (ending.kind === 'stopped') throw new Error(ending.reason);
  const summary = gathered.summary();
  yield* summary.rows;
  yield* summary.horizons;
}
