/** A horizon in words: the one way to write it, in terminal, report, study table and docs alike. */
import { fewestAnswers, thresholdFault } from '../statistics/exact.ts';
import { isNarrow } from '../statistics/horizon.ts';
import type { Undecided } from '../statistics/horizon.ts';
import { countText, percentLevel } from './percent.ts';
import type { HorizonRow } from './rows.ts';

/** A horizon, whatever it is of. */
type AnyHorizon = Omit<HorizonRow, 'kind' | 'task'>;

/**
 * What the horizon is, as far as it is known:
 *
 * - `20`: shown to hold up to 20, and the next length asked surely fails;
 * - `≥ 64`: holds at every length asked, of which 64 is the longest;
 * - `≥ 75 (the context ends there)`: the same, and prompts of the next length don't fit;
 * - `20 (80 no longer fits the context)`, `20 (refused from 80 on)`: see `limitText`;
 * - `< 5`: fails at 5, the shortest length asked;
 * - `≥ 20, ≤ 80 (undecided at 40: 283 of 300)`: holds up to 20, too few answers to tell at 40, surely fails beyond 80;
 * - `undecided at 5: 3 of 3, too few to show 90 %`, `undecided at 20: all 32 failed`: see `undecidedText`;
 * - `–`: nothing was answered.
 */
export function horizonText(horizon: AnyHorizon): string {
  const bounds = boundsText(horizon);
  const where = undecidedText(horizon);
  const notes = [bounds === '' ? null : where, limitText(horizon)].filter((note) => note !== null);
  return `${bounds === '' ? where : bounds}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

/**
 * The first length that is neither shown to hold nor to fail, with its samples; null: there is none. Where samples failed without
 * the model being asked, or there are fewer than the threshold takes, were all of them right, that is the reason.
 */
export function undecidedText({ undecided, threshold }: AnyHorizon): string | null {
  if (!undecided) return null;
  const { counts, why } = undecidedCounts(undecided, threshold);
  return `undecided at ${undecided.length}: ${counts}${why}`;
}

/**
 * `283 of 300`, `5 of 40, 27 failed`, `all 32 failed`; and why that is not enough, where it is because of its number: `, too few
 * to show 90 %`.
 * @param write how counts are written
 */
export function undecidedCounts(
  { n, correct, lost = 0 }: Undecided,
  threshold: number,
  write: (count: number) => string = countText,
): { readonly counts: string; readonly why: string } {
  if (lost >= n) return { counts: `all ${write(n)} failed`, why: '' };
  const tooFew = thresholdFault(threshold) === null && n < fewestAnswers(threshold);
  return {
    counts: `${write(correct)} of ${write(n)}${lost === 0 ? '' : `, ${write(lost)} failed`}`,
    why: tooFew ? `, too few to show ${percentLevel(threshold)}` : '',
  };
}

/** In place of a horizon where there is nothing that counts. */
export const NOT_ASKED = '–';

/** What is known without what is in brackets; '' where all is undecided. */
function boundsText({ length, censored, shortest, undecided, high }: AnyHorizon): string {
  if (shortest === null) return NOT_ASKED;
  if (undecided) {
    const low = length === null ? [] : [`≥ ${length}`];
    const most = high === null || high === undefined || high < undecided.length ? [] : [`≤ ${high}`];
    return [...low, ...most].join(', ');
  }
  // Rows of older stores don't have the shortest length.
  if (length === null) return shortest === undefined ? 'not shown' : `< ${shortest}`;
  return censored ? `≥ ${length}` : String(length);
}

/**
 * From which length on prompts are taken no longer, in a few words; null: no such length is known. That the context ends
 * there is said of a horizon whose next length is hardly longer; else it is known only of the lengths asked.
 */
export function limitText({
  length,
  censored,
  shortest,
  contextEnds,
  refusedFrom,
  partlyFits,
}: AnyHorizon): string | null {
  if (typeof contextEnds === 'number') {
    if (length !== null && censored && isNarrow(length, contextEnds)) return 'the context ends there';
    return `${contextEnds} ${shortest === null ? 'does not fit' : 'no longer fits'} the context`;
  }
  if (typeof refusedFrom === 'number') return `refused from ${refusedFrom} on`;
  if (!partlyFits) return null;
  const { tooLong, n, length: at } = partlyFits;
  return `${countText(tooLong)} of ${n} at ${at} do not fit the context`;
}

/** The horizon without what is in brackets, for places with little room: `≥ 20, ≤ 80`, `undecided`. */
export function shortHorizonText(horizon: AnyHorizon): string {
  return horizonText(horizon)
    .replace(/ \(.*\)$/, '')
    .replace(/^undecided .*/, 'undecided');
}

/** What stands beside the horizon already. */
const NO_LIMIT = { contextEnds: null, refusedFrom: null, partlyFits: null };

/** `≥ 64`, `20`, `< 5`: the horizon when only right and wrong answers count; null where it is the same one. */
export function horizonOfAnswered(horizon: HorizonRow): string | null {
  const { withoutUnanswered } = horizon;
  if (!withoutUnanswered) return null;
  return horizonText({ ...horizon, undecided: null, ...withoutUnanswered, ...NO_LIMIT });
}

/**
 * What the horizon promises, as a sentence. Without lengths drawn at random it speaks of the lengths asked only:
 * nothing is known of those between them unless accuracy falls with length.
 * @param lengthsAsked how many lengths up to the horizon were asked
 */
export function promiseText({ length, threshold, promise, place }: HorizonRow, lengthsAsked: number): string {
  if (length === null) return '';
  const only =
    place === undefined
      ? ''
      : ` Only ${percentLevel(place.from)}–${percentLevel(place.to)} of the source was asked about.`;
  if (promise?.share === 1) {
    const every =
      lengthsAsked === 1
        ? `${length} is the shortest length there is, and holds`
        : `Every length up to ${length} was asked and holds`;
    return `${every}, with ${percentLevel(promise.confidence)} confidence.${only}`;
  }
  if (promise) {
    const share = percentLevel(promise.share);
    return `At least ${share} of the lengths up to ${length} hold, with ${percentLevel(promise.confidence)} confidence (${promise.drawn} lengths drawn at random).${only}`;
  }
  const reached = `Shown to reach ${percentLevel(threshold)}`;
  if (lengthsAsked === 1) {
    return `${reached} at ${length}, the one length asked up to there; shorter ones hold if accuracy only falls with length.${only}`;
  }
  return `${reached} at the ${lengthsAsked} lengths asked up to it; lengths between them hold if accuracy only falls with length.${only}`;
}

/** The thresholds of some horizons: `90 %`; where tasks differ `90 % (UR, UF), 70 % (UL)`; '' where there is no horizon. */
export function thresholdText(horizons: readonly Pick<HorizonRow, 'task' | 'threshold'>[]): string {
  const byThreshold = Map.groupBy(horizons, ({ threshold }) => threshold);
  return [...byThreshold]
    .map(([threshold, own]) => {
      const tasks = [...new Set(own.map(({ task }) => task))].join(', ');
      return byThreshold.size === 1 ? percentLevel(threshold) : `${percentLevel(threshold)} (${tasks})`;
    })
    .join(', ');
}
