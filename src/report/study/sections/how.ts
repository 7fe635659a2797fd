/** How a model does a task: which heads and edges its answers depend on, where that was asked. */
import type { ExplainItem } from '../../../study/rows.ts';
import { contrasts } from '../../../score/tables/contrast-pairs.ts';
import { explanationFigures } from '../../shared/explanation/figures.ts';
import { explainedTerms } from '../../shared/explanation/terms.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { figureOf } from '../../shared/parts.ts';
import type { StudyView, TaskView } from '../view/view.ts';

export function how(task: TaskView, study: StudyView): Html | null {
  const { explanations, anchor } = task;
  if (explanations.length === 0) return null;
  return html`<div class="how" id="${anchor}-how">
    <h3>How it does it</h3>
    ${explanations.map((item, i) => explained(item, `${anchor}-how-${i + 1}`, study))}
    ${counterparts(task, study)} ${explainedTerms()}
  </div>`;
}

/** Whether it is an explanation of what was fine-tuned, and not of its base. */
export function isOfTuned({ spec }: ExplainItem, { bases }: StudyView): boolean {
  return bases.some(({ items }) => items.some(({ hash }) => hash === spec.model));
}

/** Whose heads these are. */
function whoseText({ spec, needs }: ExplainItem, { bases }: StudyView): Html {
  const id = spec.model.slice(0, 16);
  for (const { anchor, items } of bases) {
    const tuned = items.find(({ hash }) => hash === spec.model);
    if (tuned !== undefined)
      return html`What was <a href="#${anchor}">fine-tuned</a> on this task (<code>${tuned.folder}</code>)`;
  }
  return needs.length > 0
    ? html`Run <code>${id}</code>: the model whose accuracy is above (<code>models/${id}</code>)`
    : html`A model from elsewhere, SHA-256 <code>${id}…</code>`;
}

function explained(item: ExplainItem, anchor: string, study: StudyView): Html {
  const [row] = item.rows;
  const { model, seed } = item;
  const tuned = isOfTuned(item, study);
  const name = html`${model}${tuned && ', fine-tuned'}${seed !== null && `, seed ${seed}`}`;
  const whose = html`<h4>${name}</h4>
    <p class="quiet">
      ${whoseText(item, study)}; item <code>${item.hash.slice(0, 16)}</code>, with
      <a href="#repeat">all settings</a> below.
    </p>`;
  if (row === undefined) {
    return html`${whose}
      <p>
        ${item.state === 'failed' ? `Explaining failed: ${item.error ?? 'cause unknown'}` : 'Not explained yet.'}
      </p>`;
  }
  // What changed is drawn before beside after where fine-tuning is told of.
  const figures = tuned ? [] : explanationFigures([row]);
  return html`${whose} ${row.words.map((sentence) => html`<p>${sentence}</p>`)}
  ${figures.map((figure) => figureOf(figure, `${anchor}-${figure.name}`))}`;
}

/** Links to the tasks that differ in one thing, where they are explained, too. */
function counterparts(task: TaskView, { tasks }: StudyView): Html | null {
  const named = (one: TaskView) => one.explanations[0]?.spec.task;
  const own = named(task);
  const others = tasks.filter((other) => {
    const its = named(other);
    return (
      its !== undefined &&
      contrasts.some(
        ({ first, second }) => (first === own && second === its) || (first === its && second === own),
      )
    );
  });
  if (others.length === 0) return null;
  return html`<p class="quiet">
    To compare:
    ${others.map((other, i) => html`${i > 0 && ', '}<a href="#${other.anchor}-how">how ${other.name} is done</a>`)}.
  </p>`;
}
