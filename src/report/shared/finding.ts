/** What was found, in one sentence made from the horizons. */
import { percentLevel } from '../../score/tables/percent.ts';
import type { HorizonRow } from '../../score/tables/rows.ts';
import { count, list } from './format.ts';
import { decimalCount } from './horizon.ts';
import { html, join } from './html.ts';
import type { Content } from './html.ts';

export interface Found {
  readonly task: string;
  readonly horizon: HorizonRow | undefined;
}

/** A task that was asked, and where its horizon stands. */
interface Asked {
  readonly task: string;
  readonly horizon: HorizonRow;
}

/** Names that a sentence can hold; more are counted. */
const MOST_NAMES = 5;

/** Horizons that a sentence can name one by one. */
const MOST_LENGTHS = 3;

/**
 * `shown to reach 90 % up to 60, the longest asked, on UR and UF; up to 10 on NB; undecided on UL (31 of 36 at 5); below 90 %
 * already at the shortest length asked on UB (5).`
 */
export function horizonSentence(found: readonly Found[]): Content {
  const asked = found.flatMap(({ task, horizon }) =>
    horizon === undefined || horizon.shortest === null ? [] : [{ task, horizon }],
  );
  if (asked.length === 0) return 'nothing was asked.';
  const level = list([...new Set(asked.map(({ horizon }) => percentLevel(horizon.threshold)))]);
  const reached = [
    ...upTo(
      asked.filter(({ horizon: { length, censored } }) => length !== null && censored),
      ', the longest asked,',
    ),
    ...upTo(
      asked.filter(({ horizon: { length, censored } }) => length !== null && !censored),
      '',
    ),
  ];
  const open = asked.filter(({ horizon: { length, undecided } }) => length === null && Boolean(undecided));
  const failing = asked.filter(({ horizon: { length, undecided } }) => length === null && !undecided);
  const rest = [
    ...(open.length === 0 ? [] : [html`undecided on ${named(open, undecidedText)}`]),
    ...(failing.length === 0
      ? []
      : [html`below ${level} already at the shortest length asked on ${named(failing, shortestText)}`]),
  ];
  const start =
    reached.length > 0 ? `shown to reach ${level} ` : `not shown to reach ${level} at any length: `;
  return html`${start}${join([...reached, ...rest], '; ')}.`;
}

/** `up to 20 on UR and UF`: the largest first; of many horizons the range. */
function upTo(asked: readonly Asked[], which: string): Content[] {
  const lengths = [...new Set(asked.map(({ horizon }) => horizon.length ?? 0))].toSorted((a, b) => b - a);
  if (lengths.length > MOST_LENGTHS) {
    const range = `${lengths[lengths.length - 1]}–${lengths[0]}`;
    return [html`up to ${range}${which} on ${named(asked, ({ length }) => String(length))}`];
  }
  return lengths.map(
    (length) =>
      html`up to ${length}${which} on ${named(asked.filter(({ horizon }) => horizon.length === length))}`,
  );
}

function undecidedText({ undecided }: HorizonRow): string {
  return undecided
    ? `${decimalCount(undecided.correct)} of ${count(undecided.n)} at ${undecided.length}`
    : '';
}

function shortestText({ shortest }: HorizonRow): string {
  return typeof shortest === 'number' ? String(shortest) : '';
}

/** `UR and UF`, `UL (31 of 36 at 5)`. */
function named(asked: readonly Asked[], note: (horizon: HorizonRow) => string = () => ''): Content {
  return some(
    asked.map(({ task, horizon }) => {
      const text = note(horizon);
      return text === '' ? task : `${task} (${text})`;
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
