/** What the study found, in one sentence made from its numbers, and how far the theory behind it reaches. */
import { list, plural, times } from '../../shared/format.ts';
import { horizonSentence, some } from '../../shared/finding.ts';
import { html, join } from '../../shared/html.ts';
import type { Content } from '../../shared/html.ts';
import type { Outcome, StudyView, TaskView } from '../view/view.ts';

/** A task and how one model did it: a row of the table. */
interface Case {
  readonly task: TaskView;
  readonly outcome: Outcome;
}

export function finding(study: StudyView): Content {
  const cases = study.tasks.flatMap((task) => task.outcomes.map((outcome) => ({ task, outcome })));
  if (cases.every(({ outcome }) => outcome.standing === 'unmeasured'))
    return 'Nothing has been measured yet.';
  const tested = cases.filter(({ outcome }) => ['agrees', 'disagrees'].includes(outcome.agreement));
  if (tested.length === 0) return measured(study);
  const single = study.models.length === 1;
  const name = nameOf(single);
  const right = tested.filter(({ outcome }) => outcome.agreement === 'agrees');
  const wrong = tested.filter(({ outcome }) => outcome.agreement === 'disagrees');
  const unit = single ? plural(tested.length, 'task') : `${tested.length} cases (a task and a model)`;
  const parts = [
    ...clause(
      right,
      'holds',
      (own) => html`what it calls <i>in</i> (${some(own.map(name))}) held ${reach(own)}`,
    ),
    ...clause(
      right,
      'fades',
      (own) => html`what it calls <i>out</i> (${some(own.map(name))}) failed ${beyond(own)}`,
    ),
  ];
  const exceptions = wrong.map(
    (each) => html`${name(each)} (<i>${each.outcome.prediction?.verdict}</i>) ${exception(each)}`,
  );
  return html`Theory was right for ${right.length} of ${unit}${parts.length > 0 && ': '}${join(parts, '; ')}.
  ${exceptions.length > 0 && html`${exceptions.length === 1 ? 'Exception' : 'Exceptions'}: ${shortList(exceptions)}.`}
  ${untested(cases, name)}`;
}

const nameOf =
  (single: boolean) =>
  ({ task, outcome }: Case): string =>
    single ? task.name : `${task.name} by ${outcome.model.name}`;

function clause(
  cases: readonly Case[],
  standing: Outcome['standing'],
  text: (own: readonly Case[]) => Content,
): Content[] {
  const own = cases.filter(({ outcome }) => outcome.standing === standing);
  return own.length === 0 ? [] : [text(own)];
}

/** How far it was asked: in times the trained length, where there is one. */
function reach(cases: readonly Case[]): string {
  const factors = cases.map(({ outcome: { cells, trainedOn } }) =>
    trainedOn === null ? null : (cells.at(-1)?.length ?? 0) / trainedOn.max,
  );
  if (factors.some((factor) => factor === null)) return 'at every length asked';
  const known = factors.filter((factor) => factor !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return `to ${least === most ? times(most) : `${times(least)}–${times(most)}`} the trained length, the longest asked`;
}

function beyond(cases: readonly Case[]): string {
  return cases.some(({ outcome }) => outcome.trainedOn === null)
    ? 'at some length'
    : 'at some length beyond the trained ones';
}

function exception({ outcome: { standing, trainedOn, horizon } }: Case): string {
  if (standing === 'holds') return 'held at every length asked';
  if (standing === 'unlearned') return 'was not learned even at the trained lengths';
  return trainedOn !== null && (horizon?.length ?? 0) > trainedOn.max
    ? `held only to ${times((horizon?.length ?? 0) / trainedOn.max)} the trained length`
    : `failed${trainedOn === null ? '' : ' beyond the trained lengths'}`;
}

const MOST_EXCEPTIONS = 3;

function shortList(exceptions: readonly Content[]): Content {
  const shown = exceptions.length <= MOST_EXCEPTIONS ? exceptions : exceptions.slice(0, MOST_EXCEPTIONS - 1);
  const more = exceptions.length - shown.length;
  return html`${join(shown, '; ')}${more > 0 && `; and ${more} more`}`;
}

/** Cases with a verdict that measuring has not tested. */
function untested(cases: readonly Case[], name: (of: Case) => string): Content {
  const open = cases.filter(({ outcome }) => outcome.agreement === 'undecided');
  const idle = cases.filter(
    ({ outcome: { agreement, standing } }) => agreement === 'not-tested' && standing !== 'unmeasured',
  );
  const uncovered = cases.filter(({ outcome }) => outcome.agreement === 'not-covered');
  const others = uncovered.filter(({ outcome }) => outcome.asking !== null).length;
  const pretrained = uncovered.length - others;
  const missing = cases.filter(({ outcome }) => outcome.standing === 'unmeasured').length;
  return html`${open.length > 0 && html`Not decided: ${some(open.map(name))}.`}
  ${idle.length > 0 && html`Not tested: ${some(idle.map(name))}.`}
  ${
    others > 0 &&
    `Not counted: ${plural(others, 'case')} of models behind an endpoint, which no theorem covers.`
  }
  ${pretrained > 0 && `Not counted: ${plural(pretrained, 'case')} of models pretrained on text, which were not trained on the task.`}
  ${missing > 0 && `Not measured: ${missing} of ${cases.length}.`}`;
}

/** Without a verdict: how far each model holds. */
function measured({ tasks, models }: StudyView): Content {
  return models.map((model) => {
    const found = tasks.flatMap((task) =>
      task.outcomes
        .filter((outcome) => outcome.model.name === model.name)
        .map(({ horizon, cells }) => ({ task: task.name, horizon, cells })),
    );
    return html`${model.name}: ${horizonSentence(found)} `;
  });
}

/** Positions of which the theorem about tasks that are "in" speaks. */
const COVERED = ['ape', 'nope'];

/** Whether the theorem covers these models, or there is evidence only. */
export function ground({ tasks }: StudyView): Content {
  const outcomes = tasks.flatMap((task) => task.outcomes).filter(({ prediction }) => prediction !== null);
  if (outcomes.length === 0) return null;
  const positions = [...new Set(outcomes.map((outcome) => outcome.positions))];
  const asked = outcomes.some(({ asking }) => asking !== null);
  const pretrained = outcomes.some((outcome) => outcome.asking === null && outcome.positions === null);
  const known = positions.filter((each) => each !== null);
  const covered = known.filter((each) => COVERED.includes(each));
  const others = known.filter((each) => !COVERED.includes(each));
  return html`${
    covered.length > 0 &&
    html`The theorem that <i>in</i> can be learned for every length (by an idealised learner) covers
      ${list(covered.map(words))}.`
  }
  ${others.length > 0 && `For ${list(others.map(words))} there is no theorem, only evidence.`}
  ${
    asked &&
    'The positions of models behind an endpoint are unknown: no theorem covers them, and they count neither for nor against theory.'
  }
  ${pretrained && 'Models pretrained on text were not trained on these tasks: they count neither for nor against theory.'}
  ${known.length > 0 && html`That <i>out</i> fails in training is evidence, not a theorem.`}`;
}

const POSITION_WORDS: Readonly<Record<string, string>> = {
  ape: 'learned absolute positions (ape)',
  nope: 'no positions (nope)',
  rope: 'rotary positions (rope)',
};

function words(positions: string): string {
  return POSITION_WORDS[positions] ?? `${positions} positions`;
}
