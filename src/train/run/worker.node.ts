/** The other side of `process.node.ts`: a process that trains one model and ends. */
import { serveOrder } from '../../common/worker.node.ts';
import type { TrainOrder } from './process.node.ts';
import type { ProgressTick, TrainedRow, TrainRow } from './rows.ts';
import { train } from './train.node.ts';

serveOrder<TrainOrder, TrainRow, ProgressTick, TrainedRow>(
  ({ spec, folder, threads, device }, { signal, onRow, onTick }) =>
    train(spec, folder, { signal, threads, device, onRow, onTick }),
);
