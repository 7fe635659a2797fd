/** A row of the summary as a plain sentence. */
import type { Outcome, RunView } from '../view.ts';
import { percent, plural, times } from '../format.ts';

/** "Holds to 2× the trained length, then fails (54 % at length 60). As theory says." */
export function sentenceOf(outcome: Outcome): string {
  return `${measuredSentence(outcome)}${beside(outcome)}`;
}

/** The same without what theory says. */
export function measuredSentence(outcome: Outcome): string {
  return `${measured(outcome)}${spread(outcome)}`;
}

function measured(outcome: Outcome): string {
  const { standing, horizon, trainedOn } = outcome;
  const longest = outcome.cells.at(-1)?.length ?? 0;
  switch (standing) {
    case 'unmeasured':
      return notMeasured(outcome.runs);
    case 'unlearned':
      return `Did not learn the lengths it was trained on${firstFailure(outcome)}.`;
    case 'untested':
      return 'Holds at the trained lengths; longer ones were not asked.';
    case 'holds':
      return trainedOn === null
        ? `Holds at every tested length, up to ${longest}.`
        : `Holds to ${times(longest / trainedOn.max)} the trained length: at every tested length, up to ${longest}.`;
    case 'fades':
      return faded(horizon ?? null, trainedOn?.max ?? null, firstFailure(outcome));
  }
}

function faded(horizon: number | null, trainedTo: number | null, failure: string): string {
  if (horizon === null) return `Fails at the shortest tested length${failure}.`;
  if (trainedTo === null) return `Holds up to length ${horizon}, then fails${failure}.`;
  if (horizon <= trainedTo) return `Holds at the trained lengths, fails beyond them${failure}.`;
  return `Holds to ${times(horizon / trainedTo)} the trained length, then fails${failure}.`;
}

/** " (54 % at length 30)": the first length beyond the horizon. */
function firstFailure({ cells, horizon }: Outcome): string {
  const cell = cells.find(({ length, n }) => n > 0 && length > (horizon ?? 0));
  return cell === undefined ? '' : ` (${percent(cell.accuracy)} at length ${cell.length})`;
}

function notMeasured(runs: readonly RunView[]): string {
  const failed = runs.filter((run) => run.training?.state === 'failed').length;
  if (failed === 0) return 'Not measured yet.';
  return failed === runs.length
    ? 'Training failed.'
    : `Not measured yet; ${plural(failed, 'training run')} failed.`;
}

function spread({ runs, alike, standing }: Outcome): string {
  const done = runs.filter((run) => run.cells.length > 0).length;
  const missing = runs.length - done;
  if (standing === 'unmeasured') return '';
  const same = done > 1 && alike < done ? ` So it was with ${alike} of ${done} seeds.` : '';
  return missing > 0 ? `${same} ${plural(missing, 'seed')} of ${runs.length} not measured.` : same;
}

function beside({ agreement, prediction, standing }: Outcome): string {
  switch (agreement) {
    case 'agrees':
      return ' As theory says.';
    case 'disagrees':
      return prediction?.verdict === 'out'
        ? ' Theory says that some longer length breaks it.'
        : ' Theory says that it can hold.';
    case 'not-tested':
      return standing === 'unlearned' ? ' So this does not test what theory says.' : '';
    case 'no-claim':
      return '';
  }
}
