/**
 * Up to what length a model can be relied on: models trained here, outputs that were recorded, and what measuring is
 * made of and can be used alone: statistics, scores, the anatomy of errors, the rows.
 */
export * from './statistics/index.ts';
export { anatomyOf, copyErrorOf, copyingAnatomy, errorKinds } from './anatomy/index.ts';
export type { CopyingAnatomy, CopyPlace, ErrorKind, ErrorKindWords } from './anatomy/index.ts';
export type { CellRow, HorizonRow, InstanceRow, MeasureRow } from './rows.ts';
export { askableNamed, askableNames, type Askable } from './askable.ts';
export { scoreOutput, type Score } from './scoring/score.ts';
export { replay, type Replayed, type ReplayOptions } from './replay/replay.ts';
export { summarize, type Summary } from './summary.ts';
export { measureModel, type TrainedMeasureOptions, type TrainedMeasureSpec } from './trained.node.ts';
export { measureInProcess } from './process.node.ts';
export { readMeasurement } from './reading/folder.node.ts';
export { compared } from './reading/compare.ts';
export type { MeasureReportInput, RespondentRows } from './rows.ts';
