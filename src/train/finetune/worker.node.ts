/** The other side of `process.node.ts`: a process that fine-tunes one model and ends. */
import { serveOrder } from '../../common/worker.node.ts';
import type { ProgressTick } from '../run/rows.ts';
import { finetune } from './finetune.node.ts';
import type { FinetuneOrder } from './process.node.ts';
import type { FinetunedRow, FinetuneRow } from './rows.ts';

serveOrder<FinetuneOrder, FinetuneRow, ProgressTick, FinetunedRow>(
  ({ spec, target, folder, ...computing }, { signal, onRow, onTick }) =>
    finetune(spec, target, folder, { ...computing, signal, onRow, onTick }),
);
