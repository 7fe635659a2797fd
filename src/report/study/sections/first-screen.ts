/** The first screen: what was found, in one sentence, and the table tasks × lengths. */
import { matrix } from '../../shared/matrix.ts';
import type { MatrixRow, MatrixTask } from '../../shared/matrix.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import { plural } from '../../shared/format.ts';
import { shortHorizonText, thresholdText } from '../../../score/tables/horizon-text.ts';
import { time } from '../../shared/times.ts';
import { verdictBadge } from './badge.ts';
import { mendedItems } from './mended.ts';
import { finding, ground } from './finding.ts';
import { gapsFound, tunedItems } from './finetuned.ts';
import { isOfTuned } from './how.ts';
import type { Agreement, Outcome, StudyView, TaskView } from '../view/view.ts';
import { studyTerms } from './terms.ts';

export function head(study: StudyView): Html {
  const { input, tasks } = study;
  const reach = ground(study);
  return html`<header>
    <p class="kicker">
      lengthwise · study · ${plural(tasks.length, 'task')} × ${sizes(study)} · ${time(input.created)}
    </p>
    <h1>${input.name}</h1>
    <p class="lead">
      ${soFar(study)}${measuresNothing(study) ? withoutMeasuring(study) : finding(study)} ${gapsFound(study)}
    </p>
    ${reach !== null && html`<p class="byline">${reach}</p>`}
  </header>`;
}

/** Before any finding: of how much it is one. */
function soFar({ failed, pending, work }: StudyView): string {
  const missing = failed.length + pending.length;
  const all = work.length;
  return missing === 0 ? '' : `Incomplete, ${all - missing} of ${plural(all, 'item')} done. `;
}

function sizes({ tasks, models, bases, asks, trains, input, work }: StudyView): string {
  const named = (of: (task: TaskView) => readonly { readonly model: string | null }[]): number =>
    new Set(tasks.flatMap((task) => of(task).map(({ model }) => model))).size;
  const explained = named(({ explanations }) => explanations);
  const mended = named(({ fixes }) => fixes);
  const tuned = bases.length;
  if (models.length === 0 && explained + mended + tuned > 0) {
    return [
      ...(tuned > 0 ? [plural(tuned, 'fine-tuned model')] : []),
      ...(explained > 0 ? [plural(explained, 'explained model')] : []),
      ...(mended > 0 ? [plural(mended, 'mended model')] : []),
    ].join(', ');
  }
  const outcomes = tasks.flatMap((task) => task.outcomes);
  const runs = input.items.filter(({ kind }) => kind === 'train').length;
  const tunings = work.filter(({ kind }) => kind === 'finetune').length;
  const asked = new Set(outcomes.filter(({ asking }) => asking !== null).map(({ model }) => model.name)).size;
  return [
    plural(models.length, 'model'),
    ...(trains || !asks ? [plural(runs, 'training run')] : []),
    ...(tunings > 0 ? [plural(tunings, 'fine-tuning')] : []),
    ...(asks ? [plural(asked, 'respondent')] : []),
  ].join(', ');
}

/** Whether there is no model to measure by itself, and some to explain, to mend or to fine-tune. */
export function measuresNothing({ tasks, models, bases }: StudyView): boolean {
  const others = tasks.some(({ explanations, fixes }) => explanations.length + fixes.length > 0);
  return models.length === 0 && (others || bases.length > 0);
}

function withoutMeasuring({ tasks, bases }: StudyView): string {
  const explains = tasks.some(({ explanations }) => explanations.length > 0);
  const mends = tasks.some(({ fixes }) => fixes.length > 0);
  return [
    ...(bases.length > 0
      ? ['What fine-tuning brings: measured before and after, within the trained lengths and beyond.']
      : []),
    ...(explains ? ['Which heads and edges the answers depend on.'] : []),
    ...(mends ? ['What makes tasks hold: measured as they are asked, and in other ways.'] : []),
    'Nothing was measured besides.',
  ].join(' ');
}

/** Tasks × lengths, with the horizon marked: the table that is quoted. */
export function summary(study: StudyView): Html {
  if (measuresNothing(study)) return inWords(study);
  const theory = study.tasks.some((task) => task.predictions.length > 0);
  return html`<section id="summary" aria-label="Horizons">
    ${matrix({ caption: caption(study), theory, who: 'model', tasks: study.tasks.map((task) => matrixTask(task, study)) })}
    ${studyTerms(study)}
  </section>`;
}

