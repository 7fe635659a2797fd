/** Where theory and measurement differ: said first, with what may explain it. */
import { percentLevel } from '../../../score/tables/percent.ts';
import { list, plural } from '../../shared/format.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import type { Outcome, StudyView, TaskView } from '../view/view.ts';
import { symbolOf } from '../../shared/ink.ts';
import { measuredSentence } from './sentences.ts';
import { foldedSection } from '../../shared/section.ts';
import { verdictBadge } from './badge.ts';

interface Disagreement {
  readonly task: TaskView;
  readonly outcome: Outcome;
}

/** One way to disagree, and what is open about it. */
interface Way {
  readonly heading: Content;
  readonly is: (outcome: Outcome) => boolean;
  /** Likeliest first. */
  readonly explanations: (outcomes: readonly Outcome[]) => readonly (string | null)[];
}

const ways: readonly Way[] = [
  {
    heading: html`Theory says ${verdictBadge('out')}, but it held at every length asked`,
    is: ({ standing }) => standing === 'holds',
    explanations: (outcomes) => [
      `Length: “Out” says that accuracy falls at some length, not at which one. The longest length asked is ${longestOf(outcomes)}.`,
      'Samples: Few random samples may be of the hard kind, with many repetitions close together; a cruder rule answers the others.',
      `Threshold: It asks for ${thresholdsOf(outcomes)} right, not for all: a good approximation passes.`,
      'Idealised learner: Theory speaks of one rule for every length. A finite model may have learned an approximation that is good enough up to some length.',
    ],
  },
  {
    heading: html`Theory says ${verdictBadge('in')}, but it failed at some length beyond the trained ones`,
    is: ({ standing }) => standing === 'fades',
    explanations: (outcomes) => [
      `Training length: Theory promises that some training length is enough, not that ${trainedTo(outcomes)} is.`,
      'Steps: Training may have ended once the trained lengths were right, before it found the rule that holds for all.',
      seedsSaid(outcomes),
      'Size: The rule may need more layers, heads or width.',
      positionsSaid(outcomes),
      'Idealised learner: The promise is for one that picks the simplest model that fits; gradient descent need not.',
    ],
  },
  {
    heading: html`Theory says ${verdictBadge('in')}, but the trained lengths themselves were not learned`,
    is: ({ standing }) => standing === 'unlearned',
    explanations: (outcomes) => [
      'Steps: Learning often comes suddenly and late; training may have ended too early. So this says nothing yet about longer lengths.',
      seedsSaid(outcomes),
      'Size and settings: Learning rate, batch, width or depth may not suit the task.',
    ],
  },
];

export function disagreements(study: StudyView): Html | null {
  const found = disagreeing(study);
  if (found.length === 0) return null;
  return foldedSection({
    anchor: 'disagreements',
    heading: 'Where theory and measurement disagree',
    gist: `${plural(found.length, 'row')}: ${list([...new Set(found.map(({ task }) => task.name))])}`,
    body: html`<p>
        Neither has to be wrong: theory speaks of every length and of an idealised learner, a measurement of
        some lengths and one way of training.
      </p>
      ${ways.map((way) =>
        group(
          way,
          found.filter(({ outcome }) => way.is(outcome)),
        ),
      )}`,
  });
}

export function disagreeing(study: StudyView): Disagreement[] {
  return study.tasks.flatMap((task) =>
    task.outcomes
      .filter((outcome) => outcome.agreement === 'disagrees')
      .map((outcome) => ({ task, outcome })),
  );
}

function group({ heading, explanations }: Way, found: readonly Disagreement[]): Html | null {
  if (found.length === 0) return null;
  const open = explanations(found.map(({ outcome }) => outcome)).filter(
    (explanation) => explanation !== null,
  );
  return html`<div class="disagreement">
    <h3>${heading}</h3>
    <ul class="findings">
      ${found.map(
        ({ task, outcome }) =>
          html`<li>
            ${symbolOf(outcome.model)} <a href="#${task.anchor}">${task.name}</a>,
            <b>${outcome.model.name}</b>: ${measuredSentence(outcome)}
          </li>`,
      )}
    </ul>
    <details class="print">
      <summary>Possible explanations</summary>
      <ul class="explanations">
        ${open.map(explanation)}
      </ul>
    </details>
  </div>`;
}

/** Its name stands before the colon. */
function explanation(text: string): Html {
  const [name, ...rest] = text.split(': ');
  return html`<li><b>${name}:</b> ${rest.join(': ')}</li>`;
}

function longestOf(outcomes: readonly Outcome[]): number {
  return Math.max(...outcomes.flatMap(({ cells }) => cells.map((cell) => cell.length)));
}

function thresholdsOf(outcomes: readonly Outcome[]): string {
  return list([...new Set(outcomes.map(({ threshold }) => percentLevel(threshold)))]);
}

function trainedTo(outcomes: readonly Outcome[]): string {
  const lengths = outcomes.map(({ trainedOn }) => trainedOn?.max).filter((length) => length !== undefined);
  return lengths.length === 0 ? 'this one' : list([...new Set(lengths)].map(String));
}

function seedsSaid(outcomes: readonly Outcome[]): string {
  const fewest = Math.min(...outcomes.map(({ runs }) => runs.length));
  return fewest === 1
    ? 'Seeds: Only one was tried; another may differ.'
    : `Seeds: ${fewest} were tried; others may differ.`;
}

function positionsSaid(outcomes: readonly Outcome[]): string | null {
  return outcomes.some(({ positions }) => positions === 'rope')
    ? 'Positions: The theorem covers learned absolute positions and none; for rotary ones (RoPE) there is only evidence.'
    : null;
}
