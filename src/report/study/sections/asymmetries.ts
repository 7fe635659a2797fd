/** How much better each model does one task of the study than another that differs from it in one thing only. */
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { asymmetryFigure } from '../../measurement/differences.ts';
import type { StudyView } from '../view.ts';
import { figureOf } from '../../shared/parts.ts';

export const ASYMMETRIES = 'asymmetries';

export function hasAsymmetries({ input }: StudyView): boolean {
  return (input.asymmetries ?? []).length > 0;
}

export function asymmetries({ input, models }: StudyView): Html | null {
  const rows = input.asymmetries ?? [];
  const figure = asymmetryFigure(
    models.map((model) => ({ model, asymmetries: rows.filter((row) => row.model === model.name) })),
  );
  if (figure === null) return null;
  return html`<section id="${ASYMMETRIES}" aria-labelledby="${ASYMMETRIES}-heading">
    <h2 id="${ASYMMETRIES}-heading">Left or right, first or last, forward or backward</h2>
    <p class="question">
      These tasks come in pairs that differ in one thing only. A model that does the one and not the other has
      learned more than a task: a habit, such as looking at what follows rather than at what goes before.
    </p>
    ${figureOf(figure, `${ASYMMETRIES}-figure`)}
  </section>`;
}
