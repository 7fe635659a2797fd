/** Words for what fine-tuning brought, the same in the terminal and on every page. Pure text. */
import { contrasts } from '../../score/tables/contrast-pairs.ts';
import {
  percent,
  percentDifference,
  percentDifferenceRange,
  percentRange,
} from '../../score/tables/percent.ts';
import { DECIDED_AT, isOutside, LEARNED, learnedInRange } from './gaps.ts';
import { spanOf } from './lengths.ts';
import type {
  FinetuneResult,
  Gap,
  GapAtLength,
  LengthRange,
  TunedCell,
  TunedFormat,
  TunedModel,
} from './rows.ts';
import { cellsAt, shareOver } from './shares.ts';
import type { TunedShare } from './shares.ts';

/** What is known of a base and of all that was fine-tuned from it, in sentences. */
export interface TunedWords {
  /** Which way of a pair the base does better: left or right, forward or backward. */
  readonly bias: readonly string[];
  /** Which tasks were learned within the training lengths, and which were not. */
  readonly learned: readonly string[];
  /** How far each task holds, before and after. */
  readonly change: string | null;
  /** What it cost in English; null for models that read no text. */
  readonly cost: string | null;
  /** What became of the gaps. */
  readonly gaps: readonly string[];
}

/** @param taskOf the task that is asked under a name, where tasks have names of their own */
export function tunedWords(
  result: FinetuneResult,
  taskOf: (name: string) => string = (name) => name,
): TunedWords {
  return {
    bias: result.gaps.flatMap((gap) => biasText(gap, result, taskOf) ?? []),
    learned: learnedTexts(result),
    change: changeText(result),
    cost: costText(result),
    gaps: gapTexts(result.gaps),
  };
}

/** How a sample was written. */
export const FORMATS: Readonly<Record<TunedFormat, string>> = {
  trained: 'as trained',
  shifted: 'as trained, from random positions on',
  usual: 'by the usual prompt',
};

/** `by the usual prompt, all occurrences of the query in the first half`. */
export function wayText({ format, sources }: Pick<TunedCell, 'format' | 'sources'>): string {
  return `${FORMATS[format]}${sources === 'anywhere' ? '' : ', all occurrences of the query in the first half'}`;
}

/** What a verdict says, in a sentence without its end. */
export function verdictText({ verdict, reason }: Gap): string {
  return `${VERDICTS[verdict]}${reason === null ? '' : ` (${reason})`}`;
}

const VERDICTS: Readonly<Record<Gap['verdict'], string>> = {
  removed: 'removed: within ± 5 % at 1, 1.5 and 2 times the training lengths',
  remains: 'remains: more than 5 % at one of these lengths',
  undecided: 'undecided: the interval is too wide to say',
  'not learned in range': 'not learned in range, so nothing is compared',
  'too few samples': 'too few samples to say whether the tasks were learned',
  'too few seeds': 'too few seeds to say',
};

/** `+3 % (−1 % to +7 %)`. */
export function differenceText({
  difference,
  low,
  high,
}: Pick<GapAtLength, 'difference' | 'low' | 'high'>): string {
  return `${percentDifference(difference)} (${percentDifferenceRange(low, high)})`;
}

/** `98.5 %`; of several models their mean, with the worst and the best: `98.5 % (97–100 %)`. */
export function meanText({ share, least, most, models }: TunedShare): string {
  return models === 1 || least === most ? percent(share) : `${percent(share)} (${percentRange(least, most)})`;
}

/** What pretraining gives a model a habit of; that a task has its symbols once or several times is no habit. */
const HABITS = ['right - left', 'forward - backward'];
/** Where fewer are right in both, nothing can be seen of a bias. */
const HARDLY_ANY = 0.05;

