/** Words for what `fix` found, the same on every page and in every table. Pure text. */
import { fewestAnswers } from '../../score/statistics/exact.ts';
import { horizonOf } from '../../score/statistics/horizon.ts';
import { horizonText } from '../../score/tables/horizon-text.ts';
import {
  percent,
  percentDifference,
  percentDifferenceRange,
  percentNumber,
} from '../../score/tables/percent.ts';
import type { FixResult, MitigationResult, WayResult } from './rows.ts';

/** As `measure` writes it; with a `?` where it is reached by its own limits alone (`openText`). */
export function wayHorizonText(way: WayResult, threshold: number): string {
  const cells = way.lengths.map((row) => ({ ...row, correct: row.right }));
  return `${horizonText(horizonOf(cells, threshold))}${isOpen(way) ? ' ?' : ''}`;
}

function isOpen({ horizon, length, holds }: WayResult): boolean {
  return horizon === length && !holds;
}

/** What the `?` of a horizon means; null: none of these has one. */
export function openText(ways: readonly WayResult[]): string | null {
  if (!ways.some(isOpen)) return null;
  return '?: reached by its own limits, not after correction for two looks and for how many were tried (docs/fix.md)';
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
  const tested = mitigations.filter(({ placeboOf }) => placeboOf === null);
  const hold = tested.filter(({ holds }) => holds);
  const better = tested.filter(({ helps, holds }) => helps && !holds);
  const found =
    hold.length === 0
      ? `nothing that was tried is shown to hold up to ${plain.length}`
      : `shown to hold up to ${plain.length}, but not shown to be better than plain: ${namesOf(hold)}`;
  return better.length === 0
    ? found
    : `${found}; better than plain, but not shown to hold: ${namesOf(better)}`;
}

/** The same as a sentence of its own. */
export function whyNoneSentence(result: FixResult): string | null {
  const why = whyNone(result);
  if (why === null || result.incomplete !== null) return why;
  const said = result.plain.holds
    ? why.replace(/^it /, `${result.task} `)
    : why[0].toUpperCase() + why.slice(1);
  return `${said.replace('; better', '. Better')}.`;
}

function namesOf(mitigations: readonly MitigationResult[]): string {
  return mitigations.map(({ name }) => name).join(', ');
}

/**
 * `As it is asked, 63 of 100 are right at 5 (63 %).`: at the length at which the mitigation helps; without one at that which is wanted, or
 * at the one at which the plain prompt does worst where it is shown to hold at that. null: nothing was asked plainly.
 */
export function askedText({ plain, toMend }: FixResult, best: MitigationResult | null): string | null {
  const failing = plain.lengths.filter(({ length }) => toMend.includes(length));
  const isWanted = failing.length === 0 || toMend.includes(plain.length);
  const [worst] = failing.toSorted((a, b) => a.accuracy - b.accuracy);
  const at = best?.helpsAt ?? (isWanted ? plain.length : worst.length);
  const row = plain.lengths.find(({ length }) => length === at);
  if (row === undefined) return null;
  return `As it is asked, ${row.right} of ${row.n} are right at ${at} (${percent(row.accuracy)}).`;
}

/** `100 of 100 at 5 (+37 %, +27.6 % to +46.8 %, p < 0.0001)`: a mitigation beside the plain prompt at one length; null: it was not asked there. */
export function besidePlain({ lengths, comparisons }: MitigationResult, at: number): string | null {
  const row = lengths.find(({ length }) => length === at);
  const beside = comparisons.find(({ length }) => length === at);
  if (row === undefined || beside === undefined) return null;
  const { difference, low, high, pAdjusted } = beside;
  return `${row.right} of ${row.n} at ${at} (${percentDifference(difference)}, ${percentDifferenceRange(low, high)}, p ${pOf(pAdjusted)})`;
}

/** For how many comparisons p is corrected: `2 mitigations at 3 lengths`. */
export function comparedText({ mitigations, plain: { lengths } }: FixResult): string {
  return `${counted(mitigations.length, 'mitigation')} at ${counted(lengths.length, 'length')}`;
}

/** `1 length`, `3 lengths`. */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** A p-value behind the letter. */
export function pOf(p: number): string {
  const text = pText(p);
  return text.startsWith('<') ? text : `= ${text}`;
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
