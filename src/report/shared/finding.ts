/** What was found, in one sentence made from the horizons. */
import { limitText, undecidedCounts } from '../../score/tables/horizon-text.ts';
import { percent, percentLevel } from '../../score/tables/percent.ts';
import type { CellRow, HorizonRow } from '../../score/tables/rows.ts';
import { list, plural } from './format.ts';
import { decimalCount } from './horizon.ts';
import { html, join } from './html.ts';
import type { Content } from './html.ts';

export interface Found {
  readonly task: string;
  readonly horizon: HorizonRow | undefined;
  readonly cells: readonly FoundCell[];
}

type FoundCell = Pick<
  CellRow,
  | ('length' | 'n' | 'accuracy' | 'low' | 'chance' | 'answered')
  | ('truncated' | 'withheld' | 'refused' | 'failed')
>;

/** A task that was asked, and where its horizon stands. */
interface Asked extends Found {
  readonly horizon: HorizonRow;
}

/** Names that a sentence can hold; more are counted. */
const MOST_NAMES = 5;

/** Horizons that a sentence can name one by one. */
const MOST_LENGTHS = 3;

/**
 * `shown to reach 90 % up to 60, the longest asked, on UR and UF; up to 20, undecided beyond, on NF; up to 10 on NB; undecided on
 * UL (31 of 36 at 5); below 90 % already at the shortest length asked on UB (40 % at 5); without any answer on UF (all 40 samples were cut off).`
 * @param ended whether the measurement came to its end; else longer lengths may follow
 */
export function horizonSentence(found: readonly Found[], ended = true): Content {
  const asked = found.flatMap((one): Asked[] =>
    one.horizon === undefined || one.horizon.shortest === null ? [] : [{ ...one, horizon: one.horizon }],
  );
  if (asked.length === 0) return 'nothing was asked.';
  const silent = asked.filter(({ cells }) => isSilent(cells));
  if (silent.length === asked.length) {
    return `nothing was answered: ${unansweredText(asked.flatMap((one) => one.cells))}.`;
  }
  const heard = asked.filter((one) => !silent.includes(one));
  const byThreshold = Map.groupBy(heard, ({ horizon: { threshold } }) => threshold);
  const parts = [...byThreshold].map(([threshold, own]) => reachedPart(own, percentLevel(threshold), ended));
  const none =
    silent.length === 0
      ? []
      : [html`without any answer on ${named(silent, ({ cells }) => unansweredText(cells))}`];
  return html`${join([...parts, ...none], '; ')}.`;
}

/** The part of the sentence that is about tasks measured at one threshold. */
function reachedPart(heard: readonly Asked[], level: string, ended: boolean): Content {
  const longest = ended ? ', the longest asked,' : ', the longest asked so far,';
  const holding = heard.filter(({ horizon: { length } }) => length !== null);
  const beyond = ({ horizon }: Asked): string => beyondText(horizon, longest);
  const kinds = [...new Set([longest, LONGEST_TAKEN, OPEN_BEYOND, ''])];
  const reached = kinds.flatMap((text) =>
    upTo(
      holding.filter((one) => beyond(one) === text),
      text,
    ),
  );
  const open = heard.filter(({ horizon: { length, undecided } }) => length === null && Boolean(undecided));
  const failing = heard.filter(({ horizon: { length, undecided } }) => length === null && !undecided);
  const guessing = failing.filter(onlyGuesses);
  const rest = [
    ...(open.length === 0 ? [] : [html`undecided on ${named(open, undecidedText)}`]),
    ...(failing.length === 0
      ? []
      : [html`below ${level} already at the shortest length asked on ${named(failing, shortestText)}`]),
    ...(guessing.length === 0
      ? []
      : [html`no better than guessing, as far as is shown, on ${some(guessing.map(({ task }) => task))}`]),
  ];
  const start =
    reached.length > 0 ? `shown to reach ${level} ` : `not shown to reach ${level} at any length: `;
  return html`${start}${join([...reached, ...rest], '; ')}`;
}

const LONGEST_TAKEN = ', the longest asked whose prompts are taken,';
const OPEN_BEYOND = ', undecided beyond,';

/** What is beyond a horizon, where it is not a length that fails. */
function beyondText(horizon: HorizonRow, longest: string): string {
  if (horizon.undecided) return OPEN_BEYOND;
  if (!horizon.censored) return '';
  return limitText(horizon) === null ? longest : LONGEST_TAKEN;
}

