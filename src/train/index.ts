/**
 * Transformers from scratch (a specification in, a Hugging Face folder and a learning curve out), and models that are there,
 * fine-tuned. docs/train.md and docs/finetune.md say how it is used.
 */
export { checkedSpec, faultsOf } from './spec/check.ts';
export type { Fault } from './spec/check.ts';
export { preset, presetNames } from './spec/presets.ts';
export type { PresetName } from './spec/presets.ts';
export type { ProgressRow, TrainedRow, TrainRow } from './run/rows.ts';
export type { Positions, TrainSpec } from './spec/spec.ts';
export { train } from './run/train.node.ts';
export type { TrainOptions } from './run/train.node.ts';
export { trainInProcess } from './run/process.node.ts';
export { baseFacts, openBase } from './finetune/base.node.ts';
export type { Base, BaseFacts } from './finetune/base.ts';
export { usualSpec } from './finetune/defaults.ts';
export { trainedFormat } from './finetune/format.ts';
export { finetune } from './finetune/finetune.node.ts';
export type { FinetuneOptions } from './finetune/finetune.node.ts';
export { finetuneInProcess } from './finetune/process.node.ts';
export type { FinetunedRow, FinetuneRow } from './finetune/rows.ts';
export type { FinetuneSpec } from './finetune/spec.ts';
