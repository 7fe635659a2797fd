/** How a run came out, how a model's runs came out together, and whether that is what theory says. */
import type { Agreement, Outcome, Range, RunView, Standing, Verdict } from './view.ts';

/** From worst to best, so that a median can be taken. */
const WORST_FIRST: readonly Standing[] = ['unmeasured', 'unlearned', 'untested', 'fades', 'holds'];

export function standingOf(run: RunView, trainedOn: Range | null, threshold: number): Standing {
  if (run.cells.length === 0 || run.horizon === undefined) return 'unmeasured';
  const lengths = run.cells.map((cell) => cell.length);
  const longest = Math.max(...lengths);
  const reached = run.horizon ?? 0;
  const trainedTo = trainedOn?.max ?? 0;
  const within = lengths.filter((length) => length <= trainedTo);
  const learned =
    within.length > 0 ? reached >= Math.max(...within) : (run.trained?.accuracy ?? 1) >= threshold;
  if (!learned) return 'unlearned';
  if (longest <= trainedTo) return 'untested';
  return reached >= longest ? 'holds' : 'fades';
}

/** The lower median: with an even number of runs the worse of the two in the middle. */
export function medianStanding(standings: readonly Standing[]): Standing {
  const measured = standings.filter((standing) => standing !== 'unmeasured');
  if (measured.length === 0) return 'unmeasured';
  const sorted = measured.toSorted((a, b) => WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The lower median of the measured runs' horizons; null ("not even the smallest") is the smallest. */
export function medianHorizon(horizons: readonly (number | null | undefined)[]): number | null | undefined {
  const measured = horizons.filter((horizon) => horizon !== undefined);
  if (measured.length === 0) return undefined;
  const sorted = measured.toSorted((a, b) => (a ?? -1) - (b ?? -1));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * Beside theory. "In" says that a suitable transformer holds at every length, "out" that at some length it fails; a
 * model that did not learn even the lengths it was trained on, or was asked no longer ones, tests neither; but an
 * "in" that was not learned is no agreement and is listed with the disagreements.
 */
export function agreementOf(standing: Standing, verdict: Verdict | undefined): Agreement {
  if (verdict === undefined || verdict === 'unknown') return 'no-claim';
  switch (standing) {
    case 'unmeasured':
    case 'untested':
      return 'not-tested';
    case 'unlearned':
      return verdict === 'in' ? 'disagrees' : 'not-tested';
    case 'fades':
      return verdict === 'in' ? 'disagrees' : 'agrees';
    case 'holds':
      return verdict === 'in' ? 'agrees' : 'disagrees';
  }
}

/** Why theory and this measurement may differ without either being wrong: what is open, from likeliest on. */
export function openExplanations(outcome: Outcome): string[] {
  return outcome.prediction?.verdict === 'out' ? whyItMayHold() : whyItMayFail(outcome);

  function whyItMayHold(): string[] {
    const longest = outcome.cells[outcome.cells.length - 1].length;
    return [
      `Length. "Out" says that accuracy falls at some length, not at which. The longest tested here is ${longest}.`,
      'Instances. Few of those drawn may be of the hard kind (many repetitions, close together); random ones can be answered by an approximation.',
      `Threshold. ${outcome.threshold * 100} % of the answers may be right without the task being solved.`,
      'Exactness. The verdict is about one program for every length; a model may hold a longer-reaching approximation.',
    ];
  }
}

function whyItMayFail(outcome: Outcome): string[] {
  const seeds = outcome.runs.length;
  const unlearned = outcome.standing === 'unlearned';
  const reasons = [
    unlearned
      ? 'Steps. It had not learned the lengths it was trained on when training ended; this says nothing about longer ones.'
      : `Training length. Theory promises that some training length is enough, not that ${outcome.trainedOn?.max ?? 'this one'} is.`,
    unlearned ? null : 'Steps. Training stops at full accuracy on the trained lengths, which may be before the general rule is found.',
    seeds === 1
      ? 'Seeds. Only one was run; another may come out otherwise.'
      : `Seeds. ${outcome.alike} of ${seeds} came out like this.`,
    'Size. The rule may need more layers, heads or width than this model has.',
    outcome.positions === 'rope'
      ? 'Positions. The guarantee is proved for absolute or no position encodings; for RoPE it is an expectation.'
      : null,
    'Idealised learner. The guarantee is for a learner that picks the simplest model that fits; gradient descent need not.',
  ];
  return reasons.filter((reason) => reason !== null);
}
