/**
 * Transformers from scratch: a specification in, a Hugging Face folder and a learning curve out.
 * docs/train.md says how it is used.
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
