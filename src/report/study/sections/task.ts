/** A task's section: what is asked, how each model did, what theory says. */
import { taskFigures } from '../../shared/figures/index.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import type { Outcome, StudyView, TaskView } from '../view.ts';
import type { TaskWords } from '../../shared/words.ts';
import { examples } from './examples.ts';
import { figureOf } from '../../shared/parts.ts';
import { sentenceOf } from './sentences.ts';
import { symbolOf } from '../../shared/figures/marks.ts';
import { theory } from './theory.ts';

export function taskSection(task: TaskView, study: StudyView): Html {
  const { words } = task;
  const title = words?.title ?? task.title;
  const figures = taskFigures.map((draw) => draw(task, study)).filter((figure) => figure !== null);
  const [accuracy, ...rest] = figures;
  return html`<section id="${task.anchor}" class="task" aria-labelledby="${task.anchor}-heading">
    <h2 id="${task.anchor}-heading">
      ${task.name}${title !== null && html` <span class="task-title">${title}</span>`}
    </h2>
    ${words && question(words)}
    <ul class="findings">
      ${task.outcomes.map(finding)}
    </ul>
    ${accuracy && figureOf(accuracy, `${task.anchor}-${accuracy.name}`)}
    ${rest.map((figure) => figureOf(figure, `${task.anchor}-${figure.name}`))} ${examples(task.outcomes)}
    ${theory(task)}
  </section>`;
}

function question({ asks, example }: TaskWords): Html {
  return html`<p class="question">
    ${asks}
    <span class="quiet"
      >For example:
      <code>${example.source}</code>${example.query && html`, query <code>${example.query}</code>`} →
      <code>${example.answer}</code></span
    >
  </p>`;
}

function finding(outcome: Outcome): Html {
  return html`<li>${symbolOf(outcome.model)} <b>${outcome.model.name}</b> ${sentenceOf(outcome)}</li>`;
}