/** `Right is done better than left: UR 52 %, UL 8 % at length 20, by the usual prompt (difference +44 %, +32 % to +54 %).` */
function biasText(gap: Gap, { before }: FinetuneResult, taskOf: (name: string) => string): string | null {
  const { sources } = gap;
  const [task, against] = [gap.first, gap.second].map(taskOf);
  const contrast = contrasts.find(({ first, second }) => first === task && second === against)?.contrast;
  if (gap.before === null || sources !== 'anywhere' || contrast === undefined || !HABITS.includes(contrast))
    return null;
  const { length, difference, low, high } = gap.before;
  const shares = (format: TunedFormat) =>
    [gap.first, gap.second].map((task) => shareOver(cellsAt(before, { task, format, sources, length })));
  const format = (['usual', 'trained'] as const).find((one) => shares(one).every((share) => share !== null));
  if (format === undefined) return null;
  const [first, second] = shares(format).map((share) => share!);
  const [one, other] = contrast.split(' - ');
  const numbers = `${gap.first} ${meanText(first)}, ${gap.second} ${meanText(second)} at length ${length}${format === 'usual' ? ', by the usual prompt' : ''}`;
  const by = `difference ${percentDifference(difference)}, ${percentDifferenceRange(low, high)}`;
  if (low > 0) return `${capital(one)} is done better than ${other}: ${numbers} (${by}).`;
  if (high < 0) return `${capital(other)} is done better than ${one}: ${numbers} (${by}).`;
  const floor = Math.max(first.share, second.share) < HARDLY_ANY;
  return `No bias is shown between ${one} and ${other}: ${numbers} (${by})${floor ? '; hardly any answer is right, so that none could show' : ''}.`;
}

/**
 * `5 to 20`; of tasks that were trained from another length on, since they have none so short, also theirs:
 * `2 to 12 (NRFirst 3 to 12, NRLast 4 to 12)`.
 */
export function trainedText(
  models: readonly Pick<TunedModel, 'task' | 'lengths'>[],
  between = ' to ',
): string {
  const written = ({ min, max }: LengthRange): string => `${min}${between}${max}`;
  const all = written(spanOf(models.map(({ lengths }) => lengths)));
  const others = models.flatMap(({ task, lengths }) =>
    written(lengths) === all ? [] : [`${task} ${written(lengths)}`],
  );
  return others.length === 0 ? all : `${all} (${[...new Set(others)].join(', ')})`;
}

function learnedTexts({ models }: FinetuneResult): string[] {
  const tasks = [...new Set(models.map(({ task }) => task))];
  const of = (task: string) => models.filter((model) => model.task === task);
  const named = (which: (own: readonly TunedModel[]) => boolean) => tasks.filter((task) => which(of(task)));
  const verdict = (model: TunedModel) => learnedInRange(model).learned;
  const failed = models.filter((model) => verdict(model) === false);
  const open = named((own) => own.some((model) => verdict(model) === null));
  const learned = named((own) => own.every((model) => verdict(model) === true));
  const lengthsOf = (tasks: readonly string[]): string =>
    trainedText(models.filter(({ task }) => tasks.includes(task)));
  const every = new Set(models.map(({ seed }) => seed)).size > 1 ? ', by every seed' : '';
  return [
    ...(learned.length === 0
      ? []
      : [`Learned at the trained lengths, ${lengthsOf(learned)}${every}: ${learned.join(', ')}.`]),
    ...(failed.length === 0
      ? []
      : [
          `Not learned at the trained lengths, ${lengthsOf(failed.map(({ task }) => task))}: ${failed.map(unlearnedText).join('; ')}.`,
        ]),
    ...(open.length === 0
      ? []
      : [
          `Too few samples to say whether it was learned (at least ${LEARNED.n} at the trained lengths): ${open.join(', ')}.`,
        ]),
  ];
}

function unlearnedText(model: TunedModel): string {
  const { n, right } = learnedInRange(model);
  return `${model.task} by seed ${model.seed} (${right} of ${n} right)`;
}

/** The multiple of the longest trained length that a sentence names. */
const TWICE = 2;
const isTwice = ({ multiple }: TunedCell): boolean => multiple === TWICE;

/** `Right answers at 40, twice the longest trained length, as trained: UR 0 % → 98 %; UL …`: means over seeds. */
function changeText({ before, models }: FinetuneResult): string | null {
  const after = models.flatMap(({ cells }) => cells);
  const asked = models.find(({ cells }) => cells.some(isTwice));
  if (asked === undefined) return null;
  const { length } = asked.cells.find(isTwice)!;
  const tasks = [...new Set(models.map(({ task }) => task))];
  const parts = tasks.flatMap((task) => {
    const at = { task, format: 'trained', sources: 'anywhere', length } as const;
    const [was, is] = [before, after].map((cells) => shareOver(cellsAt(cells, at)));
    const text = (share: TunedShare | null) => (share === null ? '–' : percent(share.share));
    return is === null ? [] : [`${task} ${text(was)} → ${text(is)}`];
  });
  return `Right answers at ${length}, twice the longest trained length (${asked.lengths.max}), asked as trained: ${parts.join('; ')}.`;
}

