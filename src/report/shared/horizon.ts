/** Horizons as the page needs them: rows of older stores completed from their cells, and what stands below the number. */
import {
  horizonOfAnswered,
  limitText,
  NOT_ASKED,
  shortHorizonText,
  undecidedText,
} from '../../score/tables/horizon-text.ts';
import { namedPlaces, placeText, placeTexts } from '../../score/tables/place-text.ts';
import { percent, percentLevel, percentRange } from '../../score/tables/percent.ts';
import type { CellRow, HorizonPromise, HorizonRow } from '../../score/tables/rows.ts';
import { count, decimal } from './format.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The row with the fields that older stores don't have, as far as the cells tell them. */
export function completed(horizon: HorizonRow, cells: readonly CellRow[]): HorizonRow {
  const asked = cells.filter(({ n }) => n > 0).toSorted((a, b) => a.length - b.length);
  const next = asked.find(({ length }) => length > (horizon.length ?? 0));
  const open = next !== undefined && next.high >= horizon.threshold ? next : null;
  const failing = asked.findIndex(({ high }) => high < horizon.threshold);
  return {
    ...horizon,
    shortest: asked.length === 0 ? null : (horizon.shortest ?? asked[0].length),
    undecided:
      horizon.undecided === undefined
        ? open && { length: open.length, n: open.n, correct: open.correct }
        : horizon.undecided,
    high:
      horizon.high === undefined ? (failing === -1 ? null : (asked[failing - 1]?.length ?? 0)) : horizon.high,
  };
}

/** The horizon in a cell of a table, with what qualifies it in small print. */
export function horizonCell(horizon: HorizonRow): Html {
  return html`<span class="value">${shortHorizonText(horizon)}</span>
    ${qualifications(horizon).map((text) => html`<span class="small">${text}</span> `)}`;
}

/** What has to be known beside the number, a few words each. */
function qualifications(horizon: HorizonRow): string[] {
  const { length, promise, tokens } = horizon;
  const undecided = undecidedText(horizon);
  const limit = limitText(horizon);
  const answered = horizonOfAnswered(horizon);
  return [
    ...(undecided === null ? [] : [undecided]),
    ...(limit === null ? [] : [limit]),
    ...(typeof tokens === 'number' ? [`${decimal(Math.round(tokens))} tokens`] : []),
    ...(answered === null
      ? []
      : [answered === NOT_ASKED ? 'no answer, right or wrong' : `${answered} if only answers count`]),
    ...(length === null || !promise ? [] : [promiseBrief(promise)]),
    ...placeTexts(horizon),
  ];
}

function promiseBrief({ share, confidence }: HorizonPromise): string {
  return `for ${percentLevel(share)} of the lengths up to it, at ${percentLevel(confidence)} confidence`;
}

/** `Up to it, 5 to 7 lengths were asked, depending on the row`: of other lengths nothing is known. */
export function askedText(lengths: readonly number[]): string {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  if (most === 1) return 'Up to it, one length was asked';
  if (least === most) return `Up to it, ${most} lengths were asked`;
  return `Up to it, ${least} to ${most} lengths were asked, depending on the row`;
}

/** Parts of the source that are named of a horizon, with their numbers. */
export function namedPlacesWarning(horizon: HorizonRow): Html[] {
  return (['weak', 'fails'] as const).flatMap((kind) => {
    const texts = namedPlaces(horizon).flatMap(
      ({ mark, place: { from, to, length, accuracy, low, high, n } }) =>
        mark === kind
          ? [
              `${placeText(from, to)} of the source at length ${length} (${percent(accuracy)} right, ${percentRange(low, high)}, n = ${count(n)})`,
            ]
          : [],
    );
    if (texts.length === 0) return [];
    const head = kind === 'weak' ? 'Weak places' : 'Fails at these places';
    return [
      html`<p class="warning">
        <b>${head}:</b> below ${percentLevel(horizon.threshold)} at ${texts.join('; ')}.
      </p>`,
    ];
  });
}

/** Right answers; with repeats they are a sum of shares. */
export function decimalCount(value: number): string {
  return Number.isInteger(value) ? count(value) : String(Number(value.toFixed(1)));
}
