/**
 * Up to what length a model can be relied on: models trained here, outputs that were recorded, and what measuring is
 * made of and can be used alone: statistics, scores, the anatomy of errors, the rows.
 */
export * from '../score/statistics/index.ts';
export { anatomyOf, copyErrorOf, copyingAnatomy, errorKinds } from '../score/errors/index.ts';
export type { CopyingAnatomy, CopyPlace, ErrorKind, ErrorKindWords } from '../score/errors/index.ts';
export type { CellRow, HorizonRow, InstanceRow, MeasureRow } from '../score/tables/rows.ts';
export { askableNamed, askableNames, type Askable } from '../prompt/askable.ts';
export { scoreOutput, type Score } from '../score/score.ts';
export { replay, type Replayed, type ReplayOptions } from '../respond/recording/replay.ts';
export { summarize, type Summary } from '../score/tables/summary.ts';
export {
  measureModel,
  type TrainedMeasureOptions,
  type TrainedMeasureSpec,
} from '../respond/local/local.node.ts';
export { measureInProcess } from '../respond/local/process.node.ts';
export { readMeasurement } from './reading/folder.node.ts';
export { compared } from './reading/compare.ts';
export type { MeasureReportInput, RespondentRows } from '../score/tables/rows.ts';
