/** All that a specification determines about a run, and that stays the same over it. */
import { Tokenizer } from '../../model/index.ts';
import type { ModelConfig } from '../../model/index.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Task } from '../../tasks/index.ts';
import { symbolsOf } from '../../tasks/sequence.ts';
import { checkedSpec } from './check.ts';
import { configOf } from './model.ts';
import type { TrainSpec } from './spec.ts';
import { trainedTensors } from '../step/tensors.ts';
import type { TrainedTensor } from '../step/tensors.ts';

export interface RunSetting {
  readonly spec: TrainSpec;
  readonly task: Task;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly tensors: readonly TrainedTensor[];
}

/** @throws UserError for a specification that can't be */
export function settingOf(spec: TrainSpec): RunSetting {
  const task = taskNamed(spec.task);
  const checked = checkedSpec(spec, task);
  const tokenizer = new Tokenizer(symbolsOf(task, checked.taskOptions));
  const config = configOf(checked, task, tokenizer);
  return { spec: checked, task, config, tokenizer, tensors: trainedTensors(config, checked) };
}
