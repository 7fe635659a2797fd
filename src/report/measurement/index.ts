/** The report of one measurement, or of several beside each other: rows in, one HTML file out. */
import type { MeasureReportInput } from '../../measure/store/rows.ts';
import type { Figure } from '../shared/figure.ts';
import { html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import type { Entry as Content } from '../shared/page.ts';
import { figureOf } from '../shared/parts.ts';
import { foldedSection } from '../shared/section.ts';
import { aloneFigure, contrastFigure } from './accuracy.ts';
import { comparisonFigure, pairsFigure } from './comparison.ts';
import { contradictions, head, horizons, notes, unfinished } from './head.ts';
import { pilots } from './pilot.ts';
import { repeat } from './repeat.ts';
import { spread } from './spread.ts';
import { taskSection } from './task.ts';
import { measureView } from './view.ts';
import type { MeasureView } from './view.ts';

/** The report as the text of one HTML file. The same rows give the same text. */
export function renderMeasureReport(input: MeasureReportInput): string {
  const view = measureView(input);
  const figures = groups(view).flatMap(({ heading, draw }) => {
    const drawn = draw.map((each) => each(view)).filter((figure) => figure !== null);
    return drawn.length === 0 ? [] : [{ heading, drawn, anchor: `${drawn[0].name}-section` }];
  });
  const [missing, differing, piloted] = [unfinished(view), notes(view), pilots(view)];
  const contradicting = contradictions(view);
  const decided = spread(view);
  const contents: Content[] = [
    ...(decided === null ? [] : [{ anchor: 'spread', text: 'Best and worst prompt' }]),
    { anchor: 'horizons', text: 'Horizons' },
    ...(contradicting === null ? [] : [{ anchor: 'contradictions', text: 'What contradicts the task' }]),
    ...(missing === null ? [] : [{ anchor: 'state', text: 'What is missing' }]),
    ...(differing === null ? [] : [{ anchor: 'notes', text: 'What differs' }]),
    ...(piloted === null ? [] : [{ anchor: 'pilot', text: 'How prompts were chosen' }]),
    ...figures.map(({ anchor, heading }) => ({ anchor, text: heading })),
    ...view.tasks.map(({ anchor, name }) => ({ anchor, text: name })),
    { anchor: 'repeat', text: 'To repeat this' },
  ];
  return page(
    `${input.name} · lengthwise`,
    contents,
    html`${head(view)} ${decided} ${horizons(view)} ${contradicting} ${missing} ${differing} ${piloted}
    ${figures.map(({ heading, drawn, anchor }) =>
      foldedSection({
        anchor,
        heading,
        body: drawn.map((figure) => figureOf(figure, figure.name)),
      }),
    )}
    ${view.tasks.map((task) => taskSection(task, view))} ${repeat(view)}`,
  );
}

interface Group {
  readonly heading: string;
  readonly draw: readonly ((view: MeasureView) => Figure | null)[];
}

function groups({ who }: MeasureView): readonly Group[] {
  return [
    { heading: `Differences between ${who}s`, draw: [comparisonFigure] },
    { heading: 'Pairs of tasks', draw: [contrastFigure, pairsFigure] },
    { heading: 'Accuracy against length', draw: [aloneFigure] },
  ];
}
