/**
 * Up to what length a model can be relied on: whoever answers (`lengthwise/respond`) is asked, every output is stored and
 * scored (`lengthwise/score`), and what was stored is read back. docs/measure.md and docs/store.md describe both.
 */
export { measure } from './measure.node.ts';
export type { Measured, Progress } from './measured.ts';
export type { MeasureOptions, MeasureSpec } from './measure.node.ts';
export type { Asked } from './plan/question.ts';
export type { RunNote } from './plan/runs.ts';
export { measureRows } from './in-memory.ts';
export { measureModel } from './targets/model.node.ts';
export type { ModelMeasureOptions, ModelMeasureSpec } from './targets/model.node.ts';
export { measureRecording } from './targets/recording.node.ts';
export type { MeasuredRecording, RecordedFile, RecordingOptions } from './targets/recording.node.ts';
export { MemoryStore } from './store/row-store.ts';
export type { RowStore, StoredRow } from './store/row-store.ts';
export { MeasureStore } from './store/store.node.ts';
export { resultOf } from './result.ts';
export type { MeasurementResult } from './result.ts';
export type { Gathered } from './gather/gathered.ts';
export { readMeasurement } from './gather/folder.node.ts';
export { compared } from './gather/compare.ts';
export type { MeasureReportInput, RespondentRows } from './store/rows.ts';
