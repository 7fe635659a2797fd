/** What one model did on one task, as a plain sentence. */
import { percent, percentLevel } from '../../../score/tables/percent.ts';
import { count, plural, times } from '../../shared/format.ts';
import type { SeedCell } from '../../../score/tables/over-seeds.ts';
import type { Outcome, RunView } from '../view/view.ts';

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
        ? `Holds at every length asked, up to ${longest}.`
        : `Holds to ${times(longest / trainedOn.max)} the trained length: at every length asked, up to ${longest}.`;
    case 'fades':
      return `${fading(outcome)}${failure(outcome)}.`;
  }
}

function fading({ horizon, trainedOn, cells }: Outcome): string {
  const reached = horizon?.length ?? 0;
  if (trainedOn === null) {
    return reached > 0 ? `Holds up to length ${reached}, then fails` : 'Fails from the shortest length asked';
  }
  const within = cells.filter(({ length }) => length <= trainedOn.max).at(-1)?.length ?? 0;
  if (reached > trainedOn.max)
    return `Holds to ${times(reached / trainedOn.max)} the trained length, then fails`;
  if (reached >= within && within > 0) return 'Holds at the trained lengths, fails beyond them';
  return 'Fails beyond the trained lengths; at those, there are too few answers to tell';
}

function undecided({ horizon, cells, threshold }: Outcome): string {
  const reached = horizon?.length ?? 0;
  const cell = cells.find(({ length }) => length > reached);
  const sure = reached > 0 ? `Holds up to length ${reached}. Beyond it, too` : 'Too';
  const example =
    cell && cell.n > 0 ? `: ${percent(cell.accuracy)} of ${count(cell.n)} at length ${cell.length}` : '';
  return `${sure} few answers to tell whether ${percentLevel(threshold)} are right${example}.`;
}

/** " (54 % at length 30)": at the first length that is surely below the threshold. */
function failure({ cells, horizon, threshold }: Outcome): string {
  const beyond = cells.filter(({ length, n }) => n > 0 && length > (horizon?.length ?? 0));
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
  const same = done > 1 && alike < done ? ` ${alike} of ${done} seeds came out this way.` : '';
  return missing > 0 ? `${same} ${plural(missing, 'seed')} of ${runs.length} not measured.` : same;
}

/** What has to be known of a respondent's answers before they are believed. */
function missed({ cells, asked }: Outcome): string {
  const total = (of: (cell: SeedCell) => number | undefined) =>
    cells.reduce((sum, cell) => sum + (of(cell) ?? 0), 0);
  const parts = [
    [total((cell) => cell.truncated), 'truncated'],
    [total((cell) => cell.withheld), 'withheld'],
    [total((cell) => cell.refused), 'refused'],
    [total((cell) => cell.failed), 'failed'],
  ] as const;
  const happened = parts.filter(([times]) => times > 0).map(([times, word]) => `${count(times)} ${word}`);
  return [
    ...(happened.length > 0 ? [` Of all samples, ${happened.join(', ')}.`] : []),
    ...(asked?.budgetSpent ? [' The budget was spent before the end.'] : []),
  ].join('');
}

function beside({ agreement, prediction, standing }: Outcome): string {
  switch (agreement) {
    case 'agrees':
      return ' As theory says.';
    case 'disagrees':
      return prediction?.verdict === 'out'
        ? ' Theory says it fails at some longer length.'
        : ' Theory says it can hold.';
    case 'undecided':
    case 'not-tested':
      return standing === 'unlearned' ? ' So this does not test what theory says.' : '';
    case 'no-claim':
    case 'not-covered':
      return '';
  }
}
