/** The head of the report: what this is, and how to read it. */
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { list, percent, plural } from '../../shared/format.ts';
import type { StudyView } from '../view.ts';

export function guide(study: StudyView): Html {
  const { input, tasks } = study;
  return html`<header>
    <p class="kicker">lengthwise · study</p>
    <h1>${input.name}</h1>
    <p class="lead">${question(study)} ${words(study)}</p>
    <p class="byline">
      ${plural(tasks.length, 'task')} × ${sizes(study)} · first run
      <time datetime="${input.created}">${day(input.created)}</time>
    </p>
  </header>`;
}

const TRAINED =
  'Transformers were trained on short texts to look something up or to copy, and then asked the same about longer ones: does what they learned hold at lengths they have never seen?';
const ASKED =
  'Language models were asked to look something up in texts of many lengths, or to copy them: up to what length can each be relied on?';
const BOTH =
  'Language models that others have trained were asked the same questions: up to what length do they hold?';

function question({ trains, asks }: StudyView): string {
  if (!asks) return TRAINED;
  return trains ? `${TRAINED} ${BOTH}` : ASKED;
}

function words({ trains, asks }: StudyView): Html {
  return html`<b>Length</b> is the number of symbols in the text asked
    about${asks && ' (lines, where the text has lines)'},
    ${
      trains &&
      html`the <b>training range</b> is the lengths a model was trained
        on${asks && ' (unknown for those of others)'}, `
    }
    and a model’s <b>horizon</b> is the largest length up to which it can be relied on.`;
}

function sizes({ tasks, models, asks, trains }: StudyView): string {
  const outcomes = tasks.flatMap((task) => task.outcomes);
  const runs = outcomes
    .filter(({ asking }) => asking === null)
    .reduce((sum, outcome) => sum + outcome.runs.length, 0);
  const asked = outcomes.filter(({ asking }) => asking !== null);
  const respondents = new Set(asked.map(({ model }) => model.name)).size;
  const answers = asked.flatMap(({ cells }) => cells).reduce((sum, { n }) => sum + n, 0);
  return [
    plural(models.length, 'model'),
    ...(trains || !asks ? [plural(runs, 'training run')] : []),
    ...(asks ? [`${plural(answers, 'answer')} of ${plural(respondents, 'respondent')}`] : []),
  ].join(', ');
}

/** What exactly the horizon and the theory's words mean, for those who want to know; below the summary. */
export function definitions(study: StudyView): Html {
  const thresholds = [
    ...new Set(study.tasks.flatMap((task) => task.outcomes.map(({ threshold }) => threshold))),
  ];
  return html`<details class="print">
    <summary>What exactly do these words mean?</summary>
    <dl class="terms">
      <div>
        <dt>right</dt>
        <dd>The whole answer, exactly; nothing missing, nothing more.</dd>
      </div>
      <div>
        <dt>horizon</dt>
        <dd>
          The largest length L that was asked such that at L and at every shorter length asked, the lower end
          of the 95 % interval of accuracy is at least ${list(thresholds.map(percent))}. With several seeds,
          the lower median of theirs.
        </dd>
      </div>
      <div>
        <dt>in, out</dt>
        <dd>
          What theory (C-RASP) says of the task. <i>In</i>: some transformer does it at every length, and an
          idealised learner that has seen long enough texts finds it. <i>Out</i>: no transformer of the kind
          that theory describes does it at every length; training on short texts does not carry over to all
          longer ones.
        </dd>
      </div>
      ${
        study.asks &&
        html`<div>
            <dt>can be learned</dt>
            <dd>
              Said of a model that fails at a task that is <i>in</i>: nobody has trained it for this here, and
              theory speaks of what training can reach, not of what this model has learned so far.
            </dd>
          </div>
          <div>
            <dt>truncated, failed</dt>
            <dd>
              Of the answers, those that a limit of tokens or of the context cut off (they count as they are,
              mostly as wrong); and questions that got no answer at all, which are not in n.
            </dd>
          </div>`
      }
      <div>
        <dt>seed</dt>
        <dd>
          The number from which a run’s random choices come. Other seeds are repetitions of the same
          experiment.
        </dd>
      </div>
      <div>
        <dt>n</dt>
        <dd>How many questions were asked. Nothing that was asked is left out of an average.</dd>
      </div>
    </dl>
  </details>`;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}
