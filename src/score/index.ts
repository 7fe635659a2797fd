/**
 * From outputs to answers to numbers: how an answer is read out of what came back, what it is worth, and the statistics and
 * tables of many. Pure, and runs in a browser as it is. docs/scoring.md and docs/statistics.md say what the numbers mean.
 */
export { isAnswer, outcomes, textOutput } from './output.ts';
export type { FailureKind, Outcome, Output } from './output.ts';
export { filterNames } from './reading/reading.ts';
export type { FilterName, Reading } from './reading/reading.ts';
export type { Expected } from './reading/draft.ts';
export { readingHash, SCORING } from './reading/hash.ts';
export { splitSymbols } from './reading/symbols.ts';
export { readAnswer } from './read-answer.ts';
export type { ReadAnswer } from './read-answer.ts';
export { scoreOutput } from './score.ts';
export type { Sample, Score } from './score.ts';
export type { Similarities } from './similarity.ts';
export { anatomyOf, copyErrorOf, copyingAnatomy, errorKinds } from './errors/index.ts';
export type { CopyingAnatomy, CopyPlace, ErrorKind, ErrorKindWords } from './errors/index.ts';

export * from './statistics/index.ts';

export { sourceKeyOf, Tally } from './tables/tally.ts';
export type { Cell, Counted } from './tables/tally.ts';
export type { AnswerScore } from './tables/answer-score.ts';
export { summarize } from './tables/summary.ts';
export type { Summary, SummaryOptions } from './tables/summary.ts';
export { horizonText } from './tables/horizon-text.ts';
export { definitions } from './tables/definitions.ts';
export type { AsymmetryRow, CellRow, ComparisonRow, HorizonRow, InstanceRow } from './tables/rows.ts';
