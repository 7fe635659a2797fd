/** A task's section: what is asked, how each model did, what went wrong, what theory says; training comes last. */
import type { AnswerExample, AlignedPiece, InstanceRow } from '../../../score/tables/rows.ts';
import { examplesOf } from '../../shared/examples/examples.ts';
import { errorAnatomy } from '../../shared/figures/errors.ts';
import type { Figure } from '../../shared/figure.ts';
import { symbolOf } from '../../shared/ink.ts';
import { placesNote, placesTable } from '../../shared/figures/places.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { figureOf } from '../../shared/parts.ts';
import { question } from '../../shared/question.ts';
import { foldedSection } from '../../shared/section.ts';
import { accuracyByLength } from '../figures/accuracy.ts';
import { learningCurves } from '../figures/learning.ts';
import type { Outcome, RunView, StudyView, TaskView } from '../view/view.ts';
import { tunedLinks } from './finetuned.ts';
import { how } from './how.ts';
import { mended } from './mended.ts';
import { sentenceOf } from './sentences.ts';
import { theory } from './theory.ts';

export function taskSection(task: TaskView, study: StudyView): Html {
  const { words, anchor, name, outcomes } = task;
  const title = words?.title ?? task.title;
  const learning = learningCurves({
    ...{ name, title: 'How it was trained', what: 'model' },
    accuracy: 'held-out samples of the trained lengths that were answered right',
    loss: 'the answer',
    trainings: outcomes.flatMap(({ model, runs }) =>
      runs.map(({ seed, curve }) => ({ of: model, seed, rows: curve })),
    ),
  });
  return foldedSection({
    anchor,
    className: 'task',
    heading: html`${name}${title !== null && html` <span class="task-title">${title}</span>`}`,
    gist: outcomes.length === 1 ? sentenceOf(outcomes[0]) : null,
    body: html`${words && question(words)}
    ${
      outcomes.length > 1 &&
      html`<ul class="findings">
        ${outcomes.map(finding)}
      </ul>`
    }
    ${figure(accuracyByLength(task, study), anchor)} ${places(task)}
    ${figure(errorAnatomy({ name, outcomes }), anchor)} ${examplesOf(outcomes.map(examples))} ${theory(task)}
    ${mended(task, study)} ${tunedLinks(task, study)} ${how(task, study)}
    ${
      learning &&
      html`<details class="print">
        <summary>How it was trained</summary>
        ${figureOf(learning, `${anchor}-${learning.name}`)}
      </details>`
    }`,
  });
}

function figure(drawn: Figure | null, anchor: string): Html | null {
  return drawn && figureOf(drawn, `${anchor}-${drawn.name}`);
}

function finding(outcome: Outcome): Html {
  return html`<li>${symbolOf(outcome.model)} <b>${outcome.model.name}</b> ${sentenceOf(outcome)}</li>`;
}

/** Length × place of each model; of several seeds, each seed's own. */
function places({ outcomes }: TaskView): Html | null {
  const tables = outcomes.flatMap((outcome) =>
    outcome.runs.flatMap((run) => {
      const model = outcome.runs.length > 1 ? `${outcome.model.name}, seed ${run.seed}` : outcome.model.name;
      const { cells, horizon, mistakes } = run;
      return placesTable({ model, cells, horizon, copies: isCopy(mistakes) }) ?? [];
    }),
  );
  if (tables.length === 0) return null;
  return html`<div class="where">
    <h3>Where in the source</h3>
    ${tables}
    <p class="quiet">${placesNote(outcomes[0].threshold)}</p>
  </div>`;
}

function isCopy(mistakes: RunView['mistakes']): boolean {
  return mistakes.some(({ query, answer }) => query === null && answer.length > 1);
}

function examples({ model, cells, runs }: Outcome): Parameters<typeof examplesOf>[0][number] {
  const mistakes = runs.flatMap((run) => run.mistakes);
  const lines = mistakes.some(({ source }) => source.some((symbol) => /\s/.test(symbol)));
  return { model, cells, examples: mistakes.map(exampleOf), joiner: lines ? '\n' : ' ' };
}

/** A study keeps what came, not its alignment: what both begin and end with is the same, the rest differs. */
function exampleOf(row: InstanceRow): AnswerExample {
  const { answer, output } = row;
  const shorter = Math.min(answer.length, output.length);
  let start = 0;
  while (start < shorter && answer[start] === output[start]) start++;
  let end = 0;
  while (end < shorter - start && answer.at(-1 - end) === output.at(-1 - end)) end++;
  const piece = (same: boolean, from: number, fromEnd: number): AlignedPiece => ({
    same,
    answer: answer.slice(from, answer.length - fromEnd),
    output: output.slice(from, output.length - fromEnd),
  });
  const tail = {
    same: true,
    answer: answer.slice(answer.length - end),
    output: output.slice(output.length - end),
  };
  const head = { same: true, answer: answer.slice(0, start), output: output.slice(0, start) };
  const pieces = [head, piece(false, start, end), tail].filter(
    (each) => each.answer.length + each.output.length > 0,
  );
  const { task, length, index, repeat, source, query } = row;
  return {
    task,
    length,
    index,
    repeat,
    source,
    query,
    answer,
    output,
    pieces,
    error: row.error ?? 'wrong',
    truncated: row.truncated ?? false,
    raw: null,
  };
}
