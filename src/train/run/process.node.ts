/** Training in a process of its own: only the specification goes in, and only rows come out. */
import { workInProcess } from '../../common/process.node.ts';
import type { WorkKind } from '../../common/process.node.ts';
import type { Device } from '../../graph/index.ts';
import type { TrainedRow } from './rows.ts';
import type { TrainSpec } from '../spec/spec.ts';
import type { TrainOptions } from './train.node.ts';

export interface TrainOrder {
  readonly spec: TrainSpec;
  readonly folder: string;
  readonly threads: number;
  readonly device?: Device;
}

const TRAINING: WorkKind = {
  name: 'the training process',
  module: './worker.node',
  from: import.meta.url,
  stops: 'when-asked',
  afterDeath: '; the same command goes on from its last checkpoint',
};

/** `train` (see there) in a child process. A process that dies is an error that says how. */
export function trainInProcess(spec: TrainSpec, folder: string, options: TrainOptions): Promise<TrainedRow> {
  const order: TrainOrder = { spec, folder, threads: options.threads, device: options.device };
  return workInProcess(TRAINING, order, options);
}
