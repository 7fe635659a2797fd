/** A horizon in words: the one way to write it, in terminal, report, study table and docs alike. */
import { percentLevel } from './percent.ts';
import type { HorizonRow } from './rows.ts';

/**
 * What the horizon is, as far as it is known:
 *
 * - `20`: shown to hold up to 20, and the next length asked surely fails;
 * - `≥ 64`: holds at every length asked, of which 64 is the longest;
 * - `≥ 75 (the context ends there)`: the same, and the model reads no longer prompt;
 * - `< 5`: fails at 5, the shortest length asked;
 * - `≥ 20, ≤ 80 (undecided at 40: 283 of 300)`: holds up to 20, too few answers to tell at 40, surely fails beyond 80;
 * - `–`: nothing was asked.
 */
export function horizonText(horizon: HorizonRow): string {
  const { length, censored, shortest, undecided } = horizon;
  if (shortest === null) return `–${contextText(horizon)}`;
  if (undecided) return undecidedText(horizon, undecided);
  if (length === null) {
    // Rows of older stores don't have the shortest length.
    return `${shortest === undefined ? 'not shown' : `< ${shortest}`}${contextText(horizon)}`;
  }
  return censored ? `≥ ${length}${contextText(horizon)}` : String(length);
}

/** The horizon without what is in brackets, for places with little room: `≥ 20, ≤ 80`, `undecided`. */
export function shortHorizonText(horizon: HorizonRow): string {
  return horizonText(horizon)
    .replace(/ \(.*\)$/, '')
    .replace(/^undecided .*/, 'undecided');
}

/** `≥ 64`, `20`, `< 5`: the horizon when only right and wrong answers count; null where it is the same one. */
export function horizonOfAnswered(horizon: HorizonRow): string | null {
  const { withoutUnanswered } = horizon;
  if (!withoutUnanswered) return null;
  return horizonText({ ...horizon, undecided: null, ...withoutUnanswered, contextEnds: null });
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
  return `${reached} at the ${lengthsAsked} lengths asked; lengths between them hold if accuracy only falls with length.${only}`;
}

function undecidedText(
  { length, high }: HorizonRow,
  { length: at, n, correct }: NonNullable<HorizonRow['undecided']>,
): string {
  const where = `undecided at ${at}: ${countText(correct)} of ${n}`;
  const bounds = [
    ...(length === null ? [] : [`≥ ${length}`]),
    ...(high === null || high === undefined || high < at ? [] : [`≤ ${high}`]),
  ];
  return bounds.length === 0 ? where : `${bounds.join(', ')} (${where})`;
}

function contextText({ length, contextEnds }: HorizonRow): string {
  if (contextEnds === null || contextEnds === undefined) return '';
  return contextEnds === length ? ' (the context ends there)' : ` (the context ends at ${contextEnds})`;
}

/** Right answers; with repeats they are a sum of shares. */
function countText(correct: number): string {
  return String(Number(correct.toFixed(1)));
}
