/** Measuring a model in a process of its own: a specification goes in, and only rows come out. */
import { workInProcess } from '../../common/process.node.ts';
import type { WorkKind } from '../../common/process.node.ts';
import type { WorkOptions } from '../../common/work.ts';
import type { MeasureTick } from './time-left.ts';
import type { MeasureRow } from '../../score/tables/rows.ts';
import type { TrainedMeasureSpec } from './local.node.ts';

export interface MeasureOrder {
  /** The Hugging Face folder of the model. */
  readonly folder: string;
  readonly spec: TrainedMeasureSpec;
  readonly threads: number;
}

const MEASURING: WorkKind = {
  name: 'the measuring process',
  module: './worker.node',
  from: import.meta.url,
  stops: 'at-once',
  afterDeath: '',
};

/** `measureModel` (see there) in a child process. A process that dies is an error that says how. */
export function measureInProcess(
  order: MeasureOrder,
  options: WorkOptions<MeasureRow, MeasureTick>,
): Promise<void> {
  return workInProcess(MEASURING, order, options);
}
