/** Where theory and measurement differ: said first, with what may explain it. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { openExplanations } from '../standing.ts';
import type { Outcome, StudyView, TaskView } from '../view.ts';
import { sentenceOf } from './sentences.ts';
import { verdictBadge } from './summary.ts';

interface Disagreement {
  readonly task: TaskView;
  readonly outcome: Outcome;
}

export function disagreements(study: StudyView): Html | null {
  const found = disagreeing(study);
  if (found.length === 0) return null;
  return html`<section id="disagreements" class="box" aria-labelledby="disagreements-heading">
    <h2 id="disagreements-heading">Where theory and measurement disagree</h2>
    <p>The measurements do not refute the theory: it speaks of all lengths and of an idealised learner. But here it
    would have told you something else than what you would have seen.</p>
    <ul class="disagreements">${found.map(item)}</ul>
  </section>`;
}

export function disagreeing(study: StudyView): Disagreement[] {
  return study.tasks.flatMap((task) =>
    task.outcomes.filter((outcome) => outcome.agreement === 'disagrees').map((outcome) => ({ task, outcome })),
  );
}

function item({ task, outcome }: Disagreement): Html {
  return html`<li>
    <h3><a href="#${task.anchor}">${task.name}</a>, ${outcome.model.name}: theory says ${verdictBadge(outcome.prediction?.verdict)},
      ${outcome.standing === 'holds' ? 'but it held at every tested length' : 'but it didn’t hold'}</h3>
    <p>${sentenceOf(outcome)}</p>
    <p class="open">Explanations that are open:</p>
    <ul>${openExplanations(outcome).map((explanation) => html`<li>${explanation}</li>`)}</ul>
  </li>`;
}
