/** The report of what `lengthwise explain` found of one model: words first, then figures, each also as a table. */
import type { ExplainReportInput, Explanation } from '../../explain/rows.ts';
import { contrasts } from '../../score/tables/contrast-pairs.ts';
import { behaviourTable, explanationFigures } from '../shared/explanation/figures.ts';
import { explainedTerms } from '../shared/explanation/terms.ts';
import { nameOf } from '../shared/explanation/names.ts';
import { plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import type { Entry } from '../shared/page.ts';
import { figureOf, scrollTable } from '../shared/parts.ts';
import { question } from '../shared/question.ts';
import { foldedSection } from '../shared/section.ts';
import { time } from '../shared/times.ts';
import { wordsOfTask } from '../shared/words.ts';
import { groupsOf } from './groups.ts';
import { repeat } from './repeat.ts';

/** The report as the text of one HTML file. The same input gives the same text. */
export function renderExplainReport(input: ExplainReportInput): string {
  const groups = groupsOf(input.explanations);
  const contents: Entry[] = [
    { anchor: 'found', text: 'In words' },
    ...groups.map((group, i) => ({ anchor: `group-${i + 1}`, text: titleOf(group, input.explanations) })),
    { anchor: 'repeat', text: 'To repeat this' },
  ];
  return page(
    `${input.target} · lengthwise`,
    contents,
    html`${head(input)} ${found(input)}
    ${groups.map((group, i) => groupSection(group, `group-${i + 1}`, input.explanations))} ${repeat(input)}`,
  );
}

/** `UR and UL`. */
function titleOf(group: readonly Explanation[], all: readonly Explanation[]): string {
  return group.map((one) => nameOf(one, all)).join(' and ');
}

function head({ target, explanations, runs }: ExplainReportInput): Html {
  const samples = explanations.reduce((sum, { n }) => sum + n, 0);
  const last = runs.at(-1);
  return html`<header>
    <p class="kicker">
      lengthwise · explanation · ${plural(explanations.length, 'task')},
      ${plural(samples, 'sample')}${last && html` · ${time(last.started)}`}
    </p>
    <h1>${target}</h1>
    <p class="lead">Which attention heads, and which of their edges, this model’s answers depend on.</p>
  </header>`;
}

function found({ explanations }: ExplainReportInput): Html {
  return html`<section id="found" aria-label="In words">
    ${explanations.map(
      (one) =>
        html`<h2>${nameOf(one, explanations)}${taskTitle(one.task)}</h2>
          ${one.words.map((sentence) => html`<p>${sentence}</p>`)}`,
    )}
    ${scrollTable(behaviourTable(explanations))} ${explainedTerms()}
  </section>`;
}

function groupSection(group: readonly Explanation[], anchor: string, all: readonly Explanation[]): Html {
  return foldedSection({
    anchor,
    className: 'task',
    heading: html`${titleOf(group, all)} <span class="task-title">${titlesOf(group)}</span>`,
    gist: group.length > 1 ? contrastText(group) : null,
    body: html`${group.map(({ task }) => {
      const words = wordsOfTask(task);
      return words && question(words);
    })}
    ${explanationFigures(group).map((figure) => figureOf(figure, `${anchor}-${figure.name}`))}`,
  });
}

function taskTitle(task: string): Html | null {
  const words = wordsOfTask(task);
  return words && html` <span class="task-title">${words.title}</span>`;
}

function titlesOf(group: readonly Explanation[]): string {
  return group.flatMap(({ task }) => wordsOfTask(task)?.title ?? []).join('; ');
}

/** `The same sources and queries: they differ in right or left.` */
function contrastText(group: readonly Explanation[]): string {
  const [one, other] = group.map(({ task }) => task);
  const found = contrasts.find(
    ({ first, second }) => [first, second].includes(one) && [first, second].includes(other),
  );
  return `Beside each other, since they differ in one thing only${found === undefined ? '' : `: ${found.contrast.replace(' - ', ' or ')}`}.`;
}
