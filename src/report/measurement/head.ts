/** The first screen: what was found, in one sentence, the table tasks × lengths, and what to beware of. */
import { contradictionLines, isOfOtherTask } from '../../score/tables/contradiction-text.ts';
import { thresholdText } from '../../score/tables/horizon-text.ts';
import { horizonSentence } from '../shared/finding.ts';
import { count, list, plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { matrix } from '../shared/matrix.ts';
import type { MatrixTask } from '../shared/matrix.ts';
import { spreadSentence } from './spread.ts';
import { terms, usualTerms } from '../shared/terms.ts';
import { time } from '../shared/times.ts';
import { wordsOfTask } from '../shared/words.ts';
import { total } from './view.ts';
import type { MeasureView, RespondentView, TaskView } from './view.ts';

export function head(view: MeasureView): Html {
  const { input, respondents, tasks, who } = view;
  const samples = respondents.reduce((sum, { rows }) => sum + total(rows.rows, ({ n }) => n), 0);
  const starts = [...new Set(respondents.map(({ rows }) => rows.started))].toSorted();
  const single = respondents.length === 1;
  const { spread: decided } = input;
  return html`<header>
    <p class="kicker">
      lengthwise · ${single || who !== 'model' ? 'measurement' : 'comparison'} ·
      ${plural(tasks.length, 'task')}, ${plural(samples, 'sample')} ·
      ${starts.map((start, i) => html`${i > 0 && ', '}${time(start)}`)}
    </p>
    <h1>${input.name}</h1>
    ${
      decided
        ? html`<p class="lead">
            <b>${input.name}</b>${incompleteWays(view)},
            ${spreadSentence(decided)}${
              who === 'way' && ' It was also asked in ways that differ in more than the prompt.'
            }
          </p>`
        : single
          ? html`<p class="lead">
              ${named(respondents[0])}:
              ${horizonSentence(foundBy(respondents[0], view), hasEnded(respondents[0]))}
            </p>`
          : respondents.map(
              (respondent) =>
                html`<p class="lead several">
                  ${who === 'way' && `${input.name}, asked with `}${named(respondent)}:
                  ${horizonSentence(foundBy(respondent, view), hasEnded(respondent))}
                </p>`,
            )
    }
  </header>`;
}

/** Its name, and why its numbers are not all: nobody should have to read on to learn that. */
function named({ model, rows }: RespondentView): Html {
  const others = rows.horizons
    .filter((horizon) => isOfOtherTask(horizon, horizon.length ?? 0))
    .map(({ task }) => task);
  return html`<b>${model.name}</b>${rows.missing !== null && ` (incomplete: ${rows.missing})`}${
      others.length > 0 && ` (records of another task than ${list(others)}: see below)`
    }`;
}

/** More of them are counted: the box below names all. */
const MOST_INCOMPLETE = 3;

function incompleteWays({ respondents, who }: MeasureView): string {
  const names = respondents.flatMap(({ model, rows }) =>
    rows.missing === null ? [] : [`${model.name}: ${rows.missing}`],
  );
  if (names.length === 0) return '';
  const shown = names.length > MOST_INCOMPLETE ? names.slice(0, MOST_INCOMPLETE - 1) : names;
  const more = names.length - shown.length;
  return ` (incomplete: ${shown.join('; ')}${more === 0 ? '' : `; and ${more} more ${who}s`})`;
}

function foundBy(respondent: RespondentView, { tasks }: MeasureView): Parameters<typeof horizonSentence>[0] {
  return tasks.flatMap(({ name, entries }) =>
    entries
      .filter((entry) => entry.respondent === respondent && entry.cells.length > 0)
      .map(({ horizon, cells }) => ({ task: name, horizon, cells })),
  );
}

/** Whether its last run came to its end. */
function hasEnded({ rows }: RespondentView): boolean {
  const last = rows.runs.at(-1);
  return last === undefined || last.ending === 'done';
}

/** Tasks × lengths, with the horizon marked: the table that is quoted. */
export function horizons(view: MeasureView): Html {
  return html`<section id="horizons" aria-label="Horizons">
    ${matrix({
      caption: html`Horizon: the largest length asked up to which accuracy is shown to be at least
      ${thresholdText(view.input.respondents.flatMap((one) => one.horizons))}`,
      theory: false,
      who: view.who,
      tasks: view.tasks.map(matrixTask),
    })}
    ${definitions(view)}
  </section>`;
}

function matrixTask({ name, title, anchor, entries }: TaskView): MatrixTask {
  const words = wordsOfTask(name)?.title ?? title;
  return {
    name,
    anchor,
    title: words === '' ? null : words,
    rows: entries.map(({ respondent, horizon, cells }) => ({
      model: respondent.model,
      about: null,
      theory: null,
      horizon,
      without: 'not asked',
      seeds: null,
      cells,
    })),
  };
}

function definitions({ respondents }: MeasureView): Html {
  const cells = respondents.flatMap(({ rows }) => rows.rows);
  const adaptive = respondents.some(({ rows }) => rows.adaptive);
  return terms(usualTerms(cells), [
    [
      'length',
      'The number of symbols (or lines) in the source. Query, demonstrations and answer don’t count.',
    ],
    ...(adaptive
      ? ([
          [
            'searched',
            'A search chose lengths, and how many samples each got, by the answers. Their intervals hold whenever one stops; their level is beside them or in the heading.',
          ],
        ] as const)
      : []),
    ...(cells.some(({ lookedAgain }) => lookedAgain === true)
      ? ([
          [
            'asked again',
            'Of some lengths it was decided after answers had come how many samples to ask: there, with another number before, or given after a search of the task. Their intervals hold whenever one stops, at their own level: whoever asks for more until a length holds would be right too seldom otherwise.',
          ],
        ] as const)
      : []),
  ]);
}

/** Runs that did not come to their end, and samples without an answer. */
export function unfinished({ respondents }: MeasureView): Html | null {
  const notes = respondents.flatMap(({ rows, model }) => {
    const failed = total(rows.rows, (cell) => cell.failed);
    if (rows.missing === null && failed === 0) return [];
    return [
      html`<li>
        <b>${model.name}</b
        >${rows.missing !== null && `, incomplete: ${rows.missing}. The page shows what there is`}${
          failed > 0 &&
          html`${rows.missing === null ? ': ' : '. '}${plural(failed, 'sample')} failed and
          ${failed === 1 ? 'counts' : 'count'} as not right:
          ${list(rows.failures.slice(0, 5).map(({ reason, count: times }) => `${count(times)} × ${reason}`))}`
        }.
      </li>`,
    ];
  });
  if (notes.length === 0) return null;
  return html`<section id="state" class="box" aria-labelledby="state-heading">
    <h2 id="state-heading">What is missing</h2>
    <ul class="failures">
      ${notes}
    </ul>
  </section>`;
}

/** Recorded right answers that contradict the oracle of the task that was named. */
export function contradictions({ respondents }: MeasureView): Html | null {
  const lines = respondents.flatMap(({ rows, model }) =>
    contradictionLines(rows.horizons).map((line) => html`<li><b>${model.name}</b>: ${line}.</li>`),
  );
  if (lines.length === 0) return null;
  return html`<section id="contradictions" class="box" aria-labelledby="contradictions-heading">
    <h2 id="contradictions-heading">What contradicts the task</h2>
    <ul class="failures">
      ${lines}
    </ul>
  </section>`;
}

/** What makes a comparison less than like with like. */
export function notes({ input }: MeasureView): Html | null {
  if (input.notes.length === 0) return null;
  return html`<section id="notes" class="box" aria-labelledby="notes-heading">
    <h2 id="notes-heading">What makes the comparison uneven</h2>
    <ul class="failures">
      ${input.notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </section>`;
}
