/** Studies: a file, the plan that it makes, running it in worker processes, and the store of what came out. */
export type * from './rows.ts';
export { parseStudy, readStudyFile, StudyFileError } from './file/study-file.ts';
export type { ModelEntry, RespondentEntry, StudyFile, StudySpec, TaskEntry } from './file/study-file.ts';
export { describeItem, itemOf, modelFolder, type AskMeans, type Item, type PlannedItem } from './item.ts';
export { distinct } from '../common/distinct.ts';
export { hashesOfModels, plannedItems, planStudy, type ModelHashes } from './plan.ts';
export { previewStudy, type Preview, type PreviewItem } from './preview.ts';
export { runStudy, type RunOptions } from './run.ts';
export { studyStatus, type Status, type StatusItem } from './status.ts';
export { mendedIn, summarize, type MendedRow, type SummaryRow } from './summary.ts';
export { tunedIn } from './tuned.ts';
export { DiskFullError, openReader, openStore, readStudy, StudyReader, StudyStore } from './store/index.ts';
