/** All that a specification determines about a run, and that stays the same over it. */
import { Tokenizer } from '../../model/index.ts';
import type { ModelConfig } from '../../model/index.ts';
import { lessonsNamed } from '../lessons/lessons.ts';
import type { Lessons } from '../lessons/lessons.ts';
import { checkedSpec } from './check.ts';
import { configOf } from './model.ts';
import type { TrainSpec } from './spec.ts';
import { trainedTensors } from '../step/tensors.ts';
import type { TrainedTensor } from '../step/tensors.ts';

export interface RunSetting {
  readonly spec: TrainSpec;
  readonly lessons: Lessons;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly tensors: readonly TrainedTensor[];
}

/** @throws UserError for a specification that can't be */
export function settingOf(spec: TrainSpec): RunSetting {
  const lessons = lessonsNamed(spec.task);
  const checked = checkedSpec(spec);
  const tokenizer = new Tokenizer(lessons.symbols(checked.taskOptions));
  const config = configOf(checked, lessons, tokenizer);
  return { spec: checked, lessons, config, tokenizer, tensors: trainedTensors(config, checked) };
}
