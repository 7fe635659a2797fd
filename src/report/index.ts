/**
 * Reports: rows in, one HTML file out that opens anywhere, with no network and no script. They read rows and nothing
 * else, and run in a browser as they are.
 */
export type { ReportInput } from '../study/rows.ts';
export type { MeasureReportInput } from '../measure/store/rows.ts';
export type { ExplainReportInput } from '../explain/rows.ts';
export { renderExplainReport } from './explanation/index.ts';
export { renderMeasureReport } from './measurement/index.ts';
export { countItems, renderReport } from './study/index.ts';
export type { ReportCounts } from './study/index.ts';
