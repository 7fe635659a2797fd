/** A row of the summary as a plain sentence. */
import type { Outcome, PooledCell, RunView } from '../view.ts';
import { count, percent, plural, times } from '../../shared/format.ts';

/** "Holds to 2× the trained length, then fails (54 % at length 60). As theory says." */
export function sentenceOf(outcome: Outcome): string {
  return `${measuredSentence(outcome)}${beside(outcome)}`;
}

/** The same without what theory says. */
export function measuredSentence(outcome: Outcome): string {
  return `${measured(outcome)}${spread(outcome)}${missed(outcome)}`;
}

function measured(outcome: Outcome): string {
  const { standing, trainedOn } = outcome;
  const longest = outcome.cells.at(-1)?.length ?? 0;
  switch (standing) {
    case 'unmeasured':
      return notMeasured(outcome.runs);
    case 'unlearned':
      return `Did not learn the lengths it was trained on${failure(outcome)}.`;
    case 'undecided':
      return undecided(outcome);
    case 'untested':
      return 'Holds at the trained lengths; longer ones were not asked.';
    case 'holds':
      return trainedOn === null
        ? `Holds at every tested length, up to ${longest}.`
        : `Holds to ${times(longest / trainedOn.max)} the trained length: at every tested length, up to ${longest}.`;
    case 'fades':
      return `${fading(outcome)}${failure(outcome)}.`;
  }
}

function fading({ horizon, trainedOn, cells }: Outcome): string {
  if (trainedOn === null) {
    return horizon ? `Holds up to length ${horizon}, then fails` : 'Fails from the shortest tested length on';
  }
  const within = cells.filter(({ length }) => length <= trainedOn.max).at(-1)?.length ?? 0;
  if ((horizon ?? 0) > trainedOn.max)
    return `Holds to ${times((horizon ?? 0) / trainedOn.max)} the trained length, then fails`;
  if ((horizon ?? 0) >= within && within > 0) return 'Holds at the trained lengths, fails beyond them';
  return 'Fails beyond the trained lengths, and there are too few answers to be sure of those';
}

function undecided({ horizon, cells, threshold }: Outcome): string {
  const cell = cells.find(({ length }) => length > (horizon ?? 0));
  const sure = horizon ? `Holds up to length ${horizon}. Beyond it, too` : 'Too';
  const example =
    cell && cell.n > 0 ? `, ${percent(cell.accuracy)} of ${count(cell.n)} at length ${cell.length}` : '';
  return `${sure} few answers to tell whether ${percent(threshold)} are right${example}.`;
}

/** " (54 % at length 30)": at the first length that is surely below the threshold. */
function failure({ cells, horizon, threshold }: Outcome): string {
  const beyond = cells.filter(({ length, n }) => n > 0 && length > (horizon ?? 0));
  const cell = beyond.find(({ high }) => high < threshold) ?? beyond.at(0);
  return cell === undefined ? '' : ` (${percent(cell.accuracy)} at length ${cell.length})`;
}

function notMeasured(runs: readonly RunView[]): string {
  const training = runs.filter((run) => run.training?.state === 'failed').length;
  const measuring = runs.filter((run) => run.measurement?.state === 'failed').length;
  if (training + measuring === 0) return 'Not measured yet.';
  if (training === runs.length) return 'Training failed.';
  if (measuring === runs.length)
    return runs.every((run) => run.measurement?.kind === 'ask') ? 'Asking failed.' : 'Measuring failed.';
  return `Not measured yet; ${plural(training + measuring, 'item')} failed.`;
}

function spread({ runs, alike, standing }: Outcome): string {
  const done = runs.filter((run) => run.cells.length > 0).length;
  const missing = runs.length - done;
  if (standing === 'unmeasured') return '';
  const same = done > 1 && alike < done ? ` So it was with ${alike} of ${done} seeds.` : '';
  return missing > 0 ? `${same} ${plural(missing, 'seed')} of ${runs.length} not measured.` : same;
}

/** What is to be known of a respondent's answers before they are believed. */
function missed({ cells, asked }: Outcome): string {
  const total = (of: (cell: PooledCell) => number) => cells.reduce((sum, cell) => sum + of(cell), 0);
  const truncated = total((cell) => cell.truncated);
  const failed = total((cell) => cell.failed);
  return [
    ...(truncated > 0 ? [` ${plural(truncated, 'answer')} cut off.`] : []),
    ...(failed > 0 ? [` ${plural(failed, 'question')} without an answer.`] : []),
    ...(asked?.budgetSpent ? [' The budget was spent before the end.'] : []),
  ].join('');
}

function beside({ agreement, prediction, standing }: Outcome): string {
  switch (agreement) {
    case 'agrees':
      return ' As theory says.';
    case 'disagrees':
      return prediction?.verdict === 'out'
        ? ' Theory says that some longer length breaks it.'
        : ' Theory says that it can hold.';
    case 'learnable':
      return ' Theory says that it can be learned: training on the task may mend it.';
    case 'undecided':
    case 'not-tested':
      return standing === 'unlearned' ? ' So this does not test what theory says.' : '';
    case 'no-claim':
      return '';
  }
}
