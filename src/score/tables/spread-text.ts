/** What the tables of `--prompt all` say in words. */
import { percent } from './percent.ts';
import type { PromptAccuracy, SpreadRow } from './rows.ts';

/** More prompts than these are counted, not named. */
const MOST_NAMES = 2;

/** Which prompts reached the accuracy of one: `pair`; `pair, json`; `7 of 9 prompts`; `all 9`. */
export function promptsText({ prompts }: SpreadRow, { accuracy }: PromptAccuracy): string {
  const names = prompts.filter((one) => one.accuracy === accuracy).map(({ prompt }) => prompt);
  if (names.length === prompts.length) return names.length === 2 ? 'both' : `all ${names.length}`;
  return names.length > MOST_NAMES ? `${names.length} of ${prompts.length} prompts` : names.join(', ');
}

/** Samples of each prompt: `40`; `6–47` after a search, which asks some prompts more than others. */
export function samplesText({ prompts }: SpreadRow): string {
  const sizes = prompts.map(({ n }) => n);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? String(most) : `${least}–${most}`;
}

/** The spread, and that luck alone may make it where it is not shown: `40 %`, `5 % (not shown)`. */
export function spreadText({ spread, shown }: SpreadRow): string {
  return shown || spread === 0 ? percent(spread) : `${percent(spread)} (not shown)`;
}

/** What rows of best and worst prompts are of: a search, or an outage, leaves some prompts with fewer samples. */
export function spreadCaption(rows: readonly SpreadRow[]): string {
  const alike = rows.every(({ prompts }) => prompts.every(({ n }) => n === prompts[0].n));
  return `Best and worst prompt, ${alike ? 'on the same samples' : 'of the samples that each was asked (n)'}`;
}

/** With how many prompts the tasks were asked: `9`, `6 to 9`. */
export function promptCountText(rows: readonly SpreadRow[]): string {
  const counts = rows.map(({ prompts }) => prompts.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(most) : `${least} to ${most}`;
}

/** The best of several prompts is picked by luck, too. */
export const BEST_OF_SEVERAL = 'The best of several prompts is a little too high: luck picks it, too';
