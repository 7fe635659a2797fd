/** The summary: task × model, how far each holds, what theory says, and whether the two agree. */
import { symbolOf } from '../../shared/figures/marks.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import { count } from '../../shared/format.ts';
import type { Agreement, Outcome, StudyView, TaskView } from '../view.ts';
import { horizonBar } from '../../shared/figures/horizon-bar.ts';
import { verdictBadge } from '../../shared/parts.ts';
import { definitions } from './guide.ts';
import { sentenceOf } from './sentences.ts';

export function summary(study: StudyView): Html {
  return html`<section id="summary" aria-labelledby="summary-heading">
    <h2 id="summary-heading">Summary</h2>
    <table class="summary" role="table">
      <caption>
        ${caption(study)}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Model</th>
          <th scope="col" role="columnheader">Horizon</th>
          <th scope="col" role="columnheader">Theory</th>
          <th scope="col" role="columnheader">In words</th>
          <th scope="col" role="columnheader" class="number">n</th>
        </tr>
      </thead>
      ${study.tasks.map((task) => taskRows(task, study))}
    </table>
    ${definitions(study)}
  </section>`;
}

function caption(study: StudyView): Html {
  const asked = study.tasks.some((task) => task.predictions.length > 0);
  return html`How far each model can be relied on. In the bars, from length 0 to ${study.longest}:
  ${study.trains && 'the shade is the training range, '}the line ends at the horizon.
  ${asked && html`Theory: <i>in</i> if a transformer can do the task at every length, <i>out</i> if not.`}`;
}

function taskRows(task: TaskView, study: StudyView): Html {
  const title = task.words?.title ?? task.title;
  return html`<tbody role="rowgroup">
    <tr role="row" class="task">
      <th scope="rowgroup" role="rowheader" colspan="5">
        <a href="#${task.anchor}">${task.name}</a>
        ${title !== null && html`<span class="task-title">${title}</span>`}
      </th>
    </tr>
    ${task.outcomes.map((outcome) => outcomeRow(outcome, study))}
  </tbody>`;
}

function outcomeRow(outcome: Outcome, study: StudyView): Html {
  return html`<tr role="row">
    <th scope="row" role="rowheader" class="model">
      ${symbolOf(outcome.model)} <span class="named">${outcome.model.name}</span>
      ${outcome.asking && html`<span class="trained">at ${new URL(outcome.asking.endpoint).host}</span>`}
      ${outcome.trainedOn && html`<span class="trained">trained on ${outcome.trainedOn.min}–${outcome.trainedOn.max}</span>`}
    </th>
    <td role="cell" class="horizon">${horizonBar(outcome, study.longest)} ${horizonWords(outcome)}</td>
    <td role="cell" class="theory">${theory(outcome, study)}</td>
    <td role="cell" class="words">${sentenceOf(outcome)}</td>
    <td role="cell" class="number">${answersCounted(outcome)}</td>
  </tr>`;
}

/** The horizon as a number: `≥ 60` when it is the longest length asked. */
function horizonWords({ horizon, cells, runs }: Outcome): Html {
  if (horizon === undefined) return html`<span class="value none">not measured</span>`;
  if (horizon === null) return html`<span class="value">none</span>`;
  const censored = horizon === cells.at(-1)?.length;
  const measured = runs.map((run) => run.horizon).filter((each) => each !== undefined);
  const differ = new Set(measured).size > 1;
  return html`<span class="value">${censored ? '≥ ' : ''}${horizon}</span>
    ${differ && html`<span class="seeds">seeds: ${measured.map((each) => each ?? 'none').join(', ')}</span>`}`;
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
  learnable: html`<span class="agreement">can be learned</span>`,
  'no-claim': null,
};

function answersCounted({ cells }: Outcome): string {
  return cells.length === 0 ? '0' : count(cells.reduce((sum, cell) => sum + cell.n, 0));
}
