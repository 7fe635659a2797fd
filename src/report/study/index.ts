/** The report of a study: the finding and the table first, everything else folded below them. */
import type { ReportInput } from '../../study/rows.ts';
import { html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import type { Entry } from '../shared/page.ts';
import { digest } from './view/digest.ts';
import { asymmetries, ASYMMETRIES, hasAsymmetries } from './sections/asymmetries.ts';
import { disagreeing, disagreements } from './sections/disagreements.ts';
import { beforeAndAfter, FIXES, hasFixes } from './sections/before-after.ts';
import { finetuned, tunedEntries } from './sections/finetuned.ts';
import { head, measuresNothing, summary } from './sections/first-screen.ts';
import { repeat } from './sections/repeat.ts';
import { state } from './sections/state.ts';
import { taskSection } from './sections/task.ts';
import type { StudyView } from './view/view.ts';

/** The report as the text of one HTML file. The same rows give the same text. */
export function renderReport(input: ReportInput): string {
  const study = digest(input);
  return page(
    `${input.name} · lengthwise`,
    contentsOf(study),
    html`${head(study)} ${state(study)} ${summary(study)} ${beforeAndAfter(study)} ${finetuned(study)}
    ${disagreements(study)} ${asymmetries(study)} ${study.tasks.map((task) => taskSection(task, study))}
    ${repeat(study)}`,
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
  const { work, failed, pending } = study;
  return {
    items: work.length,
    done: work.length - failed.length - pending.length,
    failed: failed.length,
    pending: pending.length,
    disagreements: disagreeing(study).length,
  };
}

function contentsOf(study: StudyView): Entry[] {
  const { failed, pending, tasks } = study;
  return [
    ...(failed.length + pending.length > 0 ? [{ anchor: 'state', text: 'What is missing' }] : []),
    { anchor: 'summary', text: measuresNothing(study) ? 'In words' : 'Horizons' },
    ...(hasFixes(study) ? [{ anchor: FIXES, text: 'Before and after' }] : []),
    ...tunedEntries(study),
    ...(disagreeing(study).length > 0 ? [{ anchor: 'disagreements', text: 'Disagreements' }] : []),
    ...(hasAsymmetries(study) ? [{ anchor: ASYMMETRIES, text: 'Pairs of tasks' }] : []),
    ...tasks.map((task) => ({ anchor: task.anchor, text: task.name })),
    { anchor: 'repeat', text: 'To repeat this' },
  ];
}
