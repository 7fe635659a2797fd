/**
 * Up to what length a model can be relied on: models trained here, models behind an address, outputs that were recorded;
 * and what measuring is made of and can be used alone: statistics, scores, the rows.
 */
export * from '../score/statistics/index.ts';
export { anatomyOf, copyErrorOf, copyingAnatomy, errorKinds } from '../score/errors/index.ts';
export type { CopyingAnatomy, CopyPlace, ErrorKind, ErrorKindWords } from '../score/errors/index.ts';
export { outcomes, textOutput } from '../score/output.ts';
export type { Outcome, Output } from '../score/output.ts';
export { filterNames } from '../score/reading/reading.ts';
export type { FilterName, Reading } from '../score/reading/reading.ts';
export { scoreOutput, type Score } from '../score/score.ts';
export type { CellRow, HorizonRow, InstanceRow, MeasureRow } from '../score/tables/rows.ts';
export { summarize, type Summary } from '../score/tables/summary.ts';
export { askableNamed, askableNames, type Askable } from '../prompt/askable.ts';
export type { Respondent } from '../respond/respondent.ts';
export { measure, type MeasureSpec, type Measured } from './measure.node.ts';
export { measureModel } from './targets/model.node.ts';
export type { ModelMeasureOptions, ModelMeasureSpec } from './targets/model.node.ts';
export { measureRecording } from './targets/recording.node.ts';
export { resultOf, type MeasurementResult } from './result.ts';
export { readMeasurement } from './reading/folder.node.ts';
export { compared } from './reading/compare.ts';
export type { MeasureReportInput, RespondentRows } from './store/rows.ts';
