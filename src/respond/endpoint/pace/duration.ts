/** Times as servers write them in headers and errors. */
import type { ResponseHeaders } from '../protocol/protocol.ts';

/** `Date` has whole seconds, and a reply takes a while: clocks that differ by less may be the same. */
const SAME_CLOCK_MS = 2000;

/**
 * The time by the server's clock when its reply comes, which the times in the reply are by: the reply's `Date`; ours where
 * there is none, or the two are about the same. Both in milliseconds since 1970.
 */
export function serverTime({ date }: ResponseHeaders, now: number): number {
  const theirs = typeof date === 'string' ? Date.parse(date) : NaN;
  return Number.isNaN(theirs) || Math.abs(theirs - now) < SAME_CLOCK_MS ? now : theirs;
}

/** Numbers above these are times since 1970, in seconds, milliseconds, microseconds and nanoseconds. */
const SINCE_1970 = [
  [1e18, 1e-6],
  [1e15, 1e-3],
  [1e12, 1],
  [1e9, 1000],
] as const;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/gi;

/**
 * `1s`, `6m0s`, `250ms`, `1.5 hours`, seconds, a time since 1970 in any unit, or a date: in milliseconds from now, 0 for
 * what is past; null for what is no time. @param now by the clock of whoever wrote it, in milliseconds since 1970
 */
export function resetIn(text: string | undefined, now: number): number | null {
  const written = text?.trim() ?? '';
  if (written === '') return null;
  const number = Number(written);
  if (Number.isFinite(number)) return numberIn(number, now);
  const duration = durationIn(written);
  if (duration !== null && duration.whole) return duration.ms;
  const date = Date.parse(written);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function numberIn(number: number, now: number): number {
  const since = SINCE_1970.find(([least]) => number > least);
  return Math.max(0, since === undefined ? number * 1000 : number * since[1] - now);
}

/**
 * The first duration that a text has (`in 1m30s`, `20 seconds`); `whole`: the text has nothing else; `start`: where it
 * begins.
 */
export function durationIn(
  text: string,
): { readonly ms: number; readonly whole: boolean; readonly start: number } | null {
  let [sum, end, start] = [0, -1, -1];
  for (const found of text.slice(0, 1000).matchAll(DURATION)) {
    if (end !== -1 && text.slice(end, found.index).trim() !== '') break;
    if (start === -1) start = found.index;
    end = found.index + found[0].length;
    sum += Number(found[1]) * UNITS[unitOf(found[2].toLowerCase())];
  }
  return end === -1
    ? null
    : { ms: sum, start, whole: text.slice(0, start).trim() === '' && text.slice(end).trim() === '' };
}

function unitOf(word: string): string {
  return word.startsWith('ms') || word.startsWith('milli') ? 'ms' : word[0];
}
