/** What the study found, in one sentence made from its numbers, and how far the theory behind it reaches. */
import { list, plural, times } from '../shared/format.ts';
import { horizonSentence, some } from '../shared/finding.ts';
import type { Outcome, StudyView, TaskView } from './view.ts';

/** A task and how one model did it: a row of the table. */
interface Case {
  readonly task: TaskView;
  readonly outcome: Outcome;
}

export function finding(study: StudyView): string {
  const cases = study.tasks.flatMap((task) => task.outcomes.map((outcome) => ({ task, outcome })));
  if (cases.every(({ outcome }) => outcome.standing === 'unmeasured')) return 'Nothing has been measured yet.';
  const tested = cases.filter(({ outcome }) => ['agrees', 'disagrees'].includes(outcome.agreement));
  if (tested.length === 0) return measured(study);
  const single = study.models.length === 1;
  const name = ({ task, outcome }: Case): string => (single ? task.name : `${task.name} by ${outcome.model.name}`);
  const right = tested.filter(({ outcome }) => outcome.agreement === 'agrees');
  const wrong = tested.filter(({ outcome }) => outcome.agreement === 'disagrees');
  const unit = single ? plural(tested.length, 'task') : `${tested.length} cases (a task and a model)`;
  const parts = [
    ...clause(right, 'holds', (own) => `what it calls in (${some(own.map(name))}) held ${reach(own)}`),
    ...clause(right, 'fades', (own) => `what it calls out (${some(own.map(name))}) failed at ${lengthsOf(own)}`),
  ];
  const exceptions = wrong.map((each) => `${name(each)}, which it calls ${each.outcome.prediction?.verdict ?? ''}, ${exception(each)}`);
  return [
    `Theory was right for ${right.length} of ${unit}`,
    parts.length > 0 ? `: ${parts.join('; ')}` : '',
    exceptions.length > 0
      ? `${parts.length > 0 ? ';' : ':'} ${exceptions.length === 1 ? 'the exception' : 'exceptions'}: ${shortList(exceptions)}`
      : '',
    '.',
    untested(cases, single),
  ].join('');
}

function clause(cases: readonly Case[], standing: Outcome['standing'], text: (own: readonly Case[]) => string): string[] {
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
  return `to ${least === most ? times(most) : `${times(least)}–${times(most)}`} the trained length, as far as it was asked`;
}

function lengthsOf(cases: readonly Case[]): string {
  return cases.some(({ outcome }) => outcome.trainedOn === null) ? 'some length asked' : 'longer lengths than trained on';
}

function exception({ outcome: { standing, trainedOn, horizon } }: Case): string {
  switch (standing) {
    case 'holds':
      return 'held at every length asked';
    case 'unlearned':
      return 'was not learned even at the trained lengths';
    default:
      return trainedOn !== null && (horizon?.length ?? 0) > trainedOn.max
        ? `held only to ${times((horizon?.length ?? 0) / trainedOn.max)} the trained length`
        : `failed${trainedOn === null ? '' : ' beyond the trained lengths'}`;
  }
}

const MOST_EXCEPTIONS = 3;

function shortList(exceptions: readonly string[]): string {
  if (exceptions.length <= MOST_EXCEPTIONS) return exceptions.join('; ');
  return `${exceptions.slice(0, MOST_EXCEPTIONS - 1).join('; ')}; and ${exceptions.length - MOST_EXCEPTIONS + 1} more`;
}

/** Cases with a verdict that measuring has not tested. */
function untested(cases: readonly Case[], single: boolean): string {
  const open = cases.filter(
    ({ outcome: { agreement, standing } }) =>
      agreement === 'undecided' || (agreement === 'not-tested' && standing !== 'unmeasured'),
  );
  const missing = cases.filter(({ outcome }) => outcome.standing === 'unmeasured').length;
  const names = open.map(({ task, outcome }) => (single ? task.name : `${task.name} by ${outcome.model.name}`));
  return [
    ...(open.length > 0 ? [` Not decided: ${some(names)}.`] : []),
    ...(missing > 0 ? [` Not measured: ${missing} of ${cases.length}.`] : []),
  ].join('');
}

/** Without a verdict: how far each model holds. */
function measured({ tasks, models }: StudyView): string {
  return models
    .map((model) => {
      const found = tasks.flatMap((task) =>
        task.outcomes
          .filter((outcome) => outcome.model.name === model.name)
          .map(({ horizon }) => ({ task: task.name, horizon })),
      );
      return `${model.name}: ${horizonSentence(found)}`;
    })
    .join(' ');
}

/** Positions of which the theorem about tasks that are "in" speaks. */
const COVERED = ['ape', 'nope'];

/** Whether the theorem covers these models, or there is evidence only. */
export function ground({ tasks }: StudyView): string | null {
  const outcomes = tasks.flatMap((task) => task.outcomes).filter(({ prediction }) => prediction !== null);
  if (outcomes.length === 0) return null;
  const positions = [...new Set(outcomes.map((outcome) => outcome.positions))];
  const covered = positions.filter((each) => each !== null && COVERED.includes(each));
  const others = positions.filter((each) => each !== null && !COVERED.includes(each));
  return [
    ...(covered.length > 0
      ? [`The theorem that tasks which are “in” can be learned covers ${list(covered as string[])} positions, for an idealised learner.`]
      : []),
    ...(others.length > 0 ? [`For ${list(others as string[])} positions there is no theorem, only the evidence of trained models.`] : []),
    ...(positions.includes(null)
      ? ['The positions of models behind an address are unknown: no theorem, only evidence.']
      : []),
    'That “out” fails in training is evidence, not a theorem.',
  ].join(' ');
}
