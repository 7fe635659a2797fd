/** Shares as percentages: the one way to round and write them, in terminal, report and docs alike. */
import { nearWhole } from '../near-whole.ts';

/**
 * `97.5 %`, `45 %`, `100 %`: one decimal, none where it is 0. Only all is 100 and only none is 0: nothing else is
 * rounded to them (`99.9 %`, `0.1 %`). `share` is between 0 and 1; what is no number is written `–`.
 */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${percentNumber(share)} %` : '–';
}

/** What guessing gives: as `percent`, and `< 0.1 %` where it is less but not nothing. */
export function percentGuessed(share: number): string {
  return share > 0 && 100 * share < NEARLY_NONE ? `< ${NEARLY_NONE} %` : percent(share);
}

/** `95.1–98.9 %`: an interval of shares, both ends rounded as `percent` does. */
export function percentRange(low: number, high: number): string {
  return `${percentNumber(low)}–${percentNumber(high)} %`;
}

/** `+3.2 %`, `−0.1 %`, `0 %`: a difference of two shares, between -1 and 1; 10⁻¹⁷ is none, but a sum of shares. */
export function percentDifference(difference: number): string {
  const exact = nearWhole(difference);
  return `${sign(exact)}${percent(Math.abs(exact))}`;
}

/** `−3.1 % to +5 %`: an interval of differences. */
export function percentDifferenceRange(low: number, high: number): string {
  return `${percentDifference(low)} to ${percentDifference(high)}`;
}

/** `95 %`, `97.5 %`, `99.375 %`: a level that somebody chose, to the digit and never rounded to a rounder one. */
export function percentLevel(level: number): string {
  return `${Number((100 * level).toFixed(4))} %`;
}

/** The smallest and the largest percentage that is written for what is neither none nor all. */
const NEARLY_NONE = 0.1;
const NEARLY_ALL = 99.9;

/** `97.5`: the same without its sign, for tables whose heading says that they are in percent. */
export function percentNumber(share: number): string {
  if (share <= 0) return '0';
  if (share >= 1) return '100';
  // Shares that are equal but for their last bits are one number: 3.75 % is 3.8 % however it was computed.
  const rounded = Math.round(Number((1000 * share).toPrecision(12))) / 10;
  const held = Math.min(NEARLY_ALL, Math.max(NEARLY_NONE, rounded));
  return held.toFixed(1).replace(/\.0$/, '');
}

/**
 * `97–99.9`, `0.4–3`: an interval in small print, where decimals would take too much room. Whole percents, rounded outwards, so that what
 * lies within lies within what is written, too; an end that would become 0 or 100 keeps its decimal, since only none and all are
 * written so. An interval of one number is that number.
 */
export function percentWholeRange(low: number, high: number): string {
  const [one, other] = [low, high].map(percentNumber);
  if (one === other) return one;
  const [floor, ceiling] = [Math.floor(hundredfold(low)), Math.ceil(hundredfold(high))];
  return `${floor <= 0 ? one : floor}–${ceiling >= 100 ? other : ceiling}`;
}

/** Without the last bits, which would round 7.000000000000001 up to 8. */
function hundredfold(share: number): number {
  return Number((100 * share).toPrecision(12));
}

function sign(difference: number): string {
  if (difference === 0) return '';
  return difference < 0 ? '−' : '+';
}

/** `36`, `7.8`: samples; where each was asked several times they are sums of shares. */
export function countText(samples: number): string {
  return String(Number(samples.toFixed(1)));
}