/** `Perplexity of English text: 24.0 before; after fine-tuning on UR 29.6, on UL 29.4 (29–30.1).` */
function costText({ perplexity, models }: FinetuneResult): string | null {
  if (perplexity === null) return null;
  const after = [...new Set(models.map(({ task }) => task))].flatMap((task) => {
    const own = models.flatMap((model) => (model.task === task ? (model.perplexity ?? []) : []));
    if (own.length === 0) return [];
    const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
    const range = own.length === 1 ? '' : ` (${Math.min(...own).toFixed(1)}–${Math.max(...own).toFixed(1)})`;
    return [`on ${task} ${mean.toFixed(1)}${range}`];
  });
  return `Perplexity of English text, per token: ${perplexity.toFixed(1)} before; after fine-tuning ${after.join(', ')}.`;
}

/** One sentence a verdict. What was not learned is not compared: that is no gap. */
function gapTexts(gaps: readonly Gap[]): string[] {
  const ordinary = gaps.filter(({ sources }) => sources === 'anywhere');
  const other = (gap: Gap): string => {
    const half = gaps.find(
      ({ first, second, sources }) => first === gap.first && second === gap.second && sources !== 'anywhere',
    );
    return half === undefined || half.verdict === gap.verdict
      ? ''
      : ` (with all occurrences of the query in the first half: ${half.verdict})`;
  };
  const sentence = (start: string, verdicts: readonly Gap['verdict'][], detail: (gap: Gap) => string) => {
    const own = ordinary.filter(({ verdict }) => verdicts.includes(verdict));
    if (own.length === 0) return [];
    const each = own.map((gap) => `${gap.first} − ${gap.second}, ${detail(gap)}${other(gap)}`);
    return [`${start}: ${each.join('; ')}.`];
  };
  return [
    ...sentence('Removed', ['removed'], withinText),
    ...sentence('Remains', ['remains'], (gap) => atText(widest(gap, isOutside))),
    ...sentence('Undecided', ['undecided'], (gap) => atText(widest(gap))),
    ...sentence(
      'Not compared',
      NOT_COMPARED,
      // Which seeds did not learn a task is said of the task.
      ({ verdict, reason }) =>
        verdict === 'not learned in range' || reason === null ? verdict : `${verdict} (${reason})`,
    ),
  ];
}

/** What says nothing of a gap. */
const NOT_COMPARED: readonly Gap['verdict'][] = ['not learned in range', 'too few samples', 'too few seeds'];

/** `removed: UR − UL; remains: UF − NF; not compared: NRFirst − NRLast`; null without gaps. */
export function gapsBrief(gaps: readonly Gap[]): string | null {
  const kind = ({ verdict }: Gap): string => (NOT_COMPARED.includes(verdict) ? 'not compared' : verdict);
  const ordinary = gaps.filter(({ sources }) => sources === 'anywhere');
  const parts = ['removed', 'remains', 'undecided', 'not compared'].flatMap((verdict) => {
    const own = ordinary.filter((gap) => kind(gap) === verdict);
    return own.length === 0
      ? []
      : [`${verdict}: ${own.map(({ first, second }) => `${first} − ${second}`).join(', ')}`];
  });
  return parts.length === 0 ? null : parts.join('; ');
}

/** `within −1.2 % to +0.8 % at 20, 30, 40`: what holds all intervals by which it was decided. */
function withinText(gap: Gap): string {
  const decided = decidedIn(gap);
  const [low, high] = [
    Math.min(...decided.map((one) => one.low)),
    Math.max(...decided.map((one) => one.high)),
  ];
  return `within ${percentDifferenceRange(low, high)} at ${decided.map(({ length }) => length).join(', ')}`;
}

function atText(at: GapAtLength | undefined): string {
  return at === undefined ? 'no length was asked of both' : `${differenceText(at)} at ${at.length}`;
}

/** Of the lengths by which it was decided, the one whose interval reaches farthest. */
function widest(gap: Gap, which: (at: GapAtLength) => boolean = () => true): GapAtLength | undefined {
  const reach = ({ low, high }: GapAtLength): number => Math.max(Math.abs(low), Math.abs(high));
  return decidedIn(gap)
    .filter(which)
    .toSorted((a, b) => reach(b) - reach(a))
    .at(0);
}

function decidedIn({ lengths }: Gap): GapAtLength[] {
  return lengths.filter(({ multiple }) => DECIDED_AT.includes(multiple));
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
