/** The head of the report: what this is, and how to read it. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { list, percent, plural } from '../format.ts';
import type { StudyView } from '../view.ts';

export function guide({ input, tasks, models }: StudyView): Html {
  const runs = tasks.reduce(
    (sum, task) => sum + task.outcomes.reduce((n, outcome) => n + outcome.runs.length, 0),
    0,
  );
  return html`<header>
    <p class="kicker">lengthwise · study</p>
    <h1>${input.name}</h1>
    <p class="lead">
      Transformers were trained on short texts to look something up or to copy, and then asked the same about
      longer ones: does what they learned hold at lengths they have never seen? <b>Length</b> is the number of
      symbols in the text asked about, the <b>training range</b> is the lengths a model was trained on, and
      its <b>horizon</b> is the largest length up to which it can be relied on.
    </p>
    <p class="byline">
      ${plural(tasks.length, 'task')} × ${plural(models.length, 'model')}, ${plural(runs, 'training run')} ·
      first run <time datetime="${input.created}">${day(input.created)}</time>
    </p>
  </header>`;
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
