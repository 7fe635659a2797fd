/** How a run came out, how a model's runs came out together, and whether that is what theory says. */
import type { Range } from '../../shared/figures/marks.ts';
import type { Agreement, RunView, Standing, Verdict } from './view.ts';

/** From worst to best, so that a median can be taken. */
const WORST_FIRST: readonly Standing[] = [
  'unmeasured',
  'unlearned',
  'untested',
  'fades',
  'undecided',
  'holds',
];

/**
 * The horizon goes by the lower ends of intervals: it says up to where a run is surely reliable. That it fails is said
 * only where an interval's upper end, too, is below the threshold; between the two there were too few answers.
 */
export function standingOf(run: RunView, trainedOn: Range | null, threshold: number): Standing {
  if (run.cells.length === 0 || run.horizon === undefined) return 'unmeasured';
  const longest = run.cells[run.cells.length - 1].length;
  const trainedTo = trainedOn?.max ?? 0;
  const failing = run.cells.filter((cell) => cell.high < threshold);
  if (failing.some((cell) => cell.length <= trainedTo)) return 'unlearned';
  if (failing.length > 0) return 'fades';
  if ((run.horizon.length ?? 0) < longest) return 'undecided';
  return longest <= trainedTo ? 'untested' : 'holds';
}

/** The lower median: with an even number of runs the worse of the two in the middle. */
export function medianStanding(standings: readonly Standing[]): Standing {
  const measured = standings.filter((standing) => standing !== 'unmeasured');
  if (measured.length === 0) return 'unmeasured';
  const sorted = measured.toSorted((a, b) => WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * Beside theory. "In" says that a suitable transformer holds at every length, "out" that at some length it fails; a
 * model that did not learn even the lengths it was trained on, or was asked no longer ones, tests neither; but an
 * "in" that was not learned is no agreement and is listed with the disagreements. Of a model that was not trained
 * on the task (`untrained`: one behind an address, whose positions and training are unknown, or one pretrained on text) theory
 * claims nothing.
 */
export function agreementOf(standing: Standing, verdict: Verdict | undefined, untrained = false): Agreement {
  if (verdict === undefined || verdict === 'unknown') return 'no-claim';
  if (untrained) return 'not-covered';
  switch (standing) {
    case 'unmeasured':
    case 'untested':
      return 'not-tested';
    case 'undecided':
      return 'undecided';
    case 'unlearned':
      return verdict === 'in' ? 'disagrees' : 'not-tested';
    case 'fades':
      return verdict === 'out' ? 'agrees' : 'disagrees';
    case 'holds':
      return verdict === 'in' ? 'agrees' : 'disagrees';
  }
}
