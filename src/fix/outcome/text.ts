/** Words for what `fix` found, the same on every page and in every table. Pure text. */
import { fewestAnswers } from '../../score/statistics/exact.ts';
import { percentNumber } from '../../score/tables/percent.ts';
import type { FixResult, MitigationResult, WayResult } from './rows.ts';

/** Where shorter lengths were not asked, nothing is known but that it is shorter. */
export function wayHorizonText({ n, horizon, length, holds, lengths }: WayResult): string {
  if (horizon === length) return holds ? `≥ ${horizon}` : `${horizon} ?`;
  if (n === 0) return '–';
  if (horizon !== null) return String(horizon);
  return lengths.length > 1 || lengths.length === 0 ? 'none' : `< ${length}`;
}

/** Accuracy at the length wanted in percent, with its limits at 95 %: `3.3 (0.4–11.5)`. */
export function wayAccuracyText({ n, length, accuracy, lengths }: WayResult): string {
  const at = lengths.find((row) => row.length === length);
  if (n === 0 || at === undefined) return '–';
  return `${percentNumber(accuracy)} (${percentNumber(at.low)}–${percentNumber(at.high)})`;
}

/** A p-value. */
export function pText(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4).replace(/0+$/, '').replace(/\.$/, '');
}

/** The mitigation that is recommended; null: none is. */
export function recommendedIn({ mitigations, recommended }: FixResult): MitigationResult | null {
  return mitigations.find(({ name }) => name === recommended) ?? null;
}

/** What theory says of a mitigation, in a word or two: `UF in`, `heuristic`. */
export function theoryText({ theory: { kind, task, verdict } }: MitigationResult): string {
  return kind === 'proved' ? `${task ?? ''} ${verdict ?? ''}` : kind;
}

/** Why none is recommended, where none is; null: one is. */
export function whyNone({ incomplete, plain, recommended, mitigations }: FixResult): string | null {
  if (incomplete !== null) return `incomplete: ${incomplete}`;
  if (recommended !== null) return null;
  if (plain.holds) return `it holds up to ${plain.length} as it is asked: there is nothing to mend`;
  const helps = mitigations.filter((one) => one.helps && one.placeboOf === null).map(({ name }) => name);
  const better = helps.length === 0 ? '' : `; better than plain, but not shown to hold: ${helps.join(', ')}`;
  return `nothing that was tried is shown to hold up to ${plain.length}${better}`;
}

/** Tokens of a sample; `–` where not all were told. */
export function tokensText({ tokens }: Pick<WayResult, 'tokens'>): string {
  return tokens === null ? '–' : String(Math.round(tokens));
}

/** Seconds of a sample. */
export function secondsText({ seconds }: Pick<WayResult, 'seconds'>): string {
  return seconds === null ? '–' : seconds.toFixed(2);
}

/** Where there are fewer different samples than it takes right answers; null: nowhere. */
export function fewSamplesText({
  samples,
  threshold,
}: Pick<FixResult, 'samples' | 'threshold'>): string | null {
  const enough = fewestAnswers(threshold);
  const few = samples.filter(({ drawn, different }) => different < Math.min(drawn, enough));
  if (few.length === 0) return null;
  const each = few.map(
    ({ length, drawn, different }) => `${different} of length ${length} in ${drawn} draws`,
  );
  return `few different samples: ${each.join(', ')}; each draw counts, as in measure, and what holds there holds for these samples`;
}

/** Which ways of asking have prompts that do not fit the model's context, and at which lengths; null: none has. */
export function tooLongText({ plain, mitigations }: FixResult): string | null {
  const ways = [{ ...plain, name: 'plain' }, ...mitigations];
  const each = ways.flatMap(({ name, lengths }) =>
    lengths
      .filter(({ tooLong }) => tooLong > 0)
      .map(({ length, tooLong, n }) => `${name} of length ${length} (${tooLong} of ${n} samples)`),
  );
  return each.length === 0
    ? null
    : `prompts that do not fit the model’s context, which count as not right: ${each.join(', ')}`;
}
