/** How a run came out, how a model's runs came out together, and whether that is what theory says. */
import type { Agreement, Range, RunView, Standing, Verdict } from './view.ts';

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