/** What was found first of each explanation, and of what makes a task hold. */
function inWords(study: StudyView): Html {
  const { tasks } = study;
  return html`<section id="summary" aria-label="In words">
    <ul class="findings">
      ${tunedItems(study)} ${tasks.flatMap(mendedItems)}
      ${tasks.flatMap(({ name, anchor, explanations }) =>
        // What became of a base's heads stands in its own section.
        explanations
          .filter((item) => !isOfTuned(item, study))
          .map(
            ({ model, rows }) =>
              html`<li>
                <a href="#${anchor}-how"><b>${name}</b>, ${model}</a>:
                ${rows[0]?.words[0] ?? 'not explained yet.'}
              </li>`,
          ),
      )}
    </ul>
  </section>`;
}

function caption(study: StudyView): Html {
  const outcomes = study.tasks.flatMap((task) => task.outcomes);
  const range = sameRange(study);
  const seeds = Math.max(1, ...outcomes.map(({ runs }) => runs.length));
  return html`${
    study.models.length === 1 && html`${study.models[0].name}${range && `, trained on lengths ${range}`}. `
  }
  ${study.models.length > 1 && range && `Trained on lengths ${range}. `}Horizon: the largest length asked up
  to which accuracy is shown to be at least
  ${thresholdText(study.tasks.flatMap(thresholdsOf))}${seeds > 1 && ` (the median of ${seeds} seeds; accuracy is their mean)`}`;
}

/** Of a task's outcomes, each named by its model, too, where they differ. */
function thresholdsOf({ name, outcomes }: TaskView): { readonly task: string; readonly threshold: number }[] {
  const several = new Set(outcomes.map(({ threshold }) => threshold)).size > 1;
  return outcomes.map(({ model, threshold }) => ({
    task: several ? `${name} of ${model.name}` : name,
    threshold,
  }));
}

/** `1–20`, where every model was trained on the same lengths for every task. */
function sameRange({ tasks }: StudyView): string | null {
  const ranges = new Set(tasks.flatMap((task) => task.outcomes.map(rangeOf)));
  return ranges.size === 1 ? [...ranges][0] : null;
}

function rangeOf({ trainedOn }: Outcome): string | null {
  return trainedOn === null ? null : `${trainedOn.min}–${trainedOn.max}`;
}

function matrixTask(task: TaskView, study: StudyView): MatrixTask {
  return {
    name: task.name,
    title: task.words?.title ?? task.title,
    anchor: task.anchor,
    rows: task.outcomes.map((outcome) => matrixRow(outcome, study)),
  };
}

function matrixRow(outcome: Outcome, study: StudyView): MatrixRow {
  const range = rangeOf(outcome);
  return {
    model: outcome.model,
    about: [
      outcome.asking && html`<span class="small">at ${new URL(outcome.asking.endpoint).host}</span>`,
      sameRange(study) === null && range !== null && html`<span class="small">trained on ${range}</span>`,
    ],
    theory: theory(outcome, study),
    horizon: outcome.horizon,
    without: 'not measured',
    seeds: seedsText(outcome),
    cells: outcome.cells,
  };
}

/** The horizon of each seed, where they differ. */
function seedsText({ runs }: Outcome): string | null {
  const texts = runs.flatMap(({ horizon }) => (horizon === undefined ? [] : [shortHorizonText(horizon)]));
  return new Set(texts).size > 1 ? texts.join(', ') : null;
}

/** Theory's verdict, or why there is none. */
function theory({ prediction, predicting, agreement }: Outcome, { input }: StudyView): Content {
  if (prediction !== null) return [verdictBadge(prediction.verdict), ' ', AGREEMENTS[agreement]];
  const nothing = input.items.some(({ kind }) => kind === 'predict') ? 'says nothing' : 'not asked';
  const why = predicting === null ? nothing : predicting === 'failed' ? 'failed' : 'not asked yet';
  return html`<span class="none">${why}</span>`;
}

/** Words beside the sign, so that neither colour nor shape carries it alone. */
const AGREEMENTS: Readonly<Record<Agreement, Content>> = {
  agrees: html`<span class="agreement">✓ agrees</span>`,
  disagrees: html`<a class="agreement disagrees" href="#disagreements">✗ disagrees</a>`,
  undecided: html`<span class="agreement">undecided</span>`,
  'not-tested': html`<span class="agreement">not tested</span>`,
  'not-covered': html`<span class="agreement">not covered</span>`,
  'no-claim': null,
};
