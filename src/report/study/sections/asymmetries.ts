/** How much better each model does one task of the study than another that differs from it in one thing only. */
import { asymmetryFigure } from '../../shared/figures/asymmetries.ts';
import { list } from '../../shared/format.ts';
import type { Html } from '../../shared/html.ts';
import { figureOf } from '../../shared/parts.ts';
import { foldedSection } from '../../shared/section.ts';
import type { StudyView } from '../view/view.ts';

export const ASYMMETRIES = 'asymmetries';

export function hasAsymmetries({ input }: StudyView): boolean {
  return (input.asymmetries ?? []).length > 0;
}

export function asymmetries({ input, models, tasks }: StudyView): Html | null {
  const rows = input.asymmetries ?? [];
  const outcomesOf = (model: string) =>
    tasks.flatMap((task) =>
      task.outcomes.filter((each) => each.model.name === model).map((outcome) => ({ task, outcome })),
    );
  const figure = asymmetryFigure(
    models.map((model) => {
      const own = outcomesOf(model.name);
      const trained = own.filter(({ outcome }) => outcome.asking === null);
      return {
        model,
        asymmetries: rows.filter((row) => row.model === model.name),
        cellsOf: (name: string) => own.find(({ task }) => task.name === name)?.outcome.cells ?? [],
        seeds: trained.length === 0 ? null : Math.min(...trained.map(({ outcome }) => outcome.runs.length)),
      };
    }),
    { searched: tasks.some((task) => task.outcomes.some(({ asking }) => asking?.lengths === null)) },
  );
  if (figure === null) return null;
  const pairs = [...new Set(rows.map(({ first, second }) => `${first} and ${second}`))];
  return foldedSection({
    anchor: ASYMMETRIES,
    heading: 'Pairs of tasks that differ in one thing',
    gist: list(pairs),
    body: figureOf(figure, `${ASYMMETRIES}-figure`),
  });
}
