/**
 * The report: a study's rows as one HTML file that opens anywhere, with no network and no script. It reads rows and
 * nothing else, and runs in a browser as it is.
 */
import type { ReportInput } from '../study/rows.ts';
import { digest } from './study/digest.ts';
import { html } from './shared/html.ts';
import { page } from './shared/page.ts';
import type { Entry } from './shared/page.ts';
import { asymmetries, ASYMMETRIES, hasAsymmetries } from './study/sections/asymmetries.ts';
import { disagreeing, disagreements } from './study/sections/disagreements.ts';
import { guide } from './study/sections/guide.ts';
import { repeat } from './study/sections/repeat.ts';
import { state } from './study/sections/state.ts';
import { summary } from './study/sections/summary.ts';
import { taskSection } from './study/sections/task.ts';
import type { StudyView } from './study/view.ts';

export type { ReportInput } from '../study/rows.ts';
export type { MeasureReportInput } from '../score/tables/rows.ts';
export { countAnswers, renderMeasureReport } from './measurement/index.ts';
export type { MeasureCounts } from './measurement/index.ts';

/** The report as the text of one HTML file. The same rows give the same text. */
export function renderReport(input: ReportInput): string {
  const study = digest(input);
  return page(
    `${input.name} · lengthwise`,
    contentsOf(study),
    html`${guide(study)} ${state(study)} ${summary(study)} ${disagreements(study)} ${asymmetries(study)}
    ${study.tasks.map((task) => taskSection(task, study))} ${repeat(study)}`,
  );
}

/** How many items there are, how they stand, and how many rows of the summary disagree with theory. */
export interface ReportCounts {
  readonly items: number;
  readonly done: number;
  readonly failed: number;
  readonly pending: number;
  readonly disagreements: number;
}

/** How far a study is: what a report says at its head. */
export function countItems(input: ReportInput): ReportCounts {
  const study = digest(input);
  const { failed, pending } = study;
  return {
    items: input.items.length,
    done: input.items.length - failed.length - pending.length,
    failed: failed.length,
    pending: pending.length,
    disagreements: disagreeing(study).length,
  };
}

function contentsOf(study: StudyView): Entry[] {
  const { failed, pending, tasks } = study;
  return [
    ...(failed.length + pending.length > 0 ? [{ anchor: 'state', text: 'What is missing' }] : []),
    { anchor: 'summary', text: 'Summary' },
    ...(disagreeing(study).length > 0 ? [{ anchor: 'disagreements', text: 'Disagreements' }] : []),
    ...(hasAsymmetries(study) ? [{ anchor: ASYMMETRIES, text: 'Asymmetries' }] : []),
    ...tasks.map((task) => ({ anchor: task.anchor, text: task.name })),
    { anchor: 'repeat', text: 'To repeat this' },
  ];
}
