/** Fine-tuning in a process of its own: the specification goes in, and rows come out. */
import { workInProcess } from '../../common/process.node.ts';
import type { WorkKind } from '../../common/process.node.ts';
import type { FinetuneOptions } from './finetune.node.ts';
import type { FinetunedRow } from './rows.ts';
import type { FinetuneSpec } from './spec.ts';

export interface FinetuneOrder extends Pick<FinetuneOptions, 'threads' | 'baseName' | 'device'> {
  readonly spec: FinetuneSpec;
  readonly target: string;
  readonly folder: string;
}

const FINETUNING: WorkKind = {
  name: 'the fine-tuning process',
  module: './worker.node',
  from: import.meta.url,
  stops: 'when-asked',
  afterDeath: '; the same command goes on from its last checkpoint',
};

/** `finetune` (see there) in a child process. A process that dies is an error that says how. */
export function finetuneInProcess(
  spec: FinetuneSpec,
  target: string,
  folder: string,
  options: Omit<FinetuneOptions, 'opened'>,
): Promise<FinetunedRow> {
  const { threads, baseName, device } = options;
  const order: FinetuneOrder = { spec, target, folder, threads, baseName, device };
  return workInProcess(FINETUNING, order, options);
}
