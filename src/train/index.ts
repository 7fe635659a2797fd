/**
 * Transformers from scratch: a specification in, a Hugging Face folder and a learning curve out.
 * docs/train.md says how it is used.
 */
export { checkedSpec, faultsOf } from './check.ts';
export type { Fault } from './check.ts';
export { preset, presetNames } from './presets.ts';
export type { PresetName } from './presets.ts';
export type { ProgressRow, TrainedRow, TrainRow } from './rows.ts';
export type { Positions, TrainSpec } from './spec.ts';
export { train } from './train.node.ts';
export type { TrainOptions } from './train.node.ts';
export { trainInProcess } from './process.node.ts';