/** Whether there is an answer, and the interval of no length lies above what guessing gives: of answers, where samples have none. */
function onlyGuesses({ cells }: Asked): boolean {
  return (
    cells.length > 0 &&
    cells.every(({ low, chance, answered }) => chance !== undefined && (answered?.low ?? low) <= chance)
  );
}

/** What becomes of samples without an answer, as it is said of them. */
const UNANSWERED = {
  truncated: 'cut off',
  withheld: 'withheld',
  refused: 'refused',
  failed: 'failed',
} as const;

type Unanswered = keyof typeof UNANSWERED;

const KINDS = Object.keys(UNANSWERED) as Unanswered[];

/** Whether samples were asked, and no answer came, right or wrong. */
function isSilent(cells: readonly FoundCell[]): boolean {
  const samples = sum(cells, ({ n }) => n);
  // Sums of shares miss whole numbers by a few bits.
  return samples > 0 && samples - sum(cells, unanswered) < 1e-9;
}

function unanswered(cell: FoundCell): number {
  return KINDS.reduce((total, kind) => total + (cell[kind] ?? 0), 0);
}

/** `all 80 samples failed`; `of 40 samples 30 were cut off and 10 withheld`. */
function unansweredText(cells: readonly FoundCell[]): string {
  const samples = sum(cells, ({ n }) => n);
  const counts = KINDS.map((kind) => ({ kind, times: sum(cells, (cell) => cell[kind] ?? 0) })).filter(
    ({ times }) => times > 0,
  );
  const [{ kind }] = counts;
  if (counts.length === 1) {
    const verb = kind === 'failed' ? '' : samples === 1 ? 'was ' : 'were ';
    return `${samples === 1 ? 'the one sample' : `all ${plural(samples, 'sample')}`} ${verb}${UNANSWERED[kind]}`;
  }
  const parts = counts.map(({ kind: one, times }) => `${decimalCount(times)} ${UNANSWERED[one]}`);
  return `${plural(samples, 'sample')}: ${list(parts)}`;
}

function sum(cells: readonly FoundCell[], of: (cell: FoundCell) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}

/** `up to 20 on UR and UF`: the largest first; of many horizons the range. */
function upTo(asked: readonly Asked[], which: string): Content[] {
  const lengths = [...new Set(asked.map(({ horizon }) => horizon.length ?? 0))].toSorted((a, b) => b - a);
  if (lengths.length > MOST_LENGTHS) {
    const range = `${lengths[lengths.length - 1]}–${lengths[0]}`;
    return [html`up to ${range}${which} on ${named(asked, ({ horizon: { length } }) => String(length))}`];
  }
  return lengths.map(
    (length) =>
      html`up to ${length}${which} on ${named(asked.filter(({ horizon }) => horizon.length === length))}`,
  );
}

function undecidedText({ horizon: { undecided, threshold } }: Asked): string {
  if (!undecided) return '';
  const { counts, why } = undecidedCounts(undecided, threshold, decimalCount);
  return `${counts} at ${undecided.length}${why}`;
}

function shortestText({ horizon: { shortest }, cells }: Asked): string {
  if (typeof shortest !== 'number') return '';
  const cell = cells.find(({ length }) => length === shortest);
  return cell === undefined ? String(shortest) : `${percent(cell.accuracy)} at ${shortest}`;
}

/** `UR and UF`, `UL (31 of 36 at 5)`. */
function named(asked: readonly Asked[], note: (one: Asked) => string = () => ''): Content {
  return some(
    asked.map((one) => {
      const text = note(one);
      return text === '' ? one.task : `${one.task} (${text})`;
    }),
  );
}

/** `UR and UL`, `UR, UL and 4 more`; a name is never broken over two lines. */
export function some(names: readonly string[]): Content {
  const shown = names.length <= MOST_NAMES ? names : names.slice(0, MOST_NAMES - 1);
  const more = names.length - shown.length;
  if (more > 0) return html`${join(shown.map(nowrap), ', ')} and ${more} more`;
  const last = shown.at(-1);
  if (last === undefined) return '';
  const before = shown.slice(0, -1);
  return html`${join(before.map(nowrap), ', ')}${before.length > 0 && ' and '}${nowrap(last)}`;
}

function nowrap(text: string): Content {
  return html`<span class="nowrap">${text}</span>`;
}
