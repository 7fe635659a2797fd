/** The report of one measurement, or of several beside each other: rows in, one HTML file out. */
import type { MeasureReportInput } from '../../score/tables/rows.ts';
import { html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import type { Entry as Content } from '../shared/page.ts';
import { figureOf } from '../shared/parts.ts';
import { asymmetryFigure, comparisonFigure } from './differences.ts';
import { head, notes, unfinished } from './head.ts';
import { horizonTable } from './horizons.ts';
import { operationSection } from './operation.ts';
import { repeat } from './repeat.ts';
import { aloneFigure, contrastFigure } from './series.ts';
import { measureView, total } from './view.ts';

/** The report as the text of one HTML file. The same rows give the same text. */
export function renderMeasureReport(input: MeasureReportInput): string {
  const view = measureView(input);
  const figures = [
    comparisonFigure(view),
    contrastFigure(view),
    asymmetryFigure(view.respondents.map(({ model, rows }) => ({ model, ...rows }))),
    aloneFigure(view),
  ].filter((figure) => figure !== null);
  const [missing, differing] = [unfinished(view), notes(view)];
  const contents: Content[] = [
    { anchor: 'horizons', text: 'Horizons' },
    ...(missing === null ? [] : [{ anchor: 'state', text: 'What is missing' }]),
    ...(differing === null ? [] : [{ anchor: 'notes', text: 'What differs' }]),
    ...figures.map(({ name }) => ({ anchor: name, text: CONTENTS[name] ?? name })),
    ...view.operations.map(({ anchor, name }) => ({ anchor, text: name })),
    { anchor: 'repeat', text: 'To repeat this' },
  ];
  return page(
    `${input.name} · lengthwise`,
    contents,
    html`${head(view)} ${horizonTable(view)} ${missing} ${differing}
    ${figures.map((figure) => figureOf(figure, figure.name))} ${view.operations.map(operationSection)}
    ${repeat(view)}`,
  );
}

const CONTENTS: Readonly<Record<string, string>> = {
  comparison: 'Differences',
  contrasts: 'One thing changed',
  asymmetries: 'Asymmetries',
  alone: 'Accuracy',
};

/** How much was asked, and what came of it. */
export interface MeasureCounts {
  readonly respondents: number;
  readonly answers: number;
  readonly truncated: number;
  readonly failed: number;
}

/** How much was asked and what became of it: what a report of a measurement says at its head. */
export function countAnswers({ respondents }: MeasureReportInput): MeasureCounts {
  const cells = respondents.flatMap(({ rows }) => rows);
  return {
    respondents: respondents.length,
    answers: total(cells, ({ n }) => n),
    truncated: total(cells, ({ truncated }) => truncated),
    failed: total(cells, ({ failed }) => failed),
  };
}
