/** What became of the gaps between tasks: verdict, before, and after at every length, with intervals. */
import type { FinetuneResult, Gap, GapAtLength } from '../../../fix/finetuned/rows.ts';
import { verdictText } from '../../../fix/finetuned/text.ts';
import { percentDifference, percentDifferenceRange } from '../../../score/tables/percent.ts';
import type { Table } from '../figure.ts';
import { times } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { scrollTable } from '../parts.ts';

export function gapList({ gaps }: FinetuneResult): Html {
  if (gaps.length === 0) return html`<p>No two tasks that differ in one thing were fine-tuned.</p>`;
  const unsaid = gaps.filter(
    (gap, i) =>
      gap.reason !== null &&
      !gaps.slice(0, i).some((before) => isSamePair(before, gap) && before.reason === gap.reason),
  );
  return html`${scrollTable(gapTable(gaps))}
    ${
      unsaid.length > 0 &&
      html`<ul class="findings">
        ${unsaid.map((gap) => html`<li><b>${gap.first} − ${gap.second}</b>: ${verdictText(gap)}.</li>`)}
      </ul>`
    }
    <p class="quiet">
      Removed: the whole interval lies within ± 5 % at 1, 1.5 and 2 times the longest trained length. Remains:
      it lies outside at one of these. Undecided: neither. A task that was not learned at the trained lengths
      is compared with nothing. ${intervalsText(gaps)}
    </p>`;
}

/** Where each seed has a base of its own, the interval before is one over seeds, too. */
function intervalsText(gaps: readonly Gap[]): string {
  const ofSeeds = 'are the wider of Student’s t over seeds and Newcombe’s over all answers';
  if (gaps.some(({ before }) => before !== null && before.seeds !== null && before.seeds > 1))
    return `Intervals, before and after fine-tuning, ${ofSeeds}.`;
  return `Intervals before fine-tuning are Newcombe’s, of the answers of one base; those after it ${ofSeeds}.`;
}

function gapTable(gaps: readonly Gap[]): Table {
  const lengths = [
    ...new Map(gaps.flatMap(({ lengths: own }) => own.map(({ length, multiple }) => [length, multiple]))),
  ].toSorted(([a], [b]) => a - b);
  const was = [...new Set(gaps.flatMap(({ before }) => before?.length ?? []))];
  return {
    caption:
      'The first task less the second, as a difference of accuracies, with 95 % intervals: before, and after fine-tuning, as trained, by length.',
    columns: [
      ...[
        { label: 'gap' },
        { label: 'verdict' },
        { label: was.length === 1 ? `before, @${was[0]}` : 'before', numeric: true },
      ],
      ...lengths.map(([length, multiple]) => ({ label: `@${length} (${times(multiple)})`, numeric: true })),
    ],
    rows: gaps.map((gap): Content[] => [
      nameOf(gap),
      html`<b>${gap.verdict}</b>`,
      gap.before === null ? '–' : differenceOf(gap.before),
      ...lengths.map(([length]) => {
        const at = gap.lengths.find((one) => one.length === length);
        return at === undefined || gap.verdict === 'not learned in range' ? '–' : differenceOf(at);
      }),
    ]),
  };
}

function isSamePair(one: Gap, other: Gap): boolean {
  return one.first === other.first && one.second === other.second;
}

function nameOf({ first, second, sources }: Gap): string {
  return `${first} − ${second}${sources === 'anywhere' ? '' : ', first half'}`;
}

function differenceOf({ difference, low, high }: Pick<GapAtLength, 'difference' | 'low' | 'high'>): Html {
  return html`${percentDifference(difference)}
    <span class="small">${percentDifferenceRange(low, high)}</span>`;
}
