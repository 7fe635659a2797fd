/** The other side of `process.node.ts`: a process that measures one model and ends. */
import { serveOrder } from '../../common/worker.node.ts';
import type { MeasureOrder } from './process.node.ts';
import type { MeasureTick } from './time-left.ts';
import type { MeasureRow } from '../../score/tables/rows.ts';
import { measureModel } from './local.node.ts';

serveOrder<MeasureOrder, MeasureRow, MeasureTick, void>(
  async ({ folder, spec, threads }, { signal, onRow, onTick }) => {
    for await (const row of measureModel(folder, spec, { signal, threads, onTick })) await onRow(row);
  },
);
